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
    /// How it ended.
    pub end: End,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The program left this.
    Left(Vec<usize>),
    /// All wait for each other.
    Deadlock,
    /// It was not wanted any further.
    Stopped,
}

impl Execution {
    /// The workers, in the order in which they took their steps.
    #[must_use]
    pub fn way(&self) -> Vec<usize> {
        self.notes.steps.iter().map(|step| step.worker).collect()
    }
}

/// The ways of all executions that there are, each with its end: shuttle's own search through all schedules, which knows
/// nothing of steps.
#[must_use]
pub fn every(run: Run) -> BTreeSet<(Vec<usize>, End)> {
    let mut all = BTreeSet::new();
    under(DfsScheduler::new(None, false), run, &mut |execution| {
        all.insert((execution.way(), execution.end));
    });
    all
}

/// The execution in which the workers take their steps in the order of `way`, and each stands before its next one. `None` if one of
/// them can't take its step.
#[must_use]
pub fn along(way: &[usize], run: Run) -> Option<Execution> {
    let mut found = None;
    let scheduler = Along { way: way.to_owned(), begun: false, whole: false };
    under(scheduler, run, &mut |execution| found = Some(execution));
    found.filter(|execution| execution.way() == way)
}

/// As [`along`], and then on to an end, whichever it is.
#[must_use]
pub fn through(way: &[usize], run: Run) -> Option<Execution> {
    let mut found = None;
    let scheduler = Along { way: way.to_owned(), begun: false, whole: true };
    under(scheduler, run, &mut |execution| found = Some(execution));
    found
}

/// The executions that a scheduler asks for.
fn under(scheduler: impl Scheduler + 'static, run: Run, each: &mut dyn FnMut(Execution)) {
    let scheduler = Rc::new(RefCell::new(scheduler));
    let ended = Arc::new(Mutex::new(Vec::new()));
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    // Of weaker orderings, which loom checks.
    config.silence_warnings = true;
    let take = || std::mem::take(&mut *ended.lock().unwrap_or_else(PoisonError::into_inner));
    loop {
        let shared = Shared { scheduler: Rc::clone(&scheduler), ended: Arc::clone(&ended) };
        let runner = Runner::new(shared, config.clone());
        let ends = Arc::clone(&ended);
        let over = catch_unwind(AssertUnwindSafe(|| {
            runner.run(move || {
                record::start();
                let left = run();
                let notes = record::stop();
                let end = End::Left(left);
                ends.lock().unwrap_or_else(PoisonError::into_inner).push(Execution { notes, end });
            })
        }));
        take().into_iter().for_each(&mut *each);
        match over {
            Ok(_) => break,
            // Shuttle gives up here. Its scheduler knows where it was, and goes on with the next execution.
            Err(panic) if is_deadlock(&*panic) => {
                each(Execution { notes: record::stop(), end: End::Deadlock });
            }
            Err(panic) => resume_unwind(panic),
        }
    }
}

fn is_deadlock(panic: &(dyn std::any::Any + Send)) -> bool {
    panic.downcast_ref::<String>().is_some_and(|text| text.starts_with("deadlock! blocked tasks"))
}

/// A scheduler that outlives the runner that asks it.
struct Shared<S> {
    scheduler: Rc<RefCell<S>>,
    ended: Arc<Mutex<Vec<Execution>>>,
}

impl<S: Scheduler> Scheduler for Shared<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.scheduler.borrow_mut().new_execution()
    }

    fn next_task(&mut self, tasks: &[&Task], now: Option<TaskId>, yields: bool) -> Option<TaskId> {
        let next = self.scheduler.borrow_mut().next_task(tasks, now, yields);
        match next {
            Some(task) => {
                if let Some(worker) = usize::from(task).checked_sub(1) {
                    record::chosen(worker);
                }
            }
            None => {
                let execution = Execution { notes: record::stop(), end: End::Stopped };
                self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(execution);
            }
        }
        next
    }

    fn next_u64(&mut self) -> u64 {
        self.scheduler.borrow_mut().next_u64()
    }
}

/// The scheduler of [`along`] and [`through`]: one execution, in which the main thread goes first, and then
/// whoever doesn't stand before a step.
struct Along {
    way: Vec<usize>,
    begun: bool,
    whole: bool,
}

impl Scheduler for Along {
    fn new_execution(&mut self) -> Option<Schedule> {
        (!std::mem::replace(&mut self.begun, true)).then(|| Schedule::new(0))
    }

    fn next_task(&mut self, tasks: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let ids = || tasks.iter().map(|task| task.id());
        let between = |id: &TaskId| {
            usize::from(*id).checked_sub(1).is_none_or(|worker| !record::has_begun(worker))
        };
        if let Some(id) = ids().find(between) {
            return Some(id);
        }
        match self.way.get(record::steps()) {
            Some(worker) => ids().find(|id| usize::from(*id) == worker + 1),
            None if self.whole => ids().next(),
            None => None,
        }
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
