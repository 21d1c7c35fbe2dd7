// One child and its exit code.
//
// The function `answer` returns a number. Let a child process run it and end with that number as its exit code; wait
// for the child, and write the code that it really had. Now all of it happens in one process.
//
// `cargo exercise one_child` checks it, and `cargo exercise one_child --hint` helps.

use exercises::answer;
// ANCHOR: solution
use std::process::ExitCode;
// ANCHOR_END: solution

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let mut child = mp::Process::spawn(|| ExitCode::from(answer()))?;
    let status = child.join()?;
    let code = status.code().ok_or_else(|| anyhow::anyhow!("the child was killed, {status}"))?;
    // ANCHOR_END: solution
    //| let code = answer();
    println!("the child has ended with code {code}");
    Ok(())
}
