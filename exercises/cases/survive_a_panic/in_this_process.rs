// The panics are caught where everything else runs: the next one might abort.

use exercises::risky;
use std::panic::catch_unwind;

fn main() {
    for number in 0..5 {
        match catch_unwind(|| risky(number)) {
            Ok(result) => println!("{number}: {result}"),
            Err(_) => println!("{number}: it panicked"),
        }
    }
}
