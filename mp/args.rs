use std::env;
use std::io;
use std::ops::RangeInclusive;
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use lexopt::Arg;

/// One option of a program: its name without the dashes, its default, and what it accepts.
type Opt<'a> = (&'a str, usize, RangeInclusive<usize>);

/// Reads the command line of one of the book's programs: numbers, each with a name.
///
/// `options` lists `(name, default, range)`; the answer holds their values in the same order. For
/// a program of your own, take clap.
///
/// # Exits
///
/// `--help` prints what the program takes and ends it with exit code 0. Anything unexpected says on
/// stderr what is expected and ends the program with exit code 2.
///
/// # When nobody reads
///
/// `println!` panics when stdout's reader has ended, as `head -1` does after a line. From this call on
/// such a panic, and each that comes after it, prints no message. It unwinds like any other, so that
/// children are ended and reaped, and the exit code is 101.
///
/// # Examples
///
/// ```
/// let [workers, tasks] = mp::args([("workers", 4, 1..=64), ("tasks", 1_000, 1..=1_000_000)]);
/// assert_eq!((workers, tasks), (4, 1_000)); // nothing was given
/// ```
#[must_use]
pub fn args<const N: usize>(options: [Opt; N]) -> [usize; N] {
    args_and_files(options, []).0
}

/// As [`args()`], and after the numbers the paths of files: `files` lists their names without the
/// dashes, and what was not given is `None`.
///
/// # Exits
///
/// As [`args()`].
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "it reads better where it is called")]
pub fn args_and_files<const N: usize, const M: usize>(
    options: [Opt; N],
    files: [&str; M],
) -> ([usize; N], [Option<PathBuf>; M]) {
    say_nothing_when_nobody_reads();
    let mut words = env::args_os();
    let path = words.next().unwrap_or_default();
    let program = Path::new(&path).file_stem().unwrap_or(&path).to_string_lossy();
    match parse(lexopt::Parser::from_args(words), &options, &files) {
        Ok(Some(values)) => values,
        Ok(None) => {
            print!("{}", usage(&program, &options, &files));
            process::exit(0);
        }
        Err(message) => {
            eprint!("error: {message}\n{}", usage(&program, &options, &files));
            process::exit(2);
        }
    }
}

/// What [`args()`] does for programs whose arguments it does not read: from this call on, the panic of
/// a `println!` that nobody reads any more prints no message, and neither does one that follows.
pub fn say_nothing_when_nobody_reads() {
    static ONCE: Once = Once::new();
    static NOBODY_READS: AtomicBool = AtomicBool::new(false);
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_of_a_broken_stdout(info) {
                NOBODY_READS.store(true, Ordering::Relaxed);
            }
            if !NOBODY_READS.load(Ordering::Relaxed) {
                usual(info);
            }
        }));
    });
}

/// The message is all that `println!` gives.
fn is_of_a_broken_stdout(info: &PanicHookInfo) -> bool {
    // EPIPE, and ERROR_NO_DATA on Windows.
    let broken = io::Error::from_raw_os_error(if cfg!(windows) { 232 } else { 32 });
    let message = info.payload().downcast_ref::<String>();
    message.is_some_and(|message| *message == format!("failed printing to stdout: {broken}"))
}

type Values<const N: usize, const M: usize> = ([usize; N], [Option<PathBuf>; M]);

/// The values in the order of `options` and `files`, `None` where help was asked for.
fn parse<const N: usize, const M: usize>(
    mut words: lexopt::Parser,
    options: &[Opt; N],
    files: &[&str; M],
) -> Result<Option<Values<N, M>>, String> {
    let mut values = options.each_ref().map(|(_, default, _)| *default);
    let mut paths = [const { None }; M];
    while let Some(word) = words.next().map_err(|e| e.to_string())? {
        if matches!(word, Arg::Long("help") | Arg::Short('h')) {
            return Ok(None);
        }
        let Arg::Long(name) = &word else {
            return Err(word.unexpected().to_string());
        };
        if let Some(place) = files.iter().position(|file| file == name) {
            let name = files[place];
            match words.value() {
                Ok(path) if !path.is_empty() => paths[place] = Some(path.into()),
                _ => return Err(format!("--{name} takes the name of a file, and none was given")),
            }
            continue;
        }
        let Some(place) = options.iter().position(|option| option.0 == *name) else {
            return Err(word.unexpected().to_string());
        };
        let (name, _, range) = &options[place];
        let expected = format!("--{name} takes a whole number {}", shown(range));
        let text = words.value().map_err(|_| format!("{expected}, and none was given"))?;
        let text = text.to_string_lossy();
        match text.parse() {
            Ok(number) if range.contains(&number) => values[place] = number,
            _ => return Err(format!("{expected}, not '{text}'")),
        }
    }
    Ok(Some((values, paths)))
}

fn usage(program: &str, options: &[Opt], files: &[&str]) -> String {
    if options.is_empty() && files.is_empty() {
        return format!("usage: {program}    (it takes no arguments)\n");
    }
    let mut first = format!("usage: {program}");
    let mut lines = String::new();
    for (name, default, range) in options {
        first = format!("{first} [--{name} N]");
        lines = format!("{lines}  --{name} N    {} (default {default})\n", shown(range));
    }
    for name in files {
        first = format!("{first} [--{name} FILE]");
        lines = format!("{lines}  --{name} FILE    the name of a file\n");
    }
    format!("{first}\n{lines}")
}

fn shown(range: &RangeInclusive<usize>) -> String {
    format!("from {} to {}", range.start(), range.end())
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn numbers(words: &[&str]) -> Result<Option<[usize; 2]>, String> {
        let options = [("workers", 4, 1..=64), ("tasks", 10, 0..=1000)];
        Ok(parse(lexopt::Parser::from_args(words), &options, &[])?.map(|values| values.0))
    }

    #[test]
    fn values_stand_in_the_order_of_the_options() {
        assert_eq!(numbers(&[]), Ok(Some([4, 10])));
        assert_eq!(numbers(&["--tasks", "0", "--workers=64"]), Ok(Some([64, 0])));
        assert_eq!(numbers(&["--help"]), Ok(None));
    }

    #[test]
    fn a_bad_word_says_what_is_expected() {
        let expected = "--workers takes a whole number from 1 to 64";
        for bad in ["0", "65", "x", "-1", "1.5", ""] {
            let message = numbers(&["--workers", bad]).unwrap_err();
            assert_eq!(message, format!("{expected}, not '{bad}'"));
        }
        let message = numbers(&["--workers"]).unwrap_err();
        assert_eq!(message, format!("{expected}, and none was given"));
        for unknown in ["--threads", "-w", "stray"] {
            let message = numbers(&[unknown]).unwrap_err();
            assert!(message.contains(unknown), "{message}");
        }
    }

    #[test]
    fn files_have_names() {
        let path = |words: &[&str]| {
            parse(lexopt::Parser::from_args(words), &[("tasks", 1, 0..=9)], &["svg"])
        };
        assert_eq!(path(&["--svg", "a.svg"]), Ok(Some(([1], [Some("a.svg".into())]))));
        assert_eq!(path(&["--tasks=2"]), Ok(Some(([2], [None]))));
        for bad in [&["--svg"][..], &["--svg="], &["--svg", ""]] {
            let message = path(bad).unwrap_err();
            assert_eq!(message, "--svg takes the name of a file, and none was given");
        }
    }
}
