//! What a worker of a [`Pool`](crate::Pool) sends, and how its parent reads it. There are neither
//! processes nor pipes here: bytes come in, and messages or a refusal come out.
//!
//! What is written at once is a *frame*: a length, two checksums, and messages. One checksum is of the
//! length itself, so that a wrong one is refused at once and never waited for; memory is set aside for
//! what has come and never for what is announced. A message is believed when its frame's other
//! checksum is right, and if it is about inputs that this worker owes now, in their order.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A pipe's worth on Linux.
pub const FULL: usize = 64 * 1024;

/// What a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The results for `count` inputs from `index` on, each behind its length.
    Results = 1,
    /// The task for `index` panicked, and the body is its message.
    Panicked = 2,
    /// The result for `index` could not be serialised, and the body tells why.
    Codec = 3,
    /// The worker has sent all that it had to send.
    Done = 4,
}

/// The length of what stands before a frame: how many bytes follow, their checksum, and the checksum
/// of these twelve bytes.
pub const FRAME: usize = 16;

fn frame(body: &[u8]) -> [u8; FRAME] {
    let mut head = [0; FRAME];
    head[..8].copy_from_slice(&(body.len() as u64).to_le_bytes());
    head[8..12].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    let own = crc32fast::hash(&head[..12]);
    head[12..].copy_from_slice(&own.to_le_bytes());
    head
}

/// The length and the checksum of the frame behind this.
fn length_and_checksum(head: [u8; FRAME]) -> Result<(usize, u32), &'static str> {
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if word(12) != crc32fast::hash(&head[..12]) {
        return Err("the checksum of its length is wrong");
    }
    let length = u64::from(word(0)) | u64::from(word(4)) << 32;
    match usize::try_from(length) {
        Ok(length) if length < usize::MAX - FRAME => Ok((length, word(8))),
        _ => Err("it is too long for this machine"),
    }
}

/// What stands before the `length` bytes of a message.
#[derive(Debug, Clone, Copy)]
struct Header {
    kind: Kind,
    index: usize,
    count: usize,
    length: usize,
}

/// The length of a header in bytes.
const HEADER: usize = 25;

impl Header {
    fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [self.kind as u8; HEADER];
        bytes[1..9].copy_from_slice(&(self.index as u64).to_le_bytes());
        bytes[9..17].copy_from_slice(&(self.count as u64).to_le_bytes());
        bytes[17..].copy_from_slice(&(self.length as u64).to_le_bytes());
        bytes
    }

    /// The header at the beginning of `bytes` and the body behind it, if they are such as a worker
    /// can send that owes these inputs.
    fn from_bytes<'a>(bytes: &'a [u8], owed: &Owed) -> Result<(Header, &'a [u8]), &'static str> {
        let mut rest = bytes.get(1..).unwrap_or_default();
        let mut number = || {
            let (number, after) = rest.split_first_chunk()?;
            rest = after;
            usize::try_from(u64::from_le_bytes(*number)).ok()
        };
        let (Some(index), Some(count), Some(length)) = (number(), number(), number()) else {
            return Err("a header in it is cut short, or too large for this machine");
        };
        let kind = match bytes[0] {
            1 => Kind::Results,
            2 => Kind::Panicked,
            3 => Kind::Codec,
            4 => Kind::Done,
            _ => return Err("it holds a message of an unknown kind"),
        };
        let fits = match kind {
            Kind::Done => owed.is_empty() && [index, count, length] == [0; 3],
            // Each result has at least the byte of its length.
            Kind::Results => owed.begins_with(index, count) && length >= count,
            Kind::Panicked | Kind::Codec => owed.begins_with(index, count) && count == 1,
        };
        if !fits {
            return Err("it is not about the inputs that the worker owes now");
        }
        let body = rest.get(..length).ok_or("a message in it is longer than the frame")?;
        Ok((Header { kind, index, count, length }, body))
    }
}

/// The inputs that a worker has taken and not delivered yet, in the order in which they must come.
#[derive(Debug, Clone, Default)]
pub struct Owed(VecDeque<Range<usize>>);

impl Owed {
    /// The worker has taken these as well.
    pub fn add(&mut self, inputs: Range<usize>) {
        if !inputs.is_empty() {
            self.0.push_back(inputs);
        }
    }

    /// The one that must come next.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.0.front().map(|inputs| inputs.start)
    }

    /// Whether all that was taken has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the worker owes this one.
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        self.0.iter().any(|inputs| inputs.contains(&index))
    }

    /// The ranges, from the first to come to the last.
    pub fn ranges(self) -> impl Iterator<Item = Range<usize>> {
        self.0.into_iter()
    }

    fn begins_with(&self, index: usize, count: usize) -> bool {
        let next = self.0.front();
        next.is_some_and(|next| next.start == index && (1..=next.len()).contains(&count))
    }

    /// The first `count`, which must lie in one range, have come or will never come.
    pub fn settle(&mut self, count: usize) {
        if let Some(next) = self.0.front_mut() {
            next.start += count;
            if next.start == next.end {
                self.0.pop_front();
            }
        }
    }
}

// ---- The worker's side ----

/// Gathers messages to a frame.
#[derive(Debug, Default)]
pub struct Encoder {
    /// Room for what stands before a frame, and then the messages.
    bytes: Vec<u8>,
    /// So many bytes are whole. What follows is a result that was not kept, or not yet.
    whole: usize,
    /// Where the message begins that still takes results, the first of them, and how many it has: 0
    /// when there is no such message.
    start: usize,
    first: usize,
    count: usize,
    /// The last result was a long one, so room is left for the long form of the next one's length.
    long: bool,
}

/// A length below this stands in one byte. This byte announces one of eight bytes.
const LONG: u8 = 255;

impl Encoder {
    /// Appends the result for `index`, the input after the last one. It counts once it is
    /// [kept](Encoder::keep), and else what follows takes its place.
    ///
    /// # Errors
    ///
    /// What the serialiser says.
    #[inline]
    pub fn result<R: Serialize>(&mut self, index: usize, result: &R) -> postcard::Result<()> {
        if self.bytes.len() > self.whole {
            self.bytes.truncate(self.whole);
        }
        if self.count == 0 {
            self.start_with(index);
        }
        let border = self.bytes.len();
        self.bytes.push(0);
        if self.long {
            self.bytes.extend([0; 8]);
        }
        let begin = self.bytes.len();
        result.serialize(&mut postcard::Serializer { output: Sink(&mut self.bytes) })?;
        let length = self.bytes.len() - begin;
        if length < usize::from(LONG) && !self.long {
            // The length is small enough for it.
            #[allow(clippy::cast_possible_truncation)]
            let short = length as u8;
            self.bytes[border] = short;
        } else {
            self.long_border(border, length);
        }
        Ok(())
    }

    fn start_with(&mut self, index: usize) {
        self.bytes.resize(self.whole.max(FRAME), 0);
        (self.start, self.first) = (self.bytes.len(), index);
        self.bytes.extend([0; HEADER]);
    }

    #[cold]
    fn long_border(&mut self, border: usize, length: usize) {
        if !self.long {
            self.bytes.splice(border..border, [0; 8]);
        }
        self.long = length >= usize::from(LONG);
        self.bytes[border] = LONG;
        self.bytes[border + 1..border + 9].copy_from_slice(&(length as u64).to_le_bytes());
    }

    /// The last result counts.
    #[inline]
    pub fn keep(&mut self) {
        self.whole = self.bytes.len();
        self.count += 1;
    }

    /// Ends the message that takes results. The next one begins another.
    pub fn seal(&mut self) {
        self.bytes.truncate(self.whole);
        if self.count > 0 {
            let length = self.bytes.len() - self.start - HEADER;
            let (kind, index, count) = (Kind::Results, self.first, self.count);
            let header = Header { kind, index, count, length };
            self.bytes[self.start..self.start + HEADER].copy_from_slice(&header.to_bytes());
            self.count = 0;
        }
    }

    /// Appends a message of another kind.
    pub fn message(&mut self, kind: Kind, index: usize, text: &str) {
        self.seal();
        self.bytes.resize(self.whole.max(FRAME), 0);
        let count = usize::from(kind != Kind::Done);
        let header = Header { kind, index, count, length: text.len() };
        self.bytes.extend(header.to_bytes());
        self.bytes.extend(text.as_bytes());
        self.whole = self.bytes.len();
    }

    /// How many bytes have gathered.
    #[must_use]
    #[inline]
    pub fn length(&self) -> usize {
        self.whole
    }

    /// All messages so far, as a frame; no bytes if there are none.
    pub fn bytes(&mut self) -> &[u8] {
        self.seal();
        if let Some((head, body)) = self.bytes.split_first_chunk_mut() {
            *head = frame(body);
        }
        &self.bytes
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.bytes.clear();
        (self.whole, self.count) = (0, 0);
    }
}

/// Where postcard puts its bytes. The few bytes of a number are copied one by one, without a call of
/// `memcpy`, which would cost more than all the rest.
struct Sink<'a>(&'a mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Sink<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if bytes.len() <= 32 {
            self.0.extend(bytes.iter().copied());
        } else {
            append(self.0, bytes);
        }
        Ok(())
    }

    #[inline]
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// A function of this crate, whose speed doesn't depend on how the caller's is built.
fn append(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend_from_slice(bytes);
}

// ---- The parent's side ----

/// Takes the bytes of one worker as they come, and gives its messages.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// What has come and was not given yet: `bytes[start..end]`.
    start: usize,
    end: usize,
    /// A frame whose checksum is right ends here. At or before `start` if there is none.
    checked: usize,
    /// How many bytes the frame has that begins at `start`, as far as that is known.
    needed: usize,
}

/// What a worker tells.
#[derive(Debug)]
pub enum Message<'a> {
    /// Results, still as bytes.
    Results(Batch<'a>),
    /// The task for this input panicked with this message.
    Panicked(usize, String),
    /// The result for this input could not be serialised, for this reason.
    Codec(usize, String),
    /// It has sent all that it had to send.
    Done,
}

impl Decoder {
    /// Reads once. Tells how many bytes came, 0 at the end.
    ///
    /// # Errors
    ///
    /// What `source` reports.
    pub fn fill(&mut self, source: &mut dyn Read) -> io::Result<usize> {
        // What is left moves to the front; of a long frame that comes in pieces nothing has to.
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.checked = self.checked.saturating_sub(self.start);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.bytes.len() {
            // At most twice what has come, so a length that is a lie costs nothing.
            let most = self.bytes.len().saturating_mul(2).max(FULL);
            let size = self.needed.clamp(FULL, most);
            self.bytes.reserve_exact(size - self.end);
            self.bytes.resize(size, 0);
        }
        let count = source.read(&mut self.bytes[self.end..])?;
        self.end += count;
        Ok(count)
    }

    /// The next message of those whose frame has come whole. It settles the inputs that it is about.
    ///
    /// # Errors
    ///
    /// What is wrong with the bytes, and their beginning. After an error nothing more can be read.
    pub fn next(&mut self, owed: &mut Owed) -> Result<Option<Message<'_>>, String> {
        let come = &self.bytes[self.start..self.end];
        let refuse = |why| {
            let beginning = &come[..come.len().min(2 * HEADER)];
            format!("{why}; it begins with \"{}\"", beginning.escape_ascii())
        };
        if self.checked <= self.start {
            let Some((head, after)) = come.split_first_chunk() else {
                self.needed = FRAME;
                return Ok(None);
            };
            let (length, checksum) = length_and_checksum(*head).map_err(refuse)?;
            let Some(body) = after.get(..length) else {
                self.needed = FRAME + length;
                return Ok(None);
            };
            if crc32fast::hash(body) != checksum {
                return Err(refuse("its checksum is wrong"));
            }
            self.start += FRAME;
            self.checked = self.start + length;
        }
        let messages = &self.bytes[self.start..self.checked];
        let (header, body) = Header::from_bytes(messages, owed).map_err(refuse)?;
        let Header { kind, index, count, length } = header;
        self.start += HEADER + length;
        owed.settle(count);
        let text = || String::from_utf8_lossy(body).into_owned();
        Ok(Some(match kind {
            Kind::Results => Message::Results(Batch { first: index, count, body }),
            Kind::Panicked => Message::Panicked(index, text()),
            Kind::Codec => Message::Codec(index, text()),
            Kind::Done => Message::Done,
        }))
    }
}

/// The results for `count` inputs from `first` on, still as bytes.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The first input.
    pub first: usize,
    /// How many there are.
    pub count: usize,
    body: &'a [u8],
}

impl Batch<'_> {
    /// Hands over each input with its result, or with the reason why that can't be read.
    ///
    /// # Errors
    ///
    /// The first one of `take`, which ends it.
    #[inline]
    pub fn each<R: DeserializeOwned, E>(
        self,
        mut take: impl FnMut(usize, Result<R, String>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut body = self.body;
        let end = self.first + self.count;
        for index in self.first..end {
            let last = index + 1 == end;
            let result = match take_one(&mut body).map(postcard::take_from_bytes) {
                Some(Ok((result, []))) if !last || body.is_empty() => Ok(result),
                Some(read) => Err(wrong(read.map(|(_, rest)| rest.is_empty()))),
                None => {
                    body = &[];
                    Err("the result before it has a wrong length".to_owned())
                }
            };
            take(index, result)?;
        }
        Ok(())
    }
}

/// What is wrong with a result, of which this tells whether it took up all its bytes.
#[cold]
fn wrong(read: postcard::Result<bool>) -> String {
    match read {
        Ok(true) => "more follows than was announced".to_owned(),
        Ok(false) => "its type reads less than it writes".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Takes a result's bytes and the length before them off the front of a body.
#[inline]
fn take_one<'a>(body: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&short, mut rest) = body.split_first()?;
    let length = if short == LONG {
        let (long, after) = rest.split_first_chunk()?;
        rest = after;
        usize::try_from(u64::from_le_bytes(*long)).ok()?
    } else {
        usize::from(short)
    };
    let (bytes, after) = rest.split_at_checked(length)?;
    *body = after;
    Some(bytes)
}
