//! The programs `rayon_tour`, `pipeline` and `order_per_key`: the right result with any number of
//! workers, order where order is promised, pieces held back, failures that end a program, and the
//! changes of which their pages say that they break it.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{Fate, Workshop, changed, fate, hangs};
use tests::{Ended, LIMIT, Running, Stdout, asked, example, run};

fn run_example(name: &str, arguments: &str) -> Result<Ended> {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let ended = run(example(name, &arguments)?, Stdout::Pipe, LIMIT);
    ended.with_context(|| format!("{name} {}", arguments.join(" ")))
}

fn lines(ended: &Ended) -> Vec<&str> {
    ended.lines().collect()
}

/// A row of the picture, without what the pipeline is about.
fn row(number: u8, steps: usize) -> String {
    let place = |n: u8, of: u8| (2.0 * f64::from(n) + 1.0 - f64::from(of)) / f64::from(of);
    let shade = |column| {
        let mut z = [1.5 * place(column, 72), 1.15 * place(number - 1, 24)];
        let mut step = 0;
        while step < steps && z[0] * z[0] + z[1] * z[1] < 4.0 {
            z = [z[0] * z[0] - z[1] * z[1] - 0.123, 2.0 * z[0] * z[1] + 0.745];
            step += 1;
        }
        char::from(b" .:-=+*#%@"[9 * step / steps])
    };
    (0..72).map(shade).collect::<String>().trim_end().to_owned()
}

fn rows(steps: usize) -> Vec<String> {
    (1..=24).map(|number| row(number, steps)).collect()
}

// ------------------------------------------------------------------------------------- pipeline

#[test]
fn pipeline_is_in_order_however_narrow_it_is() -> Result<()> {
    for steps in [1, 30, 20_000] {
        let expected = rows(steps);
        for (workers, room) in [(1, 1), (2, 3), (3, 2), (8, 1), (8, 1000), (64, 8)] {
            let arguments = format!("--steps {steps} --workers {workers} --room {room}");
            let ended = run_example("pipeline", &arguments)?.success()?;
            ensure!(lines(&ended)[..24] == expected[..], "{arguments}\n{}", ended.output());
        }
    }
    Ok(())
}

#[test]
fn pipeline_ends_with_an_error_when_a_task_fails() -> Result<()> {
    // What was done when the row got its ticket is printed, and no more than what comes before it.
    let printed_of = |place: usize, room| place.saturating_sub(room)..place;
    asked("ask-before-the-error")?.each(&[
        ("Row 7 is always printed.", printed_of(15, 8).all(|printed| printed >= 7)),
        ("Row 16 can be printed.", printed_of(15, 8).any(|printed| printed >= 16)),
        ("With `--room 20` row 7 is certain too.", printed_of(15, 20).all(|printed| printed >= 7)),
    ])?;
    for place in [1_usize, 9, 15, 24] {
        for (workers, room) in [(1, 1), (8, 1), (4, 8), (4, 20), (64, 1000)] {
            for (option, reason) in
                [("fail", "the task fails, as --fail says"), ("panic", "the task panicked")]
            {
                let arguments = format!("--{option} {place} --workers {workers} --room {room}");
                let ended = run_example("pipeline", &arguments)?;
                let named = format!("Error: row {place}\n");
                ensure!(
                    ended.status.code() == Some(1)
                        && ended.stderr.contains(&named)
                        && ended.stderr.contains(reason),
                    "{arguments}: {}\n{}",
                    ended.status,
                    ended.output()
                );
                let (printed, possible) = (ended.lines().count(), printed_of(place, room));
                ensure!(
                    possible.contains(&printed),
                    "{arguments}: {possible:?} lines\n{}",
                    ended.output()
                );
            }
        }
    }
    Ok(())
}

/// The prediction: the end passes from stage to stage. Each says when it has come to its own, before it drops what it sends by.
#[test]
fn the_end_of_the_pipeline_passes_along() -> Result<()> {
    let (_workshop, program) = changed(
        "pipeline",
        &[
            (
                "        scope.spawn(move || cut(&tickets, &rows));\n",
                "        scope.spawn(move || {\n            cut(&tickets, &rows);\n            println!(\"end 0\");\n            drop(rows);\n        });\n",
            ),
            (
                "        let Ok(number) = next else { break };\n",
                "        let Ok(number) = next else { println!(\"end 1\"); break };\n",
            ),
            (
                "            scope.spawn(move || draw(&to_draw, &drawn, task));\n",
                "            scope.spawn(move || {\n                draw(&to_draw, &drawn, task);\n                println!(\"end 2\");\n            });\n",
            ),
            (
                "    ensure!(picture.len() == usize::from(ROWS), ",
                "    println!(\"end 3\");\n    ensure!(picture.len() == usize::from(ROWS), ",
            ),
        ],
    )?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let ends: Vec<usize> =
        ended.lines().filter_map(|line| line.strip_prefix("end ")?.parse().ok()).collect();
    let at = |n| ends.iter().position(|&end| end == n);
    // Of the workers the first finds the queue empty, and the last drops the last sender.
    let last = ends.iter().rposition(|&end| end == 2);
    let mut seen = [(at(0), 0), (at(1), 1), (last, 2), (at(3), 3)];
    ensure!(seen.iter().all(|(at, _)| at.is_some()), "{}", ended.output());
    seen.sort_unstable();
    let asked = asked("ask-end-of-a-pipeline")?;
    let places = asked.places(&[
        "Stage 1 returns",
        "A worker of stage 2 finds no more rows",
        "The last worker returns",
        "Stage 3 comes to the end",
    ])?;
    asked.order(|order| order == seen.map(|(_, line)| places[line]))
}

/// A pipeline that tells which rows it cuts, and stops at `place` until a file is there.
fn held_back_at(place: (&str, &str)) -> Result<()> {
    let gate = r#"if GATE.swap(false, std::sync::atomic::Ordering::Relaxed) {
        while !std::path::Path::new(&std::env::var("GATE").unwrap()).exists() {
            thread::sleep(std::time::Duration::from_millis(5));
        }
        println!("the gate is open");
    }"#;
    let (workshop, mut program) = changed(
        "pipeline",
        &[
            (
                "const ROWS",
                "static GATE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);\nconst ROWS",
            ),
            (
                "|| rows.send(number).is_err()",
                "|| { println!(\"cut {number}\"); rows.send(number).is_err() }",
            ),
            (place.0, &place.1.replace("GATE", gate)),
        ],
    )?;
    let room = 5;
    let file = workshop.folder().join("gate");
    program.args(["--room", "5"]).env("GATE", &file);
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line == format!("cut {room}"))?;
    // Time to do what it must not do.
    thread::sleep(Duration::from_millis(300));
    fs::write(file, "")?;
    let ended = running.end()?.success()?;
    let before: Vec<&str> = ended.lines().take_while(|line| *line != "the gate is open").collect();
    let expected: Vec<String> = (1..=room).map(|number| format!("cut {number}")).collect();
    ensure!(before == expected, "{}", ended.output());
    ensure!(ended.stdout.contains("never more than 5 rows on their way\n"), "{}", ended.output());
    Ok(())
}

#[test]
fn a_slow_last_stage_holds_the_first_one_back() -> Result<()> {
    held_back_at(("let on_their_way =", "GATE let on_their_way ="))
}

#[test]
fn one_slow_row_holds_the_first_stage_back() -> Result<()> {
    let task = "ensure!(usize::from(number) != fail";
    held_back_at((task, &format!("if number == 1 {{ GATE }} {task}")))
}

#[test]
fn pipeline_notices_more_rows_than_room() -> Result<()> {
    let task = "ensure!(usize::from(number) != fail";
    let slow =
        format!("if number == 1 {{ thread::sleep(std::time::Duration::from_secs(2)); }} {task}");
    let (_workshop, program) = changed(
        "pipeline",
        &[
            ("let (free, tickets) = sync_channel(room)", "let (free, tickets) = sync_channel(100)"),
            ("for _ in 0..room", "for _ in 0..100"),
            (task, &slow),
        ],
    )?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(
        ended.status.code() == Some(1) && ended.stderr.contains("rows on their way"),
        "{}\n{}",
        ended.status,
        ended.output()
    );
    Ok(())
}

#[test]
fn pipeline_hangs_when_the_tickets_outlive_stage_3() -> Result<()> {
    let (_workshop, program) =
        changed("pipeline", &[("thread::scope(move |scope|", "thread::scope(|scope|")])?;
    hangs(program, &["--fail", "15"], &row(7, 30))
}

#[test]
fn pipeline_hangs_when_a_sender_is_left() -> Result<()> {
    let (_workshop, program) =
        changed("pipeline", &[("drop((to_draw, drawn));", "drop(to_draw);")])?;
    hangs(program, &[], &row(24, 30))
}

#[test]
fn pipeline_hangs_when_a_panic_takes_a_ticket_along() -> Result<()> {
    let (_workshop, program) = changed(
        "pipeline",
        &[
            ("use std::panic::{AssertUnwindSafe, catch_unwind};\n", ""),
            ("catch_unwind(AssertUnwindSafe(|| task(number)))\n", "task(number);\n"),
            ("            .unwrap_or_else(|_| Err(anyhow!(\"the task panicked\")));\n", ""),
            ("use anyhow::{Context, anyhow, ensure};", "use anyhow::{Context, ensure};"),
        ],
    )?;
    hangs(program, &["--panic", "15"], &row(7, 30))
}

// -------------------------------------------------------------------------------- order_per_key

const RESTS: [(&str, usize); 4] = [("anna", 1), ("ben", 2), ("chen", 3), ("dora", 4)];

#[test]
fn order_per_key_holds_with_any_number_of_workers() -> Result<()> {
    for run in 0..5 {
        for workers in [1, 2, 3, 4, 5, 6, 7, 8, 64] {
            let rounds = [1, 10, 200][run % 3];
            let arguments = format!("--workers {workers} --rounds {rounds}");
            let ended = run_example("order_per_key", &arguments)?.success()?;
            let mut expected = Vec::new();
            expected.push("a queue for each worker:".to_owned());
            for (name, rest) in RESTS {
                expected.push(format!("  {name} {}, refused 0", rest * rounds));
            }
            expected.push("with the bonus:".to_owned());
            for (name, rest) in RESTS {
                // The balances are in the proportion 1 to 2 to 3 to 4: 100 for each tenth.
                expected.push(format!("  {name} {}, refused 0", rest * (rounds + 100)));
            }
            ensure!(lines(&ended)[5..] == expected[..], "{arguments}\n{}", ended.output());
        }
    }
    Ok(())
}

#[test]
fn one_queue_for_two_workers_breaks_the_order_in_each_run() -> Result<()> {
    for run in 0..20 {
        let rounds = [1, 2, 10, 200][run % 4];
        let ended = run_example("order_per_key", &format!("--rounds {rounds}"))?.success()?;
        let mut expected = vec!["one queue for two workers:".to_owned()];
        for (name, rest) in RESTS {
            // The first withdrawal is refused, and what it would have taken stays.
            let balance = rest * rounds + 1000 - rest;
            expected.push(format!("  {name} {balance}, refused 1"));
        }
        ensure!(lines(&ended)[..5] == expected[..], "{}", ended.output());
    }
    Ok(())
}

#[test]
fn withdrawals_in_a_queue_of_their_own_are_refused() -> Result<()> {
    let (_workshop, mut program) = changed(
        "order_per_key",
        &[("queues[worker_of(event.0, workers)]", "queues[usize::from(event.1 > 0)]")],
    )?;
    program.args(["--workers", "2"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(!lines(&ended)[6..10].iter().any(|line| line.ends_with(" 10, refused 0")));
    Ok(())
}

// ----------------------------------------------------------------------------------- rayon_tour

#[test]
fn rayon_tour_is_the_same_with_any_number_of_threads() -> Result<()> {
    for workers in 1..=8 {
        let arguments = format!("--limit 100000 --workers {workers}");
        let ended = run_example("rayon_tour", &arguments)?.success()?;
        let seen = lines(&ended);
        let mut came = seen[3..7].to_vec();
        came.sort_unstable();
        let (threads, tasks) =
            (format!("a pool of {workers} threads"), format!("1024 tasks on {workers} threads"));
        let expected = [
            (0, threads.as_str()),
            (1, "9592 primes below 100000"),
            (2, "in order: [1229, 168, 25, 4]"),
            (7, "2986 digits, and 16 buffers for 1024 numbers"),
            (8, &tasks),
            (11, "a task panics"),
            (12, "the caller gets: Err(\"attempt to divide by zero\")"),
            (13, "and again, without the 0: 2283"),
            (14, "sorted: [1, 1, 3, 3, 4, 4, 5, 5, 9, 9]"),
            (15, "1 to 8 subtracted in one piece: -36, in eight: 0"),
        ];
        for (place, line) in expected {
            ensure!(seen[place] == line, "{arguments}: not `{line}`\n{}", ended.output());
        }
        ensure!(
            came == [
                "as it comes: 1229 primes below 10000",
                "as it comes: 168 primes below 1000",
                "as it comes: 25 primes below 100",
                "as it comes: 4 primes below 10",
            ],
            "{}",
            ended.output()
        );
    }
    let ended = run_example("rayon_tour", "")?.success()?;
    ensure!(lines(&ended)[1] == "78498 primes below 1000000", "{}", ended.output());
    let ended = run_example("rayon_tour", "--limit 100000 --workers 8")?.success()?;
    let buffers = lines(&ended)[7].split_once("and ").and_then(|(_, rest)| rest.split_once(' '));
    asked("ask-buffers")?.number(buffers.context("how many")?.0.parse()?)
}

#[test]
fn the_environment_sets_the_number_of_threads() -> Result<()> {
    let mut program = example("rayon_tour", &["--limit", "100", "--workers", "0"])?;
    program.env("RAYON_NUM_THREADS", "3");
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(lines(&ended)[0] == "a pool of 3 threads", "{}", ended.output());
    Ok(())
}

#[test]
fn rayon_tour_hangs_when_its_only_thread_waits() -> Result<()> {
    let scope = [("pool.in_place_scope(", "pool.scope(")];
    let (_workshop, mut program) = changed("rayon_tour", &scope)?;
    program.args(["--limit", "100", "--workers", "4"]);
    let four = match run(program, Stdout::Pipe, LIMIT) {
        Ok(ended) if ended.status.success() => Fate::Ends,
        Ok(_) => Fate::Fails,
        Err(_) => Fate::Hangs,
    };
    let (_workshop, program) = changed("rayon_tour", &scope)?;
    let one = fate(program, &["--limit", "100", "--workers", "1"], "in order")?;
    asked("ask-only-thread")?.one(
        &[four, one],
        &[
            ("It works with both.", [Fate::Ends, Fate::Ends]),
            ("It hangs with both.", [Fate::Hangs, Fate::Hangs]),
            ("It works with four threads and hangs with one.", [Fate::Ends, Fate::Hangs]),
            ("It doesn't compile.", [Fate::Refused, Fate::Refused]),
        ],
    )
}

#[cfg(unix)]
#[test]
fn a_panic_in_a_spawned_task_aborts_the_program() -> Result<()> {
    use std::os::unix::process::ExitStatusExt as _;

    let text = "fn main() {
        rayon::spawn(|| panic!(\"nobody waits for this\"));
        std::thread::sleep(std::time::Duration::from_secs(60));
    }";
    let workshop = Workshop::new(&["rayon"])?;
    let ended = run(workshop.program("spawned", text)?, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.signal() == Some(6), "{}\n{}", ended.status, ended.output());
    Ok(())
}
