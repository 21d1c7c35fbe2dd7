// The same sum, to the bit.
//
// Add the terms in parallel, with rayon, so that the sum has the same bits in each run and with any number of threads.
// Additions of floating-point numbers round, so their grouping must not depend on who happens to be free. Now one
// thread adds them all.
//
// `cargo exercise same_bits` checks it, and `cargo exercise same_bits --hint` helps.

use exercises::{TERMS, term, write_sum};

fn main() {
    let sum: f64 = (0..TERMS).map(term).sum();
    write_sum(sum);
}
