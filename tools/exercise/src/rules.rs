//! What the checks of several exercises ask, and the sentences that say what is wrong.

use std::os::unix::process::ExitStatusExt as _;

use witness::{Fate, Limit, Process, Report, Sight};

use crate::runs::{Checked, refuse};

/// The calls by which a program lets time pass.
const SLEEPS: [&str; 2] = ["nanosleep", "clock_nanosleep"];

/// The calls by which a program asks whether something has happened, and more of each than any solution makes.
const ASKS: [(&str, u64); 6] = [
    ("wait4", 50),
    ("waitid", 50),
    ("sched_yield", 50),
    ("poll", 100),
    ("ppoll", 100),
    ("read", 1000),
];

/// A process by what it is in the run: `your program (pid 1)`, `child 2 (pid 3)`.
pub fn name(report: &Report, place: usize) -> String {
    let process = &report.processes[place];
    let kind = match process.parent {
        _ if place == 0 => "your program".to_owned(),
        Some(0) => {
            let before = report.children(0).take_while(|(child, _)| *child < place).count();
            format!("child {}", before + 1)
        }
        _ => format!("process {place}"),
    };
    format!("{kind} (pid {})", process.pid)
}

/// The same at the beginning of a sentence.
pub fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `1 child`, `2 children`.
pub fn count_of(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// `1 CPU`, `2 CPUs`.
pub fn count(number: usize, what: &str) -> String {
    count_of(number, what, &format!("{what}s"))
}

/// Names in a list: `a`, `a and b`, `a, b and c`.
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn places(report: &Report, mut which: impl FnMut(&Process) -> bool) -> Vec<usize> {
    let all = report.processes.iter().enumerate();
    all.filter(|(_, process)| which(process)).map(|(place, _)| place).collect()
}

fn names(report: &Report, places: &[usize]) -> String {
    list(&places.iter().map(|&place| name(report, place)).collect::<Vec<_>>())
}

/// It ended by itself, within its limits. `when` says what was done to it before, if anything was.
pub fn ended(report: &Report, when: &str) -> Checked {
    let subject = subject(when);
    match report.exceeded {
        None => Ok(()),
        Some(Limit::Time) => refuse(format!(
            "{subject} had not ended after 5 s and was ended. {}",
            who_waits(report)
        )),
        Some(Limit::Output) => {
            refuse("Your program wrote more than 64 KiB, and was ended. Which loop does not end?")
        }
        Some(Limit::Processes) => refuse(
            "Your program had more than 40 processes at once, and was ended with all of them. \
             Does a child go on in the loop that starts children?",
        ),
    }
}

fn subject(when: &str) -> String {
    if when.is_empty() { "Your program".to_owned() } else { format!("{when}, and your program") }
}

/// What each process waited for when the time was over.
fn who_waits(report: &Report) -> String {
    let sentence = |place: usize| {
        let who = capital(&name(report, place));
        let Some(waiting) = report.processes[place].waiting else {
            return format!("{who} computed.");
        };
        let end = |writes: bool| {
            let mut pipes = report.processes[place].pipes.iter();
            pipes.find(|pipe| {
                u64::try_from(pipe.descriptor) == Ok(waiting.argument) && pipe.writes == writes
            })
        };
        let holders = |pipe: u64, writes: bool| {
            places(report, |process| {
                process.pipes.iter().any(|held| held.pipe == pipe && held.writes == writes)
            })
        };
        let reads = matches!(waiting.call, "read" | "readv");
        let writes = matches!(waiting.call, "write" | "writev");
        if reads && let Some(end) = end(false) {
            return format!(
                "{who} waited for what comes out of a pipe, whose end for writing was open in {}.",
                names(report, &holders(end.pipe, true))
            );
        }
        if writes && let Some(end) = end(true) {
            return format!(
                "{who} waited to write into a full pipe, whose end for reading was open in {}.",
                names(report, &holders(end.pipe, false))
            );
        }
        match waiting.call {
            "wait4" | "waitid" => format!("{who} waited for a child to end."),
            "futex" => format!("{who} waited for a lock or a thread."),
            call if SLEEPS.contains(&call) => format!("{who} slept."),
            call => format!("{who} waited in the call {call}."),
        }
    };
    let hung = places(report, |process| process.fate == Fate::Hung);
    hung.iter().map(|&place| sentence(place)).collect::<Vec<_>>().join(" ")
}

/// It ended with 0. `when` as in [`ended`].
pub fn succeeded(report: &Report, when: &str) -> Checked {
    let subject = subject(when);
    let errors = String::from_utf8_lossy(&report.stderr);
    let Some(status) = report.main().status else { return Ok(()) };
    let mut lines = errors.lines().filter(|line| !line.trim().is_empty());
    // What `main` returns, or else the first line.
    let error = errors.lines().find(|line| line.starts_with("Error: "));
    let told = error.or_else(|| lines.next()).unwrap_or("nothing").trim();
    match (status.code(), status.signal()) {
        (Some(0), _) | (None, None) => Ok(()),
        (Some(101), _) => refuse(format!("{subject} panicked: {}", panic(&errors))),
        (Some(code), _) => {
            refuse(format!("{subject} ended with exit code {code}. It wrote: {told}"))
        }
        (None, Some(signal)) => refuse(format!("{subject} was ended by signal {signal}.")),
    }
}

/// The message of a panic stands in the line below the one that says where.
fn panic(errors: &str) -> String {
    let mut lines = errors.lines().skip_while(|line| !line.contains("panicked at "));
    let (place, message) = (lines.next().unwrap_or(""), lines.next().unwrap_or("no message"));
    let place = place.rsplit_once("panicked at ").map_or("", |(_, place)| place);
    format!("{message} ({})", place.trim_end_matches(':'))
}

/// It has children: this many, and each is a process of one thread.
pub fn children(report: &Report, count: usize, task: &str) -> Checked {
    let found = report.children(0).count();
    let pid = report.main().pid;
    if found == 0 && report.main().threads > 1 {
        return refuse(format!(
            "{task} ran in a thread of your program (pid {pid}); it should run in a process of its own."
        ));
    }
    if found == 0 {
        return refuse(format!(
            "{task} ran in your program itself (pid {pid}); it should run in a process of its own."
        ));
    }
    if found != count {
        return refuse(format!(
            "Your program started {}; there should be {count}.",
            count_of(found, "child", "children")
        ));
    }
    Ok(())
}

/// All children ran side by side: none had been waited for when another began.
pub fn side_by_side(report: &Report) -> Checked {
    let children: Vec<(usize, &Process)> = report.children(0).collect();
    for pair in children.windows(2) {
        let [(first, earlier), (second, later)] = pair else { continue };
        let waited = match report.sight {
            Sight::Followed => earlier.waited.is_some_and(|waited| waited <= later.started),
            Sight::Looked => earlier.ended < later.started,
        };
        if waited {
            return refuse(format!(
                "{} began after your program had waited for {}: they were to run side by side.",
                capital(&name(report, *second)),
                name(report, *first)
            ));
        }
    }
    Ok(())
}

/// Each child sent what it has computed through a pipe. Who panicked had nothing to send.
pub fn sent(report: &Report) -> Checked {
    if report.sight == Sight::Looked {
        return Ok(());
    }
    let silent = |child: &Process| child.sent.is_empty() && child.code() != Some(101);
    match report.children(0).find(|(_, child)| silent(child)) {
        Some((place, _)) => refuse(format!(
            "{} sent nothing through a pipe: each result should come from the process that computed it.",
            capital(&name(report, place))
        )),
        None => Ok(()),
    }
}

/// A child was killed on purpose. It came to an end all the same, said so, and left nobody.
pub fn noticed(report: &Report, who: &str) -> Checked {
    ended(report, &format!("{who} was killed on purpose"))?;
    if report.stderr.is_empty() && report.main().code() == Some(0) {
        return refuse(format!(
            "{who} was killed on purpose, and your program ended with code 0 and said nothing: it should look at the \
             status that `join` returns."
        ));
    }
    left_nobody_after(report, who)
}

/// A child was killed on purpose, and all have been waited for.
pub fn left_nobody_after(report: &Report, who: &str) -> Checked {
    let zombies = report.children(0).any(|(_, child)| child.waited.is_none());
    if zombies || report.left().count() > 0 {
        return refuse(format!(
            "{who} was killed on purpose, and your program left somebody behind."
        ));
    }
    Ok(())
}

/// Nobody held the end for writing of a pipe that another child writes into.
pub fn no_leaked_end(report: &Report) -> Checked {
    for (place, child) in report.children(0) {
        for pipe in child.sent.keys() {
            let holds =
                |other: &Process| other.pipes.iter().any(|end| end.pipe == *pipe && end.writes);
            let stranger = report.children(0).find(|(holder, other)| {
                *holder != place && !other.sent.contains_key(pipe) && holds(other)
            });
            if let Some((holder, _)) = stranger {
                return refuse(format!(
                    "The result is right, but {} held the end for writing of the pipe of {} when it ended: while it \
                     is open, what comes out of that pipe has no end.",
                    name(report, holder),
                    name(report, place)
                ));
            }
        }
    }
    Ok(())
}

/// Each process that was started was waited for.
pub fn nobody_left(report: &Report) -> Checked {
    // Who was on the way out when it was killed has ended by itself.
    let orphans =
        places(report, |process| process.fate == Fate::Orphan && process.code().is_none());
    if let [first, ..] = orphans[..] {
        let run = if orphans.len() == 1 { "was" } else { "were" };
        let how = report.processes[first].waiting.map_or("running", |_| "waiting for something");
        return refuse(format!(
            "The result is right, but {} {run} left behind when your program ended, still {how}.",
            names(report, &orphans)
        ));
    }
    if report.sight == Sight::Followed {
        let zombies =
            places(report, |process| process.parent == Some(0) && process.waited.is_none());
        if !zombies.is_empty() {
            let (count, what) =
                (zombies.len(), if zombies.len() == 1 { "zombie was" } else { "zombies were" });
            return refuse(format!(
                "The result is right, but {count} {what} left: your program did not wait for {}.",
                names(report, &zombies)
            ));
        }
    }
    Ok(())
}

/// The program waits as it should: it neither sleeps nor asks again and again.
pub fn waits(report: &Report) -> Checked {
    let main = report.main();
    let sleeps = main.calls_of(&SLEEPS);
    if sleeps > 0 {
        let times = if sleeps == 1 { "once".to_owned() } else { format!("{sleeps} times") };
        return refuse(format!(
            "Your program slept {times}. A sleep is too short on a slow day and too long on all others: \
             `join` waits until the child has ended, and a `read` until something comes."
        ));
    }
    let asked = ASKS.iter().map(|(call, most)| (call, main.calls_of(&[call]), *most));
    if let Some((call, asked, _)) = asked
        .max_by_key(|&(_, asked, most)| asked.saturating_sub(most))
        .filter(|&(_, asked, most)| asked > most)
    {
        return refuse(format!(
            "Your program asked {asked} times ({call}) instead of waiting once, and kept a CPU busy with that: \
             `join` sleeps until the child has ended."
        ));
    }
    // Most of its life a child was alive, and yet it was busy.
    let longest =
        report.children(0).map(|(_, child)| child.ended.saturating_sub(child.started)).max();
    if main.cpu * 2 > main.ended && longest.is_some_and(|longest| longest * 2 > main.ended) {
        return refuse(format!(
            "Your program computed for {:.0?} while its children worked: it should wait for them.",
            main.cpu
        ));
    }
    Ok(())
}

/// It wrote these lines; in this order, or in any.
pub fn wrote(report: &Report, expected: &[String], in_order: bool) -> Checked {
    let text = String::from_utf8_lossy(&report.stdout);
    let (mut lines, mut wanted): (Vec<&str>, Vec<&str>) =
        (text.lines().collect(), expected.iter().map(String::as_str).collect());
    let first = lines.iter().zip(&wanted).find(|(line, wanted)| line != wanted);
    let first = first.map(|(line, wanted)| (line.to_string(), wanted.to_string()));
    lines.sort_unstable();
    wanted.sort_unstable();
    if lines != wanted {
        let missing = wanted.iter().find(|line| !lines.contains(line));
        let strange = lines.iter().find(|line| !wanted.contains(line));
        return refuse(match (missing, strange) {
            (Some(line), Some(other)) => format!("It should write `{line}`, and wrote `{other}`."),
            (Some(line), None) => format!("It did not write the line `{line}`."),
            (None, Some(line)) => {
                format!("It wrote the line `{line}`, which nobody has asked for.")
            }
            (None, None) => {
                "It wrote a line more than once, or not as often as it should.".to_owned()
            }
        });
    }
    match first {
        Some((line, wanted)) if in_order => {
            refuse(format!("The lines are not in order: `{line}` came where `{wanted}` should."))
        }
        _ => Ok(()),
    }
}

/// Who wrote a line to standard output, and when; `None`: that was not seen.
pub fn writer(report: &Report, line: &str) -> Option<(usize, std::time::Duration)> {
    let with_end = format!("{line}\n");
    let piece = report.written.iter().find(|piece| {
        !piece.to_stderr && String::from_utf8_lossy(&piece.bytes).contains(&with_end)
    })?;
    Some((piece.by, piece.at))
}

/// The program wrote a line when all its children had ended.
pub fn wrote_last(report: &Report, line: &str) -> Checked {
    let Some((by, at)) = writer(report, line) else { return Ok(()) };
    if by != 0 {
        return refuse(format!(
            "`{line}` was written by {}; it is your program's own line.",
            name(report, by)
        ));
    }
    let early = report.children(0).find(|(_, child)| at < child.ended).map(|(place, _)| place);
    match early {
        Some(place) => {
            refuse(format!("Your program wrote `{line}` before {} had ended.", name(report, place)))
        }
        None => Ok(()),
    }
}
