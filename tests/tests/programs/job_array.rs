//! `job_array`: where the index and the count come from, and what the merge refuses.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use tests::{Ended, LIMIT, Stdout, asked, example};

/// Runs it with these variables.
fn run(variables: &[(&str, &str)], arguments: &[&str]) -> Result<Ended> {
    let mut command = example("job_array", arguments)?;
    command.envs(variables.iter().copied());
    tests::run(command, Stdout::Pipe, LIMIT)
}

/// Variables, arguments, and what is expected.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);

/// Each of so many that one is computed at once.
const SLURM: [(&str, &str); 4] = [
    ("SLURM_ARRAY_TASK_ID", "7"),
    ("SLURM_ARRAY_TASK_MIN", "1"),
    ("SLURM_ARRAY_TASK_STEP", "2"),
    ("SLURM_ARRAY_TASK_COUNT", "1000"),
];
const KUBERNETES: (&str, &str) = ("JOB_COMPLETION_INDEX", "5");
const PARALLEL: (&str, &str) = ("PARALLEL_SEQ", "9");

#[test]
fn index_and_count_come_from_whoever_starts_it_and_the_command_line_goes_first() -> Result<()> {
    let together = [SLURM.as_slice(), &[KUBERNETES, PARALLEL]].concat();
    let of_kubernetes = [KUBERNETES, PARALLEL];
    let cases: [Case; 10] = [
        (&[], &["--index", "2", "--count", "1000"], "share 2 of 1000: "),
        (&SLURM, &[], "share 3 of 1000: "),
        // Without MIN and STEP the numbers begin at 0 and have no gaps.
        (&[SLURM[0], SLURM[3]], &[], "share 7 of 1000: "),
        (&SLURM, &["--count", "2000"], "share 3 of 2000: "),
        (&SLURM, &["--index", "4"], "share 4 of 1000: "),
        (&SLURM, &["--index", "4", "--count", "3000"], "share 4 of 3000: "),
        (&together, &[], "share 3 of 1000: "),
        (&of_kubernetes, &["--count", "1000"], "share 5 of 1000: "),
        // GNU parallel counts from 1.
        (&[PARALLEL], &["--count", "1000"], "share 8 of 1000: "),
        (&[], &["--count", "1000"], "share 0 of 1000: "),
    ];
    for (variables, arguments, expected) in cases {
        let ended = run(variables, arguments)?.success()?;
        ensure!(ended.stdout.starts_with(expected), "{variables:?} {arguments:?}: {ended:?}");
    }
    // What is not asked for may be anything.
    let ended = run(&[("SLURM_ARRAY_TASK_ID", "x")], &["--index", "2", "--count", "1000"])?;
    ended.success()?;
    Ok(())
}

#[test]
fn bad_values_are_named_and_it_exits_with_2() -> Result<()> {
    let slurm = |name, value| [SLURM[0], (name, value)];
    let cases: [Case; 15] = [
        (&[("SLURM_ARRAY_TASK_ID", "x")], &[], "SLURM_ARRAY_TASK_ID is no number: x"),
        (&[("SLURM_ARRAY_TASK_ID", "")], &[], "SLURM_ARRAY_TASK_ID is no number"),
        (&[("SLURM_ARRAY_TASK_ID", "-1")], &[], "SLURM_ARRAY_TASK_ID is no number: -1"),
        (&slurm("SLURM_ARRAY_TASK_MIN", "8"), &["--count", "9"], "is below its MIN"),
        (&slurm("SLURM_ARRAY_TASK_COUNT", "7"), &[], "there is no share 7 of 7"),
        (&slurm("SLURM_ARRAY_TASK_COUNT", "0"), &[], "a count is from 1 to 10000, not 0"),
        (&slurm("SLURM_ARRAY_TASK_COUNT", "70000"), &[], "from 1 to 10000, not 70000"),
        (&[("JOB_COMPLETION_INDEX", "1e3")], &["--count", "9"], "JOB_COMPLETION_INDEX is no"),
        // Kubernetes doesn't tell how many there are.
        (&[KUBERNETES], &[], "there is an index, and no count: give --count"),
        (&[PARALLEL], &[], "there is an index, and no count: give --count"),
        (&[], &["--index", "1"], "there is an index, and no count: give --count"),
        (&[], &["--index", "4", "--count", "4"], "there is no share 4 of 4: the first has index 0"),
        (&[], &["--index", "x", "--count", "4"], "--index takes a whole number from 0 to 9999"),
        (&[], &["--count", "10001"], "--count takes a whole number from 1 to 10000"),
        (&[], &["merge"], "merge which folder?"),
    ];
    for (variables, arguments, expected) in cases {
        let ended = run(variables, arguments)?;
        let right = ended.status.code() == Some(2) && ended.stderr.contains(expected);
        ensure!(right, "{variables:?} {arguments:?}: {ended:?}");
        ensure!(ended.stdout.is_empty() && ended.stderr.contains("usage: job_array"), "{ended:?}");
    }
    Ok(())
}

/// A folder with all shares of a count that is quick.
fn shares(folder: &Path, count: usize) -> Result<()> {
    for index in 0..count {
        let (index, count) = (index.to_string(), count.to_string());
        let folder = folder.to_str().context("a temporary folder has a plain name")?;
        run(&[], &["--index", &index, "--count", &count, "--shares", folder])?.success()?;
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[test]
fn the_merge_wants_every_share_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = &folder.path().join("made/by/the/first");
    shares(folder, 4)?;
    ensure!(names(folder)? == [0, 1, 2, 3].map(|index| format!("share-{index}-of-4")));
    let merge = || run(&[], &["merge", folder.to_str().context("a plain name")?]);
    ensure!(merge()?.success()?.stdout == "78498 primes below 1000000\n");

    let good = fs::read_to_string(folder.join("share-1-of-4"))?;
    let changes: [(&str, Option<&str>, &str); 9] = [
        ("share-1-of-4", None, "missing of 4 shares: [1]"),
        ("share-copy-of-1", Some(&good), "share 1 is there twice"),
        // Of another run, with other shares.
        ("share-1-of-8", Some("1 8 125000 250000 10310\n"), "the others are shares of"),
        ("share-1-of-4", Some("1 4 0 250000 22044\n"), "another range"),
        ("share-1-of-4", Some("4 4 1000000 1250000 9\n"), "there is no share 4 of 4"),
        ("share-1-of-4", Some("1 4 250000 500000\n"), "a share has five numbers"),
        ("share-1-of-4", Some("1 4 250000 500000 many\n"), "invalid digit"),
        ("share-1-of-4", Some(""), "a share has five numbers"),
        // All are there, and one is wrong.
        ("share-1-of-4", Some("1 4 250000 500000 19495\n"), "there are 78498 primes"),
    ];
    for (name, text, expected) in changes {
        let file = folder.join(name);
        match text {
            None => fs::remove_file(&file)?,
            Some(text) => fs::write(&file, text)?,
        }
        let ended = merge()?;
        ensure!(ended.status.code() == Some(1), "{name} {text:?}: {ended:?}");
        ensure!(ended.stderr.contains(expected), "{name} {text:?}: {ended:?}");
        if name != "share-1-of-4" {
            fs::remove_file(file)?;
        }
        fs::write(folder.join("share-1-of-4"), &good)?;
    }
    merge()?.success()?;

    // One share is missing, and is then counted again.
    fs::remove_file(folder.join("share-2-of-4"))?;
    let ended = merge()?;
    let is_error = ended.status.code() == Some(1) && ended.stdout.is_empty();
    let names_it = is_error && ended.stderr.contains("missing of 4 shares: [2]");
    let one = ["--index", "2", "--count", "4", "--shares", folder.to_str().context("a name")?];
    run(&[], &one)?.success()?;
    let one_is_enough = merge()?.success()?.stdout == "78498 primes below 1000000\n";
    asked("ask-missing-share")?.each(&[
        ("A sum that is too small.", !is_error),
        ("An error that names the share. You start that share again.", names_it && one_is_enough),
        ("An error. You start all four again.", is_error && !one_is_enough),
        // It has ended.
        ("It waits", false),
    ])
}

#[test]
fn the_merge_of_nothing_fails() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (path, expected) in
        [(folder.path().to_owned(), "no share in"), (folder.path().join("none"), "no folder")]
    {
        let ended = run(&[], &["merge", path.to_str().context("a plain name")?])?;
        ensure!(ended.status.code() == Some(1) && ended.stderr.contains(expected), "{ended:?}");
    }
    Ok(())
}

#[test]
fn nothing_half_written_is_left_or_taken() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_str().context("a plain name")?;
    // The place is taken, so the last step fails.
    fs::create_dir_all(folder.path().join("share-0-of-1000/in the way"))?;
    let ended = run(&[], &["--index", "0", "--count", "1000", "--shares", path])?;
    ensure!(ended.status.code() == Some(1), "{ended:?}");
    ensure!(ended.stderr.contains("can't write share-0-of-1000"), "{ended:?}");
    ensure!(names(folder.path())? == ["share-0-of-1000"], "{:?}", names(folder.path())?);

    // What a killed run has left beside its place is no share.
    let folder = tempfile::tempdir()?;
    shares(folder.path(), 2)?;
    let whole = folder.path().join("share-1-of-2");
    fs::rename(&whole, folder.path().join(".share-1-of-2.4711"))?;
    let ended = run(&[], &["merge", folder.path().to_str().context("a plain name")?])?;
    asked("ask-half-a-share")?.each(&[
        ("Half a share", ended.status.success()),
        ("No share: it is missing.", ended.stderr.contains("missing of 2 shares: [1]")),
        ("A share that is empty.", ended.stderr.contains("a share has five numbers")),
    ])
}

/// Two pods have the same process ids, and two machines may: whatever lies there, by whatever name, is another's.
#[test]
fn what_another_job_is_writing_stays_as_it_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let others: Vec<_> = (std::process::id()..)
        .take(5000)
        .chain(0..3)
        .map(|number| folder.path().join(format!(".share-0-of-1000.{number}")))
        .collect();
    for other in &others {
        fs::write(other, "half of another's li")?;
    }
    let path = folder.path().to_str().context("a plain name")?;
    run(&[], &["--index", "0", "--count", "1000", "--shares", path])?.success()?;
    for other in others {
        let text = fs::read_to_string(&other).with_context(|| other.display().to_string())?;
        ensure!(text == "half of another's li", "{}: {text}", other.display());
    }
    ensure!(fs::read_to_string(folder.path().join("share-0-of-1000"))? == "0 1000 0 1000 168\n");
    Ok(())
}

#[test]
fn a_share_that_is_done_again_takes_the_place_of_the_first() -> Result<()> {
    let folder = tempfile::tempdir()?;
    shares(folder.path(), 2)?;
    shares(folder.path(), 2)?;
    let ended = run(&[], &["merge", folder.path().to_str().context("a plain name")?])?;
    ended.success()?;
    Ok(())
}
