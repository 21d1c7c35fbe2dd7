//! All schedules of a program as a graph of states: what a page lets its reader step through, and what stands in
//! `data/`.
//!
//! States in which the memory is the same, nobody holds another lock, and each worker has seen the same and is about to do the same
//! are one: what follows can't differ. Of what is found so, states from which the same can be seen are one again.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde::{Serialize, Serializer};

use crate::explore::{End, Execution, along};
use crate::programs::Program;
use crate::record::{Hidden, Intent, Operation, Step, Value};

/// The most bytes that a file may have.
pub const MOST: usize = 40_000;

/// The names of the workers.
pub const NAMES: [&str; 3] = ["A", "B", "C"];

/// What is written of a program.
#[derive(Debug, Serialize)]
pub struct Graph {
    /// Its name.
    pub name: &'static str,
    /// The program in `examples/`.
    pub program: &'static str,
    /// The functions that the workers call.
    pub functions: &'static [&'static str],
    /// A word in them, and what stands there instead of it: so they would be wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<[&'static str; 2]>,
    /// How many times a worker calls its function.
    pub times: usize,
    /// The functions' lines.
    pub code: Vec<Function>,
    /// The names of the places in memory.
    pub places: &'static [&'static str],
    /// The name of what the program leaves.
    pub leaves: &'static str,
    /// What it can leave: the right ones first, the worst last.
    pub outcomes: Vec<Outcome>,
    /// What else somebody could think that it leaves.
    pub never: Vec<Option<Vec<usize>>>,
    /// Every step that there is.
    pub steps: Vec<Told>,
    /// The states; the program begins in the first.
    pub states: Vec<State>,
}

/// A function of a program.
#[derive(Debug, Serialize)]
pub struct Function {
    /// The number of its first line in the program.
    pub first: u32,
    /// Its lines.
    pub lines: Vec<&'static str>,
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
    /// One of the shortest, with the fewest changes between workers: the workers, in the order in which they take their steps.
    pub way: Vec<usize>,
}

/// A step, or what a worker waits to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Told {
    /// At which line of the program.
    pub line: u32,
    /// What it does.
    pub operation: Operation,
    /// To which place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// What it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Value>,
    /// What it writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrote: Option<Value>,
}

/// A state in which the program can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct State {
    /// What the places hold.
    pub memory: Vec<Value>,
    /// Who holds the lock of each place; nothing is written where there is no lock.
    #[serde(skip_serializing_if = "nobody")]
    pub held: Vec<Option<usize>>,
    /// What each worker does next; `None` if it has done all.
    pub next: Vec<Option<Next>>,
    /// The number of the outcome, if the program ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<usize>,
}

fn nobody(held: &[Option<usize>]) -> bool {
    held.iter().all(Option::is_none)
}

/// What a worker does next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Next {
    /// The number of the step.
    pub step: usize,
    /// The state to which that leads; `None` if it has to wait.
    pub to: Option<usize>,
}

impl Serialize for Next {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { step, to } = self;
        let numbers: Vec<_> = [Some(*step), *to].into_iter().flatten().collect();
        numbers.serialize(serializer)
    }
}

/// The graph of a program.
///
/// # Errors
/// The program doesn't do the same wherever its workers have seen the same; or it is a cure, and goes wrong.
pub fn graph(program: &Program) -> Result<Graph> {
    let code = program.functions.iter().map(|name| function(program, name));
    let code = code.collect::<Result<Vec<_>>>()?;
    let walk = Walk::through(program)?;
    let outcomes = walk.outcomes(program);
    if program.cure
        && let Some(wrong) = outcomes.iter().find(|outcome| !outcome.right)
    {
        let (name, left, way) = (program.name, &wrong.left, &wrong.way);
        anyhow::bail!("{name} is a cure, and leaves {left:?} along {way:?}");
    }
    let known = |left: &Option<Vec<usize>>| outcomes.iter().any(|outcome| outcome.left == *left);
    let asked = program.asked.iter().map(|left| Some(left.to_vec())).chain([None]);
    let never = asked.filter(|left| !known(left)).collect();
    let (steps, states) = walk.states(&code, &outcomes)?;
    Ok(Graph {
        name: program.name,
        program: program.source.example,
        functions: program.functions,
        instead: program.source.instead,
        times: program.times,
        code,
        places: program.places,
        leaves: program.leaves,
        outcomes,
        never,
        steps,
        states,
    })
}

/// A function's lines, and the number of the first.
fn function(program: &Program, name: &str) -> Result<Function> {
    let begin = format!("pub fn {name}(");
    let lines = || program.source.text.lines();
    let first = lines().position(|line| line.starts_with(&begin));
    let first = first.with_context(|| format!("no fn {name}"))?;
    let length = lines().skip(first).position(|line| line == "}").context("it ends")? + 1;
    let own = |line: &'static str| line.strip_prefix("pub ").unwrap_or(line);
    let lines = program.source.text.lines().skip(first).take(length).map(own).collect();
    Ok(Function { first: u32::try_from(first)? + 1, lines })
}

/// The line at which a step is done. What is given back where it is dropped is given back at the end of the function, or at that of the
/// statement if it has no name.
fn line(code: &[Function], intent: Intent) -> Result<u32> {
    let has = |function: &&Function| {
        let length = function.lines.len();
        usize::try_from(intent.line)
            .ok()
            .and_then(|line| line.checked_sub(usize::try_from(function.first).ok()?))
            .is_some_and(|line| line < length)
    };
    let function = code.iter().find(has).with_context(|| format!("{intent:?} is elsewhere"))?;
    let dropped = matches!(intent.operation, Operation::Unlock | Operation::Release);
    let text = function.lines[usize::try_from(intent.line - function.first)?];
    if dropped && text.contains("let ") {
        Ok(function.first + u32::try_from(function.lines.len())? - 1)
    } else {
        Ok(intent.line)
    }
}

/// Every step of every schedule, from the beginning.
struct Walk {
    nodes: Vec<Node>,
}

/// Where a program can be.
struct Node {
    memory: Vec<Value>,
    held: Vec<Option<usize>>,
    /// What each worker does after this; `None` if nothing more.
    begun: Vec<Option<Intent>>,
    /// The step of each worker that can take one, and where it leads.
    steps: Vec<Option<(Step, usize)>>,
    /// What the program leaves, if it ends here.
    end: Option<End>,
    /// How many ways there are from the beginning to here.
    ways: usize,
    /// For each worker that can have come here last the way with the fewest changes between workers, and how many these are.
    best: BTreeMap<Option<usize>, (usize, Vec<usize>)>,
}

/// What tells two nodes apart.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    memory: Vec<Value>,
    held: Vec<Option<usize>>,
    begun: Vec<Option<Intent>>,
    seen: Vec<Vec<Step>>,
    hidden: Hidden,
}

impl Walk {
    fn through(program: &Program) -> Result<Self> {
        let start = along(&[], program.run).context("the program begins")?;
        let mut nodes = Vec::new();
        let mut known = HashMap::new();
        let mut way_to = VecDeque::new();
        let first = Node::of(&start, program.workers, &mut known, &mut nodes);
        nodes[first].ways = 1;
        nodes[first].best.insert(None, (0, Vec::new()));
        way_to.push_back((first, Vec::new()));
        while let Some((at, way)) = way_to.pop_front() {
            for worker in 0..program.workers {
                if nodes[at].begun[worker].is_none() {
                    continue;
                }
                let mut longer: Vec<usize> = way.clone();
                longer.push(worker);
                let Some(execution) = along(&longer, program.run) else { continue };
                let step = *execution.notes.steps.last().context("a step was taken")?;
                ensure!(Some(step.intent) == nodes[at].begun[worker], "{step:?} was not to come");
                let before = nodes.len();
                let to = Node::of(&execution, program.workers, &mut known, &mut nodes);
                if to == before {
                    way_to.push_back((to, longer));
                }
                nodes[at].steps[worker] = Some((step, to));
                nodes[to].ways += nodes[at].ways;
                let ways: Vec<_> = nodes[at].best.iter().map(|(l, b)| (*l, b.clone())).collect();
                for (last, (changes, mut way)) in ways {
                    let changes = changes + usize::from(last.is_some_and(|last| last != worker));
                    way.push(worker);
                    let best = nodes[to].best.entry(Some(worker));
                    let best = best.or_insert_with(|| (changes, way.clone()));
                    if (changes, &way) < (best.0, &best.1) {
                        *best = (changes, way);
                    }
                }
            }
            let node = &mut nodes[at];
            if node.end.is_none() && node.steps.iter().all(Option::is_none) {
                node.end = Some(End::Deadlock);
            }
        }
        Ok(Self { nodes })
    }

    /// What the program can leave.
    fn outcomes(&self, program: &Program) -> Vec<Outcome> {
        let mut ways: BTreeMap<Option<Vec<usize>>, Vec<&Node>> = BTreeMap::new();
        for node in &self.nodes {
            if let Some(left) = node.left() {
                ways.entry(left).or_default().push(node);
            }
        }
        let mut outcomes: Vec<Outcome> = ways
            .into_iter()
            .map(|(left, nodes)| {
                let schedules = nodes.iter().map(|node| node.ways).sum();
                let best = nodes.iter().flat_map(|node| node.best.values());
                let best = best.min_by_key(|(changes, way)| (way.len(), *changes, way));
                let way = best.map(|(_, way)| way.clone()).unwrap_or_default();
                let right = left
                    .as_deref()
                    .is_some_and(|left| left == program.right || program.also.contains(&left));
                Outcome { left, right, schedules, way }
            })
            .collect();
        // A deadlock is the worst, and then what differs most.
        outcomes.sort_by_key(|outcome| {
            let off = |left: &Vec<usize>| -> usize {
                left.iter().zip(program.right).map(|(a, b)| a.abs_diff(*b)).sum()
            };
            (outcome.left.is_none(), outcome.left.as_ref().map(off))
        });
        outcomes
    }

    /// The steps and the states, equal ones merged, in the order in which they are met.
    fn states(&self, code: &[Function], outcomes: &[Outcome]) -> Result<(Vec<Told>, Vec<State>)> {
        let told = |node: &Node, worker: usize| -> Result<Option<Told>> {
            let Some(intent) = node.begun[worker] else { return Ok(None) };
            let Intent { operation, place, .. } = intent;
            let step = node.steps[worker];
            let (read, wrote) = step.map_or((None, None), |(step, _)| (step.read, step.wrote));
            Ok(Some(Told { line: line(code, intent)?, operation, place, read, wrote }))
        };
        let mut steps = BTreeSet::new();
        for node in &self.nodes {
            for worker in 0..node.begun.len() {
                steps.extend(told(node, worker)?);
            }
        }
        let steps: Vec<Told> = steps.into_iter().collect();

        let mut merged: Vec<State> = Vec::new();
        let mut known: HashMap<State, usize> = HashMap::new();
        let mut state_of = vec![0; self.nodes.len()];
        // What follows a node was met after it, and has its state already.
        for (n, node) in self.nodes.iter().enumerate().rev() {
            let mut next = Vec::new();
            for worker in 0..node.begun.len() {
                let step = told(node, worker)?.map(|told| steps.binary_search(&told));
                let step = step.transpose().ok().context("every step is among them")?;
                let to = node.steps[worker].map(|(_, to)| state_of[to]);
                next.push(step.map(|step| Next { step, to }));
            }
            let outcome = node.left().map(|left| outcomes.iter().position(|one| one.left == left));
            let (memory, held) = (node.memory.clone(), node.held.clone());
            let state = State { memory, held, next, outcome: outcome.flatten() };
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
        let states = renumbered.collect();
        Ok((steps, states))
    }
}

impl Node {
    /// The node of an execution; a new one if none is like it.
    fn of(
        execution: &Execution,
        workers: usize,
        known: &mut HashMap<Key, usize>,
        nodes: &mut Vec<Self>,
    ) -> usize {
        let notes = &execution.notes;
        let mut memory = notes.places.clone();
        let mut held = vec![None; memory.len()];
        let mut seen = vec![Vec::new(); workers];
        for step in &notes.steps {
            if let (Some(place), Some(value)) = (step.intent.place, step.wrote) {
                memory[place] = value;
            }
            match (step.intent.operation, step.intent.place) {
                (Operation::Lock | Operation::Wake, Some(place)) => held[place] = Some(step.worker),
                (Operation::Unlock | Operation::Sleep, Some(place)) => held[place] = None,
                _ => {}
            }
            seen[step.worker].push(*step);
        }
        let mut begun = notes.begun.clone();
        begun.resize(workers, None);
        let hidden = notes.hidden.told();
        let (m, h, b) = (memory.clone(), held.clone(), begun.clone());
        let key = Key { memory: m, held: h, begun: b, seen, hidden };
        *known.entry(key).or_insert_with(|| {
            let end = (execution.end != End::Stopped).then(|| execution.end.clone());
            let (steps, best) = (vec![None; workers], BTreeMap::new());
            nodes.push(Self { memory, held, begun, steps, end, ways: 0, best });
            nodes.len() - 1
        })
    }

    /// What the program leaves if it ends here: `Some(None)` if all wait for each other.
    fn left(&self) -> Option<Option<Vec<usize>>> {
        match &self.end {
            None | Some(End::Stopped) => None,
            Some(End::Deadlock) => Some(None),
            Some(End::Left(left)) => Some(Some(left.clone())),
        }
    }
}

impl Graph {
    /// The text of its file: a line for each outcome, step and state.
    ///
    /// # Errors
    /// None that is known.
    pub fn json(&self) -> Result<String> {
        let value = serde_json::to_value(self)?;
        let fields = value.as_object().context("it is an object")?;
        let mut text = "{\n".to_owned();
        for name in
            ["name", "program", "functions", "instead", "times", "places", "leaves", "never"]
        {
            if let Some(value) = fields.get(name) {
                let _ = writeln!(text, "\"{name}\": {value},");
            }
        }
        let _ = writeln!(text, "\"code\": [\n{}\n],", each(&self.code)?);
        let _ = writeln!(text, "\"outcomes\": [\n{}\n],", each(&self.outcomes)?);
        let _ = writeln!(text, "\"steps\": [\n{}\n],", each(&self.steps)?);
        let _ = writeln!(text, "\"states\": [\n{}\n]\n}}", each(&self.states)?);
        Ok(text)
    }

    /// How many schedules there are.
    #[must_use]
    pub fn schedules(&self) -> usize {
        self.outcomes.iter().map(|outcome| outcome.schedules).sum()
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
        let mut all = Vec::new();
        for &worker in way {
            let Some(Next { step, to: Some(to) }) = &state.next[worker] else { break };
            let Told { operation, place, read, wrote, .. } = &self.steps[*step];
            let mut told = format!("{} {}", NAMES[worker], operation.name());
            if let Some(place) = place
                && self.places.len() > 1
            {
                let _ = write!(told, " {}", self.places[*place]);
            }
            let values: Vec<_> = [read, wrote].into_iter().flatten().map(shown).collect();
            if !values.is_empty() {
                let _ = write!(told, " {}", values.join("→"));
            }
            all.push(told);
            state = &self.states[*to];
        }
        all.join(", ")
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
