//! The witness itself: it sees what it is there to see, and leaves nothing behind.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::process::Command;
use std::time::Duration;

use nix::libc;
use witness::{Error, Fate, Limit, Moment, Report, Sight, To, Witness};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_secs(2);

fn shell(script: &str) -> Witness {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Witness::new(command).limit(LONG)
}

/// What a run tells, after a look whether all of it is gone. Zombies wait for init, which isn't ours.
fn run(witness: Witness) -> Result<Report, Error> {
    let report = witness.run()?;
    for process in &report.processes {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.pid));
        let name = process.program.file_name().unwrap_or_default().to_string_lossy();
        let lives =
            stat.is_ok_and(|stat| stat.contains(&format!(" ({name}) ")) && !stat.contains(") Z"));
        assert!(!lives, "{process} lives on\n{report}");
    }
    Ok(report)
}

fn fates(report: &Report) -> Vec<Fate> {
    report.processes.iter().map(|process| process.fate).collect()
}

fn signal(report: &Report, place: usize) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt as _;
    report.processes[place].status.and_then(|status| status.signal())
}

/// What does the work in the test of threads.
#[test]
fn quiet() {}

#[test]
fn an_orderly_program() -> Result<(), Error> {
    let report = run(shell("echo out; (exit 3); code=$?; echo error >&2; exit $code"))?;
    assert_eq!((&report.stdout[..], &report.stderr[..]), (&b"out\n"[..], &b"error\n"[..]));
    assert_eq!(fates(&report), [Fate::Ended, Fate::Ended], "{report}");
    assert_eq!((report.main().code(), report.processes[1].code()), (Some(3), Some(3)));
    assert_eq!((report.main().parent, report.processes[1].parent), (None, Some(0)));
    assert!(!report.hung && report.left().count() == 0 && report.killed().count() == 0);
    let child = &report.processes[1];
    assert!(child.started <= child.ended && child.ended <= report.main().ended, "{report}");
    Ok(())
}

/// Started by a shell in the background, where Ctrl-C is ignored, it still lets programs end by it.
#[test]
fn ctrl_c_ends_a_program() -> Result<(), Error> {
    const AGAIN: &str = "CTRL_C_IS_IGNORED";
    if std::env::var_os(AGAIN).is_none() {
        let mut ignoring = Command::new("sh");
        ignoring.args(["-c", "trap '' INT; exec \"$0\" --exact ctrl_c_ends_a_program"]);
        ignoring.arg(std::env::current_exe().expect("its name")).env(AGAIN, "1");
        assert!(ignoring.status().expect("a shell").success());
        return Ok(());
    }
    for look in [false, true] {
        let program = shell("kill -INT $$; echo ignored");
        let report = if look { program.look() } else { program.run() }?;
        assert_eq!((signal(&report, 0), &report.stdout[..]), (Some(libc::SIGINT), &b""[..]));
    }
    Ok(())
}

#[test]
fn every_generation_and_its_programs() -> Result<(), Error> {
    let report = run(shell("sh -c 'sleep 0; sh -c \"sleep 0; exit 0\"; exit 0'; exit 0"))?;
    let names: Vec<_> = report
        .processes
        .iter()
        .map(|process| process.program.file_name().unwrap_or_default().to_owned())
        .collect();
    let parents: Vec<_> = report.processes.iter().map(|process| process.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1), Some(1), Some(3)], "{report}");
    assert_eq!(names[2], "sleep", "{report}");
    assert_eq!(names[4], "sleep", "{report}");
    Ok(())
}

/// The harness of this test runs each test in a thread.
#[test]
fn threads_are_no_processes() -> Result<(), Error> {
    let this = std::env::current_exe().map_err(|error| Error::Start("this".into(), error))?;
    let mut command = Command::new(this);
    command.args(["--exact", "quiet", "--test-threads", "2"]);
    let report = run(Witness::new(command).limit(LONG))?;
    assert_eq!(report.processes.len(), 1, "{report}");
    assert!(report.main().threads > 1, "{report}");
    Ok(())
}

#[test]
fn a_program_that_hangs() -> Result<(), Error> {
    let report = run(shell("sleep 600; exit 0").limit(Duration::from_millis(300)))?;
    assert!(report.hung, "{report}");
    assert_eq!(fates(&report), [Fate::Hung, Fate::Hung], "{report}");
    assert_eq!((signal(&report, 0), signal(&report, 1)), (Some(9), Some(9)));
    Ok(())
}

/// It ignores what can be ignored and is stopped; SIGKILL ends it.
#[test]
fn a_program_that_hangs_and_is_stopped() -> Result<(), Error> {
    let script = "trap '' TERM INT HUP; echo begun; kill -STOP $$; echo continued";
    let report = run(shell(script).limit(Duration::from_millis(300)))?;
    assert!(report.hung && report.stdout == b"begun\n", "{report}");
    Ok(())
}

#[test]
fn a_stopped_process_stays_stopped_until_it_is_continued() -> Result<(), Error> {
    let script = "sh -c 'kill -STOP $$; echo continued' & sleep 1; echo first; kill -CONT $!; wait";
    let report = run(shell(script))?;
    assert_eq!(String::from_utf8_lossy(&report.stdout), "first\ncontinued\n", "{report}");
    Ok(())
}

/// Also one in a session of its own, whose parent has gone.
#[test]
fn orphans() -> Result<(), Error> {
    for script in ["sleep 600 & exit 0", "(setsid sleep 600 & exit 0); exit 0"] {
        let report = run(shell(script))?;
        let [orphan] = report.left().collect::<Vec<_>>()[..] else { panic!("{report}") };
        assert_eq!(orphan.fate, Fate::Orphan, "{report}");
        assert!(!report.hung && report.main().code() == Some(0), "{report}");
    }
    Ok(())
}

#[test]
fn who_ends_within_the_grace_period_is_not_left() -> Result<(), Error> {
    let script = "sleep 1 & exit 0";
    assert_eq!(run(shell(script))?.left().count(), 1);
    let report = run(shell(script).grace(LONG))?;
    assert_eq!(report.left().count(), 0, "{report}");
    assert!(report.processes[1].ended > report.main().ended, "{report}");
    let report = run(shell("sleep 600 & exit 0").grace(Duration::from_millis(100)))?;
    assert_eq!(report.left().count(), 1, "{report}");
    Ok(())
}

/// `sleep` has a child that it doesn't know of: the shell that it was.
#[test]
fn a_zombie() -> Result<(), Error> {
    let report = run(shell("sh -c 'exit 7' & exec sleep 2"))?;
    assert_eq!(fates(&report), [Fate::Ended, Fate::Zombie], "{report}");
    assert_eq!(report.processes[1].code(), Some(7));
    assert_eq!(fates(&run(shell("sh -c 'exit 7' & wait"))?), [Fate::Ended; 2]);
    Ok(())
}

#[test]
fn a_chosen_call_fails_with_a_chosen_error() -> Result<(), Error> {
    let script = "sh -c 'echo one; echo two; echo three' ; echo \"it ended with $?\"";
    let report = run(shell(script).fail(1, Moment::Named("write", 2), libc::ENOSPC))?;
    assert!(String::from_utf8_lossy(&report.stderr).contains("I/O error"), "{report}");
    assert!(report.stdout.starts_with(b"one\n") && report.killed().count() == 0, "{report}");
    assert_eq!(report.processes[1].met, Some("write"), "{report}");
    // A shell can't start anybody, and says so.
    let calls = run(shell("(exit 3)").count_calls())?.main().in_order.clone();
    let fork = ["clone", "clone3", "fork", "vfork"].into_iter().find(|name| calls.contains(name));
    let report = run(shell("(exit 3)").fail(0, Moment::Named(fork.unwrap(), 1), libc::EAGAIN))?;
    assert_eq!(report.processes.len(), 1, "{report}");
    assert_ne!(report.main().code(), Some(3), "{report}");
    Ok(())
}

#[test]
fn a_chosen_process_is_stopped_and_left_so() -> Result<(), Error> {
    let script = "sh -c 'echo one; echo two' & wait";
    let report = run(shell(script).stop(1, Moment::Named("write", 1)).limit(SHORT))?;
    assert!(report.hung && report.stdout == b"one\n", "{report}");
    assert_eq!(report.processes[1].met, Some("write"), "{report}");
    Ok(())
}

#[test]
fn a_chosen_process_is_killed_at_a_chosen_call() -> Result<(), Error> {
    let script = "sh -c 'echo one; echo two; echo three' ; echo \"it ended with $?\"";
    let all = run(shell(script).count_calls())?;
    assert!(all.processes.iter().all(|process| process.calls > 3), "{all}");
    let report = run(shell(script).kill(1, Moment::Named("write", 2)))?;
    assert_eq!(report.stdout, b"one\nit ended with 137\n", "{report}");
    assert_eq!(signal(&report, 1), Some(9));
    assert_eq!(report.killed().count(), 1);
    let report = run(shell(script).kill(0, Moment::Named("write", 1)))?;
    assert_eq!(report.stdout, b"one\ntwo\nthree\n", "{report}");
    // Before each of its calls in turn: whatever it wrote, it wrote from the beginning.
    let whole = b"one\ntwo\nthree\n";
    for call in 1..=all.processes[1].calls {
        let report = run(shell(script).kill(1, Moment::Call(call)))?;
        assert_eq!(report.killed().count(), 1, "{report}");
        let written = report.stdout.strip_suffix(b"it ended with 137\n");
        let killed = written.is_some_and(|written| whole.starts_with(written));
        // The last call is to end: the shell that is killed there has been the same size of work.
        assert!(killed, "at call {call}:\n{report}");
    }
    Ok(())
}

#[test]
fn a_process_that_never_was_is_not_killed() -> Result<(), Error> {
    let report = run(shell("exit 0").kill(1, Moment::Call(1)).kill(0, Moment::Call(1_000_000)))?;
    assert_eq!((report.killed().count(), report.main().code()), (0, Some(0)));
    Ok(())
}

/// A fork bomb with a limit, and a program that ends while its children begin.
#[test]
fn many_at_once_are_ended() -> Result<(), Error> {
    let script =
        "for i in 1 2 3 4 5 6 7 8; do (for j in 1 2 3 4; do sleep 600 & done; wait) & done; exit 0";
    let report = run(shell(script))?;
    assert!(report.left().count() > 0 && !report.hung, "{report}");
    let report =
        run(shell("bomb() { bomb & sleep 0.01; bomb; }; bomb").limit(Duration::from_millis(200)))?;
    assert!(report.hung, "{report}");
    Ok(())
}

#[test]
fn what_cant_be_run_is_an_error() {
    let error =
        Witness::new(Command::new("no such program")).run().err().map(|error| error.to_string());
    assert_eq!(
        error.as_deref(),
        Some("can't start no such program: No such file or directory (os error 2)")
    );
    let error = shell("exit 0").kill(0, Moment::Named("writ", 1)).run().err();
    assert!(matches!(error, Some(Error::NoSuchCall(name)) if name == "writ"));
}

/// More than a pipe holds, on both.
#[test]
fn all_of_the_output_comes() -> Result<(), Error> {
    let script = "yes | head -c 300000; yes error | head -c 300000 >&2; exit 0";
    let report = run(shell(script))?;
    assert_eq!((report.stdout.len(), report.stderr.len()), (300_000, 300_000));
    Ok(())
}

/// The work is done by the child, and is the child's.
#[test]
fn processor_time() -> Result<(), Error> {
    let work = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
    let report = run(shell(&format!("sh -c '{work}'; exit 0")))?;
    assert!(report.processes[1].cpu > 3 * report.main().cpu, "{report}");
    let killed = run(shell(&format!("(while :; do :; done) & {work}; kill -9 $!; wait")))?;
    assert!(!killed.processes[1].cpu.is_zero(), "{killed}");
    Ok(())
}

#[test]
fn who_was_alive_with_whom() -> Result<(), Error> {
    let one_by_one = run(shell("sleep 0; sleep 0; sleep 0; exit 0"))?;
    let together = run(shell("sleep 2 & sleep 2 & sleep 2 & wait"))?;
    for (report, most) in [(&one_by_one, 1), (&together, 3)] {
        let children = || report.children(0).map(|(_, child)| child);
        assert_eq!((children().count(), report.most_alive(children())), (3, most), "{report}");
        let [first, second] = [1, 2].map(|place| &report.processes[place]);
        assert_eq!(first.alive_with(second), most == 3, "{report}");
        let waited = first.waited.is_some_and(|waited| waited <= second.started);
        assert_eq!(waited, most == 1, "{report}");
    }
    // A zombie has ended, and its parent has not waited for it.
    let zombie = run(shell("sh -c 'exit 7' & exec sleep 1"))?;
    assert_eq!(zombie.processes[1].waited, None, "{zombie}");
    Ok(())
}

#[test]
fn pipes_and_who_holds_them() -> Result<(), Error> {
    let report = run(shell("echo one | while read line; do :; done; exit 0"))?;
    let [_, writer, reader] = &report.processes[..] else { panic!("{report}") };
    let reads = reader.pipes.iter().find(|pipe| pipe.descriptor == 0 && !pipe.writes);
    let pipe = reads.unwrap_or_else(|| panic!("{reader:?}")).pipe;
    let pids = |writes| report.holders(pipe, writes).map(|process| process.pid).collect::<Vec<_>>();
    assert_eq!((pids(true), pids(false)), (vec![writer.pid], vec![reader.pid]), "{report:?}");
    Ok(())
}

#[test]
fn who_waits_for_what() -> Result<(), Error> {
    let limited = shell("sleep 600 | cat; exit 0").limit(Duration::from_millis(500));
    let report = run(limited.patience(LONG))?;
    let waiting = |place: usize| report.processes[place].waiting;
    let reads = waiting(2).is_some_and(|waiting| waiting.call == "read" && waiting.argument == 0);
    assert!(reads, "{report:?}");
    assert!(waiting(1).is_some_and(|waiting| waiting.call.ends_with("nanosleep")), "{report:?}");
    assert!(waiting(0).is_some_and(|waiting| waiting.call.starts_with("wait")), "{report:?}");
    // Also its writer holds its end until it is killed.
    let pipe = report.processes[2].pipes.iter().find(|pipe| !pipe.writes).map(|pipe| pipe.pipe);
    assert_eq!(pipe.map(|pipe| report.holders(pipe, true).count()), Some(1), "{report:?}");
    Ok(())
}

#[test]
fn what_was_written_by_whom() -> Result<(), Error> {
    let report = run(shell("echo one; (echo two); echo three >&2; exit 0").count_calls())?;
    let written: Vec<_> = report
        .written
        .iter()
        .map(|piece| (piece.by, piece.to_stderr, String::from_utf8_lossy(&piece.bytes)))
        .collect();
    let expected =
        [(0, false, "one\n".into()), (1, false, "two\n".into()), (0, true, "three\n".into())];
    assert_eq!(written, expected, "{report}");
    assert!(report.written.is_sorted_by_key(|piece| piece.at), "{report:?}");
    // With a vector of pieces, as `writev` takes it.
    let this = std::env::current_exe().map_err(|error| Error::Start("this".into(), error))?;
    let mut command = Command::new(this);
    command.args(["--exact", "in_pieces", "--nocapture"]).env("IN_PIECES", "1");
    let report = run(Witness::new(command).limit(LONG).count_calls())?;
    let pieces = report.written.iter().find(|piece| piece.bytes == b"first, second");
    assert!(pieces.is_some(), "{report}");
    Ok(())
}

/// What the test above runs.
#[test]
fn in_pieces() {
    use std::io::{IoSlice, Write as _};
    if std::env::var_os("IN_PIECES").is_some() {
        let slices = [IoSlice::new(b"first, "), IoSlice::new(b"second")];
        let written = std::io::stderr().write_vectored(&slices).expect("it is written");
        assert_eq!(written, 13);
    }
}

#[test]
fn what_went_through_pipes_and_by_which_calls() -> Result<(), Error> {
    let report = run(shell("echo four | cat >/dev/null; sleep 0.01; exit 0").count_calls())?;
    let [_, writer, reader, sleeper] = &report.processes[..] else { panic!("{report}") };
    assert_eq!((writer.sent.len(), writer.sent.values().sum::<u64>()), (1, 5), "{report:?}");
    assert_eq!(writer.sent, reader.received, "{report:?}");
    assert_eq!(sleeper.calls_of(&["nanosleep", "clock_nanosleep"]), 1, "{report:?}");
    assert_eq!(sleeper.named.values().sum::<u64>(), sleeper.calls, "{report:?}");
    Ok(())
}

#[test]
fn a_flood_is_ended() -> Result<(), Error> {
    for witness in [shell("yes; exit 0"), shell("yes >&2; exit 0")] {
        let report = run(witness.most_output(10_000))?;
        assert_eq!(report.exceeded, Some(Limit::Output), "{}", report.main());
        assert_eq!(report.stdout.len() + report.stderr.len(), 10_000);
        assert!(!report.hung && report.left().count() == 0, "{}", report.main());
    }
    // As much as is allowed.
    let report = run(shell("yes | head -c 10000; exit 0").most_output(10_000))?;
    assert_eq!((report.exceeded, report.stdout.len()), (None, 10_000));
    Ok(())
}

/// Who waits or computes for ever is ended also with patience.
#[test]
fn patience_has_an_end() -> Result<(), Error> {
    let mut asks = Command::new(std::env::current_exe().map_err(Error::Lost)?);
    asks.args(["--exact", "asks", "--nocapture"]).env("ASKS", "1");
    for witness in [shell("sleep 600; exit 0"), shell("while :; do :; done"), Witness::new(asks)] {
        let limited = witness.limit(Duration::from_millis(300));
        let report = run(limited.patience(Duration::from_secs(600)))?;
        assert!(report.hung && report.main().ended < Duration::from_secs(500), "{report}");
    }
    Ok(())
}

/// What the test above runs: it looks again and again for something that doesn't come.
#[test]
fn asks() {
    while std::env::var_os("ASKS").is_some() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One processor for seven that want it.
#[test]
fn who_is_given_no_processor_gets_more_time() -> Result<(), Error> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let this_thread = nix::unistd::Pid::from_raw(0);
    let pin = || {
        let allowed = sched_getaffinity(this_thread)?;
        let mut one = CpuSet::new();
        let first = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu) == Ok(true));
        one.set(first.unwrap_or(0))?;
        sched_setaffinity(this_thread, &one)
    };
    pin().map_err(|error| Error::Lost(error.into()))?;
    let busy = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn();
    let mut others: Vec<_> = (0..6).filter_map(|_| busy().ok()).collect();
    let mut command = Command::new(std::env::current_exe().map_err(Error::Lost)?);
    command.args(["--exact", "computes", "--nocapture"]).env("COMPUTES", "1");
    let report = run(Witness::new(command).limit(Duration::from_millis(800)).patience(LONG));
    for other in &mut others {
        let _ = other.kill().and_then(|()| other.wait());
    }
    let report = report?;
    assert!(!report.hung && report.main().code() == Some(0), "{report}");
    Ok(())
}

/// What the test above runs: it has to be given a processor for this long.
#[test]
fn computes() {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    // The kernel's part counts: asking how much it was is most of the work.
    let used = || {
        getrusage(UsageWho::RUSAGE_SELF)
            .map(|usage| (usage.user_time() + usage.system_time()).num_milliseconds())
    };
    while std::env::var_os("COMPUTES").is_some() && used().is_ok_and(|used| used < 300) {}
}

#[test]
fn too_many_processes_are_ended() -> Result<(), Error> {
    let bomb = "bomb() { bomb & bomb & wait; }; bomb";
    let report = run(shell(bomb).most_processes(20))?;
    assert_eq!(report.exceeded, Some(Limit::Processes), "{report}");
    assert!(!report.hung && report.processes.len() > 20, "{report}");
    assert_eq!(run(shell("sleep 0; sleep 0; exit 0").most_processes(2))?.exceeded, None);
    Ok(())
}

#[test]
fn descriptors_have_a_limit() -> Result<(), Error> {
    for report in [
        run(shell("ulimit -n").most_descriptors(50))?,
        shell("ulimit -n").most_descriptors(50).look()?,
    ] {
        assert_eq!(report.stdout, b"50\n", "{report}");
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// By looking
// ---------------------------------------------------------------------------------------------

/// Processes that are there longer than a look takes.
#[test]
fn a_look_sees_who_is_there() -> Result<(), Error> {
    let report =
        shell("echo out; (sleep 1; exit 3) & sleep 1; wait; echo error >&2; exit 5").look()?;
    assert_eq!((&report.stdout[..], &report.stderr[..]), (&b"out\n"[..], &b"error\n"[..]));
    assert_eq!((report.main().code(), report.sight), (Some(5), Sight::Looked), "{report}");
    assert!(report.exceeded.is_none() && report.left().count() == 0, "{report}");
    assert_eq!(report.children(0).count(), 2, "{report}");
    assert_eq!(report.children(1).count() + report.children(2).count(), 1, "{report}");
    assert_eq!(report.processes[1].status, None, "{report}");
    assert!(!report.sight.blind_to().is_empty() && Sight::Followed.blind_to().is_empty());
    Ok(())
}

#[test]
fn a_look_ends_who_is_left_and_who_hangs() -> Result<(), Error> {
    let left = shell("sleep 600 & sleep 1; exit 0").look()?;
    assert_eq!(left.left().count(), 1, "{left}");
    let hung = shell("sleep 600; exit 0").limit(Duration::from_secs(1)).look()?;
    assert_eq!((hung.exceeded, fates(&hung)), (Some(Limit::Time), vec![Fate::Hung; 2]), "{hung}");
    let flood = shell("yes; exit 0").most_output(10_000).look()?;
    assert_eq!((flood.exceeded, flood.stdout.len()), (Some(Limit::Output), 10_000));
    let bomb = "for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; wait";
    let bomb = shell(bomb).most_processes(4).look()?;
    assert_eq!(bomb.exceeded, Some(Limit::Processes), "{bomb}");
    for process in [left, hung, flood, bomb].iter().flat_map(|report| &report.processes) {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.pid));
        assert!(!stat.is_ok_and(|stat| stat.contains(" (sleep) S")), "{process} lives on");
    }
    Ok(())
}

/// A process that is traced is traced by one only: so what is run here can trace nobody that it starts.
#[test]
fn where_nobody_may_trace_it_looks() -> Result<(), Error> {
    let this = std::env::current_exe().map_err(|error| Error::Start("this".into(), error))?;
    let mut command = Command::new(this);
    command.args(["--exact", "traced", "--nocapture"]).env("TRACED", "1");
    let report = run(Witness::new(command).limit(LONG))?;
    let told = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(told.contains("run: not allowed, run_or_look: Looked, code Some(4), out"), "{report}");
    Ok(())
}

/// What the test above runs.
#[test]
fn traced() -> Result<(), Error> {
    if std::env::var_os("TRACED").is_none() {
        return Ok(());
    }
    let script = "echo out; sleep 1; exit 4";
    let run =
        if matches!(shell(script).run(), Err(Error::NotAllowed(_))) { "not allowed" } else { "?" };
    let looked = shell(script).run_or_look()?;
    let out = String::from_utf8_lossy(&looked.stdout).into_owned();
    println!("run: {run}, run_or_look: {:?}, code {:?}, {out}", looked.sight, looked.main().code());
    Ok(())
}

/// Several at once in one process: each meets its own children only.
#[test]
fn side_by_side() {
    std::thread::scope(|scope| {
        for code in 0..16 {
            scope.spawn(move || {
                let report = run(shell(&format!("sleep 0.05 & wait; exit {code}")));
                let report = report.unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(
                    (report.main().code(), report.processes.len()),
                    (Some(code), 2),
                    "{report}"
                );
            });
        }
    });
}

/// One process or all of its group, at a call of another.
#[test]
fn a_signal_at_a_call() -> Result<(), Error> {
    let script = "trap 'echo told; kill $!' USR1; sleep 60 & wait $!; wait; echo end";
    for (to, signalled) in [(To::Process(0), None), (To::Group(0), Some(10))] {
        let sleeps = Moment::Named("clock_nanosleep", 1);
        let report = run(shell(script).signal(10, to, 1, sleeps))?;
        assert_eq!(String::from_utf8_lossy(&report.stdout), "told\nend\n", "{report}");
        assert_eq!(signal(&report, 1), signalled.or(Some(15)), "{report}");
        assert_eq!((report.signals, report.killed().count()), (1, 0), "{report}");
    }
    Ok(())
}

#[test]
fn who_is_not_there_gets_no_signal() -> Result<(), Error> {
    let report = run(shell("exit 0").signal(9, To::Process(3), 0, Moment::Call(2)))?;
    assert_eq!((report.signals, report.main().code()), (0, Some(0)), "{report}");
    let report = run(shell("exit 0").signal(9, To::Process(0), 3, Moment::Call(1)))?;
    assert_eq!((report.signals, report.main().code()), (0, Some(0)), "{report}");
    Ok(())
}

/// Stopped at a call, and let go on at a time; at a later one too, for where it was not stopped yet.
#[test]
fn stopped_and_continued() -> Result<(), Error> {
    let on = |seconds| Moment::Time(Duration::from_secs(seconds));
    let report = run(shell("echo begun; echo end")
        .signal(19, To::Process(0), 0, Moment::Named("write", 2))
        .signal(18, To::Process(0), 0, on(1))
        .signal(18, To::Process(0), 0, on(20)))?;
    assert_eq!((&report.stdout[..], report.main().code()), (&b"begun\nend\n"[..], Some(0)));
    assert!(report.signals >= 2, "{report}");
    assert!(report.main().ended >= Duration::from_secs(1), "{report}");
    Ok(())
}

#[test]
fn killed_at_a_time() -> Result<(), Error> {
    let at = Moment::Time(Duration::from_millis(400));
    let report = run(shell("sleep 60; echo $?").kill(1, at))?;
    assert_eq!(report.stdout, b"137\n", "{report}");
    assert_eq!(report.killed().count(), 1, "{report}");
    // Nobody is there any more.
    let report = run(shell("exit 0").kill(0, Moment::Time(LONG / 2)))?;
    assert_eq!((report.main().code(), report.killed().count()), (Some(0), 0), "{report}");
    Ok(())
}
