//! `cargo mpi`: builds the programs of `mpi/` and runs one over MPI, or says what is missing.
//!
//! The package's programs need the feature `mpi`, which nothing else turns on: the crate behind it
//! needs an MPI and libclang to build, and everybody else's build must not.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use project::{UsageError, complain, files_of};

use super::built::Built;
use super::job::Job;
use super::run::wait_until;
use super::start::cargo;

/// The programs of `mpi/`, built, and what they were built with.
#[derive(Clone, Debug)]
pub struct Programs {
    root: PathBuf,
    built: Built,
}

/// Of the programs, the one that is measured and not shown.
const PEER: &str = "mpi_peer";

/// How the message begins that names what is missing.
pub const NEEDED: &str = "this needs MPI. Missing here:";

/// What to install where something is missing, by system.
const INSTALL: &str = "\
    Debian, Ubuntu   apt-get install libopenmpi-dev openmpi-bin libclang-dev\n  \
    Fedora           dnf install openmpi-devel clang-devel, then: module load mpi/openmpi-x86_64\n  \
    macOS            brew install open-mpi (libclang comes with Xcode's command line tools)";

/// What this machine lacks to build and run programs over MPI; empty where nothing is missing.
#[must_use]
pub fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if in_path("mpicc").is_none() {
        missing.push("mpicc, the compiler of MPI");
    }
    if in_path("mpirun").is_none() {
        missing.push("mpirun, which starts the ranks");
    }
    if !has_libclang() {
        missing.push("libclang, which reads MPI's header for Rust");
    }
    missing
}

/// The error that says what is missing and how to install it.
///
/// # Errors
///
/// Something is missing.
pub fn ensure_installed() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join("\n  ");
    let text = format!("{NEEDED}\n  {missing}\nInstall it:\n  {INSTALL}");
    Err(UsageError::new(text).into())
}

/// The error that names the programs, where there is none of the job's: before MPI is missed.
fn ensure_is_there(root: &Path, job: &Job) -> Result<()> {
    let programs = files_of(&root.join("mpi/src/bin"), "rs")?;
    let names: Vec<_> = programs.iter().filter_map(|file| file.file_stem()?.to_str()).collect();
    if names.contains(&job.program.as_str()) {
        return Ok(());
    }
    let names: Vec<_> = names.into_iter().filter(|name| *name != PEER).collect();
    let text = format!("there is no program {}: take {}", job.program, names.join(", "));
    Err(UsageError::new(text).into())
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether libclang lies where the crate clang-sys looks for it: in `LIBCLANG_PATH`, in LLVM's
/// folders and in the system's.
fn has_libclang() -> bool {
    let mut folders: Vec<PathBuf> =
        env::var_os("LIBCLANG_PATH").map(PathBuf::from).into_iter().collect();
    if let Ok(output) = Command::new("llvm-config").arg("--libdir").output() {
        folders.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    for parent in ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local"] {
        folders.push(parent.into());
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("llvm") {
                folders.push(entry.path().join("lib"));
            } else if name.contains("-linux-") {
                folders.push(entry.path());
            }
        }
    }
    folders.extend(
        [
            "/opt/homebrew/opt/llvm/lib",
            "/usr/local/opt/llvm/lib",
            "/Library/Developer/CommandLineTools/usr/lib",
            "/Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib",
        ]
        .map(PathBuf::from),
    );
    folders.iter().any(|folder| {
        folder.is_file() && is_libclang(folder.file_name())
            || fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .any(|entry| is_libclang(Some(&entry.file_name())))
    })
}

/// `libclang.so`, `libclang-14.so.1`, `libclang.dylib`; not `libclang-cpp.so.14`.
fn is_libclang(name: Option<&OsStr>) -> bool {
    let name = name.unwrap_or_default().to_string_lossy();
    name.strip_prefix("libclang").is_some_and(|rest| {
        let version = rest.strip_prefix('-').map_or(rest, |rest| {
            rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .strip_prefix("so")
                .map_or("none", |_| ".so")
        });
        version.starts_with(".so") || version == ".dylib"
    })
}

impl Programs {
    /// Builds the programs, optimised, and learns from cargo's messages where they are. `arguments`
    /// are given to cargo besides.
    ///
    /// # Errors
    ///
    /// MPI is not installed, or the programs don't compile; cargo's own messages go to stderr.
    pub fn build(root: &Path, arguments: &[OsString]) -> Result<Programs> {
        ensure_installed()?;
        let own = ["--release", "--package", "mpi-programs", "--features", "mpi"].map(OsStr::new);
        let mut built = Built::default();
        built.add(root, own.into_iter().chain(arguments.iter().map(OsString::as_os_str)))?;
        Ok(Programs { root: root.to_owned(), built })
    }

    /// The names of the programs that the book shows.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.built.programs.keys().map(String::as_str).filter(|name| *name != PEER)
    }

    /// The program that the measurements run.
    ///
    /// # Errors
    ///
    /// It was not built.
    pub fn peer(&self) -> Result<&Path> {
        self.built.programs.get(PEER).map(PathBuf::as_path).context("mpi_peer was not built")
    }

    /// The arguments with which rustc compiles another program against the same crates.
    #[must_use]
    pub fn rustc_arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        for (name, rlib) in &self.built.libraries {
            arguments.extend(["--extern".to_owned(), format!("{name}={}", rlib.display())]);
            if let Some(folder) = rlib.parent() {
                let folder = format!("dependency={}", folder.display());
                if !arguments.contains(&folder) {
                    arguments.extend(["-L".to_owned(), folder]);
                }
            }
        }
        for path in &self.built.linked_paths {
            arguments.extend(["-L".to_owned(), path.clone()]);
        }
        arguments
    }

    /// The command that runs a program of `mpi/` as so many ranks, not yet started.
    ///
    /// # Errors
    ///
    /// There is no such program.
    pub fn command(&self, job: &Job) -> Result<Command> {
        let Some(program) = self.built.programs.get(&job.program) else {
            let names: Vec<&str> = self.names().collect();
            let message = format!("there is no program {}: take {}", job.program, names.join(", "));
            return Err(UsageError::new(message).into());
        };
        let mut command = mpirun(job.ranks);
        if let Some(hosts) = &job.hosts {
            command.arg("--hostfile").arg(hosts);
        }
        command.arg(program).args(&job.arguments).current_dir(&self.root);
        Ok(command)
    }
}

/// `mpirun -n RANKS`, with what a laptop, a container and CI need; the program is still to be given.
#[must_use]
pub fn mpirun(ranks: usize) -> Command {
    let mut command = Command::new("mpirun");
    let version = Command::new("mpirun").arg("--version").stdin(Stdio::null()).output();
    if version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("Open MPI")) {
        // Without its page of advice where a rank fails: what the rank wrote stays.
        command.arg("--quiet");
    }
    command.arg("-n").arg(ranks.to_string()).envs(ENVIRONMENT);
    command
}

/// What Open MPI needs to know on a laptop, in a container and in CI.
pub const ENVIRONMENT: [(&str, &str); 7] = [
    // More ranks than cores, in version 4 and from 5 on.
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"),
    // A rank that waits leaves its core to the others.
    ("OMPI_MCA_mpi_yield_when_idle", "1"),
    // In a container one is root, and Open MPI asks twice. Nobody else is concerned.
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("PRTE_ALLOW_RUN_AS_ROOT", "1"),
    ("PRTE_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
];

/// Builds what `cargo mpi` runs, itself among it: what it then needs is the program's own time.
///
/// # Errors
///
/// MPI is missing, or something doesn't build; cargo's own messages go to stderr.
pub fn prepare(root: &Path) -> Result<()> {
    Programs::build(root, &[])?;
    let status = cargo(root)
        .args(["build", "--quiet", "--bin", "xtask"])
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "xtask does not build ({status})");
    Ok(())
}

/// Builds and runs; the program's status is the answer.
///
/// # Errors
///
/// MPI is missing, the programs don't build, there is no such program, or it ran out of time.
pub fn run(root: &Path, job: &Job) -> Result<ExitStatus> {
    ensure_is_there(root, job)?;
    let mut command = Programs::build(root, &[])?.command(job)?;
    let Some(seconds) = job.seconds else {
        return command.status().context("cannot run mpirun");
    };
    let mut child = command.stderr(Stdio::piped()).spawn().context("cannot run mpirun")?;
    let stopped = Arc::new(AtomicBool::new(false));
    let errors = child.stderr.take().context("stderr is a pipe")?;
    let errors = thread::spawn({
        let stopped = Arc::clone(&stopped);
        move || pass_on(errors, io::stderr(), &stopped)
    });
    let deadline = Instant::now() + Duration::from_secs(seconds);
    if let Some(status) = wait_until(&mut child, deadline)? {
        // What is in the pipe comes out; somebody who holds it open doesn't hold us up.
        while !errors.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        return Ok(status);
    }
    stopped.store(true, Ordering::Relaxed);
    stop(&mut child)?;
    bail!("still running after {seconds} s, and stopped")
}

/// Copies what the job writes to its stderr, until the job is stopped: how mpirun takes that is no part of it. Open
/// MPI 4.1.4 crashes now and then while it ends (`PMIx_server_finalize`), and says so at length.
fn pass_on(mut errors: impl Read, mut to: impl Write, stopped: &AtomicBool) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = errors.read(&mut buffer) {
        if !stopped.load(Ordering::Relaxed) {
            let _ = to.write_all(&buffer[..length]);
        }
    }
}

/// Asks mpirun to end all ranks and itself. One request can get lost in a job that has come to nothing already:
/// mpirun takes a second one within a few seconds as an order, and after the last it is killed.
fn stop(child: &mut std::process::Child) -> Result<()> {
    #[cfg(unix)]
    for _ in 0..3 {
        use nix::sys::signal::{Signal, kill};
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id())?);
        kill(pid, Signal::SIGTERM).context("cannot stop mpirun")?;
        if wait_until(child, Instant::now() + Duration::from_secs(3))?.is_some() {
            return Ok(());
        }
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Ends the program as its job ended.
pub fn exit(status: ExitStatus) -> ! {
    if !status.success() {
        complain(format_args!("the job has failed ({status})"));
    }
    std::process::exit(status.code().unwrap_or(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libclang_is_known_by_its_name() {
        for name in ["libclang.so", "libclang.so.1", "libclang-14.so.1", "libclang.dylib"] {
            assert!(is_libclang(Some(OsStr::new(name))), "{name}");
        }
        for name in ["libclang-cpp.so.14", "libclang-cpp.so", "libclangAST.a", "clang"] {
            assert!(!is_libclang(Some(OsStr::new(name))), "{name}");
        }
    }

    #[test]
    fn what_comes_after_the_stop_is_not_passed_on() {
        struct Job<'a>(&'a AtomicBool, std::slice::Iter<'a, (&'static str, bool)>);
        impl Read for Job<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let Some((text, stopped)) = self.1.next() else { return Ok(0) };
                self.0.store(*stopped, Ordering::Relaxed);
                buffer[..text.len()].copy_from_slice(text.as_bytes());
                Ok(text.len())
            }
        }
        let stopped = AtomicBool::new(false);
        let says = [("rank 1 ", false), ("has failed", false), ("mpirun crashes", true)];
        let mut passed = Vec::new();
        pass_on(Job(&stopped, says.iter()), &mut passed, &stopped);
        assert_eq!(String::from_utf8_lossy(&passed), "rank 1 has failed");
    }
}
