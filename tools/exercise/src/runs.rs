//! The runs of a program that is checked.

use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::{io, thread};

#[cfg(target_os = "linux")]
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use witness::{Error, Report, Witness};

/// How long a program may run, and how long where the machine is busy with other things.
const LIMIT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(60);

/// What a program may use, more than any solution needs: what it writes, in bytes, its processes, its descriptors.
const OUTPUT: usize = 64 * 1024;
const PROCESSES: usize = 40;
const DESCRIPTORS: u64 = 100;

/// Why a program is refused.
#[derive(Debug)]
pub enum Refused {
    /// What it does wrong, in a sentence or two.
    Because(String),
    /// It could not be watched.
    Unseen(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Unseen(error)
    }
}

/// What a rule says.
pub type Checked<T = ()> = Result<T, Refused>;

/// It is refused with this sentence.
pub fn refuse<T>(sentence: impl Into<String>) -> Checked<T> {
    Err(Refused::Because(sentence.into()))
}

/// The runs of one program.
pub struct Runs<'a> {
    command: &'a dyn Fn() -> Command,
    last: Option<Report>,
    unchecked: Vec<String>,
}

impl<'a> Runs<'a> {
    /// None yet of the program that `command` starts.
    pub fn of(command: &'a dyn Fn() -> Command) -> Runs<'a> {
        Runs { command, last: None, unchecked: Vec::new() }
    }

    /// The last run, and what could not be checked on this system.
    pub fn end(mut self) -> (Option<Report>, Vec<String>) {
        if let Some(run) = &self.last {
            self.unchecked.extend(run.sight.blind_to().iter().map(|&clause| clause.to_owned()));
        }
        (self.last, self.unchecked)
    }

    /// Runs it with its calls followed.
    pub fn run(&mut self, environment: &[(&str, &str)]) -> Checked<Report> {
        let mut command = (self.command)();
        command.envs(environment.iter().copied());
        let report = watched(command).run_or_look()?;
        self.last = Some(report.clone());
        Ok(report)
    }

    /// Runs it where it may use one CPU only. `None`: that can't be done here.
    #[cfg(target_os = "linux")]
    pub fn run_on_one_cpu(&mut self) -> Checked<Option<Report>> {
        let witness = watched((self.command)());
        // A process may use what the thread may that starts it.
        let run = || match rest_on_one_cpu() {
            Ok(()) => witness.run_or_look(),
            Err(error) => Err(Error::Lost(error.into())),
        };
        let report = thread::scope(|scope| scope.spawn(run).join())
            .unwrap_or_else(|_| Err(Error::Lost(io::Error::other("the run panicked"))))?;
        self.last = Some(report.clone());
        Ok(Some(report))
    }

    /// As above.
    #[cfg(not(target_os = "linux"))]
    pub fn run_on_one_cpu(&mut self) -> Checked<Option<Report>> {
        self.unchecked.push("what it does where it may use fewer CPUs".to_owned());
        Ok(None)
    }

    /// Runs it, and has a process killed when it makes a call for the n-th time. `None`: that can't be done here.
    pub fn run_and_kill(
        &mut self,
        process: usize,
        call: &'static str,
        nth: u64,
    ) -> Checked<Option<Report>> {
        let kill = witness::Moment::Named(call, nth);
        match watched((self.command)()).kill(process, kill).run() {
            Ok(report) => {
                if report.killed().count() == 0 {
                    let never =
                        format!("what happens when a process is killed: it made no call {call}");
                    self.unchecked.push(never);
                }
                self.last = Some(report.clone());
                Ok(Some(report))
            }
            Err(Error::NotAllowed(_) | Error::Unsupported) => {
                self.unchecked.push("what happens when a process is killed".to_owned());
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Runs it, and has signals sent as `with` says. `when` says what is not seen where that can't be done.
    pub fn run_and_signal(
        &mut self,
        environment: &[(&str, &str)],
        when: &str,
        with: impl FnOnce(Witness) -> Witness,
    ) -> Checked<Option<Report>> {
        let mut command = (self.command)();
        command.envs(environment.iter().copied());
        match with(watched(command)).run() {
            Ok(report) => {
                if report.signals == 0 {
                    self.unchecked.push(format!("{when}: that moment did not come"));
                }
                self.last = Some(report.clone());
                Ok((report.signals > 0).then_some(report))
            }
            Err(Error::NotAllowed(_) | Error::Unsupported) => {
                self.unchecked.push("what happens when a signal comes".to_owned());
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn watched(mut command: Command) -> Witness {
    // What a program sends to all of its group is not for this one.
    command.process_group(0);
    // A backtrace costs more time than the work, and its lines come before those that matter.
    command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
    Witness::new(command)
        .limit(LIMIT)
        .patience(PATIENCE)
        .most_output(OUTPUT)
        .most_processes(PROCESSES)
        .most_descriptors(DESCRIPTORS)
        .count_calls()
}

/// This thread may use one of the CPUs only that it could use before.
#[cfg(target_os = "linux")]
fn rest_on_one_cpu() -> nix::Result<()> {
    let this_thread = nix::unistd::Pid::from_raw(0);
    let allowed = sched_getaffinity(this_thread)?;
    let first = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu) == Ok(true));
    let mut one = CpuSet::new();
    one.set(first.unwrap_or(0))?;
    sched_setaffinity(this_thread, &one)
}
