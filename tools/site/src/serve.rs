//! The book on a local address, built again when its sources change.

mod watch;

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use axum::{Router, http::header, middleware, response::Response};
use tower_http::services::{ServeDir, ServeFile};
use tower_livereload::LiveReloadLayer;

use project::{UsageError, complain, say};

use crate::{
    about::Site,
    build::{self as site},
};

/// The port that is tried first when none is asked for.
pub const DEFAULT_PORT: u16 = 3000;

/// How many ports are tried, from [`DEFAULT_PORT`] on, when none is asked for.
const PORTS: u16 = 100;

/// How the book is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port, or the first free one from [`DEFAULT_PORT`] on; 0 is any free one.
    pub port: Option<u16>,
    /// Whether to open the browser.
    pub open: bool,
}

/// Builds the book at `root` into `dest`, serves it on the loopback address and builds it again when
/// a source changes; returns at Ctrl-C.
///
/// A page that is open reloads after each build that succeeds. A build that fails is reported and
/// leaves the old site; only the first one must succeed.
///
/// # Errors
/// [`UsageError`] when the port that was asked for is taken; the errors of [`crate::build`].
pub fn run(root: &Path, dest: &Path, options: &Options) -> Result<()> {
    let listener = bind(options.port)?;
    let address = format!("http://{}/", listener.local_addr()?);
    // Watching begins before the build, so that no change in between is missed.
    let changes = watch::Changes::new(root);
    let site = Site { live: true, ..Site::of(root, None, None)? };
    build(root, dest, &site)?;
    let server = Server::start(listener, dest)?;
    say(format_args!("the book is at {address} (Ctrl-C ends)"));
    match changes {
        Ok(changes) => {
            let (root, dest) = (root.to_owned(), dest.to_owned());
            let reloader = server.reloader.clone();
            thread::spawn(move || rebuild_on(changes, &root, &dest, &site, || reloader.reload()));
        }
        Err(error) => complain(format_args!("changes won't be seen: {error:#}")),
    }
    if options.open {
        // A machine without a browser is no failure: the address is on the screen.
        let _ = open::that_detached(&address);
    }
    server.until_ctrl_c()?;
    say("\nend");
    Ok(())
}

/// Listens on `port`, or on the first free one from [`DEFAULT_PORT`] on, which is then told.
fn bind(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = port {
        return bind(port).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::AddrInUse => "is taken".to_owned(),
                _ => format!("can't be used ({error})"),
            };
            UsageError::new(format!(
                "port {port} {why}; expected a free one, or no --port for the next free one"
            ))
            .into()
        });
    }
    for port in DEFAULT_PORT..DEFAULT_PORT + PORTS {
        match bind(port) {
            Ok(listener) if port == DEFAULT_PORT => return Ok(listener),
            Ok(listener) => {
                say(format_args!("port {DEFAULT_PORT} is taken; the next free one is {port}"));
                return Ok(listener);
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).context("can't listen on 127.0.0.1"),
        }
    }
    Err(UsageError::new(format!(
        "the ports from {DEFAULT_PORT} to {} are taken; expected --port with a free one",
        DEFAULT_PORT + PORTS - 1
    ))
    .into())
}

/// Builds every edition and prints a line for each.
///
/// # Errors
/// As [`crate::build`].
pub fn build(root: &Path, dest: &Path, site: &Site) -> Result<()> {
    for built in site::build(root, dest, site)? {
        say(format_args!("{} in {}", built.summary(), dest.join(&built.edition.output).display()));
    }
    Ok(())
}

/// Builds the book after each change and calls `done` after each build that succeeds.
fn rebuild_on(mut changes: watch::Changes, root: &Path, dest: &Path, site: &Site, done: impl Fn()) {
    while let Some(changed) = changes.wait() {
        say(format_args!("changed: {}", changed.display()));
        match build(root, dest, site) {
            Ok(()) => done(),
            Err(error) => complain(format_args!("error: {error:#}\nthe old site stays")),
        }
    }
}

/// A server of the files in a folder, in threads of its own.
struct Server {
    runtime: tokio::runtime::Runtime,
    reloader: tower_livereload::Reloader,
}

impl Server {
    /// Serves the folder `site`.
    fn start(listener: TcpListener, site: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("can't start the server")?;
        let live = LiveReloadLayer::new().reload_interval(Duration::from_millis(200));
        let reloader = live.reloader();
        let router = Router::new()
            .fallback_service(files(site))
            .layer(middleware::map_response(uncached))
            .layer(live);
        listener.set_nonblocking(true).context("can't start the server")?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).context("can't start the server")?
        };
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { runtime, reloader })
    }

    /// Serves until Ctrl-C; open connections are cut.
    fn until_ctrl_c(self) -> Result<()> {
        let result = self.runtime.block_on(tokio::signal::ctrl_c());
        self.runtime.shutdown_background();
        result.context("can't wait for Ctrl-C")
    }
}

/// The files of the site, and its own page for what isn't there.
fn files(site: &Path) -> ServeDir<tower_http::set_status::SetStatus<ServeFile>> {
    let missing: PathBuf = site.join("404.html");
    ServeDir::new(site).not_found_service(ServeFile::new(missing))
}

/// Keeps the browser from showing what it has of an earlier build.
async fn uncached(mut response: Response) -> Response {
    let never = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

#[cfg(test)]
mod tests;
