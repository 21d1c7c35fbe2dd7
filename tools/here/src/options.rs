//! The options of a program, from what it says to `--help`: each takes a whole number in a range. One that takes the
//! name of a file is none that a page may give.

use std::collections::BTreeMap;

use serde::Serialize;

/// An option of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opt {
    /// Its name without the dashes.
    pub name: String,
    /// What it is when it isn't given.
    pub default: u64,
    /// The least that it takes.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// The options of a program that prints this usage: a line such as
/// `  --workers N    from 1 to 64 (default 4)` for each.
pub fn parse(usage: &str) -> Vec<Opt> {
    usage.lines().filter_map(option).collect()
}

fn option(line: &str) -> Option<Opt> {
    let (name, range) = line.trim().strip_prefix("--")?.split_once(" N ")?;
    let (least, rest) = range.trim().strip_prefix("from ")?.split_once(" to ")?;
    let (most, default) = rest.strip_suffix(')')?.split_once(" (default ")?;
    let [least, most, default] = [least, most, default].map(|number| number.parse().ok());
    Some(Opt { name: name.to_owned(), default: default?, least: least?, most: most? })
}

/// The words of a command line that gives these values.
///
/// # Errors
/// What the program doesn't take: an option that it hasn't, or a number out of its range.
pub fn words(options: &[Opt], given: &BTreeMap<String, u64>) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    for (name, value) in given {
        let Some(option) = options.iter().find(|option| option.name == *name) else {
            return Err(format!("it has no option --{name} that takes a number"));
        };
        let Opt { least, most, .. } = option;
        if !(least..=most).contains(&value) {
            return Err(format!(
                "--{name} takes a whole number from {least} to {most}, not {value}"
            ));
        }
        words.extend([format!("--{name}"), value.to_string()]);
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USAGE: &str = "usage: program [--workers N] [--svg FILE]\n  \
        --workers N    from 1 to 64 (default 4)\n  --svg FILE    written where it is asked for\n";

    fn given(name: &str, value: u64) -> Result<Vec<String>, String> {
        words(&parse(USAGE), &BTreeMap::from([(name.to_owned(), value)]))
    }

    #[test]
    fn options_come_from_the_usage() {
        let workers = Opt { name: "workers".to_owned(), default: 4, least: 1, most: 64 };
        assert_eq!(parse(USAGE), [workers]);
        assert_eq!(parse("usage: program    (it takes no arguments)\n"), []);
    }

    #[test]
    fn only_what_is_in_range_becomes_words() {
        assert_eq!(given("workers", 8), Ok(vec!["--workers".to_owned(), "8".to_owned()]));
        for (name, value) in [("workers", 0), ("workers", 65), ("svg", 1), ("help", 1), ("", 1)] {
            let refused = given(name, value);
            assert!(refused.as_ref().is_err_and(|why| why.contains(name)), "{refused:?}");
        }
    }
}
