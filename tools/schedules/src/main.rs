//! Makes the files in `data/` anew: `cargo run -p schedules`.

use std::fs;

use anyhow::{Context as _, Result};
use schedules::files;

fn main() -> Result<()> {
    for (path, text) in files::all()? {
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}
