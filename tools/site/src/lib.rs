//! The site of the book: what mdBook makes of its editions, as text and as pages; rewritten, checked,
//! and served while it is written.

mod about;
mod build;
mod captions;
pub mod check;
pub mod cli;
mod edition;
mod include;
mod labels;
mod load;
mod log;
pub mod markdown;
mod paint;
mod programs;
pub mod questions;
mod rewrite;
mod scratch;
pub mod serve;
mod solutions;
mod staging;

pub use about::{Repository, Site};
pub use build::{Built, build};
pub use edition::{Chapter, Edition, FILE, Part, editions, page_of};
pub use load::{expand, load, parts};
pub use scratch::Scratch;
pub use staging::{Fresh, LIST, put};
