//! The program `fork_copies`: what is copied, shared and left behind.
#![cfg(unix)]

use anyhow::{Context as _, Result, ensure};
use tests::rustc::changed;
use tests::{Ended, LIMIT, Stdout, asked, example, run};

fn scenes(arguments: &[&str], stdout: Stdout) -> Result<Ended> {
    run(example("fork_copies", arguments)?, stdout, LIMIT)?.success()
}

/// A scene depends on none before it, and no text of one comes in another.
#[test]
fn the_scenes_one_by_one_write_what_all_write() -> Result<()> {
    let all = scenes(&[], Stdout::Pipe)?;
    let mut one_by_one = String::new();
    for number in 1..=8 {
        one_by_one += &scenes(&["--scene", &number.to_string()], Stdout::Pipe)?.stdout;
    }
    ensure!(one_by_one == all.stdout, "{one_by_one}\nis not\n{}", all.output());
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn pages_are_copied_when_they_are_written_to() -> Result<()> {
    let ended = scenes(&["--scene", "1"], Stdout::Pipe)?;
    let expected = [
        "memory:",
        "  the child has 0 MiB of its own",
        "  it has read all 16 MiB: 0 MiB of its own",
        "  it has changed them: 16 MiB of its own",
        "  the parent still reads 1",
    ];
    ensure!(ended.lines().eq(expected), "{}", ended.output());
    Ok(())
}

/// Wherever C's text goes: what it holds before a fork comes twice, and once where it was flushed.
#[test]
fn the_text_in_the_buffer_of_c_comes_twice_and_once() -> Result<()> {
    for stdout in [Stdout::Pipe, Stdout::File, Stdout::Terminal] {
        let ended = scenes(&["--scene", "4"], stdout)?;
        let count = |what| ended.stdout.matches(what).count();
        ensure!(count("wrong, begun in C") == 2, "{stdout:?}\n{}", ended.output());
        ensure!(count("right, begun in C") == 1, "{stdout:?}\n{}", ended.output());
    }
    Ok(())
}

#[test]
fn its_files_have_no_names_when_it_ends() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut program = example("fork_copies", &[])?;
    program.env("TMPDIR", folder.path());
    run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(folder.path().read_dir()?.next().is_none(), "a file is left");
    Ok(())
}

/// The prediction: without a generator in the parent there is none to copy.
#[test]
fn children_of_a_parent_without_a_generator_draw_different_numbers() -> Result<()> {
    let draw = "    draw(0); // from here on the parent has a generator\n";
    let (_workshop, mut program) = changed("fork_copies", &[(draw, "")])?;
    program.args(["--scene", "2"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let wrong = ended.lines().find(|line| line.contains("one stream")).context("a line")?;
    let numbers = wrong.split_once("3 workers draw ").and_then(|(_, rest)| rest.split_once(' '));
    asked("ask-no-generator")?.number(numbers.context("how many")?.0.parse()?)
}

/// The prediction: who reads first takes all that comes.
#[test]
fn the_first_who_reads_stdin_gets_all_lines() -> Result<()> {
    let first = "    io::stdin().read_line(&mut first)?;\n";
    let (_workshop, mut program) =
        changed("fork_copies", &[(first, ""), ("let mut first", "let first")])?;
    program.args(["--scene", "3"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let lines: Vec<&str> = ended.lines().skip(2).collect();
    let expected = [
        r#"  wrong, the child: ["one", "two", "three", "four"]"#,
        "  and the parent:   []",
        "  right, the child: []",
        "  and the parent:   []",
    ];
    ensure!(lines == expected, "{}", ended.output());
    let got = [0, 1].map(|line: usize| lines[line].matches('"').count() / 2);
    asked("ask-first-reader")?.one(
        &got,
        &[
            ("Both get all four", [4, 4]),
            ("They get the lines in turn.", [2, 2]),
            ("The child gets all four, and the parent none.", [4, 0]),
        ],
    )
}

/// What the page says of Python: which generator is seeded anew, and what stdin is.
#[test]
fn python_seeds_one_generator_anew_and_gives_children_an_empty_stdin() -> Result<()> {
    let text = "
import multiprocessing, random, sys
context = multiprocessing.get_context('fork')
own = random.Random(1)
random.random()
queue = context.SimpleQueue()
for _ in range(2):
    child = context.Process(target=lambda: queue.put((random.random(), own.random(), sys.stdin.read())))
    child.start()
    child.join()
(a, own_a, stdin), (b, own_b, _) = queue.get(), queue.get()
print(a == b, own_a == own_b, repr(stdin))
";
    let mut python = runner::python();
    runner::clean(&mut python);
    let (reader, mut writer) = std::io::pipe()?;
    std::io::Write::write_all(&mut writer, b"a line\n")?;
    drop(writer);
    let output = match python.args(["-c", text]).stdin(reader).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            ensure!(std::env::var_os("CI").is_none(), "python3 is missing");
            eprintln!("not tested: python3 is missing");
            return Ok(());
        }
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(said == "False True ''\n", "{said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
