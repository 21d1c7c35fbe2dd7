// The same sum, to the bit.
//
// Add the terms in parallel, with rayon, so that the sum has the same bits in each run and with any number of threads.
// Additions of floating-point numbers round, so their grouping must not depend on who happens to be free. Now one
// thread adds them all.
//
// `cargo exercise same_bits` checks it, and `cargo exercise same_bits --hint` helps.

use exercises::{TERMS, term, write_sum};
// ANCHOR: solution
use rayon::prelude::*;

/// How many terms are added one after the other, however many threads there are.
const CHUNK: u64 = 250;
// ANCHOR_END: solution

fn main() {
    // ANCHOR: solution
    let sums: Vec<f64> = (0..TERMS / CHUNK)
        .into_par_iter()
        .map(|chunk| (chunk * CHUNK..(chunk + 1) * CHUNK).map(term).sum())
        .collect(); // in the order of the chunks
    let sum: f64 = sums.iter().sum();
    // ANCHOR_END: solution
    //| let sum: f64 = (0..TERMS).map(term).sum();
    write_sum(sum);
}
