//! The book's text: every block compiled and run, pages, links and figures, numbers, and the terms of the editions.
//!
//! They stand in one binary, since snippets wait while pages compute: Cargo runs one binary after the other.

mod appendix;
mod numbers;
mod own_program;
mod pages;
mod skeptic;
mod terms;
