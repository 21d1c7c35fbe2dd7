//! What threads may share: lent, owned together, moved; and what a forked child gets.
//!
//! `cargo run --example send_and_sync -- --threads 2`

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;

const WORDS: [&str; 22] = [
    "below", "brag", "chin", "cider", "cried", "desserts", "dusty", "elbow", "enlist",
    "grab", "inch", "listen", "night", "save", "silent", "state", "stressed", "study",
    "taste", "thing", "tinsel", "vase",
];

/// Words of the same letters, under these letters.
type Groups = BTreeMap<String, Vec<String>>;

fn add(groups: &mut Groups, word: &str) {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    groups.entry(letters.into_iter().collect()).or_default().push(word.to_owned());
}

/// Lent: a scope waits for its threads, so what they borrow is there.
fn lent(words: &[String], threads: usize) -> Groups {
    let groups = Mutex::new(Groups::new());
    thread::scope(|scope| {
        for part in words.chunks(words.len().div_ceil(threads)) {
            let groups = &groups;
            scope.spawn(move || {
                for word in part {
                    add(&mut groups.lock().expect("no thread panics"), word);
                }
            });
        }
    });
    groups.into_inner().expect("no thread has panicked")
}

/// Owned together: these threads may go on after this function, so each is an owner.
fn owned_together(words: Vec<String>, threads: usize) -> Groups {
    let words: Arc<[String]> = words.into();
    let groups = Arc::new(Mutex::new(Groups::new()));
    let start = |worker| {
        let (words, groups) = (Arc::clone(&words), Arc::clone(&groups));
        thread::spawn(move || {
            for word in words.iter().skip(worker).step_by(threads) {
                add(&mut groups.lock().expect("no thread panics"), word);
            }
        })
    };
    let workers: Vec<_> = (0..threads).map(start).collect();
    for worker in workers {
        worker.join().expect("no thread panics");
    }
    let groups = Arc::into_inner(groups).expect("the other owners have ended");
    groups.into_inner().expect("no thread has panicked")
}

/// Moved: each thread has a tally of its own, without a lock, and gives it back.
fn moved(words: &[String], threads: usize) -> Vec<Cell<usize>> {
    let tallies = (0..threads).map(|_| Cell::new(0));
    thread::scope(|scope| {
        let start = |(worker, tally): (usize, Cell<usize>)| {
            scope.spawn(move || {
                for word in words.iter().skip(worker).step_by(threads) {
                    tally.update(|letters| letters + word.len());
                }
                tally
            })
        };
        let workers: Vec<_> = tallies.enumerate().map(start).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no thread panics"))
            .collect()
    })
}

/// A forked child takes along what no thread may have. It is a copy.
fn in_a_child(words: &[String]) -> anyhow::Result<()> {
    let groups = Rc::new(RefCell::new(Groups::new()));
    let (arc, shared) =
        (Arc::new(AtomicUsize::new(0)), mp::Shared::new(AtomicUsize::new(0))?);
    let mut child = mp::Process::spawn(|| {
        for word in words {
            add(&mut groups.borrow_mut(), word);
        }
        let count = groups.borrow().len();
        arc.store(count, Relaxed);
        shared.store(count, Relaxed);
        println!("in the child:   {count} groups in an Rc<RefCell<Groups>>");
    })?;
    anyhow::ensure!(child.join()?.success(), "the child failed");
    let [arc, shared] = [&*arc, &*shared].map(|count| count.load(Relaxed));
    println!(
        "in the parent:  {} in the same Rc<RefCell<Groups>>",
        groups.borrow().len()
    );
    println!("                {arc} in an Arc<AtomicUsize>");
    println!("                {shared} in a Shared<AtomicUsize>");
    Ok(())
}

fn report(how: &str, groups: &Groups) {
    let largest = groups.values().max_by_key(|words| words.len());
    let mut words = largest.cloned().unwrap_or_default();
    words.sort_unstable();
    println!("{how} {} groups, the largest: {}", groups.len(), words.join(" "));
}

fn main() -> anyhow::Result<()> {
    let [threads] = mp::args([("threads", 3, 1..=64)]);
    let words = WORDS.map(str::to_owned).to_vec();
    report("lent:          ", &lent(&words, threads));
    report("owned together:", &owned_together(words.clone(), threads));
    let letters: usize = moved(&words, threads).iter().map(Cell::get).sum();
    println!("moved:          the tallies are back, together {letters} letters");
    in_a_child(&words)
}
