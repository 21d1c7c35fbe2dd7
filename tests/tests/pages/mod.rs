//! The book's text: every block compiled and run, pages, links and figures, numbers, exercises, and the words of the editions.

mod appendix;
mod exercises;
mod numbers;
mod outline;
mod own_program;
mod prose;
mod questions;
mod schedules;
pub mod snippets;
mod terms;
