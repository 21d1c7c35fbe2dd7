//! What can be taken along.

use clap::ValueEnum;

/// What can be taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A book for readers of all sizes.
    Epub,
    /// A book for paper.
    Pdf,
    /// The site of all editions, to be read without a network.
    Zip,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Epub, Self::Pdf, Self::Zip];
}
