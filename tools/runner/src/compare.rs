//! How two outputs are compared: without what changes from run to run.
//!
//! snapbox and insta want a placeholder wherever a line may differ, and readers would see it: of the 384 lines
//! that the book shows, 106 have such a place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use anyhow::{Result, bail};
use regex::Regex;
use similar::{ChangeTag, TextDiff};

/// How a shown output is compared with a run, from the strictest to the loosest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// The same lines in the same order.
    #[default]
    Exact,
    /// The same lines, each as often, in any order.
    Unordered,
    /// The same distinct lines, whatever their number: a program that writes a line per CPU.
    /// Numbers of workers are normalised too.
    PerCpu,
}

impl Mode {
    /// The mode that a fence's info string asks for (`console`, `console,unordered`,
    /// `console,per-cpu`); `None` where the fence is not a `console` one.
    ///
    /// # Errors
    ///
    /// A word after `console` that names no mode.
    pub fn of_fence(info: &str) -> Result<Option<Mode>> {
        let mut words = info.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
        if words.next() != Some("console") {
            return Ok(None);
        }
        let mode = match words.next() {
            None => Mode::Exact,
            Some("unordered") => Mode::Unordered,
            Some("per-cpu") => Mode::PerCpu,
            Some(other) => bail!("`{info}`: `{other}` is no mode (unordered or per-cpu)"),
        };
        match words.next() {
            None => Ok(Some(mode)),
            Some(second) => bail!("`{info}`: one mode is enough, `{second}` is too much"),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Exact => "exact",
            Mode::Unordered => "unordered",
            Mode::PerCpu => "per-cpu",
        })
    }
}

/// Patterns and what stands for them in a normalised line. The order counts: a time stamp holds a
/// time of day.
static ALWAYS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    patterns(&[
        // The source's log format: `…:NAME:THREAD:LEVEL:PROCESS:message`.
        (
            r":(?:ThreadId\(\d+\)|\d+):(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL):\d+:",
            ":THREAD:$1:PROCESS:",
        ),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)*(?:Z\b|[+-]\d\d:?\d\d\b)?", "STAMP"),
        (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)*", "TIME"),
        (r"\b\d+(?:\.\d+)?\s?(?:ns|µs|μs|us|ms|s)\b", "DURATION"),
        // A column of times is aligned by more or fewer spaces.
        (r" {2,}DURATION", " DURATION"),
        // What ps, strace and gdb write; how the kernel names its functions is its own affair.
        (r"^ *PID +PPID ", "PID PPID "),
        (r"^ *\d+ +\d+ ([A-Z]) \S+ +", "PID PPID $1 WCHAN "),
        (r" -p [\d,]+(?: -p \d+)*", " -p PIDS"),
        (r"\[pid +\d+\]", "[pid PID]"),
        (r"\bProcess \d+ attached", "Process PID attached"),
        (r"\bwait4\(\d+", "wait4(PID"),
        (r"\bpipe:\[\d+\]", "pipe:[PIPE]"),
        (r",\s*<unfinished \.\.\.>$", ","),
        (r"^#\d+ +(?:0x[0-9a-f]+ in )?", "#FRAME "),
        (r"\b0x[0-9a-f]+\b", "ADDRESS"),
        (r"\bLWP \d+\b", "LWP THREAD"),
        (r"\bpid([ =])\d+\b", "pid${1}PID"),
        (r"\bThreadId\(\d+\)", "ThreadId(THREAD)"),
        (r"\btid([ =])\d+\b", "tid${1}THREAD"),
        (r"\b\d+ CPUs?\b", "COUNT CPUs"),
        (r"\bCPU \d+\b", "CPU NUMBER"),
        // What a timeline drawn with letters shows.
        (r"│[^│]+│", "│TIMELINE│"),
        (r"\bswitches: \d+\b", "switches: COUNT"),
        // What two threads have seen of each other depends on the machine and on who ran when.
        (r"\bseen: \d+\b", "seen: COUNT"),
        // A panic names the thread and its id; a rank names the machine it runs on.
        (r"\bthread '([^']*)' \(\d+\)", "thread '$1' (THREAD)"),
        (r"\bon host [\w.-]+", "on host HOST"),
    ])
});

/// What [`Mode::PerCpu`] normalises besides.
static PER_CPU: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    patterns(&[(r"\b([Ww]orker) \d+\b", "$1 NUMBER"), (r"\b\d+ (?:workers?)\b", "COUNT workers")])
});

fn patterns(list: &[(&str, &'static str)]) -> Vec<(Regex, &'static str)> {
    list.iter()
        .map(|&(pattern, instead)| {
            let regex = Regex::new(pattern).expect("the patterns above are constant and tested");
            (regex, instead)
        })
        .collect()
}

/// A line of output without what changes from run to run: process and thread ids, times, numbers
/// of CPUs; white space at its end is dropped.
#[must_use]
pub fn normalise(line: &str, mode: Mode) -> String {
    let per_cpu = (mode == Mode::PerCpu).then_some(&*PER_CPU);
    let mut line = line.trim_end().to_owned();
    for (pattern, instead) in ALWAYS.iter().chain(per_cpu.into_iter().flatten()) {
        line = pattern.replace_all(&line, *instead).into_owned();
    }
    line
}

/// Compares what is shown with what a run wrote. The error is the difference, to be read by people:
/// lines that only the page has (`-`) and lines that only the run has (`+`).
///
/// # Errors
///
/// The difference, if there is one.
pub fn compare(mode: Mode, shown: &[String], run: &[String]) -> Result<(), String> {
    let shown: Vec<String> = shown.iter().map(|line| normalise(line, mode)).collect();
    let run: Vec<String> = run.iter().map(|line| normalise(line, mode)).collect();
    let (same, differences) = match mode {
        Mode::Exact => (shown == run, line_by_line(&shown, &run)),
        Mode::Unordered => as_multisets(&shown, &run),
        Mode::PerCpu => {
            let set = |lines: Vec<String>| -> Vec<String> {
                lines.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
            };
            as_multisets(&set(shown), &set(run))
        }
    };
    if same {
        return Ok(());
    }
    let mut message = format!("the output differs (compared as {mode}; - shown, + run):\n");
    for line in differences {
        let _ = writeln!(message, "    {line}");
    }
    Err(message)
}

/// The lines of both, as a diff.
fn line_by_line(shown: &[String], run: &[String]) -> Vec<String> {
    let [shown, run] =
        [shown, run].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
    let mark = |tag| match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    };
    let diff = TextDiff::from_slices(&shown, &run);
    diff.iter_all_changes()
        .map(|change| format!("{} {}", mark(change.tag()), change.value()))
        .collect()
}

fn as_multisets(shown: &[String], run: &[String]) -> (bool, Vec<String>) {
    let mut balance: BTreeMap<&str, isize> = BTreeMap::new();
    for line in shown {
        *balance.entry(line).or_default() += 1;
    }
    for line in run {
        *balance.entry(line).or_default() -= 1;
    }
    let diff: Vec<String> = balance
        .iter()
        .filter_map(|(line, &count)| match count {
            0 => None,
            1 => Some(format!("- {line}")),
            -1 => Some(format!("+ {line}")),
            n if n > 0 => Some(format!("- {line}   ({n} times)")),
            n => Some(format!("+ {line}   ({} times)", -n)),
        })
        .collect();
    (diff.is_empty(), diff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn same(mode: Mode, shown: &str, run: &str) {
        if let Err(difference) = compare(mode, &lines(shown), &lines(run)) {
            panic!("{difference}");
        }
    }

    #[track_caller]
    fn differ(mode: Mode, shown: &str, run: &str) -> String {
        compare(mode, &lines(shown), &lines(run)).expect_err("the difference went unseen")
    }

    #[test]
    fn ids_times_and_cpu_counts_are_normalised() {
        for (line, normal) in [
            ("This is process 3 (pid 4711)", "This is process 3 (pid PID)"),
            ("pid=1, tid=2, tid 77", "pid=PID, tid=THREAD, tid THREAD"),
            ("ThreadId(12) of rapid 9", "ThreadId(THREAD) of rapid 9"),
            ("took 1.2 s, 35 µs, 7ms", "took DURATION, DURATION, DURATION"),
            ("fork   192 µs ->    7.0 ms", "fork DURATION -> DURATION"),
            ("at 12:01:02.345 sharp", "at TIME sharp"),
            ("2026-08-04T12:01:02.345678Z start", "STAMP start"),
            ("2026-08-04 12:01:02+02:00 start", "STAMP start"),
            (
                "2026-08-04 12:01:02,345.345.6:root:140234:INFO:4711:hello",
                "STAMP:root:THREAD:INFO:PROCESS:hello",
            ),
            (
                "12:01:02.345:producer:ThreadId(2):INFO:4711:sent 3",
                "TIME:producer:THREAD:INFO:PROCESS:sent 3",
            ),
            ("    529     532 S do_wait              parent", "PID PPID S WCHAN parent"),
            ("+ ps -o pid -p 1,23", "+ ps -o pid -p PIDS"),
            ("+ strace -p 1 -p 23", "+ strace -p PIDS"),
            ("strace: Process 12 attached", "strace: Process PID attached"),
            ("[pid   12] read(3<pipe:[7]>,  <unfinished ...>", "[pid PID] read(3<pipe:[PIPE]>,"),
            ("[pid   12] wait4(13, ", "[pid PID] wait4(PID,"),
            ("#4  0x0000abc in f (a=0x7f) at f.rs:7", "#FRAME f (a=ADDRESS) at f.rs:7"),
            ("Thread 2 (Thread 0x7f (LWP 9)", "Thread 2 (Thread ADDRESS (LWP THREAD)"),
            ("16 CPUs, 1 CPU, on CPU 3", "COUNT CPUs, COUNT CPUs, on CPU NUMBER"),
            ("     A │  sAA..aa >│", "     A │TIMELINE│"),
            ("switches: 12, 12 switches", "switches: COUNT, 12 switches"),
            ("seen: 12, 12 seen", "seen: COUNT, 12 seen"),
            ("trailing \t", "trailing"),
        ] {
            assert_eq!(normalise(line, Mode::Exact), normal);
        }
    }

    #[test]
    fn what_a_program_determines_is_not_normalised() {
        for line in [
            "process 123 ended with exit status: 0",
            "This is worker 3",
            "4 workers",
            "5 seconds, 3 sums, 12 stones",
            "task 7 -> 49",
            "sum = 4950",
        ] {
            assert_eq!(normalise(line, Mode::Exact), line);
        }
        assert_eq!(normalise("This is worker 3", Mode::PerCpu), "This is worker NUMBER");
        assert_eq!(normalise("1 worker", Mode::PerCpu), "COUNT workers");
        assert_eq!(normalise("task 7", Mode::PerCpu), "task 7");
    }

    #[test]
    fn exact_sees_every_difference() {
        let shown = "a\nb (pid 1)\nc";
        same(Mode::Exact, shown, "a\nb (pid 2)\nc");
        let message = differ(Mode::Exact, shown, "a\nB (pid 1)\nc");
        assert!(message.contains("- b (pid PID)\n") && message.contains("+ B (pid PID)\n"));
        assert!(differ(Mode::Exact, shown, "a\nc").contains("    - b (pid PID)\n"));
        assert!(differ(Mode::Exact, shown, "a\nb (pid 1)\nc\nd").contains("    + d\n"));
        differ(Mode::Exact, shown, "b (pid 1)\na\nc");
        differ(Mode::Exact, "", "a");
    }

    #[test]
    fn unordered_sees_every_difference_but_the_order() {
        let shown = "a\nb\nb";
        same(Mode::Unordered, shown, "b\na\nb");
        let message = differ(Mode::Unordered, shown, "b\nA\nb");
        assert!(message.contains("- a\n") && message.contains("+ A\n"));
        assert!(differ(Mode::Unordered, shown, "b\na").contains("- b\n"));
        assert!(differ(Mode::Unordered, shown, "b\na\nb\nb").contains("+ b\n"));
        assert!(differ(Mode::Unordered, shown, "b\na\nb\nc\nc").contains("+ c   (2 times)\n"));
    }

    #[test]
    fn per_cpu_sees_every_difference_but_the_order_and_the_number() {
        let shown = "2 CPUs\nworker 0 (pid 5)\nworker 1 (pid 6)\nend";
        same(Mode::PerCpu, shown, "1 CPU\nworker 0 (pid 9)\nend");
        same(
            Mode::PerCpu,
            shown,
            "3 CPUs\nworker 2 (pid 1)\nworker 1 (pid 2)\nworker 0 (pid 3)\nend",
        );
        let message = differ(Mode::PerCpu, shown, "2 CPUs\nWorker no 0\nend");
        assert!(message.contains("- worker NUMBER (pid PID)\n"), "{message}");
        assert!(message.contains("+ Worker no 0\n"), "{message}");
        assert!(differ(Mode::PerCpu, shown, "2 CPUs\nworker 0 (pid 5)").contains("- end\n"));
        assert!(differ(Mode::PerCpu, shown, &format!("{shown}\nmore")).contains("+ more\n"));
    }

    #[test]
    fn a_fence_names_its_mode() -> Result<()> {
        assert_eq!(Mode::of_fence("console")?, Some(Mode::Exact));
        assert_eq!(Mode::of_fence("console,unordered")?, Some(Mode::Unordered));
        assert_eq!(Mode::of_fence("console, per-cpu")?, Some(Mode::PerCpu));
        assert_eq!(Mode::of_fence("consoles")?, None);
        assert_eq!(Mode::of_fence("rust")?, None);
        assert_eq!(Mode::of_fence("")?, None);
        assert!(Mode::of_fence("console,any").is_err());
        assert!(Mode::of_fence("console,unordered,per-cpu").is_err());
        Ok(())
    }
}
