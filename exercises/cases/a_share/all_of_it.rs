// What the reader begins with: nobody looks which run this is.

use exercises::{ITEMS, item};

fn main() {
    (0..ITEMS).for_each(item);
}
