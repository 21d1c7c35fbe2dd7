// A share of a job array.
//
// Slurm starts this program as often as `--array=FIRST-LAST` says, on any machines, and tells each run by its environment
// which one it is: SLURM_ARRAY_TASK_ID from FIRST to LAST, SLURM_ARRAY_TASK_MIN, which is FIRST, and SLURM_ARRAY_TASK_COUNT.
// Let each run do its share of the ten items: each item is done by one run, and no share is more than one item larger than
// another. Without SLURM_ARRAY_TASK_ID a run does all. An id that is no number, or of no run of the array, ends with exit
// code 2, a message, and no item. Now each run does all.
//
// `cargo exercise a_share` checks it, and `cargo exercise a_share --hint` helps.

use exercises::{ITEMS, item};
use std::process::ExitCode;

fn main() -> ExitCode {
    (0..ITEMS).for_each(item);
    ExitCode::SUCCESS
}
