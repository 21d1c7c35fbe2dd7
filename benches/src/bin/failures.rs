//! Makes the map of what survives, `benches/data/failures.json`: `cargo run -p benches --bin failures`.
//!
//! It builds the programs, runs each of them a hundred times and more, and takes minutes. What it finds does not depend on
//! what else the machine does. The picture and the numbers of the text are made of it anew.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn main() -> anyhow::Result<()> {
    let root = project::root();
    let failures = benches::failures::measure(&root)?;
    std::fs::write(root.join("benches/data/failures.json"), failures.text()?)?;
    for file in figures::write_all(&root)? {
        project::say(file.display());
    }
    Ok(())
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() {
    eprintln!("missing: Linux with glibc, where processes can be followed");
    std::process::exit(2)
}
