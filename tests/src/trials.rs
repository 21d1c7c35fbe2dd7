//! The list of the tests, and the program that runs them.

use anyhow::Result;
use libtest_mimic::{Arguments, Failed, Trial};

use crate::{snippets, times};

/// A function with `#[test]`, which the package `collected` puts in this list.
#[derive(Debug)]
pub struct Collected {
    /// Its name, with the modules that it stands in.
    pub path: &'static str,
    /// Calls it.
    pub run: fn() -> Result<()>,
}

inventory::collect!(Collected);

/// What a function with `#[test]` may return.
pub trait Outcome {
    /// Whether the test has passed, and if not, why.
    ///
    /// # Errors
    ///
    /// It has failed.
    fn of(self) -> Result<()>;
}

impl Outcome for () {
    fn of(self) -> Result<()> {
        Ok(())
    }
}

impl Outcome for Result<()> {
    fn of(self) -> Result<()> {
        self
    }
}

/// Runs the functions with `#[test]` and the tests that `find` finds, those first that took longest when
/// they ran last, and ends the process.
///
/// Another process of this program works for the snippets' tests; see [`snippets`].
///
/// # Panics
///
/// If it can't set what signals do.
pub fn main(find: impl FnOnce() -> Result<Vec<Trial>>) -> ! {
    snippets::work_if_asked();
    #[cfg(unix)]
    witness::heed_the_keyboard().expect("the signals may be set");
    let mut arguments = Arguments::from_args();
    // As many at once as libtest runs: .cargo/config.toml says it for both.
    if arguments.test_threads.is_none() {
        let threads = std::env::var("RUST_TEST_THREADS").ok();
        arguments.test_threads = threads.and_then(|threads| threads.parse().ok());
    }
    let mut trials = match find() {
        Ok(trials) => trials,
        Err(error) => {
            eprintln!("error: the tests could not be found: {error:#}");
            std::process::exit(101)
        }
    };
    for Collected { path, run } in inventory::iter::<Collected> {
        // Without the name of this program.
        let name = path.split_once("::").map_or(*path, |(_, name)| name);
        trials.push(trial(name, *run));
    }
    times::longest_first(&mut trials);
    let conclusion = libtest_mimic::run(&arguments, trials);
    snippets::dismiss();
    if let Err(error) = times::keep() {
        eprintln!("the times of the tests are not kept: {error:#}");
    }
    conclusion.exit()
}

/// A test with a name, from a function that says what is wrong with all its causes.
pub fn trial(name: impl Into<String>, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    let name = name.into();
    Trial::test(name.clone(), move || {
        times::taken(name, test).map_err(|error| Failed::from(format!("{error:#}")))
    })
}
