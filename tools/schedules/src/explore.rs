//! Every schedule of a program, and a single one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};

use crate::record::{self, Notes};

/// A program that is checked: what it leaves.
pub type Run = fn() -> Vec<usize>;

/// One execution of a program. Two that differ in what the main thread did, and not in the workers' steps, are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Execution {
    /// What was done.
    pub notes: Notes,
    /// What the program left; `None` if it came to no end, since all wait for each other.
    pub outcome: Option<Vec<usize>>,
}

impl Execution {
    /// The workers, in the order in which they took their steps.
    #[must_use]
    pub fn way(&self) -> Vec<usize> {
        self.notes.steps.iter().map(|step| step.worker).collect()
    }
}

/// Every execution that there is.
#[must_use]
pub fn every(run: Run) -> BTreeSet<Execution> {
    under(DfsScheduler::new(None, false), run)
}

/// The execution in which the workers take their steps in the order of `way`, as far as it goes. Where one of them
/// can't take its step, another one does.
#[must_use]
pub fn along(way: &[usize], run: Run) -> Option<Execution> {
    under(Along { way: way.to_owned(), done: false }, run).pop_first()
}

/// The executions that a scheduler asks for.
fn under(scheduler: impl Scheduler + 'static, run: Run) -> BTreeSet<Execution> {
    let scheduler = Rc::new(RefCell::new(scheduler));
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    // Of weaker orderings, which loom checks.
    config.silence_warnings = true;
    let add = |seen: &Mutex<BTreeSet<Execution>>, execution| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).insert(execution);
    };
    loop {
        let runner = Runner::new(Shared(Rc::clone(&scheduler)), config.clone());
        let all = Arc::clone(&seen);
        let ended = catch_unwind(AssertUnwindSafe(|| {
            runner.run(move || {
                record::take();
                let outcome = Some(run());
                add(&all, Execution { notes: record::take(), outcome });
            })
        }));
        match ended {
            Ok(_) => break,
            // Shuttle gives up here. Its scheduler knows where it was, and goes on with the next execution.
            Err(panic) if is_deadlock(&*panic) => {
                add(&seen, Execution { notes: record::take(), outcome: None });
            }
            Err(panic) => resume_unwind(panic),
        }
    }
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *seen)
}

fn is_deadlock(panic: &(dyn std::any::Any + Send)) -> bool {
    panic.downcast_ref::<String>().is_some_and(|text| text.starts_with("deadlock! blocked tasks"))
}

/// A scheduler that outlives the runner that asks it.
struct Shared<S>(Rc<RefCell<S>>);

impl<S: Scheduler> Scheduler for Shared<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.0.borrow_mut().new_execution()
    }

    fn next_task(&mut self, tasks: &[&Task], now: Option<TaskId>, yields: bool) -> Option<TaskId> {
        self.0.borrow_mut().next_task(tasks, now, yields)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.borrow_mut().next_u64()
    }
}

/// The scheduler of [`along`]: one execution, in which the main thread goes first.
struct Along {
    way: Vec<usize>,
    done: bool,
}

impl Scheduler for Along {
    fn new_execution(&mut self) -> Option<Schedule> {
        (!std::mem::replace(&mut self.done, true)).then(|| Schedule::new(0))
    }

    fn next_task(&mut self, tasks: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let find = |wanted: usize| {
            tasks.iter().map(|task| task.id()).find(|&id| usize::from(id) == wanted)
        };
        let next = self.way.get(record::steps()).and_then(|worker| find(worker + 1));
        find(0).or(next).or_else(|| tasks.first().map(|task| task.id()))
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
