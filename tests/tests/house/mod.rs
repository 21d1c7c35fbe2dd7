//! The house: the tests see what they are there to see.

mod circles;
mod workers;
