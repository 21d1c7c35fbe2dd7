//! A process group of its own for a program, so that its end is the end of all that it started.

#[cfg(unix)]
pub(crate) use unix::{interrupt, kill, own};

#[cfg(unix)]
mod unix {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    use anyhow::{Context as _, Result};
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    /// The command will have one.
    pub fn own(command: &mut Command) {
        command.process_group(0);
    }

    fn send(child: &Child, signal: Signal) -> Result<()> {
        let group = Pid::from_raw(child.id().try_into()?);
        killpg(group, signal).context("the group is gone")
    }

    /// Sends SIGINT to all of it, as a terminal does on Ctrl-C.
    pub fn interrupt(child: &Child) -> Result<()> {
        send(child, Signal::SIGINT)
    }

    /// Kills all of it, and waits for the program.
    pub fn kill(child: &mut Child) {
        let _ = send(child, Signal::SIGKILL);
        let _ = child.wait();
    }
}

#[cfg(not(unix))]
pub(crate) use elsewhere::{interrupt, kill, own};

#[cfg(not(unix))]
mod elsewhere {
    use std::process::{Child, Command};

    use anyhow::{Result, bail};

    pub fn own(_: &mut Command) {}

    pub fn interrupt(_: &Child) -> Result<()> {
        bail!("this system has no signals")
    }

    pub fn kill(child: &mut Child) {
        let _ = child.kill();
        let _ = child.wait();
    }
}
