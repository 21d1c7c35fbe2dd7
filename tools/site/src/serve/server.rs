//! A server of the files in a folder, for one reader on this machine: a page that is open asks again and again
//! how the last build went, loads anew after a good one and shows why a bad one failed.
//!
//! `tiny_http` brings 4 crates; axum with tower-http and tower-livereload, which stood here before, brought 32.

use std::{
    fs, io,
    net::TcpListener,
    path::{Component, Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Result, anyhow};
use serde_json::json;
use tiny_http::{Request, Server};

use super::{
    answer::{answer, answer_with},
    door::{self, Door},
};

/// Where a page asks how the last build went.
const LIVE: &str = "/.live";

/// What is added to a page; `VERSION` is that of the site from which it comes.
const SCRIPT: &str = include_str!("live.html");

/// How many requests are answered at once.
const WORKERS: usize = 4;

/// How the last build went.
#[derive(Default)]
pub(super) struct Live {
    version: AtomicUsize,
    failure: Mutex<Option<String>>,
}

impl Live {
    /// A build was good.
    pub(super) fn built(&self) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.version.fetch_add(1, Ordering::SeqCst);
    }

    /// A build has failed, and why.
    pub(super) fn failed(&self, why: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    fn version(&self) -> usize {
        self.version.load(Ordering::SeqCst)
    }

    pub(super) fn json(&self) -> String {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        json!({ "version": self.version(), "failure": *failure }).to_string()
    }
}

/// Serves the folder `site`, in threads of its own.
pub(super) fn start(
    listener: TcpListener,
    site: &Path,
    door: Option<&Arc<Door>>,
) -> Result<Arc<Live>> {
    let server = Server::from_listener(listener, None)
        .map_err(|error| anyhow!("can't start the server: {error}"))?;
    let (server, live) = (Arc::new(server), Arc::new(Live::default()));
    for _ in 0..WORKERS {
        let (server, live, site) = (Arc::clone(&server), Arc::clone(&live), site.to_owned());
        let door = door.cloned();
        thread::spawn(move || {
            while let Ok(request) = server.recv() {
                // A reader who has gone away is no failure.
                let _ = serve(request, &site, &live, door.as_ref());
            }
        });
    }
    Ok(live)
}

/// Answers a request.
fn serve(request: Request, site: &Path, live: &Live, door: Option<&Arc<Door>>) -> io::Result<()> {
    let path = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
    if path == LIVE {
        return answer(request, 200, "application/json", live.json().as_bytes());
    }
    if let Some(door) = door.filter(|_| door::is_for(&path)) {
        return door.answer(request, &path);
    }
    let (status, file) = match file(site, &path) {
        // So that the links of its page lead on from it.
        Some(file) if file.is_dir() && !path.ends_with('/') => {
            let location = [("Location", &*format!("{path}/"))];
            return answer_with(request, 308, "text/html", &location, &[]);
        }
        Some(file) if file.is_dir() => (200, file.join("index.html")),
        Some(file) => (200, file),
        None => (404, site.join("404.html")),
    };
    let (status, mut body) = match fs::read(&file) {
        Ok(body) => (status, body),
        Err(_) => (404, fs::read(site.join("404.html")).unwrap_or_default()),
    };
    let sort = if status == 404 { "text/html; charset=utf-8" } else { type_of(&file) };
    if sort.starts_with("text/html") {
        body.extend(SCRIPT.replace("VERSION", &live.version().to_string()).bytes());
        body.extend(door.map(|door| door.tag(&request)).unwrap_or_default().bytes());
    }
    answer(request, status, sort, &body)
}

/// The file or folder of the site that a path names; names there are plain, so nothing is decoded.
fn file(site: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path.strip_prefix('/')?);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    Some(site.join(path)).filter(|file| inside && file.exists())
}

/// The type of a file, by its ending.
fn type_of(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
