// The main thread ends, and with it the program and all its threads.

use exercises::search;
use std::sync::mpsc;
use std::thread;

fn main() -> anyhow::Result<()> {
    let (sender, receiver) = mpsc::channel();
    for place in 0..4 {
        let sender = sender.clone();
        thread::spawn(move || if search(place) { sender.send(place) } else { Ok(()) });
    }
    println!("found in place {}", receiver.recv()?);
    Ok(())
}
