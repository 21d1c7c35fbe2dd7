//! What the pages on walls say: `limits`.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{Workshop, changed};
use tests::{Ended, LIMIT, Stdout, asked, example, run, run_as_nobody};

// -------------------------------------------------------------------------------------- limits

const CAREFUL: &str = "    let mut list: Vec<u8> = Vec::new();\n    let refused";
const BODY_OF_WORKER: &str = "        let mut memory: Vec<u8> = Vec::new();\n";

/// The program with a scene of memory that is another.
fn other_scene(scene: &str) -> Result<Ended> {
    let scene = format!("{scene}\n    if true {{ return Ok(()) }}\n{CAREFUL}");
    let (_workshop, mut program) = changed("limits", &[(CAREFUL, &scene)])?;
    program.args(["--cpu", "0"]);
    run(program, Stdout::Pipe, LIMIT)?.success()
}

/// The prediction: a limit is inherited as a number.
#[test]
fn each_child_has_the_limit_for_itself() -> Result<()> {
    let ended = other_scene(
        "    let tried = mp::Shared::new(AtomicU8::new(0))?;
    let mut children = Vec::new();
    for _ in 0..4 {
        children.push(mp::Process::spawn(|| {
            let mut list: Vec<u8> = Vec::new();
            println!(\"  granted: {}\", list.try_reserve(400 * MIB).is_ok());
            tried.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            while tried.load(std::sync::atomic::Ordering::Relaxed) < 4 {
                thread::sleep(Duration::from_millis(1));
            }
            black_box(list);
        })?);
    }
    for child in &mut children {
        anyhow::ensure!(child.join()?.success(), \"a child failed\");
    }",
    )?;
    ensure!(ended.stdout.matches("granted: ").count() == 4, "{}", ended.output());
    asked("ask-four-times")?.number(ended.stdout.matches("granted: false").count())
}

/// A descriptor beyond the limit stays, and a connection that can't be accepted waits, and `poll` says so.
#[test]
fn without_descriptors_a_server_turns_nobody_away() -> Result<()> {
    let ended = other_scene(
        "    use std::io::Write as _;
    use std::os::fd::{AsFd as _, AsRawFd as _};
    let server = std::net::TcpListener::bind(\"127.0.0.1:0\")?;
    let (first, second) = (File::open(\"/dev/null\")?, io::pipe()?);
    let mut client = std::net::TcpStream::connect(server.local_addr()?)?;
    limit(Resource::RLIMIT_NOFILE, first.as_raw_fd().try_into()?)?;
    let error = server.accept().expect_err(\"no descriptor is left\");
    println!(\"accept: {error}\");
    let mut waits = [nix::poll::PollFd::new(server.as_fd(), nix::poll::PollFlags::POLLIN)];
    println!(\"poll: {}\", nix::poll::poll(&mut waits, 0_u8)?);
    (&second.1).write_all(b\"beyond\")?;
    client.write_all(b\"patience\")?;
    drop(first);
    limit(Resource::RLIMIT_NOFILE, 64)?;
    println!(\"accepted: {}\", server.accept().is_ok());",
    )?;
    let said = "accept: Too many open files (os error 24)\npoll: 1\naccepted: true\n";
    ensure!(ended.stdout.contains(said), "{}", ended.output());
    Ok(())
}

/// The program with a worker in a cgroup that does something else.
fn other_worker(worker: &str) -> Result<(Workshop, Command)> {
    let worker = format!("{worker}\n        if true {{ return Ok(()) }}\n{BODY_OF_WORKER}");
    let (workshop, mut program) = changed("limits", &[(BODY_OF_WORKER, &worker)])?;
    program.args(["--cgroup", "32"]);
    Ok((workshop, program))
}

/// Whether the program lacks a cgroup, as it may.
fn lacks_a_cgroup(ended: &Ended) -> Result<bool> {
    Ok(ended.status.code() == Some(2) && tests::may_lack("a real cgroup", &ended.stderr)?)
}

/// The prediction: the kernel takes the one whose death frees most, and not the one in need.
#[test]
fn the_one_that_holds_most_is_killed() -> Result<()> {
    let (_workshop, program) = other_worker(
        "        let (reader, writer) = io::pipe()?;
        let mut holds = mp::Process::spawn(|| {
            black_box(vec![1_u8; 20 * MIB]);
            let held = vec![1_u8; 20 * MIB];
            println!(\"the first holds 20 MiB\");
            use std::io::Write as _;
            (&writer).write_all(b\"!\")?;
            thread::sleep(Duration::from_secs(60));
            black_box(held);
            anyhow::Ok(())
        })?;
        use std::io::Read as _;
        (&reader).read_exact(&mut [0])?;
        let mut asks = mp::Process::spawn(|| {
            let mut memory: Vec<u8> = Vec::new();
            for mib in 1..=20 {
                memory.resize(mib * MIB, 1);
            }
        })?;
        let asks = asks.join()?;
        println!(\"the second: {asks}\");
        holds.kill()?;
        println!(\"the first: {}\", holds.join()?);",
    )?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    if lacks_a_cgroup(&ended)? {
        return Ok(());
    }
    let ended = ended.success()?;
    // The first is ended by the test, too, where it lives: the group counts its own.
    let of_group = ended.stdout.split_once("seen: oom_kill ").context("it counts them")?.1;
    let of_group: usize = of_group.split_whitespace().next().context("a number")?.parse()?;
    let second = !ended.stdout.contains("the second: exit status: 0\n");
    let first = of_group > usize::from(second);
    asked("ask-who-is-killed")?.one(
        &(first, second),
        &[("The second", (false, true)), ("The first.", (true, false)), ("Both", (true, true))],
    )
}

/// Who may not make a cgroup hears what is missing. With root's rights the test is somebody else.
#[test]
fn who_may_make_no_cgroup_is_told() -> Result<()> {
    let Some(ended) = run_as_nobody(example("limits", &["--cgroup", "32"])?)? else {
        return Ok(());
    };
    ensure!(ended.status.code() == Some(2) && ended.stdout.is_empty(), "{}", ended.output());
    ensure!(ended.stderr.starts_with("missing: a cgroup"), "{}", ended.output());
    Ok(())
}

/// The group goes with the program. A killed parent leaves the folder, and nobody in it.
#[test]
fn a_group_is_left_empty_at_most() -> Result<()> {
    let groups = || -> Result<Vec<_>> {
        let mut groups = Vec::new();
        for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].map(fs::read_dir) {
            for entry in root.into_iter().flatten() {
                groups.push(entry?.path());
            }
        }
        Ok(groups)
    };
    let ended = run(example("limits", &["--cgroup", "16"])?, Stdout::Pipe, LIMIT)?;
    if lacks_a_cgroup(&ended)? {
        return Ok(());
    }
    let own = format!("limits-{}", ended.pid);
    ensure!(!groups()?.iter().any(|group| group.ends_with(&own)), "{own} is still there");
    let (_workshop, program) = other_worker(
        "        nix::sys::signal::kill(nix::unistd::getppid(), nix::sys::signal::SIGKILL)?;",
    )?;
    let running = tests::Running::start(program, Stdout::Pipe, LIMIT)?;
    let own = format!("limits-{}", running.pid());
    running.all_gone(LIMIT)?;
    let left: Vec<_> = groups()?.into_iter().filter(|group| group.ends_with(&own)).collect();
    ensure!(left.len() == 1, "the page says that the folder is left: {left:?}");
    fs::remove_dir(&left[0])?; // which works for an empty one only
    Ok(())
}
