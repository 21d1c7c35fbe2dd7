//! The words of the measured timelines.

use trace::Labels;

#[derive(Debug)]
pub struct Measured {
    pub threads_one_core: &'static str,
    pub python_threads: &'static str,
    pub threads_cores: &'static str,
    pub processes: &'static str,
    pub python_processes: &'static str,
    pub start_thread: &'static str,
    pub start_process: &'static str,
    /// Without title and start, which the pictures have of their own.
    pub labels: Labels<'static>,
    pub cover: Cover,
}

/// The words of the picture on the cover.
#[derive(Debug)]
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
