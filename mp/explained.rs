use std::error::Error;
use std::fmt;
use std::io;

/// An error of the system with the sentence that its number can't tell: what was tried, and what
/// helps. The kind is that of the system's error, which is the `source`.
pub fn explained(source: impl Into<io::Error>, what: impl Into<String>) -> io::Error {
    let source = source.into();
    io::Error::new(source.kind(), Explained { what: what.into(), source })
}

#[derive(Debug)]
struct Explained {
    what: String,
    source: io::Error,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Explained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
