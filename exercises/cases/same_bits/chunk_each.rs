// A chunk for each thread: another number of threads, another grouping.

use exercises::{TERMS, term, write_sum};
use rayon::prelude::*;

fn main() {
    let threads = rayon::current_num_threads() as u64;
    let chunk = TERMS.div_ceil(threads);
    let sums: Vec<f64> = (0..threads)
        .into_par_iter()
        .map(|thread| (thread * chunk..TERMS.min((thread + 1) * chunk)).map(term).sum())
        .collect();
    write_sum(sums.iter().sum());
}
