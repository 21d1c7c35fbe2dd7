//! What is possible, for questions that ask for it: all that some schedule gives, and what real runs give stays inside.
//! And what no other test sees, for the rest: each choice of a page is compared with what comes out.
#![cfg(unix)]

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{Fate, Workshop, changed};
use tests::{Asked, LIMIT, Stdout, asked};

use super::sharing::totals;

/// The lines of a choice, which stand as code one below the other.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end_matches('\\').trim_matches('`').to_owned()).collect()
}

/// Of totals the choices name all that are possible.
fn ensure_totals(asked: &Asked, additions: u32) -> Result<()> {
    let possible = totals(additions);
    asked.set(&possible, |text| Ok(text.trim_matches('`').parse()?))?;
    let right = asked.0.choices.iter().filter(|choice| choice.is_right).count();
    ensure!(right == possible.len(), "{} names {right} of {possible:?}", asked.0.id);
    Ok(())
}

#[test]
fn two_additions_in_two_steps() -> Result<()> {
    ensure_totals(&asked("ask-two-steps")?, 1)
}

#[test]
fn four_additions_in_two_steps() -> Result<()> {
    ensure_totals(&asked("ask-totals")?, 2)
}

/// Where the parent and its two children are, and what they have written.
#[derive(Clone, Default)]
struct Moment {
    /// Steps of the parent: it spawns 0 and 1, joins 0, reports it, joins 1, reports it.
    parent: usize,
    /// Steps of each child: it writes its line and ends.
    children: [usize; 2],
    written: Vec<String>,
}

/// What `multi_process` with two processes may write, by every order of all their steps.
fn written_by_two(now: Moment, all: &mut BTreeSet<Vec<String>>) {
    let mut is_over = true;
    let mut go = |change: &dyn Fn(&mut Moment)| {
        let mut next = now.clone();
        change(&mut next);
        written_by_two(next, all);
        is_over = false;
    };
    match now.parent {
        0 | 1 => go(&|next| next.parent += 1),
        // A join returns when the child has ended.
        at @ (2 | 4) if now.children[at / 2 - 1] == 2 => go(&|next| next.parent += 1),
        at @ (3 | 5) => go(&|next| {
            next.parent += 1;
            next.written.push(format!("process {} has ended", at / 2 - 1));
        }),
        _ => {}
    }
    for child in 0..2 {
        match now.children[child] {
            0 if now.parent > child => go(&|next| {
                next.children[child] += 1;
                next.written.push(format!("This is process {child}"));
            }),
            1 => go(&|next| next.children[child] += 1),
            _ => {}
        }
    }
    if is_over {
        all.insert(now.written);
    }
}

/// What a run writes, so much of each line as the question shows.
fn shown(name: &str, arguments: &[&str], cut: impl Fn(&str) -> &str) -> Result<Vec<String>> {
    let ended = tests::run(tests::example(name, arguments)?, Stdout::Pipe, LIMIT)?.success()?;
    Ok(ended.lines().map(|line| cut(line).to_owned()).collect())
}

#[test]
fn two_processes_write_in_these_orders() -> Result<()> {
    let mut possible = BTreeSet::new();
    written_by_two(Moment::default(), &mut possible);
    asked("ask-two-processes")?.set(&possible, |text| Ok(lines(text)))?;
    for _ in 0..20 {
        let cut = |line: &str| line.find([',', '(']).map_or(line.len(), |at| at);
        let run =
            shown("multi_process", &["--processes", "2"], |line| line[..cut(line)].trim_end())?;
        ensure!(possible.contains(&run), "no schedule gives {run:?}");
    }
    Ok(())
}

#[test]
fn lines_of_order_keep_the_pairs() -> Result<()> {
    let asked = asked("ask-lines-of-order")?;
    let of_page: Vec<_> = asked.0.choices.iter().flat_map(|line| lines(&line.text)).collect();
    let order = |written: &[String]| -> Result<Vec<usize>> {
        let place = |line| of_page.iter().position(|of_page| of_page == line);
        let places: Option<_> = written.iter().map(place).collect();
        places.with_context(|| format!("{written:?} has other lines than the question"))
    };
    // Results come in any order, and are printed in that of their indices.
    let mut possible = BTreeSet::new();
    for first in 0..2 {
        let done = [first, 1 - first].map(|task| format!("task {task} is done"));
        let results = [0, 1].map(|n| format!("{n} squared is {}", n * n));
        possible.insert(order(&[done, results].concat())?);
    }
    asked.order(|order| possible.contains(order))?;
    for _ in 0..5 {
        let run = order(&shown("order", &["--tasks", "2"], |line| line)?)?;
        ensure!(possible.contains(&run), "the order {run:?}");
    }
    Ok(())
}

/// The measurement behind a number of the text, in seconds.
fn seconds(name: &str) -> Result<f64> {
    let numbers = tests::read("benches/numbers.md")?;
    let (_, rest) = numbers
        .split_once(&format!("<!-- ANCHOR: {name} -->"))
        .with_context(|| format!("there is no number {name}"))?;
    let number = rest.trim_start().lines().next().unwrap_or_default();
    let (number, unit) = number.split_once(char::is_whitespace).context("a number has a unit")?;
    let unit = match unit {
        "ns" => 1e-9,
        "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        other => anyhow::bail!("{name} is in {other}"),
    };
    Ok(number.parse::<f64>()? * unit)
}

#[test]
fn starts_are_in_this_order() -> Result<()> {
    let asked = asked("ask-cheapest-start")?;
    let names = ["start_thread", "start_mp_process", "start_command", "start_python_spawn"];
    let lines = ["A thread", "A process of `mp::Process`", "A program", "A process of Python"];
    let mut times = [0.0; 4];
    for (place, name) in asked.places(&lines)?.into_iter().zip(names) {
        times[place] = seconds(name)?;
    }
    asked.order(|order| order.is_sorted_by(|&one, &next| times[one] < times[next]))
}

#[test]
fn a_start_takes_longer_than_a_microsecond() -> Result<()> {
    let pays = |name| -> Result<bool> { Ok(seconds(name)? < 1e-6) };
    let (thread, process) = (pays("start_thread")?, pays("start_mp_process")?);
    asked("ask-microseconds")?.each(&[
        ("A thread for each", thread),
        ("A process for each.", process),
        ("Neither.", !thread && !process),
    ])
}

/// Work that takes the cores all of their time, and no task less than it takes alone.
#[test]
fn two_cores_do_two_seconds_of_work_in_one() -> Result<()> {
    let (tasks, cores) = ([1; 4], 2);
    let least = tasks.iter().sum::<usize>().div_ceil(cores).max(1);
    asked("ask-two-cores")?.number(least)
}

/// Each task is handed over for the same; two workers share the tasks.
#[test]
fn longer_tasks_are_handed_over_less_often() -> Result<()> {
    let handing = 30;
    let costs = |tasks: usize| handing * tasks;
    // The shortest task with which a pool of two is quicker than a loop.
    let crossover = |tasks: usize| {
        (1..1000).find(|length| tasks * length / 2 + costs(tasks) < tasks * length).unwrap_or(0)
    };
    let (often, seldom) = (1000, 500);
    asked("ask-longer-tasks")?.one(
        &(2 * costs(seldom) == costs(often), crossover(seldom) == crossover(often)),
        &[
            ("Both are halved.", (true, false)),
            ("The time is halved, and the crossover stays.", (true, true)),
            ("The time stays, and the crossover is halved.", (false, false)),
            ("Both stay", (false, true)),
        ],
    )
}

#[test]
fn each_child_begins_with_a_copy_of_its_own() -> Result<()> {
    let once = "    in_a_process()\n}";
    let (_workshop, program) = changed(
        "threads_and_processes",
        &[(once, &once.replace("()\n", "()?;\n    in_a_process()\n"))],
    )?;
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?.success()?;
    let says = ended.lines().filter_map(|line| line.strip_prefix("child:   the number is "));
    let says: Vec<&str> = says.collect();
    ensure!(says.len() == 2, "{}", ended.output());
    asked("ask-fresh-child")?.number(says[1].parse()?)
}

/// Each says what it does before it does it, so that nobody who comes later is written before it.
#[test]
fn the_end_of_the_producer_passes_along_the_pipe() -> Result<()> {
    let (pipe, consumer) = ("    let (reader, writer)", "    let mut consumer =");
    let producer = "    let producer =";
    let say = |n: usize, line: &str| format!("    println!(\"step {n}\");\n{line}");
    let (_workshop, mut program) = changed(
        "producer_consumer",
        &[(pipe, &say(0, pipe)), (consumer, &say(1, consumer)), (producer, &say(2, producer))],
    )?;
    program.args(["--items", "1"]);
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?.success()?;
    let step = |line: &str| match line {
        "step 0" => Some(0),
        "step 1" => Some(1),
        "step 2" => Some(2),
        _ if line.contains(":producer:") && line.ends_with(":stops") => Some(3),
        _ if line.contains(":consumer:") && line.ends_with(":stops") => Some(4),
        _ if line.contains("the consumer has ended") => Some(5),
        _ => None,
    };
    let steps: Vec<usize> = ended.lines().filter_map(step).collect();
    let asked = asked("ask-order-of-the-end")?;
    let places = asked.places(&[
        "`main` makes the pipe.",
        "`main` starts the consumer",
        "`main` starts the producer",
        "The producer has made its items",
        "The consumer sees that there is no more",
        "`join` returns",
    ])?;
    let seen: Vec<usize> = steps.iter().map(|&step| places[step]).collect();
    asked.order(|order| order == seen)
}

#[test]
fn a_panic_of_a_task_comes_to_the_caller() -> Result<()> {
    let text = "use rayon::prelude::*;
    fn main() {
        let task = |n: usize| if n == 3 { panic!(\"three\") } else { n };
        let all = || (0..10).into_par_iter().map(task).collect::<Vec<_>>();
        match std::panic::catch_unwind(all) {
            Ok(results) => println!(\"{} results\", results.len()),
            Err(message) => println!(\"{:?}\", message.downcast_ref::<&str>()),
        }
    }";
    let workshop = Workshop::new(&["rayon"])?;
    let ended = tests::run(workshop.program("panics", text)?, Stdout::Pipe, LIMIT)?.success()?;
    asked("ask-panic-of-a-task")?.each(&[
        ("The other results", ended.stdout.ends_with(" results\n")),
        // It has ended.
        ("Nothing", false),
        ("A panic, with the same message.", ended.stdout == "Some(\"three\")\n"),
    ])
}

#[test]
fn workers_of_a_pool_are_processes() -> Result<()> {
    let text = "use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    fn main() -> anyhow::Result<()> {
        let inputs: Vec<usize> = (0..10).collect();
        let (pool, count) = (mp::Pool::new(3)?, AtomicUsize::new(0));
        pool.map(&inputs, |n| { count.fetch_add(1, Relaxed); *n })?;
        println!(\"{}\", count.load(Relaxed));
        let all = pool.map(&inputs, |n| if *n == 3 { std::process::abort() } else { *n });
        println!(\"{}\", all.map_or_else(|why| why.to_string(), |all| format!(\"{} results\", all.len())));
        Ok(())
    }";
    let workshop = Workshop::new(&["anyhow", "mp"])?;
    let ended = tests::run(workshop.program("processes", text)?, Stdout::Pipe, LIMIT)?;
    let lines: Vec<&str> = ended.lines().collect();
    let count = lines.first().context("it has counted")?.parse::<usize>()?;
    asked("ask-copied-counter")?.each(&[
        ("As many as there are tasks.", count == 10),
        ("As many as the last worker has done.", (1..10).contains(&count)),
        ("What it was before the call.", count == 0),
        // It has compiled.
        ("The atomic doesn't compile", false),
    ])?;
    let said = lines.last().copied().unwrap_or_default();
    asked("ask-abort-of-a-task")?.each(&[
        ("Nothing", !ended.status.success()),
        ("The results of the other inputs.", said.ends_with(" results")),
        (
            "An error that names the input and the signal.",
            said.contains("input 3") && said.contains("signal: 6"),
        ),
        // It has ended.
        ("It waits for ever", false),
    ])
}

/// The compiler is asked for each type that the page names.
#[test]
fn what_may_be_shared_compiles() -> Result<()> {
    let workshop = Workshop::new(&["mp"])?;
    let mut tried = 0;
    asked("ask-shareable")?.by(|choice| {
        tried += 1;
        let named = choice.split('`').nth(1).context("a type as code")?;
        let text = format!(
            "#![allow(unused_imports)]\nuse std::sync::*;\nuse std::sync::atomic::*;\n\
             fn shares<T: mp::Shareable>() {{}}\nfn main() {{ shares::<{named}>() }}\n"
        );
        match workshop.program(&format!("shares_{tried}"), &text) {
            Ok(_) => Ok(true),
            Err(error) if format!("{error:#}").contains("E0277") => Ok(false),
            Err(error) => Err(error),
        }
    })
}

/// The block of the answer is compiled as all blocks are, and must fail where it says so.
#[test]
fn the_block_of_an_answer_is_refused() -> Result<()> {
    let asked = asked("ask-locked-rc")?;
    let is_refused = asked.0.text.contains("```rust,compile_fail,E0277\n");
    asked.one(
        &if is_refused { Fate::Refused } else { Fate::Ends },
        &[
            ("Yes: one thread at a time", Fate::Ends),
            ("No: what is in a `Mutex`", Fate::Refused),
            ("Yes, but it panics", Fate::Fails),
        ],
    )
}

/// Workers that come through sections, one after another. In each they lock some things in this order, and give all back
/// at its end; `inside` of them are in a section at a time. How many can be stuck for ever, if any can, by every schedule.
pub(super) fn stuck(workers: &[Vec<Vec<usize>>], inside: usize) -> Option<usize> {
    // Of each worker the section, and in it 0 before it, 1 inside of it, 2 with the first lock and so on.
    let (mut seen, mut left) = (BTreeSet::new(), vec![vec![(0, 0); workers.len()]]);
    let mut most = None;
    while let Some(state) = left.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        let now_inside = state.iter().filter(|(_, steps)| *steps > 0).count();
        let is_locked = |lock: &usize| {
            let mut held = workers.iter().zip(&state).filter(|(_, (_, steps))| *steps > 1);
            held.any(|(sections, &(at, steps))| sections[at][..steps - 1].contains(lock))
        };
        let next = |worker: usize| {
            let (at, steps) = state[worker];
            let locks = workers[worker].get(at)?;
            Some(match steps.checked_sub(1).map(|held| locks.get(held)) {
                None => (now_inside < inside).then_some((at, 1)),
                Some(None) => Some((at + 1, 0)),
                Some(Some(lock)) => (!is_locked(lock)).then_some((at, steps + 1)),
            })
        };
        let (mut waiting, before) = (0, left.len());
        for worker in 0..workers.len() {
            match next(worker) {
                Some(Some(step)) => {
                    let mut after = state.clone();
                    after[worker] = step;
                    left.push(after);
                }
                Some(None) => waiting += 1,
                None => {}
            }
        }
        if left.len() == before && waiting > 0 {
            most = most.max(Some(waiting));
        }
    }
    most
}

#[test]
fn no_schedule_of_a_cure_deadlocks() -> Result<()> {
    let is_cure = |workers: &[&[&[usize]]]| {
        let workers: Vec<Vec<Vec<usize>>> = workers
            .iter()
            .map(|sections| sections.iter().map(|locks| locks.to_vec()).collect())
            .collect();
        stuck(&workers, workers.len()).is_none()
    };
    asked("ask-cure")?.each(&[
        // A pause is no step: it makes some schedules rare, and excludes none.
        ("A shorter pause between the two locks.", is_cure(&[&[&[0, 1]], &[&[1, 0]]])),
        ("Lock account 0 first and then account 1", is_cure(&[&[&[0, 1]], &[&[0, 1]]])),
        ("One lock for all accounts.", is_cure(&[&[&[0]], &[&[0]]])),
        ("A thread more, to share the work.", is_cure(&[&[&[0, 1]], &[&[1, 0]], &[&[0, 1]]])),
        ("Hold one lock at a time.", is_cure(&[&[&[0], &[1]], &[&[1], &[0]]])),
    ])
}
