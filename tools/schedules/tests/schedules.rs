//! Every schedule of the programs of `schedules::programs`, against what is committed of them and what else there is to
//! hold them against.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use schedules::explore::{Run, along, every};
use schedules::graph::{Graph, MOST, graph};
use schedules::programs::{PROGRAMS, Program};
use schedules::recorded;
use schedules::{files, loomed, real};

type Outcomes = BTreeSet<Vec<usize>>;

fn program(name: &str) -> Result<Program> {
    PROGRAMS.into_iter().find(|program| program.name == name).context("it is there")
}

/// What a graph's program can leave, without the deadlock.
fn left(graph: &Graph) -> Outcomes {
    graph.outcomes.iter().filter_map(|outcome| outcome.left.clone()).collect()
}

#[test]
fn what_is_committed_is_what_the_checker_finds() -> Result<()> {
    let files = files()?;
    for (path, text) in &files {
        let committed = fs::read_to_string(path).unwrap_or_default();
        ensure!(*text == committed, "{} is not up to date: `cargo run -p schedules`", path.display());
        ensure!(text.len() < MOST, "{} has {} bytes", path.display(), text.len());
    }
    let made: BTreeSet<_> = files.into_iter().map(|(path, _)| path).collect();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let there: Result<BTreeSet<_>, _> =
        fs::read_dir(data)?.map(|entry| entry.map(|entry| entry.path())).collect();
    ensure!(there? == made, "a file in data/ is of no program");
    Ok(())
}

#[test]
fn the_outcomes_are_those_that_the_book_tells() -> Result<()> {
    let told: [(&str, &[&[usize]], bool); 8] = [
        ("lost_update_1", &[&[1], &[2]], false),
        ("lost_update_2", &[&[2], &[3], &[4]], false),
        ("one_step_1", &[&[2]], false),
        ("one_step_2", &[&[4]], false),
        ("seat_sold_twice", &[&[1], &[2]], false),
        ("seat_sold_once", &[&[1]], false),
        ("giver_first", &[&[500, 500]], true),
        ("same_order", &[&[500, 500]], false),
    ];
    for (name, outcomes, deadlock) in told {
        let graph = graph(&program(name)?)?;
        let outcomes = outcomes.iter().map(|outcome| outcome.to_vec()).collect();
        ensure!(left(&graph) == outcomes, "{name}: {:?}", graph.outcomes);
        ensure!(graph.outcomes.iter().any(|outcome| outcome.left.is_none()) == deadlock, "{name}");
    }
    Ok(())
}

#[test]
fn each_way_leads_to_its_outcome_when_it_is_run_again() -> Result<()> {
    for program in PROGRAMS {
        for outcome in graph(&program)?.outcomes {
            let run = along(&outcome.way, program.run).context("it runs once")?;
            ensure!(run.way() == outcome.way, "{}: not {:?}", program.name, outcome.way);
            ensure!(run.outcome == outcome.left, "{}: {:?}", program.name, outcome.way);
        }
    }
    Ok(())
}

/// How many complete ways there are through a graph from a state, to each outcome.
fn ways(graph: &Graph, state: usize) -> Vec<usize> {
    let state = &graph.states[state];
    let mut sums = vec![0; graph.outcomes.len()];
    if let Some(outcome) = state.outcome {
        sums[outcome] += 1;
    }
    for to in state.next.iter().flatten().filter_map(|next| next.to) {
        for (sum, more) in sums.iter_mut().zip(ways(graph, to)) {
            *sum += more;
        }
    }
    sums
}

#[test]
fn a_graph_has_as_many_ways_as_there_are_schedules() -> Result<()> {
    for program in PROGRAMS {
        let graph = graph(&program)?;
        let schedules: Vec<_> = graph.outcomes.iter().map(|outcome| outcome.schedules).collect();
        ensure!(ways(&graph, 0) == schedules, "{}", program.name);
        ensure!(schedules.iter().sum::<usize>() == every(program.run).len(), "{}", program.name);
    }
    // Two workers of n steps each, none of which has to wait: (2n)! / n!² ways.
    for (name, schedules) in [("lost_update_1", 6), ("lost_update_2", 70), ("one_step_2", 6)] {
        ensure!(every(program(name)?.run).len() == schedules, "{name}");
    }
    Ok(())
}

#[test]
fn a_step_names_the_line_that_does_it() -> Result<()> {
    for program in PROGRAMS {
        let graph = graph(&program)?;
        for next in graph.states.iter().flat_map(|state| state.next.iter().flatten()) {
            let line = graph.lines[usize::try_from(next.line - graph.first)?];
            let says = match next.operation.name() {
                "lock" => "lock(",
                "unlock" => "}",
                name => name,
            };
            ensure!(line.contains(says), "{}: {says} in `{line}`", program.name);
        }
    }
    Ok(())
}

/// What a program leaves in everything that loom tries.
fn by_loom(run: Run) -> Outcomes {
    let seen = Arc::new(Mutex::new(Outcomes::new()));
    let add = Arc::clone(&seen);
    loom::model(move || {
        add.lock().unwrap_or_else(PoisonError::into_inner).insert(run());
    });
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.clone()
}

#[test]
fn loom_finds_the_same_outcomes() -> Result<()> {
    use loomed::{accounts, locks, race_condition, sold, total};
    let runs: [(&str, Run); 7] = [
        ("lost_update_1", || total(1, race_condition::add_in_two_steps)),
        ("lost_update_2", || total(2, race_condition::add_in_two_steps)),
        ("one_step_1", || total(1, race_condition::add_in_one_step)),
        ("one_step_2", || total(2, race_condition::add_in_one_step)),
        ("seat_sold_twice", || sold(race_condition::look_then_sell)),
        ("seat_sold_once", || sold(race_condition::take_then_sell)),
        ("same_order", || accounts(locks::same_order)),
    ];
    for (name, run) in runs {
        let graph = graph(&program(name)?)?;
        let found = by_loom(run);
        ensure!(found == left(&graph), "{name}: loom finds {found:?}");
    }
    // It ends at the first deadlock.
    let run: Run = || accounts(locks::giver_first);
    let ended = catch_unwind(AssertUnwindSafe(|| by_loom(run)));
    let panic = ended.err().context("loom finds no deadlock")?;
    let told = panic.downcast_ref::<String>().map(String::as_str);
    let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
    ensure!(told.is_some_and(|told| told.contains("deadlock")), "{told:?}");
    Ok(())
}

#[test]
fn real_runs_leave_nothing_else() -> Result<()> {
    use real::{accounts, locks, race_condition, sold, total};
    let runs: [(&str, Run); 7] = [
        ("lost_update_1", || total(1, race_condition::add_in_two_steps)),
        ("lost_update_2", || total(2, race_condition::add_in_two_steps)),
        ("one_step_1", || total(1, race_condition::add_in_one_step)),
        ("one_step_2", || total(2, race_condition::add_in_one_step)),
        ("seat_sold_twice", || sold(race_condition::look_then_sell)),
        ("seat_sold_once", || sold(race_condition::take_then_sell)),
        ("same_order", || accounts(locks::same_order)),
    ];
    for (name, run) in runs {
        let possible = left(&graph(&program(name)?)?);
        let seen: Outcomes = (0..1000).map(|_| run()).collect();
        ensure!(seen.is_subset(&possible), "{name}: {seen:?}");
    }
    Ok(())
}

#[test]
fn a_cure_that_is_taken_out_is_found() -> Result<()> {
    use recorded::{accounts, locks, race_condition, sold, total};
    let without: [(&str, Run); 4] = [
        ("one_step_1", || total(1, race_condition::add_in_two_steps)),
        ("one_step_2", || total(2, race_condition::add_in_two_steps)),
        ("seat_sold_once", || sold(race_condition::look_then_sell)),
        ("same_order", || accounts(locks::giver_first)),
    ];
    for (name, run) in without {
        let cure = program(name)?;
        ensure!(cure.cure, "{name}");
        let error = graph(&Program { run, ..cure }).err().with_context(|| format!("{name} is right"))?;
        ensure!(error.to_string().contains("is a cure, and leaves"), "{error}");
    }
    Ok(())
}
