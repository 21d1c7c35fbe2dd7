//! Descriptors handed to programs that already run: an open file, and a socket at which
//! the workers of a server take turns, also while some of them are killed.
//!
//! Linux only.
//! `cargo run --features descriptors --example passing_descriptors -- --workers 8`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::env;
use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Seek, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{self, Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[cfg(target_os = "linux")]
use std::os::{
    fd::{AsFd, OwnedFd},
    linux::net::SocketAddrExt,
    unix::net::{SocketAddr as Name, UnixListener, UnixStream},
    unix::process::ExitStatusExt,
};

use anyhow::{Context, Result, ensure};
#[cfg(target_os = "linux")]
use nix::{
    sys::memfd::{MFdFlags, memfd_create},
    sys::signal::{Signal, raise},
    unistd::{geteuid, getppid},
};
#[cfg(target_os = "linux")]
use rustix::{
    cmsg_space,
    net::{
        self, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags,
        SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
        sockopt::socket_peercred,
    },
};

/// Sends a copy of a descriptor. At least one byte has to go along.
#[cfg(target_os = "linux")]
fn send(to: &UnixStream, descriptor: &impl AsFd) -> Result<()> {
    let descriptors = [descriptor.as_fd()];
    let mut room = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut rights = SendAncillaryBuffer::new(&mut room);
    rights.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(to, &[IoSlice::new(b"!")], &mut rights, SendFlags::empty())?;
    Ok(())
}

/// Waits for a descriptor. It comes with a number of our own.
#[cfg(target_os = "linux")]
fn receive(from: &UnixStream) -> Result<OwnedFd> {
    let mut byte = [0];
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let mut room = [MaybeUninit::uninit(); cmsg_space!(ScmRights(253))];
    let mut rights = RecvAncillaryBuffer::new(&mut room);
    recvmsg(from, &mut bytes, &mut rights, RecvFlags::CMSG_CLOEXEC)?;
    let mut received = Vec::new();
    for message in rights.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            received.extend(descriptors);
        }
    }
    received.pop().context("no descriptor has come")
}

/// This program, started again, with a socket to us as its stdin.
#[cfg(target_os = "linux")]
struct Other {
    process: Child,
    socket: UnixStream,
}

#[cfg(target_os = "linux")]
impl Other {
    fn start(role: &str) -> Result<Other> {
        let (socket, theirs) = UnixStream::pair()?;
        let mut command = Command::new(env::current_exe()?);
        let process = command.arg(role).stdin(OwnedFd::from(theirs)).spawn()?;
        Ok(Other { process, socket })
    }

    fn end(mut self) -> Result<()> {
        let status = self.process.wait()?;
        ensure!(status.success(), "the other process: {status}");
        Ok(())
    }
}

#[cfg(target_os = "linux")]
impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill(); // who has been waited for is not touched
        let _ = self.process.wait();
    }
}

fn four_bytes(mut file: &File) -> Result<String> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

#[cfg(target_os = "linux")]
fn in_flight() -> Result<()> {
    let reader = Other::start("reader")?;
    let file = memfd_create(c"without a name", MFdFlags::MFD_CLOEXEC)?;
    let mut file = File::from(file);
    file.write_all(b"one\ntwo\nsix\n")?;
    file.rewind()?;
    println!("  this process reads: {}", four_bytes(&file)?);
    send(&reader.socket, &file)?;
    reader.end()?;
    println!("  this process reads on: {}", four_bytes(&file)?);
    Ok(())
}

#[cfg(target_os = "linux")]
fn reader(parent: &UnixStream) -> Result<()> {
    let file = File::from(receive(parent)?);
    println!("  the other process reads on: {}", four_bytes(&file)?);
    Ok(())
}

#[cfg(target_os = "linux")]
fn who_is_there() -> Result<()> {
    let name = format!("passing_descriptors {}", process::id());
    let name = Name::from_abstract_name(name)?; // no file, and no permissions
    let listener = UnixListener::bind_addr(&name)?;
    let mut client = UnixStream::connect_addr(&name)?;
    client.write_all(b"process 1")?;
    client.shutdown(Shutdown::Write)?;
    let doorman = Other::start("doorman")?;
    send(&doorman.socket, &listener)?;
    doorman.end()?;
    let server = socket_peercred(&client)?;
    let this = server.pid.as_raw_nonzero().get().cast_unsigned() == process::id();
    println!("  for the client, the server is this process: {this}");
    Ok(())
}

#[cfg(target_os = "linux")]
fn doorman(parent: &UnixStream) -> Result<()> {
    let listener = UnixListener::from(receive(parent)?);
    let (connection, _) = listener.accept()?;
    let peer = socket_peercred(&connection)?;
    println!("  the client says that it is {}", io::read_to_string(connection)?);
    let (parent, user) = (getppid().as_raw(), geteuid().as_raw());
    let is_parent = peer.pid.as_raw_nonzero().get() == parent;
    println!("  the kernel says, my parent: {is_parent}");
    println!("  the kernel says, my user: {}", peer.uid.as_raw() == user);
    Ok(())
}

#[cfg(target_os = "linux")]
fn worker(parent: UnixStream) -> Result<()> {
    let listener = TcpListener::from(receive(&parent)?);
    thread::spawn(move || {
        let _ = (&parent).read(&mut [0]); // until the parent is gone
        process::exit(1);
    });
    loop {
        match listener.accept() {
            // A client that goes or says nothing is no reason to end.
            Ok((connection, _)) => drop(serve(&connection)),
            Err(error) if error.kind() == ErrorKind::InvalidInput => return Ok(()),
            Err(error) => return Err(error.into()), // and the next worker takes over
        }
    }
}

/// Answers a line with the same line, backwards.
#[cfg(target_os = "linux")]
fn serve(mut connection: &TcpStream) -> Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let line = io::read_to_string(connection)?;
    if line == "kill" {
        raise(Signal::SIGKILL)?; // as a mistake in foreign code might
    }
    let answer: String = line.chars().rev().collect();
    connection.write_all(answer.as_bytes())?;
    Ok(())
}

/// Keeps one worker at the socket until that is closed to all; counts the killed ones.
#[cfg(target_os = "linux")]
fn keep(listener: &TcpListener) -> Result<usize> {
    for killed in 0.. {
        let mut worker = Other::start("worker")?;
        let _ = send(&worker.socket, listener); // if it is dead, `wait` tells so
        let status = worker.process.wait()?;
        if status.signal().is_none() {
            ensure!(status.success(), "a worker: {status}");
            return Ok(killed);
        }
    }
    unreachable!("it counts for ever")
}

/// Closes a socket to all who have it: each `accept`, in whatever process, fails.
#[cfg(target_os = "linux")]
struct Open<'a>(&'a TcpListener);

#[cfg(target_os = "linux")]
impl Drop for Open<'_> {
    fn drop(&mut self) {
        let _ = net::shutdown(self.0, net::Shutdown::Both);
    }
}

fn ask(server: SocketAddr, line: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(server)?;
    connection.write_all(line.as_bytes())?;
    connection.shutdown(Shutdown::Write)?;
    io::read_to_string(connection)
}

/// Eight clients at a time. Tells how many were answered.
fn visit(server: SocketAddr, clients: usize, kill: usize) -> usize {
    let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let client = || {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= clients {
                break;
            }
            // So many, spread over all.
            let kills = n * kill / clients != (n + 1) * kill / clients;
            let line = if kills { "kill" } else { &format!("line {n}") };
            let expected: String = line.chars().rev().collect();
            if ask(server, line).is_ok_and(|answer| answer == expected) {
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(client);
        }
    });
    answered.into_inner()
}

#[cfg(target_os = "linux")]
fn a_server(workers: usize, clients: usize, kill: usize) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    let (answered, killed) = thread::scope(|scope| {
        let open = Open(&listener);
        let keeper = || keep(&listener).inspect_err(|_| drop(Open(&listener)));
        let keepers: Vec<_> = (0..workers).map(|_| scope.spawn(keeper)).collect();
        let answered = visit(server, clients, kill);
        drop(open); // nobody comes any more
        let killed = keepers.into_iter().map(|keeper| keeper.join().expect("no panic"));
        anyhow::Ok((answered, killed.sum::<Result<usize>>()?))
    })?;
    let broken = clients - answered;
    println!("  {clients} connections: {answered} answered, {broken} broken");
    println!("  workers that were killed (SIGKILL) and replaced: {killed}");
    ensure!(broken <= killed, "a worker that lives has lost a connection");
    Ok(())
}

#[cfg(target_os = "linux")]
fn main() -> Result<()> {
    let parent = || io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    match env::args().nth(1).as_deref() {
        Some("reader") => return reader(&parent()?),
        Some("doorman") => return doorman(&parent()?),
        Some("worker") => return worker(parent()?),
        _ => {}
    }
    let [workers, clients, kill] = mp::args([
        ("workers", 4, 1..=64),
        ("clients", 200, 1..=100_000),
        ("kill", 3, 0..=1000),
    ]);
    println!("a descriptor in flight:");
    in_flight()?;
    println!("who is there:");
    who_is_there()?;
    println!("a server with {workers} workers:");
    a_server(workers, clients, kill)
}

#[cfg(not(target_os = "linux"))]
fn main() -> process::ExitCode {
    mp::linux_only()
}
