//! The table of processes: from `/proc` on Linux, from `ps` elsewhere.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A process as the table shows it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub pid: i32,
    /// Its parent's id.
    pub parent: i32,
    /// The id of its group.
    pub group: i32,
    /// When it started, in a unit of the system's: with it an id that is given anew is told from the one before.
    pub begin: u64,
    /// Whether it has ended, and nobody has waited for it.
    pub zombie: bool,
    /// The processor time that it has used.
    pub cpu: Duration,
    /// How many threads it has.
    pub threads: usize,
    /// The program that it runs, as far as the table names it.
    pub program: PathBuf,
}

/// Every process. One that begins or ends while the table is read may be missing.
#[cfg(target_os = "linux")]
pub fn read() -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let path = entry?.path();
        if let Ok(stat) = std::fs::read_to_string(path.join("stat"))
            && let Some(row) = parse_stat(&stat)
        {
            let program = std::fs::read_link(path.join("exe")).unwrap_or(row.program);
            rows.push(Row { program, ..row });
        }
    }
    Ok(rows)
}

/// A line of `/proc/PID/stat`: `PID (NAME) STATE PARENT GROUP …`, where the name may hold anything.
#[cfg(target_os = "linux")]
fn parse_stat(stat: &str) -> Option<Row> {
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |field: usize| fields.get(field)?.parse::<u64>().ok();
    let ticks = number(11)? + number(12)?;
    // SAFETY: it reads a number, and changes nothing.
    let second = unsafe { nix::libc::sysconf(nix::libc::_SC_CLK_TCK) };
    Some(Row {
        pid: pid.parse().ok()?,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        begin: number(19)?,
        zombie: fields.first()?.starts_with(['Z', 'X']),
        cpu: Duration::from_millis(1000 * ticks / u64::try_from(second).ok()?.max(1)),
        threads: usize::try_from(number(17)?).ok()?,
        program: name.into(),
    })
}

/// Every process. `ps` names no start that is fine enough, and no threads.
#[cfg(not(target_os = "linux"))]
pub fn read() -> io::Result<Vec<Row>> {
    let output = std::process::Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,pgid=,state=,time=,comm="])
        .output()?;
    let parse = |line: &str| {
        let mut fields = line.split_whitespace();
        Some(Row {
            pid: fields.next()?.parse().ok()?,
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
            begin: 0,
            zombie: fields.next()?.starts_with('Z'),
            cpu: seconds(fields.next()?)?,
            threads: 1,
            program: fields.collect::<Vec<_>>().join(" ").into(),
        })
    };
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(parse).collect())
}

/// A time as `ps` writes it: hours, minutes, seconds with colons between.
#[cfg(not(target_os = "linux"))]
fn seconds(time: &str) -> Option<Duration> {
    let mut all = 0.0;
    for part in time.split(':') {
        all = all * 60.0 + part.parse::<f64>().ok()?;
    }
    Duration::try_from_secs_f64(all).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let line = "12 (a) Z (b) Z 3 4 5 6 7 8 9 10 11 12 50 25 15 16 17 18 2 20 77 22";
        let row = parse_stat(line).expect("a line of stat");
        assert_eq!((row.pid, row.parent, row.group, row.begin), (12, 3, 4, 77));
        assert!(row.zombie && row.threads == 2 && row.program == std::path::Path::new("a) Z (b"));
        assert!(row.cpu > Duration::ZERO);
    }

    #[test]
    fn this_process_is_in_it() -> io::Result<()> {
        let pid = i32::try_from(std::process::id()).expect("an id fits");
        assert!(read()?.iter().any(|row| row.pid == pid && !row.zombie));
        Ok(())
    }
}
