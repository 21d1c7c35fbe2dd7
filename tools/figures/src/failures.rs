//! What became of programs whose processes were killed or stopped, or whose system calls failed: `benches/data/failures.json`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::topic::Measured;

/// A word of the file, and the same as a value.
macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// Its word in the file and in the keys of numbers.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

named! {
    /// What hands the tasks to the workers.
    Library {
        /// A pipe of one's own, in which nobody asks how a worker has ended.
        Pipe = "pipe",
        /// `mp::Pool::map`.
        Map = "map",
        /// `mp::Pool::imap_unordered`.
        Imap = "imap",
        /// The pool of procspawn.
        Procspawn = "procspawn",
        /// Python's `multiprocessing.Pool`.
        Pool = "pool",
        /// Python's `ProcessPoolExecutor`.
        Executor = "executor",
    }
}

named! {
    /// What was done, and when.
    Moment {
        /// The worker was killed before its first task.
        KillBegin = "kill_begin",
        /// In a task.
        KillTask = "kill_task",
        /// Between a task and the last thing that it sends.
        KillDeliver = "kill_deliver",
        /// After that.
        KillEnd = "kill_end",
        /// It was stopped in a task.
        StopTask = "stop_task",
        /// The same, and the program had set a deadline.
        DeadlineTask = "deadline_task",
        /// It was stopped elsewhere.
        StopElse = "stop_else",
        /// The same, and the program had set a deadline.
        DeadlineElse = "deadline_else",
        /// A call of the worker failed before or in its first task.
        FailBegin = "fail_begin",
        /// Later.
        FailLater = "fail_later",
        /// The parent was killed before all workers had begun.
        ParentBegin = "parent_begin",
        /// Later.
        ParentLater = "parent_later",
        /// A call of the parent failed before all workers had begun.
        ParentFailBegin = "parent_fail_begin",
        /// Later.
        ParentFailLater = "parent_fail_later",
    }
}

named! {
    /// What the caller sees, from the best to the worst.
    Verdict {
        /// The right result.
        Right = "right",
        /// An error; where the caller itself was killed, nothing is left but its exit status.
        Told = "told",
        /// Somebody goes on when the caller has ended.
        Left = "left",
        /// A hang.
        Hangs = "hangs",
        /// A wrong result without an error.
        Wrong = "wrong",
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failures {
    /// Where and when.
    pub measured: Measured,
    /// The version of procspawn.
    pub procspawn: String,
    /// A run each.
    pub runs: Vec<Run>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Who handed out the tasks.
    pub library: Library,
    /// What was done.
    pub moment: Moment,
    /// The call at which it was done.
    pub call: String,
    /// Which one of these calls, counted from 1; of all calls where somebody was killed or stopped.
    pub nth: u64,
    /// The error that the call gave, where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errno: Option<String>,
    /// What came of it.
    pub verdict: Verdict,
    /// After how many milliseconds the caller knew, on a machine that did other things too.
    pub ms: u64,
    /// What the caller wrote: the last line of its errors, or of its output.
    pub said: String,
}

impl Failures {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// It can't be read, or is empty.
    pub fn read(root: &Path) -> Result<Failures> {
        let file = root.join("benches/data/failures.json");
        let name = || file.display().to_string();
        let text = fs::read_to_string(&file).with_context(name)?;
        let failures: Failures = serde_json::from_str(&text).with_context(name)?;
        ensure!(!failures.runs.is_empty(), "{}: no run", name());
        Ok(failures)
    }

    /// The text of the file: a line a run.
    ///
    /// # Errors
    ///
    /// A value has no form in JSON.
    pub fn text(&self) -> Result<String> {
        let measured = serde_json::to_string(&self.measured)?;
        let mut text = format!(
            "{{\n\"measured\": {measured},\n\"procspawn\": {:?},\n\"runs\": [\n",
            self.procspawn
        );
        for (place, run) in self.runs.iter().enumerate() {
            let comma = if place + 1 < self.runs.len() { "," } else { "" };
            writeln!(text, "{}{comma}", serde_json::to_string(run)?)?;
        }
        Ok(text + "]\n}\n")
    }

    /// How many runs a cell has, or how many of them came out so.
    #[must_use]
    pub fn count(&self, library: Library, moment: Moment, verdict: Option<Verdict>) -> usize {
        let of = |run: &&Run| {
            run.library == library
                && run.moment == moment
                && verdict.is_none_or(|verdict| run.verdict == verdict)
        };
        self.runs.iter().filter(of).count()
    }

    /// Every key with its number, for the text.
    #[must_use]
    pub fn fragments(&self) -> Vec<(String, String)> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut add = |key: String| *counts.entry(key).or_default() += 1;
        // A number that is 0 is one too.
        let mut zeros = Vec::new();
        for library in Library::ALL.iter().map(|library| library.word()) {
            for verdict in Verdict::ALL.iter().map(|verdict| verdict.word()) {
                zeros.push(format!("failures_{library}_{verdict}"));
                for moment in Moment::ALL.iter().map(|moment| moment.word()) {
                    zeros.push(format!("failures_{library}_{moment}_{verdict}"));
                }
            }
        }
        for run in &self.runs {
            let (library, moment) = (run.library.word(), run.moment.word());
            let verdict = run.verdict.word();
            add("failures_runs".to_owned());
            add(format!("failures_{library}"));
            add(format!("failures_{library}_{moment}"));
            add(format!("failures_{library}_{verdict}"));
            add(format!("failures_{library}_{moment}_{verdict}"));
        }
        for zero in zeros {
            counts.entry(zero).or_default();
        }
        let numbers = counts.into_iter().map(|(key, count)| (key, count.to_string()));
        let on = crate::numbers::measured_on([&self.measured]);
        let on = ("failures_measured_on".to_owned(), format!("{on}, procspawn {}", self.procspawn));
        std::iter::once(on).chain(numbers).collect()
    }
}
