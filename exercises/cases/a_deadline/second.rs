// One watcher for all: a pipe of which each worker holds an end comes to its end when all have ended.

use exercises::may_hang;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::os::fd::AsFd as _;
use std::process::ExitCode;

fn main() -> anyhow::Result<()> {
    let (end, held) = io::pipe()?;
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    drop(held);
    let mut ended = [PollFd::new(end.as_fd(), PollFlags::empty())];
    poll(&mut ended, PollTimeout::from(2000_u16))?;
    for worker in &mut workers {
        worker.terminate()?; // harmless where it has ended
    }
    for (number, worker) in workers.iter_mut().enumerate() {
        match worker.join()?.code() {
            Some(code) => println!("{number}: {code}"),
            None => println!("{number}: late"),
        }
    }
    Ok(())
}
