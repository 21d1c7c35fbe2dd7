// One child and its exit code.
//
// The function `answer` returns a number. Let a child process run it and end with that number as its exit code; wait
// for the child, and write the code that it really had. Now all of it happens in one process.
//
// `cargo exercise one_child` checks it, and `cargo exercise one_child --hint` helps.

use exercises::answer;

fn main() -> anyhow::Result<()> {
    let code = answer();
    println!("the child has ended with code {code}");
    Ok(())
}
