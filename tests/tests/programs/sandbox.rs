//! What the page `sandbox` says of its walls: each refuses what it says, and without it the same is done.
#![cfg(target_os = "linux")]

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use nix::unistd::{Gid, Uid, setgroups};
use tests::asked;
use tests::rustc::changed;
use tests::{Ended, LIMIT, Stdout, example, may_lack, run, run_as_nobody, run_python};

const NAME: &str = "sandbox";
const LANDLOCK: &[&str] = &["no_new_privs", "Landlock"];
const SECCOMP: &[&str] = &["no_new_privs", "seccomp"];
const NOBODY: &str = "user 65534";
const SIGSYS: i32 = 31;

/// The program as a worker behind these walls that reads `sent`.
fn worker(program: &Command, walls: &[&str], sent: &str) -> Result<Ended> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("sent");
    fs::write(&file, sent)?;
    let mut shell = Command::new("sh");
    shell.args(["-c", "file=$1; shift; exec \"$@\" < \"$file\"", "sh"]).arg(file);
    shell.arg(program.get_program()).args(program.get_args()).arg("worker").args(walls);
    run(shell, Stdout::Pipe, LIMIT)
}

/// Whether a wall can't be put up here, which nobody has promised.
fn lacks(ended: &Ended) -> Result<bool> {
    let missing = ended.stderr.starts_with("missing: ");
    Ok(ended.status.code() == Some(2) && missing && may_lack("a wall", &ended.stderr)?)
}

fn is_root() -> Result<bool> {
    Ok(Uid::effective().is_root() || !may_lack("what only root may give up", "not root")?)
}

/// Runs the worker twice: behind the walls, and behind none.
fn both(walls: &[&str], sent: &str, done: impl Fn() -> Result<bool>) -> Result<Option<Ended>> {
    let program = example(NAME, &[])?;
    let behind = worker(&program, walls, sent)?;
    if lacks(&behind)? {
        return Ok(None);
    }
    ensure!(!done()?, "it is done in spite of {walls:?}: {}", behind.output());
    let free = worker(&program, &[], sent)?.success()?;
    ensure!(free.stdout == "done" && done()?, "without walls it isn't done: {}", free.output());
    Ok(Some(behind))
}

fn refused(ended: &Ended) -> bool {
    ended.status.code() == Some(0) && ended.stdout == "Permission denied (os error 13)"
}

/// What is refused has really not been done, and without the wall it has.
#[test]
fn nothing_is_written_and_nothing_is_started() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, mark) = (folder.path().join("written"), folder.path().join("started"));
    let script = folder.path().join("script");
    fs::write(&script, format!("#!/bin/sh\necho > '{}'\n", mark.display()))?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    for walls in [LANDLOCK, SECCOMP] {
        for (order, left) in [
            (format!("write {}", file.display()), &file),
            (format!("start {}", script.display()), &mark),
        ] {
            let done = || Ok(left.exists());
            let Some(ended) = both(walls, &order, done)? else { continue };
            fs::remove_file(left)?;
            if walls == LANDLOCK {
                ensure!(refused(&ended), "{}", ended.output());
            } else {
                ensure!(ended.status.signal() == Some(SIGSYS), "{}", ended.output());
            }
        }
    }
    Ok(())
}

/// A datagram passes Landlock, and not the filter.
#[test]
fn a_datagram_passes_landlock_only() -> Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    server.set_read_timeout(Some(Duration::from_millis(200)))?;
    let sent = format!("send {}", server.local_addr()?);
    let came = || Ok(server.recv(&mut [0; 8]).is_ok());
    let Some(ended) = both(SECCOMP, &sent, came)? else { return Ok(()) };
    ensure!(ended.status.signal() == Some(SIGSYS), "{}", ended.output());
    let passed = worker(&example(NAME, &[])?, LANDLOCK, &sent)?;
    ensure!(lacks(&passed)? || came()?, "{}", passed.output());
    Ok(())
}

/// The prediction: what the filter doesn't list, the next wall can't call.
#[test]
fn after_the_filter_no_other_wall_can_be_put_up() -> Result<()> {
    let program = example(NAME, &[])?;
    for second in ["Landlock", NOBODY] {
        let ended = worker(&program, &["seccomp", second], "20\n22")?;
        if lacks(&ended)? {
            return Ok(());
        }
        ensure!(ended.status.signal() == Some(SIGSYS), "{second}: {}", ended.output());
        asked("ask-filter-first")?.each(&[
            ("The sum is 42.", ended.stdout == "the sum is 42"),
            ("Exit code 2:", ended.status.code() == Some(2)),
            ("SIGSYS.", ended.status.signal() == Some(SIGSYS)),
        ])?;
    }
    let ended = worker(&program, &["Landlock", "seccomp"], "20\n22")?;
    ensure!(lacks(&ended)? || ended.success()?.stdout == "the sum is 42");
    Ok(())
}

/// Whether a file can be opened is asked when it is opened: what is open stays.
#[test]
fn what_is_open_stays_open() -> Result<()> {
    let opened = "    let mut early = File::open(\"/etc/passwd\")?;\n    for wall in walls {";
    let (_workshop, program) = changed(
        NAME,
        &[
            ("    for wall in walls {", opened),
            ("parse(io::stdin())", "early.read(&mut [0; 8]).map(|count| count.to_string())"),
        ],
    )?;
    let ended = worker(&program, LANDLOCK, "20")?;
    ensure!(lacks(&ended)? || ended.stdout == "8", "{}", ended.output());
    Ok(())
}

/// The prediction: the walls are those of a thread and of what it starts from then on.
#[test]
fn a_thread_that_was_there_before_has_no_walls() -> Result<()> {
    let started = "    let (wake, woken) = std::sync::mpsc::channel::<()>();
    let open = || File::open(\"/etc/passwd\").map_or_else(|e| e.to_string(), |_| \"opened\".into());
    let before = std::thread::spawn(move || { let _ = woken.recv(); open() });
    for wall in walls {";
    let order = "{ drop(wake); let before = before.join().expect(\"no panic\");
        let after = std::thread::spawn(open).join().expect(\"no panic\");
        Ok::<String, io::Error>(format!(\"before: {before}, after: {after}, own: {}\", open())) }";
    let (_workshop, program) =
        changed(NAME, &[("    for wall in walls {", started), ("parse(io::stdin())", order)])?;
    let ended = worker(&program, LANDLOCK, "20")?;
    if lacks(&ended)? {
        return Ok(());
    }
    let denied = "Permission denied (os error 13)";
    let said = format!("before: opened, after: {denied}, own: {denied}");
    ensure!(ended.stdout == said, "{}", ended.output());
    asked("ask-thread-before")?.each(&[
        ("It is refused:", ended.stdout.contains(&format!("before: {denied}"))),
        ("It is opened.", ended.stdout.contains("before: opened")),
        ("`restrict_self` fails", !ended.status.success()),
    ])
}

/// Both crates set it by themselves.
#[test]
fn each_crate_sets_no_new_privs() -> Result<()> {
    let asked = "Ok::<String, io::Error>(prctl::get_no_new_privs()?.to_string())";
    let (_workshop, program) = changed(
        NAME,
        &[("parse(io::stdin())", asked), ("libc::SYS_read,", "libc::SYS_read, libc::SYS_prctl,")],
    )?;
    for (walls, set) in [(&[][..], "false"), (&["seccomp"], "true"), (&["Landlock"], "true")] {
        let ended = worker(&program, walls, "20")?;
        ensure!(lacks(&ended)? || ended.stdout == set, "{walls:?}: {}", ended.output());
    }
    Ok(())
}

/// A newer Landlock refuses TCP too.
#[test]
fn tcp_is_refused_where_the_kernel_can() -> Result<()> {
    let (_workshop, program) = changed(
        NAME,
        &[(
            "UdpSocket::bind(\"0.0.0.0:0\")?.send_to(b\"all\", object).map(drop)",
            "std::net::TcpStream::connect(object).map(drop)",
        )],
    )?;
    let server = std::net::TcpListener::bind("127.0.0.1:0")?;
    let sent = format!("send {}", server.local_addr()?);
    let free = worker(&program, &[], &sent)?;
    ensure!(free.stdout == "done", "{}", free.output());
    let ended = worker(&program, LANDLOCK, &sent)?;
    if lacks(&ended)? {
        return Ok(());
    }
    // SAFETY: with this flag the call reads no memory: it returns the version.
    let version = unsafe { nix::libc::syscall(nix::libc::SYS_landlock_create_ruleset, 0, 0, 1) };
    ensure!(version < 4 || refused(&ended), "version {version}: {}", ended.output());
    Ok(())
}

/// The start of `no_files` on a kernel that answers with this error.
fn without_landlock(number: &str) -> String {
    format!(
        "fn no_files() -> anyhow::Result<()> {{
    let filter: BpfProgram = SeccompFilter::new(
        BTreeMap::from([(libc::SYS_landlock_create_ruleset, Vec::new())]),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::{number} as u32),
        env::consts::ARCH.try_into()?,
    )?
    .try_into()?;
    seccompiler::apply_filter(&filter)?;"
    )
}

const NO_FILES: &str = "fn no_files() -> anyhow::Result<()> {";

/// It is said what is missing, and nothing is parsed.
#[test]
fn without_landlock_nothing_is_parsed() -> Result<()> {
    for number in ["ENOSYS", "EOPNOTSUPP"] {
        let (_workshop, mut program) = changed(NAME, &[(NO_FILES, &without_landlock(number))])?;
        program.args(["--landlock", "1"]);
        let ended = run(program, Stdout::Pipe, LIMIT)?;
        ensure!(ended.status.code() == Some(2) && ended.stdout.is_empty(), "{}", ended.output());
        ensure!(ended.stderr.starts_with("missing: the wall Landlock: "), "{}", ended.output());
    }
    Ok(())
}

/// What the crate does by itself, where the kernel has no Landlock: it says `Ok`, and there is no wall.
#[test]
fn the_best_effort_may_be_none() -> Result<()> {
    let (_workshop, program) = changed(
        NAME,
        &[(NO_FILES, &without_landlock("ENOSYS")), ("HardRequirement", "BestEffort")],
    )?;
    let ended = worker(&program, LANDLOCK, "read /etc/passwd")?.success()?;
    ensure!(ended.stdout == "done", "{}", ended.output());
    Ok(())
}

/// A worker that computes for ever is ended by its limit, and one that writes for ever by its pipe; what it writes
/// does nothing to the terminal.
#[test]
fn a_worker_without_an_end_is_ended() -> Result<()> {
    let stat = "\"stat\" => fs::metadata(object).map(drop),";
    let cut = format!("20, stat /etc/passwd: {}\n", "\\x1b[2J".repeat(80 / 4));
    for (does, seen) in [
        ("loop { std::hint::spin_loop() }", "20, stat /etc/passwd: signal: 24 (SIGXCPU)\n"),
        ("loop { io::stdout().write_all(b\"\\x1b[2J\")?; io::stdout().flush()? }", cut.as_str()),
        ("io::stdout().write_all(b\"\\x1b[2J\")", "20, stat /etc/passwd: \\x1b[2Jdone\n"),
    ] {
        let (_workshop, program) = changed(NAME, &[(stat, &format!("\"stat\" => {does},"))])?;
        let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
        ensure!(ended.stdout.contains(seen), "{seen}: {}", ended.output());
    }
    Ok(())
}

/// The prediction: with the user id goes the right to change the groups.
#[test]
fn the_user_id_is_the_last() -> Result<()> {
    if !is_root()? {
        return Ok(());
    }
    let [groups, group, user] = [
        "    setgroups(&[])?;\n",
        "    setresgid(group, group, group)?;\n",
        "    setresuid(user, user, user)?;\n",
    ];
    let all = [groups, group, user];
    let mut possible = Vec::new();
    for (order, works) in [
        ([0, 1, 2], true),
        ([1, 0, 2], true),
        ([0, 2, 1], false),
        ([1, 2, 0], false),
        ([2, 0, 1], false),
        ([2, 1, 0], false),
    ] {
        let places = order;
        let order = order.map(|step: usize| all[step]);
        let changes = [(all.concat(), order.concat())];
        let changes = changes.each_ref().map(|(from, to)| (from.as_str(), to.as_str()));
        let (_workshop, program) = changed(NAME, &changes)?;
        let ended = worker(&program, &[NOBODY], "20\n22")?;
        if works {
            ensure!(ended.stdout == "the sum is 42", "{order:?}: {}", ended.output());
            possible.push(places.to_vec());
        } else {
            let told = "missing: the wall user 65534: EPERM: Operation not permitted\n";
            ensure!(ended.status.code() == Some(2) && ended.stderr == told, "{}", ended.output());
        }
    }
    // The way back is closed only when root's id is gone: asked before, `setuid(0)` succeeds.
    let asked = asked("ask-order-of-ids")?;
    let places = asked.places(&["`setgroups`", "`setresgid`", "`setresuid`", "`setuid(0)`"])?;
    let is_possible = |order: &[usize]| {
        let steps: Vec<usize> =
            order.iter().filter_map(|at| places.iter().position(|place| place == at)).collect();
        steps.last() == Some(&3) && possible.contains(&steps[..3].to_vec())
    };
    asked.order(is_possible)
}

/// Each step of the change of user is needed: where one is left out, the check finds it.
#[test]
fn a_step_that_is_left_out_is_found() -> Result<()> {
    if !is_root()? {
        return Ok(());
    }
    let with_groups = |mut program: Command, sent: &str| -> Result<Ended> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("sent"), sent)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", "file=$1; shift; exec \"$@\" < \"$file\"", "sh"]);
        shell.arg(folder.path().join("sent"));
        program.args(["worker", NOBODY]);
        shell.arg(program.get_program()).args(program.get_args());
        // SAFETY: one system call, between fork and exec.
        unsafe { shell.pre_exec(|| Ok(setgroups(&[Gid::from_raw(4), Gid::from_raw(6)])?)) };
        run(shell, Stdout::Pipe, LIMIT)
    };
    let ended = with_groups(example(NAME, &[])?, "20\n22")?.success()?;
    ensure!(ended.stdout == "the sum is 42", "{}", ended.output());
    for (step, less, told) in [
        ("    setgroups(&[])?;\n", "", "other groups are left"),
        ("setresgid(group, group, group)?;", "nix::unistd::setegid(group)?;", "still"),
        ("setresuid(user, user, user)?;", "nix::unistd::seteuid(user)?;", "still"),
    ] {
        let (_workshop, program) = changed(NAME, &[(step, less)])?;
        let ended = with_groups(program, "20\n22")?;
        let found = ended.status.code() == Some(2) && ended.stderr.contains(told);
        ensure!(found && ended.stdout.is_empty(), "without {step}: {}", ended.output());
    }
    Ok(())
}

/// Only root has rights to give up.
#[test]
fn who_is_not_root_is_told() -> Result<()> {
    let Some(ended) = run_as_nobody(example(NAME, &["--user", "65534"])?)? else { return Ok(()) };
    ensure!(ended.status.code() == Some(2) && ended.stdout.is_empty(), "{}", ended.output());
    ensure!(ended.stderr.starts_with("missing: the rights of root"), "{}", ended.output());
    Ok(())
}

/// Python by `ctypes`: the same walls, the same words.
#[test]
fn landlock_and_another_user_in_python() -> Result<()> {
    for (option, value, change) in [
        ("--landlock", "1", ("0, False", "0, True")),
        ("--user", "65534", ("0, False", "65534, False")),
    ] {
        let ours = run(example(NAME, &[option, value])?, Stdout::Pipe, LIMIT)?;
        if lacks(&ours)? {
            continue;
        }
        let text = tests::changed("examples/python/sandbox.py", &[change])?;
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("sandbox.py");
        fs::write(&file, text)?;
        let mut python = runner::python();
        runner::clean(&mut python);
        python.arg(file);
        let Some(theirs) = run_python(python)? else { return Ok(()) };
        ensure!(ours.stdout.starts_with(&theirs.stdout), "{}{}", ours.output(), theirs.output());
        let lines = theirs.lines().count();
        let title = ours.lines().nth(lines).unwrap_or("walls: ");
        ensure!(lines > 6 && title.starts_with("walls: "), "{}", theirs.output());
    }
    Ok(())
}
