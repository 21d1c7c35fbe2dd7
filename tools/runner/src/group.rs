//! A command run as a process group of its own, which ends within a limit.

use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Runs a command as a process group of its own with no stdin and with stdout and stderr in one
/// pipe, and returns its exit status and what the group wrote.
pub(crate) fn run_group(mut command: Command, limit: Duration) -> Result<(ExitStatus, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    in_own_group(&mut command);
    let deadline = Instant::now() + limit;
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    // The command holds the pipe's writing ends; without this the reader would never see its end.
    drop(command);

    let (sender, pieces) = mpsc::channel();
    let reading = thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..n].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut output = Vec::new();
    let ended = loop {
        match pieces.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(piece) => output.extend(piece),
            Err(mpsc::RecvTimeoutError::Disconnected) => break wait_until(&mut child, deadline)?,
            Err(mpsc::RecvTimeoutError::Timeout) => break None,
        }
    };
    let Some(status) = ended else {
        kill_group(&mut child);
        let _ = child.wait();
        let _ = reading.join();
        output.extend(pieces.iter().flatten());
        bail!(
            "has not ended within {} s and was killed; it wrote:\n{}",
            limit.as_secs_f32(),
            String::from_utf8_lossy(&output)
        );
    };
    let _ = reading.join();
    Ok((status, String::from_utf8(output).context("it wrote no UTF-8")?))
}

fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
fn in_own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(unix)]
fn kill_group(child: &mut Child) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;
    if let Ok(group) = i32::try_from(child.id()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn in_own_group(_: &mut Command) {}

#[cfg(not(unix))]
fn kill_group(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn stdout_and_stderr_come_through_one_pipe_in_order() -> Result<()> {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 1; echo 2 >&2; echo 3; exit 5"]);
        let (status, output) = run_group(command, Duration::from_secs(20))?;
        assert_eq!(output, "1\n2\n3\n");
        assert_eq!(status.to_string(), "exit status: 5");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_killed_with_its_whole_group() {
        // The grandchild holds the pipe: were it not killed, reading would not end.
        for script in ["echo began; sleep 600 & sleep 600", "echo began; sleep 600 & exit 0"] {
            let begin = Instant::now();
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            let error = run_group(command, Duration::from_millis(300)).expect_err("it hangs");
            assert!(error.to_string().contains("began"), "{error}");
            assert!(begin.elapsed() < Duration::from_secs(60));
        }
    }
}
