//! A pipe that is full, and two deadlocks that come of it, each with its cure.
//!
//! `cargo run --example full_pipe`

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context;

const KIB: usize = 1024;
const BYTES: &[u8] = &[b'x'; 200 * KIB];
const PATIENCE: Duration = Duration::from_millis(500);

fn one_way() -> anyhow::Result<()> {
    let written = mp::Shared::new(AtomicUsize::new(0))?;
    let (reader, writer) = io::pipe()?;
    let mut reader = Some(reader);
    let mut child = mp::Process::spawn(|| {
        reader = None;
        let mut pipe = writer;
        for piece in BYTES.chunks(KIB) {
            pipe.write_all(piece).expect("the parent reads in the end");
            written.fetch_add(KIB, Ordering::Relaxed);
        }
    })?;

    // In place of this loop, `child.join()` would wait for ever.
    let mut before = 0;
    while child.join_timeout(PATIENCE)?.is_none() {
        let now = written.load(Ordering::Relaxed);
        if now > 0 && now == before {
            println!("the pipe holds {now} bytes, and its writer waits");
            break;
        }
        before = now;
    }
    let mut reader = reader.context("only the child sets its copy to None")?;
    let read = reader.read_to_end(&mut Vec::new())?;
    println!("{read} bytes read, and the writer has ended, {}", child.join()?);
    Ok(())
}

/// Sends back what it is sent.
fn start_echo() -> anyhow::Result<(mp::Process, PipeWriter, PipeReader)> {
    let (from_client, to_server) = io::pipe()?;
    let (from_server, to_client) = io::pipe()?;
    let mut clients = Some((to_server, from_server));
    let server = mp::Process::spawn(|| {
        clients = None;
        let (mut input, mut output) = (from_client, to_client);
        if let Err(error) = io::copy(&mut input, &mut output) {
            println!("server: {error}");
        }
    })?;
    let (to_server, from_server) =
        clients.context("only the child sets its copy to None")?;
    Ok((server, to_server, from_server))
}

fn two_ways() -> anyhow::Result<()> {
    let (mut server, mut to_server, mut from_server) = start_echo()?;
    let mut client = mp::Process::spawn(move || {
        to_server.write_all(BYTES).expect("the server is there");
        drop(to_server);
        let read =
            from_server.read_to_end(&mut Vec::new()).expect("the server answers");
        println!("client: {read} bytes came back");
    })?;
    if client.join_timeout(2 * PATIENCE)?.is_none() {
        println!("client and server wait for each other");
        client.kill()?;
    }
    println!("client: {}; server: {}", client.join()?, server.join()?);
    Ok(())
}

fn two_ways_at_once() -> anyhow::Result<()> {
    let (mut server, mut to_server, mut from_server) = start_echo()?;
    let read = thread::scope(|scope| {
        scope.spawn(move || to_server.write_all(BYTES));
        from_server.read_to_end(&mut Vec::new())
    })?;
    println!("parent: {read} bytes came back; server: {}", server.join()?);
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let [] = mp::args([]);
    one_way()?;
    two_ways()?;
    two_ways_at_once()
}
