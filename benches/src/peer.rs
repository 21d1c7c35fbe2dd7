//! A process that is measured, as the one who measures sees it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, bail};

/// A process that takes a line with a number, and answers with a line.
#[derive(Debug)]
pub struct Peer {
    name: String,
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    complaints: Option<JoinHandle<String>>,
}

impl Peer {
    /// Starts `command`.
    ///
    /// # Errors
    ///
    /// A program that can't be started.
    pub fn start(mut command: Command) -> Result<Peer> {
        let name = format!("{command:?}").replace('"', "");
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("can't start {name}"))?;
        let (input, output, errors) =
            (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let output = output.context("it has no output")?;
        let complaints = errors.map(|mut errors| {
            thread::spawn(move || {
                let mut text = Vec::new();
                let _ = errors.read_to_end(&mut text);
                String::from_utf8_lossy(&text).trim().to_owned()
            })
        });
        Ok(Peer { name, process, input, output: BufReader::new(output), complaints })
    }

    /// Sends `n` and returns the line that comes back.
    ///
    /// # Errors
    ///
    /// A peer that has ended; the error holds what it wrote to its standard error.
    pub fn ask(&mut self, n: u64) -> Result<String> {
        let mut line = String::new();
        if let Some(input) = &mut self.input {
            // One that has died gives no answer, which is told below.
            let _ = writeln!(input, "{n}").and_then(|()| input.flush());
        }
        let length = self.output.read_line(&mut line);
        if length.with_context(|| self.name.clone())? == 0 {
            self.input = None;
            let status = self.process.wait()?;
            let said = self.complaints.take().and_then(|thread| thread.join().ok());
            let said = said.filter(|said| !said.is_empty());
            let said = said.unwrap_or_else(|| "without a word".to_owned());
            bail!("{} ended ({status}): {said}", self.name);
        }
        Ok(line.trim().to_owned())
    }

    /// How long it takes to do the thing `n` times.
    ///
    /// # Errors
    ///
    /// As for [`ask`](Peer::ask), and an answer that is no number of nanoseconds.
    pub fn time(&mut self, n: u64) -> Result<Duration> {
        let answer = self.ask(n)?;
        let ns = answer.parse().map_err(|_| {
            anyhow!("{} answered {answer:?}; expected a number of nanoseconds", self.name)
        })?;
        Ok(Duration::from_nanos(ns))
    }
}

impl Drop for Peer {
    /// The end of its input ends it, and with it what it started.
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}
