//! Nothing is built here; the dependencies of what the compiler loads want a build script.

fn main() {}
