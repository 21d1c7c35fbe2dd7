// It starts its own program again, and keeps a count of what is left.

use exercises::fragile;
use std::env;
use std::process::Command;

fn main() -> anyhow::Result<()> {
    if let Ok(attempt) = env::var("ATTEMPT") {
        fragile(attempt.parse()?);
        return Ok(());
    }
    let mut left = 4;
    let mut worker = || {
        anyhow::ensure!(left > 0, "no attempt is left");
        left -= 1;
        let mut command = Command::new(env::current_exe()?);
        command.args(env::args_os().skip(1)).env("ATTEMPT", (4 - left).to_string());
        Ok((4 - left, command.status()?))
    };
    loop {
        let (attempt, status) = worker()?;
        if status.success() {
            println!("done at attempt {attempt}");
            return Ok(());
        }
    }
}
