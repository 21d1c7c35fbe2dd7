// Results in order, through a pipe.
//
// Let each of the five squares be computed in a process of its own, all at the same time. Each sends its result through
// a pipe. Write the results in the order of the numbers, in whatever order they come. Now one process does all.
//
// `cargo exercise in_order` checks it, and `cargo exercise in_order --hint` helps.

use exercises::square;

fn main() -> anyhow::Result<()> {
    for number in 0..5 {
        println!("{number}: {}", square(number));
    }
    Ok(())
}
