//! What the snippets of the book may use: the dependencies of this package, in `Cargo.toml`.
