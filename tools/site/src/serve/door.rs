//! Who may ask for a run: the pages of this server, and nobody else. A run is a program on the reader's machine, so
//! another site that the reader has open must not begin one, nor learn what it takes to.
//!
//! - The server listens on the loopback address only.
//! - `Host` is this machine by a name that no other site can have: one that lets its own name lead here is refused.
//! - `Origin` is the address that was asked: a page of another site, or of another port, is refused.
//! - Each page that is served has a token of its own, which stands in a header that another site may not send. It also
//!   tells the pages apart: each has one run.

use std::{
    fs::File,
    io::{self, BufRead as _, Read as _, Write as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use anyhow::{Context as _, Result};
use here::{Order, Refusal, Run, Runs};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tiny_http::{Method, Request};

use super::answer::{self, answer};

/// Where a run is asked for; the answer is what happens, until it is over.
const RUN: &str = "/.run";

/// Where something is done to it.
const ORDER: &str = "/.run/order";

/// How long what is asked may be.
const MOST: u64 = 4096;

/// The header with the token.
const TOKEN: &str = "X-Book-Run";

/// What guards the runs.
pub(super) struct Door {
    runs: Arc<Runs>,
    secret: [u8; 32],
    pages: AtomicU64,
    python: bool,
}

/// Whether this is for [`Door::answer`].
pub(super) fn is_for(path: &str) -> bool {
    [RUN, ORDER].contains(&path)
}

/// What is answered instead of what was asked for.
struct No(u16, String);

impl Door {
    /// A door to the programs of the project at `root`; none where they can't be run.
    pub(super) fn open(root: &Path) -> Result<Option<Arc<Self>>> {
        if !here::CAN_RUN {
            return Ok(None);
        }
        let mut secret = [0; 32];
        File::open("/dev/urandom")
            .and_then(|mut random| random.read_exact(&mut secret))
            .context("can't read /dev/urandom")?;
        let python = project::answer(root, "python3", &["--version"]).is_some();
        // This program, also when it has been built anew meanwhile.
        let runs = Runs::new(root, Path::new("/proc/self/exe"));
        Ok(Some(Arc::new(Self { runs, secret, pages: AtomicU64::new(0), python })))
    }

    /// What a page needs to ask; nothing for one that another name than this machine's own has led here.
    pub(super) fn tag(&self, request: &Request) -> String {
        if own_host(request).is_none() {
            return String::new();
        }
        let token = self.token(self.pages.fetch_add(1, Ordering::Relaxed));
        let python = if self.python { " data-python" } else { "" };
        format!("<meta name=\"book-run\" content=\"{token}\"{python}>\n")
    }

    /// The token of a page: nobody else makes one of it.
    fn token(&self, page: u64) -> String {
        let mut digest = Sha256::new();
        digest.update(self.secret);
        digest.update(page.to_le_bytes());
        digest.update(self.secret);
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{page}-{digest}")
    }

    fn is_token(&self, token: &str) -> bool {
        let page = token.split_once('-').and_then(|(page, _)| page.parse().ok());
        page.is_some_and(|page| self.token(page) == token)
    }

    /// Answers who asks for a run, or for something in it. A run has a thread of its own.
    pub(super) fn answer(self: &Arc<Self>, mut request: Request, path: &str) -> io::Result<()> {
        match self.admit(&mut request, path) {
            Ok(Some(run)) => {
                thread::spawn(move || {
                    // Who has gone away wants it no more: it is dropped, and ends.
                    let _ = pass_on(request, run);
                });
                Ok(())
            }
            Ok(None) => answer(request, 200, "application/json", b"null"),
            Err(No(status, why)) => {
                let body = json!({ "error": why }).to_string();
                answer(request, status, "application/json", body.as_bytes())
            }
        }
    }

    /// A run that has begun; `None`: what was asked of one is done.
    fn admit(&self, request: &mut Request, path: &str) -> Result<Option<Run>, No> {
        let no = |status, why: &str| Err(No(status, why.to_owned()));
        let Some(host) = own_host(request) else {
            return no(403, "this server is for this machine: 127.0.0.1 or localhost");
        };
        if header(request, "Origin") != Some(&format!("http://{host}")) {
            return no(403, "only a page of this book may ask");
        }
        if *request.method() != Method::Post {
            return no(405, "expected POST");
        }
        let page = header(request, TOKEN).unwrap_or_default().to_owned();
        if !self.is_token(&page) {
            return no(403, "the page is of an earlier server: load it anew");
        }
        let mut body = String::new();
        let read = request.as_reader().take(MOST + 1).read_to_string(&mut body);
        if read.is_err() || body.len() as u64 > MOST {
            return no(413, "that is too long");
        }
        let bad = |error: serde_json::Error| No(400, error.to_string());
        if path == ORDER {
            let order: Order = serde_json::from_str(&body).map_err(bad)?;
            return if self.runs.order(&page, order) {
                Ok(None)
            } else {
                no(404, "this page has no run")
            };
        }
        let wanted = serde_json::from_str(&body).map_err(bad)?;
        self.runs.start(&page, &wanted).map(Some).map_err(|refusal| {
            let status = match refusal {
                Refusal::NoProgram => 404,
                Refusal::OneEach => 409,
                Refusal::Full => 429,
                Refusal::Failed(_) => 500,
            };
            No(status, refusal.to_string())
        })
    }
}

/// The host that was asked, if it is this machine by its own name, at whatever port: that may be one end of a tunnel.
fn own_host(request: &Request) -> Option<&str> {
    let host = header(request, "Host")?;
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let is_own = matches!(name, "127.0.0.1" | "localhost");
    (is_own && port.chars().all(|c| c.is_ascii_digit())).then_some(host)
}

/// The one value of a header; one that comes twice says nothing.
fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut values = request
        .headers()
        .iter()
        .filter(|header| header.field.as_str().as_str().eq_ignore_ascii_case(name));
    let value = values.next()?;
    values.next().is_none().then(|| value.value.as_str())
}

/// Answers with what happens in a run, line by line.
fn pass_on(request: Request, mut run: Run) -> io::Result<()> {
    let mut out = request.into_writer();
    answer::head(&mut out, 200, "application/x-ndjson")?;
    out.write_all(b"Transfer-Encoding: chunked\r\n\r\n")?;
    out.flush()?;
    let mut line = Vec::new();
    while run.events.read_until(b'\n', &mut line)? > 0 {
        write!(out, "{:x}\r\n", line.len())?;
        out.write_all(&line)?;
        out.write_all(b"\r\n")?;
        out.flush()?;
        line.clear();
    }
    // Before the page hears that it is over, so that it may ask for another one then.
    drop(run);
    out.write_all(b"0\r\n\r\n")?;
    out.flush()
}
