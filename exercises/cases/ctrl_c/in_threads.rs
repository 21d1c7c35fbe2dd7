// Threads end with their process.

use exercises::errand;

fn main() {
    std::thread::scope(|scope| {
        for number in 1..=3 {
            scope.spawn(move || errand(number));
        }
    });
    println!("all errands are done");
}
