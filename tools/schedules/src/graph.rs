//! All schedules of a program as a graph of states: what a page lets its reader step through, and what stands in
//! `data/`.
//!
//! Two states are equal, and are one, if the memory is the same, nobody holds another lock, each worker is about to do the
//! same, and whatever is done next leads to equal states again.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use crate::explore::{Execution, every};
use crate::programs::{Program, WORKERS};
use crate::record::{Intent, Operation, Step, Value};

/// The most bytes that a file may have.
pub const MOST: usize = 40_000;

/// What is written of a program.
#[derive(Debug, Serialize)]
pub struct Graph {
    /// The program in `examples/`.
    pub program: &'static str,
    /// The function that each worker calls.
    pub function: &'static str,
    /// How many times it does.
    pub times: usize,
    /// The line at which the function begins in the program.
    pub first: u32,
    /// Its lines.
    pub lines: Vec<&'static str>,
    /// The names of the places in memory.
    pub places: &'static [&'static str],
    /// The name of what the program leaves.
    pub leaves: &'static str,
    /// What it can leave.
    pub outcomes: Vec<Outcome>,
    /// The states; the program begins in the first.
    pub states: Vec<State>,
}

/// What a program can leave.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// What it left; `None` if all wait for each other.
    pub left: Option<Vec<usize>>,
    /// Whether that is what it should leave.
    pub right: bool,
    /// How many schedules lead there.
    pub schedules: usize,
    /// One of the shortest: the workers, in the order in which they take their steps.
    pub way: Vec<usize>,
}

/// A state in which the program can be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct State {
    /// What the places hold.
    pub memory: Vec<Value>,
    /// Who holds the lock of each place; nothing is written where there is no lock.
    #[serde(skip_serializing_if = "nobody")]
    pub held: Vec<Option<usize>>,
    /// What each worker does next; `None` if it has done all.
    pub next: [Option<Next>; WORKERS],
    /// The number of the outcome, if the program ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<usize>,
}

fn nobody(held: &[Option<usize>]) -> bool {
    held.iter().all(Option::is_none)
}

/// What a worker does next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Next {
    /// At which line of the program.
    pub line: u32,
    /// What it does.
    pub operation: Operation,
    /// To which place.
    pub place: usize,
    /// What it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Value>,
    /// What it writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrote: Option<Value>,
    /// The state to which that leads; `None` if it has to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
}

/// The graph of a program.
///
/// # Errors
/// The program doesn't do the same wherever its workers have seen the same; or it is a cure, and goes wrong.
pub fn graph(program: &Program) -> Result<Graph> {
    let executions: Vec<Execution> = every(program.run).into_iter().collect();
    let (first, lines) = function(program)?;
    let last = first + u32::try_from(lines.len())? - 1;
    let outcomes = outcomes(&executions, program);
    if program.cure
        && let Some(wrong) = outcomes.iter().find(|outcome| !outcome.right)
    {
        let (function, left, way) = (program.function, &wrong.left, &wrong.way);
        anyhow::bail!("{function} is a cure, and leaves {left:?} along {way:?}");
    }
    let mut tree = Tree::default();
    for execution in &executions {
        let outcome = outcomes.iter().position(|outcome| outcome.left == execution.outcome);
        tree.add(execution, outcome)?;
    }
    Ok(Graph {
        program: program.example,
        function: program.function,
        times: program.times,
        first,
        lines,
        places: program.places,
        leaves: program.leaves,
        outcomes,
        states: tree.states(last),
    })
}

/// The lines of the function, and the number of the first.
fn function(program: &Program) -> Result<(u32, Vec<&'static str>)> {
    let begin = format!("pub fn {}(", program.function);
    let first = program
        .text
        .lines()
        .position(|line| line.starts_with(&begin))
        .with_context(|| format!("no fn {}", program.function))?;
    let mut lines = Vec::new();
    for line in program.text.lines().skip(first) {
        lines.push(line.strip_prefix("pub ").unwrap_or(line));
        if line == "}" {
            break;
        }
    }
    Ok((u32::try_from(first)? + 1, lines))
}

/// What a program can leave, the right ones first, with one of the shortest ways there; of those, one with the
/// fewest changes between workers.
fn outcomes(executions: &[Execution], program: &Program) -> Vec<Outcome> {
    let mut ways: BTreeMap<_, Vec<Vec<usize>>> = BTreeMap::new();
    for execution in executions {
        ways.entry(execution.outcome.clone()).or_default().push(execution.way());
    }
    let mut outcomes: Vec<Outcome> = ways
        .into_iter()
        .map(|(left, ways)| {
            let schedules = ways.len();
            let changes = |way: &[usize]| way.windows(2).filter(|two| two[0] != two[1]).count();
            let way = ways.into_iter().min_by_key(|way| (way.len(), changes(way), way.clone()));
            let right = left.as_deref() == Some(program.right);
            Outcome { left, right, schedules, way: way.unwrap_or_default() }
        })
        .collect();
    outcomes.sort_by_key(|outcome| !outcome.right);
    outcomes
}

/// All executions from their common beginning, each step a branch.
#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    memory: Vec<Value>,
    held: Vec<Option<usize>>,
    /// What each worker does after this; `None` if nothing more.
    intents: [Option<Intent>; WORKERS],
    /// The step of each worker that can take one, and where it leads.
    steps: [Option<(Step, usize)>; WORKERS],
    outcome: Option<usize>,
}

impl Tree {
    fn add(&mut self, execution: &Execution, outcome: Option<usize>) -> Result<()> {
        let notes = &execution.notes;
        let mut memory = notes.places.clone();
        let mut held = vec![None; memory.len()];
        if self.nodes.is_empty() {
            self.node(memory.clone(), held.clone(), intents(execution, 0));
        }
        let mut at = 0;
        for (done, step) in notes.steps.iter().enumerate() {
            let Step { worker, intent: Intent { operation, place, .. }, wrote, .. } = *step;
            if let Some(value) = wrote {
                memory[place] = value;
            }
            match operation {
                Operation::Lock => held[place] = Some(worker),
                Operation::Unlock => held[place] = None,
                _ => {}
            }
            let intents = intents(execution, done + 1);
            at = if let Some((known, to)) = self.nodes[at].steps[worker] {
                ensure!(known == *step, "a worker does {known:?} or {step:?}");
                ensure!(self.nodes[to].intents == intents, "after {step:?} differs what follows");
                to
            } else {
                let to = self.node(memory.clone(), held.clone(), intents);
                self.nodes[at].steps[worker] = Some((*step, to));
                to
            };
        }
        self.nodes[at].outcome = outcome;
        Ok(())
    }

    fn node(
        &mut self,
        memory: Vec<Value>,
        held: Vec<Option<usize>>,
        intents: [Option<Intent>; WORKERS],
    ) -> usize {
        self.nodes.push(Node { memory, held, intents, steps: [None; WORKERS], outcome: None });
        self.nodes.len() - 1
    }

    /// The states, equal ones merged, in the order in which they are met; `last` is the line of the closing brace.
    fn states(&self, last: u32) -> Vec<State> {
        let mut merged: Vec<State> = Vec::new();
        let mut known: HashMap<State, usize> = HashMap::new();
        let mut state_of = vec![0; self.nodes.len()];
        // What follows a node was added after it, and has its state already.
        for (n, node) in self.nodes.iter().enumerate().rev() {
            let next = std::array::from_fn(|worker| {
                let Intent { operation, place, line } = node.intents[worker]?;
                let line = line.unwrap_or(last);
                let step = node.steps[worker];
                let (read, wrote) = step.map_or((None, None), |(step, _)| (step.read, step.wrote));
                let to = step.map(|(_, to)| state_of[to]);
                Some(Next { line, operation, place, read, wrote, to })
            });
            let (memory, held) = (node.memory.clone(), node.held.clone());
            let state = State { memory, held, next, outcome: node.outcome };
            state_of[n] = *known.entry(state).or_insert_with_key(|state| {
                merged.push(state.clone());
                merged.len() - 1
            });
        }
        let mut order = Vec::new();
        let mut number = HashMap::new();
        let mut queue: VecDeque<usize> = state_of.first().copied().into_iter().collect();
        while let Some(state) = queue.pop_front() {
            if number.contains_key(&state) {
                continue;
            }
            number.insert(state, order.len());
            order.push(state);
            queue.extend(merged[state].next.iter().flatten().filter_map(|next| next.to));
        }
        let renumbered = order.iter().map(|&state| {
            let mut state = merged[state].clone();
            for next in state.next.iter_mut().flatten() {
                next.to = next.to.map(|to| number[&to]);
            }
            state
        });
        renumbered.collect()
    }
}

/// What each worker does after so many steps of an execution.
fn intents(execution: &Execution, done: usize) -> [Option<Intent>; WORKERS] {
    let Execution { notes, .. } = execution;
    std::array::from_fn(|worker| {
        let later = notes.steps[done..].iter().find(|step| step.worker == worker);
        later.map(|step| step.intent).or(notes.begun[worker])
    })
}

impl Graph {
    /// The text of its file: a line for each outcome and each state.
    ///
    /// # Errors
    /// None that is known.
    pub fn json(&self) -> Result<String> {
        let value = serde_json::to_value(self)?;
        let fields = value.as_object().context("it is an object")?;
        let mut text = "{\n".to_owned();
        for name in ["program", "function", "times", "first", "places", "leaves", "lines"] {
            let _ = writeln!(text, "\"{name}\": {},", fields[name]);
        }
        let _ = writeln!(text, "\"outcomes\": [\n{}\n],", each(&self.outcomes)?);
        let _ = writeln!(text, "\"states\": [\n{}\n]\n}}", each(&self.states)?);
        // It stands inside a page.
        Ok(text.replace('<', "\\u003c"))
    }

    /// The rows of a table: each outcome with the number of schedules and the steps of one.
    #[must_use]
    pub fn rows(&self) -> String {
        let row = |outcome: &Outcome| {
            let left = outcome.left.as_ref().map_or("deadlock".to_owned(), |left| {
                let values: Vec<_> = left.iter().map(ToString::to_string).collect();
                format!("{} {}", self.leaves, values.join(", "))
            });
            format!("| `{left}` | {} | `{}` |\n", outcome.schedules, self.told(&outcome.way))
        };
        self.outcomes.iter().map(row).collect()
    }

    /// The steps of a schedule, in words that are the same in every language.
    fn told(&self, way: &[usize]) -> String {
        let mut state = &self.states[0];
        let mut steps = Vec::new();
        for &worker in way {
            let Some(Next { operation, place, read, wrote, to: Some(to), .. }) =
                &state.next[worker]
            else {
                break;
            };
            let name = ["A", "B"][worker];
            let place = if self.places.len() > 1 { self.places[*place] } else { "" };
            let mut step = format!("{name} {}", operation.name());
            if !place.is_empty() {
                let _ = write!(step, " {place}");
            }
            let values: Vec<_> = [read, wrote].into_iter().flatten().map(shown).collect();
            let _ = write!(step, " {}", values.join("→"));
            steps.push(step);
            state = &self.states[*to];
        }
        steps.join(", ")
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Truth(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
    }
}

/// Each item on a line.
fn each(items: &[impl Serialize]) -> Result<String> {
    let lines: Result<Vec<_>, _> = items.iter().map(serde_json::to_string).collect();
    Ok(lines?.join(",\n"))
}
