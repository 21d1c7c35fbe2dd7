//! Nothing but features of others; `Cargo.toml` says why.
