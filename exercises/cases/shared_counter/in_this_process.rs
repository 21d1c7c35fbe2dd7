// Nobody else counts.

use exercises::visitors;

fn main() {
    let counted: u64 = (0..4).map(|_| (0..visitors()).map(|_| 1).sum::<u64>()).sum();
    println!("{counted} were counted");
}
