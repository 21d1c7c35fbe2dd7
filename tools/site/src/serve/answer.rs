//! An answer to a request: the last on its connection.
//!
//! A browser opens six connections at once and keeps them. `tiny_http` 0.12 serves each in a thread of a pool, counts
//! a thread that it has just woken as one that waits, and queues the next connection for it: on a busy machine that one
//! was served only when the browser gave up another, and the page hung. A connection that is closed after its answer
//! frees its thread.

use std::io::{self, Write};

use tiny_http::{Method, Request, StatusCode};

/// Answers with a body of a type, which the browser doesn't keep: it would show what it has of an earlier build.
pub(super) fn answer(request: Request, status: u16, sort: &str, body: &[u8]) -> io::Result<()> {
    answer_with(request, status, sort, &[], body)
}

/// The same, with more headers.
pub(super) fn answer_with(
    request: Request,
    status: u16,
    sort: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<()> {
    let is_head = *request.method() == Method::Head;
    let mut out = request.into_writer();
    head(&mut out, status, sort)?;
    for (name, value) in headers {
        write!(out, "{name}: {value}\r\n")?;
    }
    write!(out, "Content-Length: {}\r\n\r\n", body.len())?;
    if !is_head {
        out.write_all(body)?;
    }
    out.flush()
}

/// The first lines of an answer; its length is said after them, or that it comes in chunks.
pub(super) fn head(out: &mut impl Write, status: u16, sort: &str) -> io::Result<()> {
    let why = StatusCode(status).default_reason_phrase();
    write!(
        out,
        "HTTP/1.1 {status} {why}\r\nContent-Type: {sort}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n"
    )
}
