//! What the command writes, read while it runs so that a full pipe doesn't stop it.

use std::io::Read;
use std::thread::{self, JoinHandle};

/// What comes out of a pipe until its last writer has closed it.
pub struct Output(JoinHandle<Vec<u8>>);

impl Output {
    /// Begins to read.
    pub fn of(pipe: Option<impl Read + Send + 'static>) -> Output {
        Output(thread::spawn(move || {
            let mut bytes = Vec::new();
            // What came before an error is kept.
            let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            bytes
        }))
    }

    /// All of it. It returns when the last writer has gone.
    pub fn end(self) -> Vec<u8> {
        self.0.join().unwrap_or_default()
    }
}
