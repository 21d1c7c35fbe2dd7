//! What is possible, for questions that ask for it: all that some schedule gives, and what real runs give stays inside.
//! A question names its test here, and the test reads the choices from the page: each that is marked right must be
//! among what is possible, and no other may.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use site::questions::{Question, of};
use tests::{LIMIT, Stdout};

use super::sharing::totals;

/// A question of a page of the English edition.
fn question(page: &str, id: &str) -> Result<Question> {
    let file = format!("src/en/{page}.md");
    let questions = of(Path::new(&file), &tests::read(&file)?)?;
    let found = questions.into_iter().find(|question| question.id == id);
    found.with_context(|| format!("{file} has no question {id}"))
}

/// The lines of a choice, which stand as code one below the other.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end_matches('\\').trim_matches('`').to_owned()).collect()
}

/// The choices say `possible` and nothing else.
fn ensure_right<T: Ord>(
    question: &Question,
    possible: &BTreeSet<T>,
    read: impl Fn(&str) -> Result<T>,
) -> Result<()> {
    for choice in &question.choices {
        ensure!(
            choice.is_right == possible.contains(&read(&choice.text)?),
            "{}: `{}` is marked {}",
            question.id,
            choice.text,
            if choice.is_right { "right" } else { "wrong" }
        );
    }
    Ok(())
}

/// Of totals the choices name all that are possible.
fn ensure_totals(page: &str, id: &str, additions: u32) -> Result<()> {
    let (question, possible) = (question(page, id)?, totals(additions));
    ensure_right(&question, &possible, |text| Ok(text.trim_matches('`').parse()?))?;
    let right = question.choices.iter().filter(|choice| choice.is_right).count();
    ensure!(right == possible.len(), "{id} names {right} of {possible:?}");
    Ok(())
}

#[test]
fn two_additions_in_two_steps() -> Result<()> {
    ensure_totals("why/threads_and_processes", "ask-two-steps", 1)
}

#[test]
fn four_additions_in_two_steps() -> Result<()> {
    ensure_totals("programs/race_condition", "ask-totals", 2)
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
    let question = question("processes/multi_process", "ask-two-processes")?;
    ensure_right(&question, &possible, |text| Ok(lines(text)))?;
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
    let question = question("processes/order", "ask-lines-of-order")?;
    let of_page: Vec<_> = question.choices.iter().flat_map(|line| lines(&line.text)).collect();
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
    let mut orders = vec![Vec::new()];
    for _ in 0..of_page.len() {
        let longer = |begun: &Vec<usize>| -> Vec<Vec<usize>> {
            let rest = (0..of_page.len()).filter(|line| !begun.contains(line));
            rest.map(|line| [&begun[..], &[line]].concat()).collect()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    for other in orders {
        ensure!(question.keeps(&other) == possible.contains(&other), "the order {other:?}");
    }
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
    let question = question("programs/what_things_cost", "ask-cheapest-start")?;
    let names = ["start_thread", "start_mp_process", "start_command", "start_python_spawn"];
    ensure!(question.choices.len() == names.len());
    let times: Vec<_> = names.into_iter().map(seconds).collect::<Result<_>>()?;
    ensure!(times.is_sorted_by(|one, next| one < next), "{names:?} take {times:?} seconds");
    Ok(())
}
