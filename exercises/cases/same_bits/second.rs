// Integers are added without rounding, in whatever order.

use exercises::{TERMS, term, write_sum};
use rayon::prelude::*;

/// The unit is so small that what a term loses is less than rounding costs.
const UNITS: f64 = (1_u64 << 40) as f64;

fn main() {
    let sum: i128 = (0..TERMS).into_par_iter().map(|number| (term(number) * UNITS) as i128).sum();
    write_sum(sum as f64 / UNITS);
}
