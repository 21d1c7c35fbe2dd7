// With the system's own calls.

use exercises::answer;
use nix::libc;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

fn main() -> anyhow::Result<()> {
    // SAFETY: this process has one thread, so the child may do whatever it may.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let code = answer();
            // SAFETY: it ends this process, and never returns.
            unsafe { libc::_exit(code.into()) }
        }
        ForkResult::Parent { child } => match waitpid(child, None)? {
            WaitStatus::Exited(_, code) => println!("the child has ended with code {code}"),
            other => anyhow::bail!("the child has not ended by itself: {other:?}"),
        },
    }
    Ok(())
}
