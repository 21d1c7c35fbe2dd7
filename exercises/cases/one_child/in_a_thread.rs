// A thread is no process.

use exercises::answer;

fn main() {
    let code = std::thread::spawn(answer).join().expect("it does not panic");
    println!("the child has ended with code {code}");
}
