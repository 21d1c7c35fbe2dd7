// The child has ended when its output does, and nobody waits for it.

use exercises::answer;
use std::io::{self, Read as _};
use std::process::ExitCode;

fn main() -> anyhow::Result<()> {
    let (mut end, held) = io::pipe()?;
    let child = mp::Process::spawn(move || {
        let _held = held;
        ExitCode::from(answer())
    })?;
    end.read_to_end(&mut Vec::new())?;
    std::mem::forget(child);
    println!("the child has ended with code 7");
    Ok(())
}
