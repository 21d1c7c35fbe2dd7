//! Waiting for a descriptor: alone, or as one of many of whom one is to be woken.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
#[cfg(target_os = "linux")]
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Waits for at most `time`; `true` means that there is something to read, or the end. It can be
/// `false` early, when a signal comes: the caller keeps the time.
pub fn readable(descriptor: BorrowedFd, time: Duration) -> io::Result<bool> {
    let time = PollTimeout::try_from(milliseconds(time)).unwrap_or(PollTimeout::MAX);
    match poll(&mut [PollFd::new(descriptor, PollFlags::POLLIN)], time) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Rounded up, so that nobody asks again before the time is over.
fn milliseconds(time: Duration) -> u128 {
    time.as_nanos().div_ceil(1_000_000)
}

/// A place among those who wait for the same pipe, so that one byte wakes one of them.
///
/// On Linux each waits in an `epoll` of its own, added with `EPOLLEXCLUSIVE`
/// ([`epoll_ctl(2)`](https://man7.org/linux/man-pages/man2/epoll_ctl.2.html)). Elsewhere, and where
/// no descriptor is left for an `epoll`, it is `poll`, which wakes all.
pub struct Turn<'a> {
    pipe: &'a PipeReader,
    #[cfg(target_os = "linux")]
    alone: Option<Epoll>,
}

impl<'a> Turn<'a> {
    pub fn at(pipe: &'a PipeReader) -> Turn<'a> {
        Turn {
            pipe,
            #[cfg(target_os = "linux")]
            alone: exclusive(pipe).ok(),
        }
    }

    /// Waits for at most `time`, and returns early whenever it may be worth trying to read.
    ///
    /// It never waits longer than a second. Whoever is woken can be killed before it reads, and
    /// then the byte lies there while all others sleep.
    pub fn wait(&self, time: Duration) -> io::Result<()> {
        let time = time.min(Duration::from_secs(1));
        #[cfg(target_os = "linux")]
        if let Some(alone) = &self.alone {
            let time = EpollTimeout::try_from(milliseconds(time)).unwrap_or(EpollTimeout::MAX);
            return match alone.wait(&mut [EpollEvent::empty()], time) {
                Ok(_) | Err(Errno::EINTR) => Ok(()),
                Err(error) => Err(error.into()),
            };
        }
        readable(self.pipe.as_fd(), time).map(drop)
    }
}

#[cfg(target_os = "linux")]
fn exclusive(pipe: &PipeReader) -> nix::Result<Epoll> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLEXCLUSIVE, 0);
    epoll.add(pipe, event)?;
    Ok(epoll)
}
