// What the reader begins with: no process is started.

use exercises::answer;

fn main() {
    let code = answer();
    println!("the child has ended with code {code}");
}
