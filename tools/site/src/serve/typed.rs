//! A response that says of which type it is.

use std::io;

use tiny_http::{Header, Response};

/// A response of a type, which the browser doesn't keep: it would show what it has of an earlier build.
pub(super) fn with_type<R: io::Read>(mut response: Response<R>, sort: &str) -> Response<R> {
    for (name, value) in [("Content-Type", sort), ("Cache-Control", "no-store")] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    response
}
