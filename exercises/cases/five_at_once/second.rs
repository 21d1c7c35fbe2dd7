// It starts its own program again, five times.

use exercises::task;
use std::env;
use std::process::Command;

fn main() -> anyhow::Result<()> {
    if let Ok(number) = env::var("TASK") {
        task(number.parse()?);
        return Ok(());
    }
    let start = |number: u64| {
        let mut command = Command::new(env::current_exe()?);
        command.args(env::args_os().skip(1)).env("TASK", number.to_string()).spawn()
    };
    let children = (0..5).map(start).collect::<Result<Vec<_>, _>>()?;
    for mut child in children {
        let status = child.wait()?;
        anyhow::ensure!(status.success(), "a child has failed, {status}");
    }
    println!("all five have ended");
    Ok(())
}
