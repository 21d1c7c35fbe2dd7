//! The machine that is measured on, as its own programs name it.

use std::{fs, process::Command, thread, time::SystemTime};

use anyhow::{Context as _, Result, anyhow, ensure};
use figures::topic::Measured;

/// What a program writes to stdout, without the end of its last line.
///
/// # Errors
///
/// It can't be run, or it fails; the error has what it wrote to stderr.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("can't run {}", name.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {}\n{errors}", name.display(), output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn ask(program: &str, arguments: &[&str]) -> Result<String> {
    output(Command::new(program).args(arguments))
}

/// The machine, what runs on it, and the day.
///
/// # Errors
///
/// No Python 3, or a program of the system fails.
pub fn here() -> Result<Measured> {
    let python = ask("python3", &["--version"]).map_err(|error| {
        anyhow!("{error:#}; install Python 3 (the program python3): it is measured beside Rust")
    })?;
    let rustc = ask("rustc", &["--version"])?;
    let second = |text: &str| text.split_whitespace().nth(1).unwrap_or(text).to_owned();
    Ok(Measured {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string()[..10].to_owned(),
        cpu: cpu(),
        cpus: u32::try_from(thread::available_parallelism()?.get())?,
        memory_gib: memory_gib(),
        kernel: release(&ask("uname", &["-sr"])?),
        rustc: second(&rustc),
        python: second(&python),
    })
}

/// Name and version of a kernel, without what a distribution adds: `Linux 6.1.0` of `Linux 6.1.0-42-amd64`.
fn release(text: &str) -> String {
    text.split('-').next().unwrap_or(text).to_owned()
}

/// The name of a processor without trade marks and needless spaces.
fn plain(name: &str) -> String {
    let name = name.replace("(R)", " ").replace("(TM)", " ").replace("(tm)", " ");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of a line `name: value`.
fn line_of(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

fn cpu() -> String {
    let linux = fs::read_to_string("/proc/cpuinfo").ok();
    linux
        .and_then(|text| line_of(&text, "model name"))
        .or_else(|| ask("sysctl", &["-n", "machdep.cpu.brand_string"]).ok())
        .or_else(|| ask("uname", &["-m"]).ok())
        .map_or_else(|| "unknown".to_owned(), |name| plain(&name))
}

fn memory_gib() -> u64 {
    let linux = fs::read_to_string("/proc/meminfo").ok();
    let kib: Option<u64> = linux
        .and_then(|text| line_of(&text, "MemTotal"))
        .and_then(|value| value.split_whitespace().next()?.parse().ok());
    let bytes = kib
        .map(|kib| kib << 10)
        .or_else(|| ask("sysctl", &["-n", "hw.memsize"]).ok()?.parse().ok());
    (bytes.unwrap_or(0) + (1 << 29)) >> 30
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        let name = plain("Intel(R) Xeon(R)  CPU E5-2680 v4 @ 2.40GHz");
        assert_eq!(name, "Intel Xeon CPU E5-2680 v4 @ 2.40GHz");
        assert_eq!(release("Linux 6.1.0-42-amd64"), "Linux 6.1.0");
        assert_eq!(release("Darwin 24.1.0"), "Darwin 24.1.0");
    }

    #[test]
    fn this_machine_is_described() -> Result<()> {
        let here = match here() {
            Err(error) if format!("{error:#}").contains("install Python 3") => {
                ensure!(std::env::var_os("CI").is_none(), "python3 is missing: {error:#}");
                eprintln!("\nSKIPPED: python3 is missing; install it to test the measurements\n");
                return Ok(());
            }
            here => here?,
        };
        assert_eq!(here.date.len(), 10);
        assert!(here.cpus > 0 && here.memory_gib > 0, "{here:?}");
        assert!(here.rustc.starts_with("1.") && here.python.starts_with("3."), "{here:?}");
        Ok(())
    }
}
