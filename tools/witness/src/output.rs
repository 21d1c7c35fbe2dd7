//! What the command writes, read while it runs so that a full pipe doesn't stop it.

use std::io::{self, Read};
use std::thread::{self, JoinHandle};

/// What comes out of a pipe until its last writer has closed it.
pub struct Output(JoinHandle<Vec<u8>>);

impl Output {
    /// Begins to read, and tells `hear` each piece as it comes. What comes after the first `most` bytes is thrown
    /// away, and `exceeded` hears of it once.
    pub fn of(
        pipe: Option<impl Read + Send + 'static>,
        most: Option<usize>,
        exceeded: impl FnOnce() + Send + 'static,
        mut hear: impl FnMut(&[u8]) + Send + 'static,
    ) -> Output {
        Output(thread::spawn(move || {
            let mut bytes = Vec::new();
            let mut exceeded = Some(exceeded);
            let most = most.unwrap_or(usize::MAX);
            let mut piece = [0; 8192];
            let Some(mut pipe) = pipe else { return bytes };
            loop {
                // What came before an error is kept.
                let read = match pipe.read(&mut piece) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                let kept = &piece[..read.min(most - bytes.len())];
                if !kept.is_empty() {
                    bytes.extend(kept);
                    hear(kept);
                }
                if kept.len() < read
                    && let Some(exceeded) = exceeded.take()
                {
                    exceeded();
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
