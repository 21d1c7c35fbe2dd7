//! The words of the measured timelines.

use mp::trace::Labels;

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

pub const ENGLISH: Measured = Measured {
    threads_one_core: "Measured in Rust: threads on one core",
    python_threads: "Measured in Python: threads over the cores",
    threads_cores: "Measured in Rust: threads over the cores",
    processes: "Measured in Rust: processes over the cores",
    python_processes: "Measured in Python: processes over the cores",
    start_thread: "starting a thread, until it runs",
    start_process: "starting a process, until it runs",
    labels: Labels::ENGLISH,
};
