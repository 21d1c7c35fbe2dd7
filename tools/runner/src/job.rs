//! A program of `mpi/` to be run, as `cargo mpi` is told.

use std::path::PathBuf;

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// A program of `mpi/src/bin`.
    pub program: String,
    /// How many processes.
    pub ranks: usize,
    /// After how many seconds it is stopped; none is never.
    pub seconds: Option<u64>,
    /// The file that lists the hosts; none is this machine alone.
    pub hosts: Option<PathBuf>,
    /// What the program is given.
    pub arguments: Vec<String>,
}

impl Job {
    /// A shown command, `cargo mpi PROGRAM [--ranks N] [--seconds N] [-- ARGUMENTS]`, as its words;
    /// `None` where it is another one.
    #[must_use]
    pub fn parse(words: &[&str]) -> Option<Job> {
        let ["cargo", "mpi", program, rest @ ..] = words else {
            return None;
        };
        let plain = program.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let mut job = Job {
            program: plain.then(|| (*program).to_owned())?,
            ranks: 4,
            seconds: None,
            hosts: None,
            arguments: Vec::new(),
        };
        let mut rest = rest;
        loop {
            match rest {
                [] => return Some(job),
                ["--", arguments @ ..] => {
                    job.arguments = arguments.iter().map(|&word| word.to_owned()).collect();
                    return Some(job);
                }
                ["--ranks", ranks, more @ ..] => {
                    job.ranks = ranks.parse().ok()?;
                    rest = more;
                }
                ["--seconds", seconds, more @ ..] => {
                    job.seconds = Some(seconds.parse().ok()?);
                    rest = more;
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_job_is_parsed() {
        let words =
            ["cargo", "mpi", "pool", "--ranks", "3", "--seconds", "5", "--", "--limit", "9"];
        let job = Job::parse(&words).expect("it is a job");
        assert_eq!((job.ranks, job.seconds, job.arguments.len()), (3, Some(5), 2));
        for wrong in [&["cargo", "mpi"][..], &["cargo", "mpi", "../x"], &["cargo", "mpi", "a", "b"]]
        {
            assert_eq!(Job::parse(wrong), None);
        }
    }
}
