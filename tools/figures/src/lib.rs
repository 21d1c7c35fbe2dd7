//! The pictures: those of ideas, drawn from small models of what they show, and those of costs, drawn
//! from the measurements.
//!
//! Each picture is an SVG that stands inline in a page, and a file in `pictures/`.

mod costs;
pub mod failures;
mod figure;
mod lab;
mod law;
mod made;
mod measured;
mod mpi;
mod numbers;
mod pictures;
mod plot;
mod replay;
mod sheet;
#[cfg(test)]
mod tests;
mod time;
mod timeline;
pub mod topic;
mod unit;
mod ways;
mod words;

pub use figure::{Figure, write};
pub use made::{Made, check, made, write_all};
pub use measured::Program;
