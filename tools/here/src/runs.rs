//! The runs that go on: the server's side. Each has a keeper, a process of its own, and belongs to the page that
//! asked for it.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use crate::program;
use crate::request::{Order, Request};

/// The word on the command line that makes a program a keeper.
pub const KEEPER: &str = "run-one";

/// How many runs may go on at once.
pub const MOST: usize = 4;

/// How long a keeper may take to end all of its run; then it is killed, and the system does it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The runs of one server.
pub struct Runs {
    root: PathBuf,
    keeper: PathBuf,
    /// By the page that each belongs to: where its keeper is told what to do.
    going: Mutex<BTreeMap<String, ChildStdin>>,
}

/// Why a run doesn't begin.
#[derive(Debug)]
pub enum Refusal {
    /// It is none of the book's programs.
    NoProgram,
    /// This page has a run already.
    OneEach,
    /// There are [`MOST`] already.
    Full,
    /// Its keeper can't be started.
    Failed(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoProgram => write!(f, "the book has no such program"),
            Refusal::OneEach => write!(f, "this page has a run that goes on"),
            Refusal::Full => write!(f, "{MOST} runs go on already"),
            Refusal::Failed(error) => write!(f, "it can't be started: {error}"),
        }
    }
}

impl Runs {
    /// No run yet. `keeper` is a program that calls [`keep`](crate::keep) when its first word is
    /// [`KEEPER`].
    #[must_use]
    pub fn new(root: &Path, keeper: &Path) -> Arc<Runs> {
        let (root, keeper) = (root.to_owned(), keeper.to_owned());
        Arc::new(Runs { root, keeper, going: Mutex::default() })
    }

    /// Begins a run for a page.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn start(self: &Arc<Self>, page: &str, request: &Request) -> Result<Run, Refusal> {
        program::find(&self.root, &request.program).ok_or(Refusal::NoProgram)?;
        let mut going = self.going();
        if going.contains_key(page) {
            return Err(Refusal::OneEach);
        }
        if going.len() >= MOST {
            return Err(Refusal::Full);
        }
        let mut keeper = Command::new(&self.keeper);
        keeper.arg(KEEPER).arg(&self.root).stdin(Stdio::piped()).stdout(Stdio::piped());
        // What a Ctrl-C in the terminal ends is the server, and the keeper sees it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
        let mut keeper = keeper.spawn().map_err(Refusal::Failed)?;
        let both = keeper.stdin.take().zip(keeper.stdout.take());
        let Some((mut orders, events)) = both else {
            return Err(Refusal::Failed(io::Error::other("it has no pipes")));
        };
        // A keeper that has ended at once says so by the end of its events.
        let _ = writeln!(orders, "{}", serde_json::to_string(request).unwrap_or_default());
        going.insert(page.to_owned(), orders);
        let (runs, page) = (Arc::clone(self), page.to_owned());
        Ok(Run { runs, page, keeper, events: BufReader::new(events) })
    }

    /// Passes an order on to the run of a page; `false`: it has none.
    #[must_use]
    pub fn order(&self, page: &str, order: Order) -> bool {
        let mut going = self.going();
        let Some(orders) = going.get_mut(page) else { return false };
        let Ok(line) = serde_json::to_string(&order) else { return false };
        writeln!(orders, "{line}").is_ok()
    }

    fn going(&self) -> MutexGuard<'_, BTreeMap<String, ChildStdin>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that goes on. It is ended when this is dropped.
pub struct Run {
    runs: Arc<Runs>,
    page: String,
    keeper: Child,
    /// What happens, a line of JSON each, until the run is over.
    pub events: BufReader<ChildStdout>,
}

impl Drop for Run {
    fn drop(&mut self) {
        // The keeper's input ends, and with it the run.
        let orders = self.runs.going().remove(&self.page);
        drop(orders);
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.keeper.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                let _ = self.keeper.kill();
                let _ = self.keeper.wait();
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
