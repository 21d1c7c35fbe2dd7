//! The timeline of a run, as text: a row for each process.

use std::fmt::Write as _;
use std::time::Duration;

use witness::{Process, Report};

/// How many columns the time has.
const WIDTH: usize = 48;

/// How many processes are drawn.
const ROWS: usize = 24;

/// A row for each process: who it is, when it was there, how it ended.
///
/// `█` it was alive, `░` it had ended and its parent had not waited for it yet, as far as that was seen.
#[must_use]
pub fn draw(report: &Report) -> String {
    let end = report.processes.iter().map(last).max().unwrap_or_default();
    let column = |at: Duration| {
        let share = at.as_secs_f64() / end.as_secs_f64().max(1e-9);
        // A share of at most 1 of some dozen columns.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "0 to WIDTH"
        )]
        let column = (share * WIDTH as f64) as usize;
        column.min(WIDTH - 1)
    };
    let mut text = String::new();
    for (place, process) in report.processes.iter().enumerate().take(ROWS) {
        let (begin, ended) = (column(process.started), column(process.ended));
        let waited = process.waited.map_or(ended, column);
        let mut bar = " ".repeat(begin);
        bar.extend(std::iter::repeat_n('█', ended - begin + 1));
        bar.extend(std::iter::repeat_n('░', waited.saturating_sub(ended)));
        let rest = WIDTH.saturating_sub(bar.chars().count());
        let _ = writeln!(
            text,
            "{:>5} {:<8} │{bar}{}│ {}",
            who(report, place),
            process.pid,
            " ".repeat(rest),
            how(process)
        );
    }
    if report.processes.len() > ROWS {
        let _ = writeln!(text, "      and {} more", report.processes.len() - ROWS);
    }
    let _ = writeln!(text, "{:>15} 0{:>WIDTH$}", "", format!("{end:.0?}"));
    text
}

fn last(process: &Process) -> Duration {
    process.waited.map_or(process.ended, |waited| waited.max(process.ended))
}

/// `main`, `1` and `2` for its children, `1.1` for a child of a child.
fn who(report: &Report, place: usize) -> String {
    let process = &report.processes[place];
    match process.parent {
        _ if place == 0 => "main".to_owned(),
        None => "?".to_owned(),
        Some(parent) => {
            let number =
                report.children(parent).take_while(|(other, _)| *other < place).count() + 1;
            if parent == 0 {
                number.to_string()
            } else {
                format!("{}.{number}", who(report, parent))
            }
        }
    }
}

fn how(process: &Process) -> String {
    let threads = match process.threads {
        1 => String::new(),
        threads => format!(", {threads} threads"),
    };
    let end = match (process.code(), process.signal()) {
        (Some(code), _) => format!("code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "end not seen".to_owned(),
    };
    let fate = match process.fate {
        witness::Fate::Ended => "",
        witness::Fate::Zombie => ", a zombie",
        witness::Fate::Orphan => ", left behind",
        witness::Fate::Hung => ", hung",
    };
    end + &threads + fate
}
