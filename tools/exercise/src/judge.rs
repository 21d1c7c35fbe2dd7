//! The verdict on a program.

use std::process::Command;

use witness::{Error, Report};

use crate::exercises::Exercise;
use crate::runs::{Refused, Runs};

/// What is to be said about a program.
#[derive(Debug)]
pub struct Verdict {
    /// Why it is refused; `None`: it is right, as far as that could be seen.
    pub refused: Option<String>,
    /// The run that decided: that in which the mistake showed, or the last.
    pub run: Option<Report>,
    /// What could not be checked here.
    pub unchecked: Vec<String>,
}

/// Runs the program that `command` starts, as often as the exercise needs, and judges what it does.
///
/// # Errors
///
/// It can't be started or watched.
pub fn judge(exercise: &Exercise, command: &dyn Fn() -> Command) -> Result<Verdict, Error> {
    let mut runs = Runs::of(command);
    let refused = match (exercise.check)(&mut runs) {
        Ok(()) => None,
        Err(Refused::Because(sentence)) => Some(sentence),
        Err(Refused::Unseen(error)) => return Err(error),
    };
    let (run, unchecked) = runs.end();
    Ok(Verdict { refused, run, unchecked })
}
