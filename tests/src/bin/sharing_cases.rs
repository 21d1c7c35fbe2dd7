//! Cases for tests/sharing.rs, each in a process of its own: `mp::Semaphore` under faults, and what
//! the pages on sharing say about locks. A case that finds something wrong ends with an error.

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    cases::run(&std::env::args().nth(1).unwrap_or_default())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}

#[cfg(unix)]
mod cases {
    use std::fs::File;
    use std::io;
    use std::mem;
    use std::panic::{self, AssertUnwindSafe};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
    use std::sync::{Barrier, Mutex};
    use std::thread;
    use std::time::{Duration, Instant};

    use anyhow::{Context as _, Result, bail, ensure};
    use mp::{Process, Semaphore, Shared};
    use nix::fcntl::{Flock, FlockArg};
    use nix::libc::{self, c_int};
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
    use nix::unistd::Pid;

    /// Long enough for what should happen at once, on a machine that does other work.
    const LONG: Duration = Duration::from_secs(30);
    /// For what should not happen.
    const SHORT: Duration = Duration::from_millis(200);

    pub fn run(case: &str) -> Result<()> {
        match case {
            "processes" => processes(),
            "threads" => threads(),
            "bounds" => bounds(),
            "timeout" => timeout(),
            "killed_holder" => killed_holder(),
            "panicking_holder" => panicking_holder(),
            "guard_at_fork" => guard_at_fork(),
            "guard_moved" => guard_moved(),
            "interrupted" => interrupted(),
            "herd" => herd(),
            "killed_waiters" => killed_waiters(),
            "no_descriptors" => no_descriptors(),
            "file_lock" => file_lock(),
            "file_lock_of_a_holder_that_forked" => file_lock_of_a_holder_that_forked(),
            "mutex_in_shared_memory" => mutex_in_shared_memory(),
            "mutex_and_barrier" => mutex_and_barrier(),
            _ => bail!("no case '{case}'"),
        }
    }

    /// So many permits are free, and no more.
    fn ensure_free(semaphore: &Semaphore, free: usize) -> Result<()> {
        let mut permits = Vec::new();
        while let Some(permit) = semaphore.acquire_timeout(Duration::ZERO)? {
            permits.push(permit);
        }
        ensure!(permits.len() == free, "{} are free, not {free}", permits.len());
        Ok(())
    }

    fn wait_until(what: &str, condition: impl Fn() -> bool) -> Result<()> {
        let start = Instant::now();
        while !condition() {
            ensure!(start.elapsed() < LONG, "waited too long until {what}");
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn join_well(mut process: Process) -> Result<()> {
        let status = process.join_timeout(LONG)?;
        if status.is_none() {
            process.kill()?;
        }
        let status = status.context("a process did not end")?;
        ensure!(status.success(), "a process failed, {status}");
        Ok(())
    }

    struct Inside {
        now: AtomicUsize,
        most: AtomicUsize,
        rounds: AtomicUsize,
    }

    impl Inside {
        fn new() -> Inside {
            let [now, most, rounds] = [const { AtomicUsize::new(0) }; 3];
            Inside { now, most, rounds }
        }
    }

    // SAFETY: atomics only.
    unsafe impl mp::Shareable for Inside {}

    fn enter(semaphore: &Semaphore, inside: &Inside, rounds: usize) -> io::Result<()> {
        for _ in 0..rounds {
            let _permit = semaphore.acquire()?;
            inside.most.fetch_max(inside.now.fetch_add(1, SeqCst) + 1, SeqCst);
            thread::yield_now();
            inside.now.fetch_sub(1, SeqCst);
            inside.rounds.fetch_add(1, SeqCst);
        }
        Ok(())
    }

    fn ensure_kept(inside: &Inside, permits: usize, rounds: usize) -> Result<()> {
        let most = inside.most.load(SeqCst);
        ensure!((1..=permits).contains(&most), "{most} were inside with {permits} permits");
        ensure!(inside.rounds.load(SeqCst) == rounds, "rounds are missing");
        ensure!(inside.now.load(SeqCst) == 0, "someone is still inside");
        Ok(())
    }

    fn processes() -> Result<()> {
        for permits in [1, 2, 3, 7] {
            let semaphore = Semaphore::new(permits)?;
            let inside = Shared::new(Inside::new())?;
            let mut processes = Vec::new();
            for _ in 0..8 {
                processes.push(Process::spawn(|| {
                    enter(&semaphore, &inside, 100).expect("acquire");
                })?);
            }
            processes.into_iter().try_for_each(join_well)?;
            ensure_kept(&inside, permits, 800)?;
            ensure_free(&semaphore, permits)?;
        }
        Ok(())
    }

    fn threads() -> Result<()> {
        let semaphore = Semaphore::new(3)?;
        let inside = Inside::new();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| enter(&semaphore, &inside, 100).expect("acquire"));
            }
        });
        ensure_kept(&inside, 3, 800)?;
        ensure_free(&semaphore, 3)
    }

    fn bounds() -> Result<()> {
        for permits in [0, libc::PIPE_BUF + 1, usize::MAX] {
            let error = Semaphore::new(permits).err().context("it was accepted")?;
            ensure!(error.kind() == io::ErrorKind::InvalidInput, "{error}");
            ensure!(error.to_string().contains(&permits.to_string()), "{error}");
        }
        // Whatever is out at a time, all can come back: the pipe never takes too few.
        let semaphore = Semaphore::new(libc::PIPE_BUF)?;
        ensure_free(&semaphore, libc::PIPE_BUF)?;
        for out in [1, 7, 1000, libc::PIPE_BUF] {
            for _ in 0..3 * libc::PIPE_BUF / out {
                let permits: io::Result<Vec<_>> = (0..out).map(|_| semaphore.acquire()).collect();
                ensure!(permits?.len() == out);
            }
        }
        ensure_free(&semaphore, libc::PIPE_BUF)
    }

    fn timeout() -> Result<()> {
        let semaphore = Semaphore::new(1)?;
        let permit = semaphore.acquire()?;
        for timeout in [Duration::ZERO, Duration::from_micros(300), SHORT] {
            let start = Instant::now();
            ensure!(semaphore.acquire_timeout(timeout)?.is_none(), "there was no permit");
            ensure!(start.elapsed() >= timeout, "it gave up too early");
        }
        drop(permit);
        for timeout in [Duration::ZERO, SHORT, Duration::MAX] {
            ensure!(semaphore.acquire_timeout(timeout)?.is_some(), "there was a permit");
        }
        // A permit that comes while it waits.
        let holds = Shared::new(AtomicBool::new(false))?;
        let child = Process::spawn(|| {
            let _permit = semaphore.acquire().expect("acquire");
            holds.store(true, SeqCst);
            thread::sleep(SHORT);
        })?;
        wait_until("the child holds the permit", || holds.load(SeqCst))?;
        ensure!(semaphore.acquire_timeout(LONG)?.is_some(), "the child gave it back");
        join_well(child)
    }

    /// A process that takes a permit and keeps it until it is killed.
    fn holder(semaphore: &Semaphore) -> Result<Process> {
        let holds = Shared::new(AtomicBool::new(false))?;
        let holder = Process::spawn(|| {
            let _permit = semaphore.acquire().expect("acquire");
            holds.store(true, SeqCst);
            thread::sleep(2 * LONG);
        })?;
        wait_until("the child holds the permit", || holds.load(SeqCst))?;
        Ok(holder)
    }

    fn killed_holder() -> Result<()> {
        let semaphore = Semaphore::new(2)?;
        let mut holder = holder(&semaphore)?;
        let second = semaphore.acquire()?;
        let mut waiting = Process::spawn(|| drop(semaphore.acquire()))?;
        holder.kill()?;
        holder.join()?;
        ensure!(waiting.join_timeout(SHORT)?.is_none(), "it got a permit that is lost");
        ensure!(semaphore.acquire_timeout(SHORT)?.is_none(), "the permit is lost");
        drop(second); // the other permit is as good as before
        join_well(waiting)?;
        ensure_free(&semaphore, 1)
    }

    fn panicking_holder() -> Result<()> {
        let semaphore = Semaphore::new(1)?;
        let mut child = Process::spawn(|| {
            let _permit = semaphore.acquire().expect("acquire");
            panic!("with a permit");
        })?;
        ensure!(child.join()?.code() == Some(101));
        ensure_free(&semaphore, 1)?;
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
            let _permit = semaphore.acquire().expect("acquire");
            panic!("with a permit");
        }));
        ensure!(panicked.is_err());
        ensure_free(&semaphore, 1)
    }

    fn guard_at_fork() -> Result<()> {
        let semaphore = Semaphore::new(1)?;
        let mut permit = Some(semaphore.acquire()?);
        let child = Process::spawn(|| {
            permit = None; // the child's copy
            let free = semaphore.acquire_timeout(Duration::ZERO).expect("acquire");
            assert!(free.is_none(), "a copy was given back");
        })?;
        join_well(child)?;
        ensure_free(&semaphore, 0)?;
        drop(permit);
        ensure_free(&semaphore, 1)
    }

    fn guard_moved() -> Result<()> {
        let semaphore = Semaphore::new(1)?;
        let permit = semaphore.acquire()?;
        join_well(Process::spawn(move || drop(permit))?)?;
        ensure_free(&semaphore, 1)
    }

    static SIGNALS: AtomicUsize = AtomicUsize::new(0);

    extern "C" fn count_signal(_: c_int) {
        SIGNALS.fetch_add(1, SeqCst);
    }

    fn interrupted() -> Result<()> {
        let handler = SigHandler::Handler(count_signal);
        let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
        // SAFETY: the handler only adds to an atomic, which a signal handler may do.
        unsafe { sigaction(Signal::SIGUSR1, &action)? };
        let semaphore = Semaphore::new(1)?;
        let [holds, sent] = &*Shared::new([const { AtomicBool::new(false) }; 2])?;
        let parent = Pid::this();
        let child = Process::spawn(|| {
            let _permit = semaphore.acquire().expect("acquire");
            holds.store(true, SeqCst);
            for _ in 0..100 {
                kill(parent, Signal::SIGUSR1).expect("the parent waits");
                thread::sleep(Duration::from_millis(2));
            }
            sent.store(true, SeqCst);
        })?;
        wait_until("the child holds the permit", || holds.load(SeqCst))?;
        let permit = semaphore.acquire()?;
        ensure!(sent.load(SeqCst), "it got a permit that was not free");
        ensure!(SIGNALS.load(SeqCst) > 0, "no signal came");
        drop(permit);
        join_well(child)
    }

    /// How many times the children of this process have gone to sleep, until now: how busy the machine is
    /// doesn't count.
    fn switches() -> Result<i64> {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        Ok(usage.voluntary_context_switches())
    }

    /// One release wakes one of 64 that wait, and not all of them. Holding a permit goes to sleep
    /// once, so that others do wait.
    fn herd() -> Result<()> {
        const ROUNDS: i32 = 50;
        for timeout in [None, Some(LONG)] {
            let semaphore = Semaphore::new(1)?;
            let before = switches()?;
            let mut processes = Vec::new();
            for _ in 0..64 {
                processes.push(Process::spawn(|| -> io::Result<()> {
                    for _ in 0..ROUNDS {
                        let _permit = match timeout {
                            None => Some(semaphore.acquire()?),
                            Some(time) => semaphore.acquire_timeout(time)?,
                        };
                        thread::sleep(Duration::from_micros(5));
                    }
                    Ok(())
                })?);
            }
            processes.into_iter().try_for_each(join_well)?;
            let each = f64::from(i32::try_from(switches()? - before)?) / f64::from(64 * ROUNDS);
            println!("{each:.1} context switches a permit, with timeout {timeout:?}");
            #[cfg(target_os = "linux")]
            ensure!(each <= 4.0, "{each:.1} context switches a permit: all are woken");
        }
        Ok(())
    }

    /// Who is killed while it waits, or when it was woken, does not take the waking of others along.
    fn killed_waiters() -> Result<()> {
        let semaphore = Semaphore::new(1)?;
        let passed = Shared::new(AtomicUsize::new(0))?;
        let permit = semaphore.acquire()?;
        let mut victims = Vec::new();
        let mut others = Vec::new();
        for _ in 0..16 {
            victims.push(Process::spawn(|| -> io::Result<()> {
                let permit = semaphore.acquire()?;
                mem::forget(permit); // it must not be taken here: all are killed before
                Ok(())
            })?);
            others.push(Process::spawn(|| -> io::Result<()> {
                drop(semaphore.acquire()?);
                passed.fetch_add(1, SeqCst);
                Ok(())
            })?);
        }
        thread::sleep(SHORT); // until they wait
        for victim in &victims {
            kill(Pid::from_raw(i32::try_from(victim.id())?), Signal::SIGSTOP)?;
        }
        drop(permit);
        wait_until("all others have passed", || passed.load(SeqCst) == 16)?;
        for victim in &mut victims {
            victim.kill()?;
            victim.join()?;
        }
        others.into_iter().try_for_each(join_well)?;
        ensure_free(&semaphore, 1)
    }

    /// With no descriptor left for an `epoll`, it waits in another way.
    fn no_descriptors() -> Result<()> {
        let semaphore = Semaphore::new(1)?;
        let [holds, go] = &*Shared::new([const { AtomicBool::new(false) }; 2])?;
        let child = Process::spawn(|| -> Result<()> {
            let _permit = semaphore.acquire()?;
            holds.store(true, SeqCst);
            wait_until("it may go", || go.load(SeqCst))?;
            thread::sleep(SHORT); // while the parent waits
            Ok(())
        })?;
        wait_until("the child holds the permit", || holds.load(SeqCst))?;
        let files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        ensure!(semaphore.acquire_timeout(Duration::from_millis(1))?.is_none(), "it is held");
        go.store(true, SeqCst);
        let permit = semaphore.acquire()?;
        drop(files);
        drop(permit);
        join_well(child)
    }

    /// The system gives back the lock of a killed process; a file opened before fork is one lock.
    fn file_lock() -> Result<()> {
        let file = tempfile::NamedTempFile::new()?;
        let open = || File::open(file.path());
        let lock = |file: File| Flock::lock(file, FlockArg::LockExclusiveNonblock);

        let holds = Shared::new(AtomicBool::new(false))?;
        let mut child = Process::spawn(|| {
            let _lock = lock(open().expect("open")).map_err(|(_, errno)| errno).expect("lock");
            holds.store(true, SeqCst);
            thread::sleep(2 * LONG);
        })?;
        wait_until("the child holds the lock", || holds.load(SeqCst))?;
        ensure!(lock(open()?).is_err(), "two processes hold the lock");
        child.kill()?;
        child.join()?;
        let ours = open()?;
        let inherited = ours.try_clone()?;
        let ours = lock(ours).map_err(|(_, errno)| errno).context("its holder was killed")?;

        let mut inherited = Some(inherited);
        let child = Process::spawn(|| {
            assert!(lock(open().expect("open")).is_err(), "opened here, it is another lock");
            let file = inherited.take().expect("the child's copy");
            // Kept: dropping it would unlock the one lock that both have.
            std::mem::forget(lock(file).map_err(|(_, errno)| errno).expect("the same lock"));
        })?;
        join_well(child)?;
        drop(ours);
        Ok(())
    }

    /// A child that the holder forked keeps the lock of a holder that was killed, until it ends too.
    fn file_lock_of_a_holder_that_forked() -> Result<()> {
        let file = tempfile::NamedTempFile::new()?;
        let open = || File::open(file.path()).expect("open");
        let lock = |file: File| Flock::lock(file, FlockArg::LockExclusiveNonblock);
        let [forked, end] = [const { AtomicBool::new(false) }; 2].map(Shared::new);
        let (forked, end) = (forked?, end?);
        let mut holder = Process::spawn(|| {
            let _lock = lock(open()).map_err(|(_, errno)| errno).expect("lock");
            let _child = Process::spawn(|| {
                forked.store(true, SeqCst);
                wait_until("it may end", || end.load(SeqCst)).expect("in time");
            });
            thread::sleep(2 * LONG);
        })?;
        wait_until("the holder has forked", || forked.load(SeqCst))?;
        holder.kill()?;
        holder.join()?;
        ensure!(lock(open()).is_err(), "its child doesn't keep the lock");
        end.store(true, SeqCst);
        wait_until("the lock is free", || lock(open()).is_ok())
    }

    /// What the page says that nobody should do: std's `Mutex` wakes threads of its own process.
    fn mutex_in_shared_memory() -> Result<()> {
        struct Wrong(Mutex<()>);
        // SAFETY: none, it is wrong. What happens then is the point, and nothing else uses it.
        unsafe impl mp::Shareable for Wrong {}

        let shared = Shared::new(Wrong(Mutex::new(())))?;
        let tries = Shared::new(AtomicBool::new(false))?;
        let guard = shared.0.lock().ok().context("nobody has panicked")?;
        let mut child = Process::spawn(|| {
            tries.store(true, SeqCst);
            drop(shared.0.lock());
        })?;
        wait_until("the child wants the lock", || tries.load(SeqCst))?;
        thread::sleep(SHORT); // it stops trying and sleeps
        drop(guard);
        let woken = child.join_timeout(5 * SHORT)?.is_some();
        child.kill()?;
        ensure!(!woken, "the child was woken");
        Ok(())
    }

    /// The same with a `Mutex` as the page does with an `RwLock`: nobody else gets in.
    fn mutex_and_barrier() -> Result<()> {
        let mut child = Process::spawn(|| {
            let (lock, all_are_in) = (Mutex::new(()), Barrier::new(4));
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        let _guard = lock.lock();
                        all_are_in.wait();
                    });
                }
            });
        })?;
        let ended = child.join_timeout(SHORT)?.is_some();
        child.kill()?;
        ensure!(!ended, "four threads held one lock");
        Ok(())
    }
}
