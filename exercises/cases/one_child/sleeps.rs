// It looks now and then.

use exercises::answer;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let mut child = mp::Process::spawn(|| ExitCode::from(answer()))?;
    while child.is_alive()? {
        std::thread::sleep(Duration::from_millis(10));
    }
    println!("the child has ended with code {}", child.join()?.code().unwrap_or(-1));
    Ok(())
}
