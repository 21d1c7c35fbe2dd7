//! What a pool's parent reads from its workers, fed with streams that no worker would send: random ones, whole
//! ones with changes, and such whose checksums were made right again after the change.
//!
//! No panic, no memory beyond a few times the stream's own size, no wrong result, none twice. By default some
//! ten thousand streams are tried; `STREAMS=1000000` says how many.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Read;
use std::ops::Range;

use mp::messages::{Decoder, Encoder, FRAME, FULL, Kind, Message, Owed};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

/// Counts what this thread holds.
struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

fn counted(more: usize, less: usize) {
    // A thread that ends has no counter any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get().wrapping_add(more).wrapping_sub(less));
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: everything is handed on to the system's allocator as it came; the counters are plain cells.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        counted(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        counted(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        counted(size, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most memory that `f` holds at a time beyond what there was, in bytes.
fn memory_of<T>(f: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    MOST.set(before);
    let result = f();
    (result, MOST.get().saturating_sub(before))
}

/// What a task comes to.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Result(String),
    Panicked(String),
    Codec(String),
}

/// What a worker does: the chunks that it takes, what comes of their inputs, and when it writes.
#[derive(Debug, Clone)]
struct Work {
    chunks: Vec<Range<usize>>,
    outcomes: Vec<Outcome>,
    flush_at: usize,
}

impl Work {
    fn owed(&self) -> Owed {
        let mut owed = Owed::default();
        for chunk in &self.chunks {
            owed.add(chunk.clone());
        }
        owed
    }

    /// Each input with what comes of it.
    fn delivered(&self) -> Vec<(usize, Outcome)> {
        self.chunks.iter().cloned().flatten().zip(self.outcomes.iter().cloned()).collect()
    }

    /// The frames.
    fn frames(&self) -> Vec<Vec<u8>> {
        let (mut frames, mut encoder) = (Vec::new(), Encoder::default());
        let mut outcomes = self.outcomes.iter();
        for chunk in &self.chunks {
            for (index, outcome) in chunk.clone().zip(&mut outcomes) {
                match outcome {
                    Outcome::Result(text) => {
                        encoder.result(index, text).expect("text");
                        encoder.keep();
                    }
                    Outcome::Panicked(text) => {
                        // As when the result's destructor panics: it is written and not kept.
                        encoder.result(index, text).expect("text");
                        encoder.message(Kind::Panicked, index, text);
                    }
                    Outcome::Codec(text) => encoder.message(Kind::Codec, index, text),
                }
                if encoder.length() >= self.flush_at {
                    frames.push(encoder.bytes().to_vec());
                    encoder.clear();
                }
            }
            encoder.seal();
        }
        encoder.message(Kind::Done, 0, "");
        frames.push(encoder.bytes().to_vec());
        frames
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let text = prop_oneof![8 => 0..20usize, 2 => 240..270usize, 1 => 300..3000usize].prop_flat_map(
        |length| (0..26u8).prop_map(move |n| char::from(b'a' + n).to_string().repeat(length)),
    );
    (0..8, text).prop_map(|(kind, text)| match kind {
        0 => Outcome::Panicked(text),
        1 => Outcome::Codec(text),
        _ => Outcome::Result(text),
    })
}

fn work() -> impl Strategy<Value = Work> {
    let chunks = vec((0..3usize, 1..5usize), 0..5);
    let flush_at = prop_oneof![Just(0), 1..2000usize, Just(FULL)];
    (chunks, vec(outcome(), 20), flush_at).prop_map(|(chunks, mut outcomes, flush_at)| {
        let mut end = 0;
        let chunks: Vec<Range<usize>> = chunks
            .into_iter()
            .map(|(gap, length)| {
                let start = end + gap;
                end = start + length;
                start..end
            })
            .collect();
        outcomes.truncate(chunks.iter().map(Range::len).sum());
        Work { chunks, outcomes, flush_at }
    })
}

/// A change of a stream.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    End(Index),
    Repeat(Index),
    Swap(Index, Index),
    Lose(Index),
    /// A byte in a frame, and both its checksums are right again.
    Forge(Index, Index, u8),
    /// Eight bytes in a frame, likewise.
    ForgeNumber(Index, Index, u64),
    /// The length in front of a frame, and its checksum is right.
    Announce(Index, u64),
}

fn change() -> impl Strategy<Value = Change> {
    let number = prop_oneof![0..40u64, Just(u64::MAX), Just(1 << 62), any::<u64>()];
    let at = any::<Index>;
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        (at(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), 1..60usize).prop_map(|(at, count)| Change::Remove(at, count)),
        at().prop_map(Change::End),
        at().prop_map(Change::Repeat),
        (at(), at()).prop_map(|(one, other)| Change::Swap(one, other)),
        at().prop_map(Change::Lose),
        (at(), at(), 0..8u8).prop_map(|(frame, at, bit)| Change::Forge(frame, at, 1 << bit)),
        (at(), at(), number.clone()).prop_map(|(frame, at, n)| Change::ForgeNumber(frame, at, n)),
        (at(), number).prop_map(|(frame, length)| Change::Announce(frame, length)),
    ]
}

fn checksums(frame: &mut [u8]) {
    let body = crc32fast::hash(&frame[FRAME..]);
    frame[8..12].copy_from_slice(&body.to_le_bytes());
    let head = crc32fast::hash(&frame[..12]);
    frame[12..FRAME].copy_from_slice(&head.to_le_bytes());
}

impl Change {
    /// Whether the change can make another value that nobody could tell from a true one.
    fn forges(&self) -> bool {
        matches!(self, Change::Forge(..) | Change::ForgeNumber(..))
    }

    fn apply(&self, mut frames: Vec<Vec<u8>>) -> Vec<u8> {
        let many = frames.len();
        match self {
            Change::Repeat(at) => frames.insert(at.index(many), frames[at.index(many)].clone()),
            Change::Swap(one, other) => frames.swap(one.index(many), other.index(many)),
            Change::Lose(at) => drop(frames.remove(at.index(many))),
            Change::Forge(frame, at, bits) => {
                let frame = &mut frames[frame.index(many)];
                let at = FRAME + at.index(frame.len() - FRAME);
                frame[at] ^= bits;
                checksums(frame);
            }
            Change::ForgeNumber(frame, at, number) => {
                let frame = &mut frames[frame.index(many)];
                // The header's three numbers, and whatever stands further on.
                let at = FRAME + 1 + 8 * at.index((frame.len() - FRAME - 1) / 8);
                frame[at..at + 8].copy_from_slice(&number.to_le_bytes());
                checksums(frame);
            }
            Change::Announce(frame, length) => {
                let frame = &mut frames[frame.index(many)];
                frame[..8].copy_from_slice(&length.to_le_bytes());
                let head = crc32fast::hash(&frame[..12]);
                frame[12..FRAME].copy_from_slice(&head.to_le_bytes());
            }
            _ => {}
        }
        let mut stream = frames.concat();
        match self {
            Change::Flip(at, bits) if !stream.is_empty() => {
                let at = at.index(stream.len());
                stream[at] ^= bits;
            }
            Change::Insert(at, bytes) => {
                let at = at.index(stream.len() + 1);
                stream.splice(at..at, bytes.iter().copied());
            }
            Change::Remove(at, count) => {
                let at = at.index(stream.len() + 1);
                stream.drain(at..(at + count).min(stream.len()));
            }
            Change::End(at) => stream.truncate(at.index(stream.len() + 1)),
            _ => {}
        }
        stream
    }
}

/// Gives a stream in pieces, as a pipe does.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(buffer.len()).min(self.0.len());
        let (piece, rest) = self.0.split_at(count);
        buffer[..count].copy_from_slice(piece);
        self.0 = rest;
        Ok(count)
    }
}

/// What the parent believes of a stream: the outcomes in the order in which they come, and whether the worker
/// is done, has died, or was refused.
fn read(stream: &[u8], piece: usize, mut owed: Owed) -> (Vec<(usize, Outcome)>, &'static str) {
    let (mut source, mut decoder) = (Pieces(stream, piece), Decoder::default());
    let mut come = Vec::new();
    loop {
        if decoder.fill(&mut source).expect("no error") == 0 {
            return (come, "died");
        }
        loop {
            match decoder.next(&mut owed) {
                Ok(None) => break,
                Ok(Some(Message::Done)) => return (come, "done"),
                Ok(Some(Message::Panicked(index, text))) => {
                    come.push((index, Outcome::Panicked(text)));
                }
                Ok(Some(Message::Codec(index, text))) => come.push((index, Outcome::Codec(text))),
                Ok(Some(Message::Results(batch))) => {
                    let ended: Result<(), ()> = batch.each(|index, result| {
                        come.push((
                            index,
                            match result {
                                Ok(text) => Outcome::Result(text),
                                Err(why) => Outcome::Codec(why),
                            },
                        ));
                        Ok(())
                    });
                    assert!(ended.is_ok());
                }
                Err(_) => return (come, "refused"),
            }
        }
    }
}

/// What holds whatever the stream is.
fn holds(stream: &[u8], piece: usize, work: &Work, forged: bool) -> Result<(), TestCaseError> {
    let expected = work.delivered();
    let ((come, end), memory) = memory_of(|| read(stream, piece, work.owed()));
    // The inputs come in order and none twice: they are the first of those that are owed.
    prop_assert!(come.len() <= expected.len());
    for (came, expected) in come.iter().zip(&expected) {
        prop_assert_eq!(came.0, expected.0);
        prop_assert!(forged || came == expected, "{:?} instead of {:?}", came, expected);
    }
    prop_assert!(end != "done" || come.len() == expected.len(), "done too early");
    // A pipe's worth, the stream, its results, and what a growing buffer holds twice for a moment.
    let most = FULL + 4096 + 8 * stream.len();
    prop_assert!(memory <= most, "{} bytes for a stream of {}", memory, stream.len());
    Ok(())
}

/// So many cases of `streams` streams each as are asked for.
fn runner(streams: usize, of_all: usize) -> TestRunner {
    let all =
        std::env::var("STREAMS").map_or(12_000, |all| all.parse().expect("a number of streams"));
    let cases = u32::try_from(all / of_all / streams + 1).expect("not so many");
    // A failing case is printed and not written to a file.
    TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

fn run<S: Strategy>(
    mut runner: TestRunner,
    all: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    if let Err(error) = runner.run(&all, test) {
        panic!("{error}");
    }
}

#[test]
fn what_is_sent_comes() {
    run(runner(1, 40), (work(), 1..5000usize), |(work, piece)| {
        let stream = work.frames().concat();
        prop_assert_eq!(read(&stream, piece, work.owed()), (work.delivered(), "done"));
        holds(&stream, piece, &work, false)
    });
}

#[test]
fn changed_streams() {
    run(runner(100, 2), (work(), vec((change(), 1..5000usize), 100)), |(work, changes)| {
        let frames = work.frames();
        for (change, piece) in changes {
            holds(&change.apply(frames.clone()), piece, &work, change.forges())?;
        }
        Ok(())
    });
}

#[test]
fn random_streams() {
    run(runner(50, 2), (work(), vec(vec(any::<u8>(), 0..100), 50)), |(work, streams)| {
        for stream in streams {
            let (come, end) = read(&stream, 4096, work.owed());
            prop_assert!(come.is_empty() && end != "done");
            holds(&stream, 7, &work, false)?;
        }
        Ok(())
    });
}

/// A length that is announced is neither set aside nor believed, and what is refused is shown.
#[test]
fn a_length_is_no_promise() {
    let mut frame = vec![0; FRAME];
    frame[..8].copy_from_slice(&(1u64 << 30).to_le_bytes());
    checksums(&mut frame);
    // With as many bytes behind it as these, of a gibibyte.
    for come in [0, FULL, 5 * FULL] {
        frame.resize(FRAME + come, 7);
        let ((messages, end), memory) = memory_of(|| read(&frame, 5000, Owed::default()));
        assert!(messages.is_empty() && end == "died", "{end}");
        assert!(memory <= FULL + 4 * frame.len(), "{memory} bytes");
    }
    frame[0] ^= 1;
    let mut decoder = Decoder::default();
    decoder.fill(&mut &frame[..]).expect("bytes");
    let error = decoder.next(&mut Owed::default()).expect_err("a wrong length");
    assert!(error.contains("checksum") && error.contains("\\x01\\x00"), "{error}");
}
