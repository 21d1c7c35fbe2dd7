//! What the command writes, read while it runs so that a full pipe doesn't stop it.

use std::io::{self, Read};
use std::thread::{self, JoinHandle};

/// What comes out of a pipe until its last writer has closed it.
pub struct Output(JoinHandle<Vec<u8>>);

impl Output {
    /// Begins to read. What comes after the first `most` bytes is thrown away, and `exceeded` hears of it once.
    pub fn of(
        pipe: Option<impl Read + Send + 'static>,
        most: Option<usize>,
        exceeded: impl FnOnce() + Send + 'static,
    ) -> Output {
        Output(thread::spawn(move || {
            let mut bytes = Vec::new();
            let most = most.map_or(u64::MAX, |most| most as u64);
            if let Some(mut pipe) = pipe {
                // What came before an error is kept.
                let _ = pipe.by_ref().take(most).read_to_end(&mut bytes);
                if io::copy(&mut pipe.by_ref().take(1), &mut io::sink()).is_ok_and(|more| more > 0)
                {
                    exceeded();
                    let _ = io::copy(&mut pipe, &mut io::sink());
                }
            }
            bytes
        }))
    }

    /// All of it. It returns when the last writer has gone.
    pub fn end(self) -> Vec<u8> {
        self.0.join().unwrap_or_default()
    }
}
