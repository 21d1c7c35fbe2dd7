// At once, in one process.

use exercises::task;

fn main() {
    std::thread::scope(|scope| {
        for number in 0..5 {
            scope.spawn(move || task(number));
        }
    });
    println!("all five have ended");
}
