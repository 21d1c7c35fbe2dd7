//! The words of the measured timelines.

use serde::Deserialize;
use trace::Labels;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub threads_one_core: &'static str,
    pub python_threads: &'static str,
    pub threads_cores: &'static str,
    pub processes: &'static str,
    pub python_processes: &'static str,
    pub start_thread: &'static str,
    pub start_process: &'static str,
    /// The piece that the program calls `end`.
    pub end: &'static str,
    pub labels: Legend,
    pub cover: Cover,
}

/// What the pictures have in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legend {
    pub on_cpu: &'static str,
    pub cpu: &'static str,
    pub switch: &'static str,
    pub moving: &'static str,
    pub way: &'static str,
    pub worker: &'static str,
    pub piece: &'static str,
    pub joint: &'static str,
    pub sentence_joint: &'static str,
}

impl Legend {
    /// The labels of a picture with this title, in which starting a worker is called so.
    pub fn labels(&self, title: &'static str, start: &'static str) -> Labels<'static> {
        let Legend { on_cpu, cpu, switch, moving, way, worker, piece, joint, sentence_joint } =
            *self;
        let headings = &[];
        Labels {
            title,
            headings,
            on_cpu,
            cpu,
            start,
            switch,
            moving,
            way,
            worker,
            piece,
            joint,
            sentence_joint,
        }
    }
}

/// The words of the picture on the cover.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    pub title: &'static str,
    /// What all ways have in common.
    pub work: &'static str,
    /// Python's threads and processes, Rust's threads and processes.
    pub ways: [&'static str; 4],
    /// A way and how long it took.
    pub took: &'static str,
    /// The main program.
    pub main: &'static str,
    /// What is paid besides the work.
    pub costs: &'static str,
}
