// Right chunks, added in the order in which they are ready.

use exercises::{TERMS, term, write_sum};
use rayon::prelude::*;
use std::sync::Mutex;

fn main() {
    let sum = Mutex::new(0.0);
    (0..TERMS / 250).into_par_iter().for_each(|chunk| {
        let part: f64 = (chunk * 250..(chunk + 1) * 250).map(term).sum();
        *sum.lock().expect("nobody panics") += part;
    });
    write_sum(sum.into_inner().expect("nobody panics"));
}
