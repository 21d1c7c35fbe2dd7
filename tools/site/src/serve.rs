//! The book on a local address, built again when its sources change.

mod answer;
mod door;
mod server;
mod watch;

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    thread,
};

use anyhow::{Context as _, Result};
use project::{UsageError, complain, say};

use crate::{about::Site, build::build as build_site, scratch::ctrl_c_is_the_end};
use server::Live;

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
/// a source changes, until Ctrl-C.
///
/// A page that is open reloads after each build that succeeds. A build that fails is reported, on the page
/// too, and leaves the old site; only the first one must succeed.
///
/// # Errors
/// [`UsageError`] when the port that was asked for is taken; the errors of [`crate::build()`].
pub fn run(root: &Path, dest: &Path, options: &Options) -> Result<()> {
    let listener = bind(options.port)?;
    let address = format!("http://{}/", listener.local_addr()?);
    // Watching begins before the build, so that no change in between is missed.
    let changes = watch::Changes::new(root);
    let site = Site { live: true, ..Site::of(root, None, None)? };
    build(root, dest, &site)?;
    let live = server::start(listener, dest, door::Door::open(root)?.as_ref())?;
    ctrl_c_is_the_end();
    say(format_args!("the book is at {address} (Ctrl-C ends)"));
    if options.open {
        // A machine without a browser is no failure: the address is on the screen.
        let _ = open::that_detached(&address);
    }
    match changes {
        Ok(changes) => rebuild_on(changes, root, dest, &site, &live),
        Err(error) => complain(format_args!("changes won't be seen: {error:#}")),
    }
    loop {
        thread::park();
    }
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
/// As [`crate::build()`].
pub fn build(root: &Path, dest: &Path, site: &Site) -> Result<()> {
    for built in build_site(root, dest, site)? {
        say(format_args!("{} in {}", built.summary(), dest.join(&built.edition.output).display()));
    }
    Ok(())
}

/// Builds the book after each change, and tells the open pages how it went.
fn rebuild_on(mut changes: watch::Changes, root: &Path, dest: &Path, site: &Site, live: &Live) {
    while let Some(changed) = changes.wait() {
        say(format_args!("changed: {}", changed.display()));
        match build(root, dest, site) {
            Ok(()) => live.built(),
            Err(error) => {
                complain(format_args!("error: {error:#}\nthe old site stays"));
                live.failed(format!("{error:#}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
