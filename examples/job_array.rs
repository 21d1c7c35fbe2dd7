//! Many independent jobs: each does its share, and a merge checks that all are there.
//!
//! A share: `cargo run --example job_array -- --index 0 --count 4 --shares DIR`
//!
//! The whole: `cargo run --example job_array -- merge DIR`

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use anyhow::{Context as _, bail, ensure};
use lexopt::{Arg, ValueExt as _};

const LIMIT: usize = 1_000_000;
const MOST: usize = 10_000;

fn is_prime(n: usize) -> bool {
    n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn primes_in(range: Range<usize>) -> usize {
    range.filter(|&n| is_prime(n)).count()
}

/// Which share of how many.
#[derive(Clone, Copy)]
struct Share {
    index: usize,
    count: usize,
}

impl Share {
    fn range(self) -> Range<usize> {
        let bound = |index| LIMIT * index / self.count;
        bound(self.index)..bound(self.index + 1)
    }
}

fn number(name: &str) -> anyhow::Result<Option<usize>> {
    let Some(text) = env::var_os(name) else { return Ok(None) };
    let number = text.to_str().and_then(|text| text.parse().ok());
    number.map(Some).with_context(|| format!("{name} is no number: {}", text.display()))
}

/// The index that whoever started this job has given it, and the count if given too.
fn from_environment() -> anyhow::Result<(Option<usize>, Option<usize>)> {
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        // `--array=1-15:2` has the numbers 1, 3, 5, … 15, and these are 8 jobs.
        let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        let place = id.checked_sub(first);
        let index = place.context("SLURM_ARRAY_TASK_ID is below its MIN")? / step;
        return Ok((Some(index), number("SLURM_ARRAY_TASK_COUNT")?));
    }
    if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        // Kubernetes doesn't tell how many there are.
        return Ok((Some(index), None));
    }
    // GNU parallel counts from 1.
    let index = number("PARALLEL_SEQ")?.map(|seq| seq.saturating_sub(1));
    Ok((index, None))
}

/// Whoever reads the folder finds the whole file or none.
fn write(folder: &Path, share: Share, primes: usize) -> anyhow::Result<()> {
    let Share { index, count } = share;
    let Range { start, end } = share.range();
    fs::create_dir_all(folder)?;
    let name = format!("share-{index}-of-{count}");
    let beside = folder.join(format!(".{name}.{}", process::id()));
    fs::write(&beside, format!("{index} {count} {start} {end} {primes}\n"))
        .and_then(|()| fs::rename(&beside, folder.join(&name)))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| format!("can't write {name}"))
}

fn merge(folder: &Path) -> anyhow::Result<usize> {
    let mut shares: Vec<Option<usize>> = Vec::new();
    let entries = fs::read_dir(folder)
        .with_context(|| format!("no folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("share-") {
            continue;
        }
        let text = fs::read_to_string(&path).context(name.clone())?;
        let numbers: Vec<usize> = text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()
            .context(name.clone())?;
        let [index, count, start, end, primes] = numbers[..] else {
            bail!("{name}: a share has five numbers");
        };
        let whole = (1..=MOST).contains(&count) && index < count;
        ensure!(whole, "{name}: there is no share {index} of {count}");
        if shares.is_empty() {
            shares = vec![None; count];
        }
        ensure!(
            shares.len() == count,
            "{name}: the others are shares of {}",
            shares.len()
        );
        ensure!(
            Share { index, count }.range() == (start..end),
            "{name}: another range"
        );
        let earlier = shares[index].replace(primes);
        ensure!(earlier.is_none(), "{name}: share {index} is there twice");
    }
    ensure!(!shares.is_empty(), "no share in {}", folder.display());
    let missing: Vec<usize> =
        (0..shares.len()).filter(|&i| shares[i].is_none()).collect();
    ensure!(missing.is_empty(), "missing of {} shares: {missing:?}", shares.len());
    Ok(shares.into_iter().flatten().sum())
}

/// What the command line asks for.
enum Command {
    Help,
    Count { share: Share, folder: Option<PathBuf> },
    Merge(PathBuf),
}

fn command(mut words: lexopt::Parser) -> anyhow::Result<Command> {
    let (mut index, mut count, mut folder) = (None, None, None);
    let given = |name: &str, text: String, least: usize, most: usize| {
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let expected = format!("--{name} takes a whole number from {least} to {most}");
        number.with_context(|| format!("{expected}, not '{text}'"))
    };
    while let Some(word) = words.next()? {
        match word {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Long("index") => {
                index = Some(given("index", words.value()?.string()?, 0, MOST - 1)?);
            }
            Arg::Long("count") => {
                count = Some(given("count", words.value()?.string()?, 1, MOST)?);
            }
            Arg::Long("shares") => folder = Some(PathBuf::from(words.value()?)),
            Arg::Value(verb) if verb == "merge" => {
                return Ok(Command::Merge(
                    words.value().context("merge which folder?")?.into(),
                ));
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if index.is_none() || count.is_none() {
        let (its_index, its_count) = from_environment()?;
        (index, count) = (index.or(its_index), count.or(its_count));
    }
    let Some(count) = count.or(index.is_none().then_some(1)) else {
        bail!("there is an index, and no count: give --count");
    };
    ensure!((1..=MOST).contains(&count), "a count is from 1 to {MOST}, not {count}");
    let index = index.unwrap_or(0);
    ensure!(
        index < count,
        "there is no share {index} of {count}: the first has index 0"
    );
    Ok(Command::Count { share: Share { index, count }, folder })
}

fn main() -> anyhow::Result<()> {
    mp::say_nothing_when_nobody_reads();
    let usage = format!(
        "usage: job_array [--index N] [--count N] [--shares DIR]\n       \
         job_array merge DIR\n  \
         --index N    from 0 to {}\n  --count N    from 1 to {MOST}\n",
        MOST - 1
    );
    match command(lexopt::Parser::from_env()) {
        Ok(Command::Help) => print!("{usage}"),
        Ok(Command::Count { share, folder }) => {
            let primes = primes_in(share.range());
            if let Some(folder) = folder {
                write(&folder, share, primes)?;
            }
            let (Share { index, count }, range) = (share, share.range());
            println!("share {index} of {count}: {primes} primes in {range:?}");
        }
        Ok(Command::Merge(folder)) => {
            let total = merge(&folder)?;
            println!("{total} primes below {LIMIT}");
            ensure!(total == 78_498, "there are 78498 primes below {LIMIT}");
        }
        Err(error) => {
            eprint!("error: {error:#}\n{usage}");
            process::exit(2);
        }
    }
    Ok(())
}
