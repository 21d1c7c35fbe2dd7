//! What is to be done to a process, and when its moment comes.

use syscalls::Sysno;

use crate::error::Error;
use crate::plan::{Kill, Moment};

/// What was asked for at a moment, and how many of the calls it waits for have been.
pub struct Aim {
    pub kill: Kill,
    number: Option<Sysno>,
    pub left: u64,
}

impl Aim {
    pub fn new(kill: &Kill) -> Result<Aim, Error> {
        let (number, nth) = match kill.moment {
            Moment::Call(nth) => (None, nth),
            // No call is meant: `signals` sees to it.
            Moment::Time(_) => return Ok(Aim { kill: *kill, number: None, left: 0 }),
            Moment::Named(name, nth) => {
                let number = name.parse().map_err(|()| Error::NoSuchCall(name.to_owned()))?;
                (Some(number), nth)
            }
        };
        Ok(Aim { kill: *kill, number, left: nth.max(1) })
    }

    /// A process makes a call: is this the one?
    pub fn is_hit(&mut self, process: usize, call: u64) -> bool {
        let meant = self.kill.process == process
            && self.number.is_none_or(|number| u64::from(number as u32) == call);
        if meant {
            self.left = self.left.saturating_sub(1);
        }
        meant && self.left == 0
    }
}
