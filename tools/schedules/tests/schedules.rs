//! Every schedule of the programs of `schedules::programs`, against what is committed of them and what else there is to
//! hold them against.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result, ensure};
use schedules::explore::{End, Run, every, through};
use schedules::graph::{Graph, MOST, graph};
use schedules::programs::{PROGRAMS, Program};
use schedules::record::Operation;
use schedules::{files, loomed, real, recorded};

type Outcomes = BTreeSet<Vec<usize>>;

/// The graphs of all programs, by their names.
fn graphs() -> Result<&'static BTreeMap<&'static str, Graph>> {
    static ALL: OnceLock<Result<BTreeMap<&'static str, Graph>, String>> = OnceLock::new();
    let made = || -> Result<BTreeMap<_, _>> {
        PROGRAMS.iter().map(|program| Ok((program.name, graph(program)?))).collect()
    };
    let all = ALL.get_or_init(|| made().map_err(|error| format!("{error:#}")));
    all.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
}

fn program(name: &str) -> Result<Program> {
    PROGRAMS.into_iter().find(|program| program.name == name).with_context(|| format!("no {name}"))
}

/// What a program can leave, without the deadlock.
fn left(graph: &Graph) -> Outcomes {
    graph.outcomes.iter().filter_map(|outcome| outcome.left.clone()).collect()
}

#[test]
fn what_is_committed_is_what_the_checker_finds() -> Result<()> {
    let files = files::all()?;
    for (path, text) in &files {
        let committed = fs::read_to_string(path).unwrap_or_default();
        ensure!(
            *text == committed,
            "{} is not up to date: `cargo run -p schedules`",
            path.display()
        );
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
    let told: [(&str, &[&[usize]], bool); 12] = [
        ("lost_update_1", &[&[1], &[2]], false),
        ("lost_update_2", &[&[2], &[3], &[4]], false),
        ("one_step_1", &[&[2]], false),
        ("one_step_2", &[&[4]], false),
        ("seat_sold_twice", &[&[1], &[2]], false),
        ("seat_sold_once", &[&[1]], false),
        ("giver_first", &[&[500, 500]], true),
        ("same_order", &[&[500, 500]], false),
        ("woken_with_if", &[&[1], &[2]], false),
        ("woken_with_while", &[&[2]], false),
        ("two_permits", &[&[1], &[2]], false),
        ("barrier", &[&[1]], false),
    ];
    ensure!(told.len() == PROGRAMS.len());
    for (name, outcomes, deadlock) in told {
        let graph = &graphs()?[name];
        let outcomes = outcomes.iter().map(|outcome| outcome.to_vec()).collect();
        ensure!(left(graph) == outcomes, "{name}: {:?}", graph.outcomes);
        ensure!(graph.outcomes.iter().any(|outcome| outcome.left.is_none()) == deadlock, "{name}");
    }
    // The text says how many schedules there are.
    for (name, schedules) in [("lost_update_1", 6), ("lost_update_2", 70)] {
        ensure!(graphs()?[name].schedules() == schedules, "{name}");
    }
    Ok(())
}

#[test]
fn each_way_leads_to_its_outcome_when_it_is_run_again() -> Result<()> {
    for program in PROGRAMS {
        for outcome in &graphs()?[program.name].outcomes {
            let run = through(&outcome.way, program.run).context("it runs once")?;
            ensure!(run.way() == outcome.way, "{}: not {:?}", program.name, outcome.way);
            let end = outcome.left.clone().map_or(End::Deadlock, End::Left);
            ensure!(run.end == end, "{}: {:?} along {:?}", program.name, run.end, outcome.way);
        }
    }
    Ok(())
}

/// Every complete way through a graph from a state, and its end.
fn ways(graph: &Graph, at: usize, way: &mut Vec<usize>, all: &mut BTreeSet<(Vec<usize>, End)>) {
    let state = &graph.states[at];
    if let Some(outcome) = state.outcome {
        let end = graph.outcomes[outcome].left.clone().map_or(End::Deadlock, End::Left);
        all.insert((way.clone(), end));
    }
    for (worker, next) in state.next.iter().enumerate() {
        if let Some(to) = next.as_ref().and_then(|next| next.to) {
            way.push(worker);
            ways(graph, to, way, all);
            way.pop();
        }
    }
}

/// Shuttle's own search knows nothing of steps and states: it is what says that the graphs lack no schedule and have none too
/// many.
#[test]
fn a_graph_has_the_ways_that_the_checkers_own_search_finds() -> Result<()> {
    for program in PROGRAMS {
        let graph = &graphs()?[program.name];
        // Three workers have too many for a search that merges nothing.
        if program.workers > 2 {
            continue;
        }
        let mut all = BTreeSet::new();
        ways(graph, 0, &mut Vec::new(), &mut all);
        ensure!(all.len() == graph.schedules(), "{}", program.name);
        let found = every(program.run);
        ensure!(all == found, "{}: {} and {}", program.name, all.len(), found.len());
    }
    Ok(())
}

/// As above for what three workers do, with less of it.
#[test]
fn merging_is_right_where_workers_sleep_and_wait_for_permits() -> Result<()> {
    use recorded::{locks, locks_with_if, most, taken_once};
    let runs: [(&str, Run, usize); 3] = [
        ("woken_with_if", || taken_once(locks_with_if::put, locks_with_if::take), 2),
        ("woken_with_while", || taken_once(locks::put, locks::take), 2),
        ("two_permits", || most(2, 1, locks::enter), 2),
    ];
    for (name, run, workers) in runs {
        let smaller = Program { run, workers, right: &[1], cure: false, ..program(name)? };
        let graph = graph(&smaller)?;
        let mut all = BTreeSet::new();
        ways(&graph, 0, &mut Vec::new(), &mut all);
        ensure!(all == every(run), "{name}");
        ensure!(all.len() > 1, "{name}");
    }
    Ok(())
}

#[test]
fn a_step_names_the_line_that_does_it() -> Result<()> {
    for graph in graphs()?.values() {
        for step in &graph.steps {
            let lines = graph.code.iter().flat_map(|function| {
                (function.first..).zip(&function.lines).map(|(line, text)| (line, *text))
            });
            let line = lines.into_iter().find(|(line, _)| *line == step.line);
            let (_, line) = line.with_context(|| format!("{step:?} is nowhere"))?;
            let says: &[&str] = match step.operation {
                Operation::Lock => &["lock("],
                Operation::Unlock => &["}", "lock("],
                Operation::Sleep | Operation::Wake => &[".wait("],
                Operation::Release => &["}"],
                operation => &[operation.name()],
            };
            ensure!(says.iter().any(|says| line.contains(says)), "{says:?} in `{line}`");
        }
    }
    Ok(())
}

/// What a program leaves in everything that loom tries, with so many changes at most from a worker that could go on; `None`
/// for any number.
fn by_loom(run: Run, changes: Option<usize>) -> Outcomes {
    let seen = Arc::new(Mutex::new(Outcomes::new()));
    let add = Arc::clone(&seen);
    let mut model = loom::model::Builder::new();
    model.preemption_bound = changes;
    model.check(move || {
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
        let found = by_loom(run, None);
        ensure!(found == left(&graphs()?[name]), "{name}: loom finds {found:?}");
    }
    // It ends at the first deadlock.
    let run: Run = || accounts(locks::giver_first);
    let ended = catch_unwind(AssertUnwindSafe(|| by_loom(run, None)));
    let panic = ended.err().context("loom finds no deadlock")?;
    let told = panic.downcast_ref::<String>().map(String::as_str);
    let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
    ensure!(told.is_some_and(|told| told.contains("deadlock")), "{told:?}");
    Ok(())
}

#[test]
fn loom_finds_the_same_outcomes_of_three_workers() -> Result<()> {
    use loomed::{locks, locks_with_if, most, taken};
    let runs: [(&str, Run); 3] = [
        ("woken_with_if", || taken(locks_with_if::put, locks_with_if::take)),
        ("woken_with_while", || taken(locks::put, locks::take)),
        ("two_permits", || most(3, 2, locks::enter)),
    ];
    for (name, run) in runs {
        // Without a bound it takes minutes.
        let found = by_loom(run, Some(2));
        ensure!(found == left(&graphs()?[name]), "{name}: loom finds {found:?}");
    }
    Ok(())
}

#[test]
fn real_runs_leave_nothing_else() -> Result<()> {
    use real::{
        accounts, locks, locks_with_if, most, race_condition, sold, sum, taken,
        threads_and_processes, total,
    };
    let runs: [(&str, Run); 11] = [
        ("lost_update_1", || total(1, race_condition::add_in_two_steps)),
        ("lost_update_2", || total(2, race_condition::add_in_two_steps)),
        ("one_step_1", || total(1, race_condition::add_in_one_step)),
        ("one_step_2", || total(2, race_condition::add_in_one_step)),
        ("seat_sold_twice", || sold(race_condition::look_then_sell)),
        ("seat_sold_once", || sold(race_condition::take_then_sell)),
        ("same_order", || accounts(locks::same_order)),
        ("woken_with_if", || taken(locks_with_if::put, locks_with_if::take)),
        ("woken_with_while", || taken(locks::put, locks::take)),
        ("two_permits", || most(3, 2, locks::enter)),
        ("barrier", || sum(threads_and_processes::add_in_two_steps)),
    ];
    // A real run of `giver_first` may not end; tests of the program hold that.
    ensure!(runs.len() + 1 == PROGRAMS.len());
    for (name, run) in runs {
        let possible = left(&graphs()?[name]);
        let seen: Outcomes = (0..1000).map(|_| run()).collect();
        ensure!(seen.is_subset(&possible), "{name}: {seen:?}");
    }
    Ok(())
}

#[test]
fn a_cure_that_is_taken_out_is_found() -> Result<()> {
    use recorded::{accounts, locks, locks_with_if, most, race_condition, sold, taken, total};
    let without: [(&str, Run); 6] = [
        ("one_step_1", || total(1, race_condition::add_in_two_steps)),
        ("one_step_2", || total(2, race_condition::add_in_two_steps)),
        ("seat_sold_once", || sold(race_condition::look_then_sell)),
        ("same_order", || accounts(locks::giver_first)),
        ("woken_with_while", || taken(locks_with_if::put, locks_with_if::take)),
        ("two_permits", || most(3, 3, locks::enter)),
    ];
    let cures = PROGRAMS.iter().filter(|program| program.cure).map(|program| program.name);
    ensure!(cures.eq(without.iter().map(|(name, _)| *name)));
    for (name, run) in without {
        let error = graph(&Program { run, ..program(name)? }).err();
        let error = error.with_context(|| format!("{name} is right"))?;
        ensure!(error.to_string().contains("is a cure, and leaves"), "{error}");
    }
    Ok(())
}
