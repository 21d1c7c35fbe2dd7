//! The table of processes, zombies included: from `/proc` on Linux, from `ps` elsewhere.

use std::fmt;

use anyhow::Result;

/// A process of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: i32,
    /// Its parent's id.
    pub parent: i32,
    /// The id of its group.
    pub group: i32,
    /// `R` running, `S` sleeping, `Z` a zombie, …
    pub state: String,
    /// Its name or its command line.
    pub command: String,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pid, parent, state, command) = (self.pid, self.parent, &self.state, &self.command);
        writeln!(f, "  {command} (pid {pid}, parent {parent}, state {state})")
    }
}

/// The processes of a group.
///
/// # Errors
///
/// The table can't be read.
pub fn of_group(group: i32) -> Result<Vec<Process>> {
    let mut all = all()?;
    all.retain(|process| process.group == group);
    Ok(all)
}

/// The processes that this process has started, and those that they have started, and so on.
///
/// # Errors
///
/// The table can't be read.
pub fn descendants() -> Result<Vec<Process>> {
    let mut rest = all()?;
    let mut parents = vec![i32::try_from(std::process::id())?];
    let mut found = Vec::new();
    while let Some(parent) = parents.pop() {
        for child in rest.extract_if(.., |process| process.parent == parent) {
            parents.push(child.pid);
            found.push(child);
        }
    }
    Ok(found)
}

/// Every process. One that ends while the table is read may be missing.
#[cfg(target_os = "linux")]
fn all() -> Result<Vec<Process>> {
    let mut processes = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let path = entry?.path();
        if let Ok(stat) = std::fs::read_to_string(path.join("stat"))
            && let Some(process) = parse_stat(&stat)
        {
            processes.push(process);
        }
    }
    Ok(processes)
}

/// A line of `/proc/PID/stat`: `PID (NAME) STATE PARENT GROUP …`, where the name may hold anything.
#[cfg(target_os = "linux")]
fn parse_stat(stat: &str) -> Option<Process> {
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some(Process {
        pid: pid.parse().ok()?,
        state: fields.next()?.to_owned(),
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
        command: name.to_owned(),
    })
}

/// None: this system has no groups.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere the table is read")]
fn all() -> Result<Vec<Process>> {
    Ok(Vec::new())
}

/// Every process.
#[cfg(all(unix, not(target_os = "linux")))]
fn all() -> Result<Vec<Process>> {
    use anyhow::Context as _;
    let output = std::process::Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,pgid=,state=,command="])
        .output()
        .context("cannot run ps")?;
    let parse = |line: &str| {
        let mut fields = line.split_whitespace();
        Some(Process {
            pid: fields.next()?.parse().ok()?,
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
            state: fields.next()?.to_owned(),
            command: fields.collect::<Vec<_>>().join(" "),
        })
    };
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(parse).collect())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_process_may_hold_anything() {
        let process = parse_stat("12 (a) Z (b) Z 3 4 5 6").expect("a line of stat");
        assert!(process.command == "a) Z (b" && process.state == "Z");
        assert_eq!((process.pid, process.parent, process.group), (12, 3, 4));
    }
}
