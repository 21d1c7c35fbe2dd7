//! The words of the measured timelines.

use mp::trace::Labels;

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
}
