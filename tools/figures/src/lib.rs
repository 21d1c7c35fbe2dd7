//! The pictures: those of ideas, drawn from small models of what they show, and those of costs, drawn
//! from the measurements.
//!
//! Each picture is an SVG that stands inline in a page. See `svg` for how it is written and
//! `words` for its labels.

mod check;
mod choosing;
mod concepts;
mod costs;
mod figure;
mod flows;
mod lab;
mod lanes;
mod law;
mod made;
mod measured;
mod mpi;
mod numbers;
mod plot;
mod pools;
mod race;
mod svg;
#[cfg(test)]
mod tests;
mod threads;
mod time;
mod timeline;
pub mod topic;
mod unit;
mod words;

pub use check::check;
pub use figure::{Figure, write};
pub use made::{Made, all, made, write_all};
pub use measured::Program;
