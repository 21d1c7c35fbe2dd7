// A thread that hangs can't be ended: the program ends, and with it everything else.

use exercises::may_hang;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn main() {
    let mut threads = Vec::new();
    for number in 0..3 {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(may_hang(number)));
        threads.push(receiver);
    }
    for (number, receiver) in threads.iter().enumerate() {
        match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(result) => println!("{number}: {result}"),
            Err(_) => println!("{number}: late"),
        }
    }
}
