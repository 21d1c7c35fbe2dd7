// What the reader begins with: one thread.

use exercises::{TERMS, term, write_sum};

fn main() {
    write_sum((0..TERMS).map(term).sum());
}
