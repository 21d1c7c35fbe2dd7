//! The editions of the book side by side: the same pages of the same blocks, each made of the English
//! that stands beside it.
//!
//! English leads. [`check`] names what is missing, additional or different in another edition, and what
//! English has changed since a block was made of it; [`accept`] notes that a block is up to date again.

mod align;
mod blocks;
mod past;
mod record;
mod waiting;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use anyhow::{Context as _, Result, bail};
use regex::Regex;
use similar::{ChangeTag, TextDiff};

use project::{UsageError, files};
use words::{is_han, is_name};

use blocks::{Block, Counted, blocks};
use past::Past;
use record::{Entry, Record};

/// So many English words in a row are a sentence that was forgotten.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z][A-Za-z'’.,;:-]*(?:\s+[A-Za-z][A-Za-z'’.,;:-]*){7,}")
        .expect("the pattern is constant and tested")
});

/// A page of the book in English and in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    /// Its name in the record.
    name: String,
    english: PathBuf,
    other: PathBuf,
}

/// The pages of an edition, in English and in its language: all files that either has.
fn pairs(root: &Path, code: &str) -> Result<Vec<Pair>> {
    let mut names = BTreeSet::new();
    for edition in ["en", code] {
        let files = files(&root.join("src").join(edition))?;
        names.extend(files.iter().map(|name| name.display().to_string()));
    }
    let mut pairs: Vec<Pair> = names
        .into_iter()
        .map(|name| Pair {
            english: Path::new("src/en").join(&name),
            other: Path::new("src").join(code).join(&name),
            name,
        })
        .collect();
    let readme = PathBuf::from(format!("README.{code}.md"));
    if root.join(&readme).exists() {
        pairs.push(Pair { name: "README.md".into(), english: "README.md".into(), other: readme });
    }
    Ok(pairs)
}

/// The codes of the editions beside English.
fn others(root: &Path) -> Vec<String> {
    let codes = site::editions(root).into_iter().map(|edition| edition.code);
    codes.filter(|code| code != "en" && root.join("src/en").is_dir()).collect()
}

/// A block in both languages.
struct Couple {
    english: Block,
    other: Block,
    /// What the record says of it; `None` where it was never accepted.
    entry: Option<Entry>,
    /// What the English said when it was accepted, or why that is not known; of one that is up to date, nothing.
    before: Result<Block, &'static str>,
}

impl Couple {
    fn new(english: &Block, other: &Block) -> Self {
        let (english, other) = (english.clone(), other.clone());
        Self { english, other, entry: None, before: Err("") }
    }

    /// Whether it is to be accepted: it has words, and they don't wait.
    fn is_due(&self) -> bool {
        self.english.speaks() && !self.other.waits
    }

    fn now(&self) -> Entry {
        Entry { english: self.english.hash(), made: self.other.hash() }
    }

    fn is_up_to_date(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.english == self.english.hash())
    }

    /// The words have stayed as they were when another English was accepted.
    fn is_untouched(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.made == self.other.hash())
    }

    /// What has changed in the English, and what stands here.
    fn change(&self) -> String {
        let now = self.english.one_line();
        let english = match &self.before {
            Ok(before) => word_diff(&before.one_line(), &now),
            Err(why) => format!("{now}\n    before:  {why}"),
        };
        format!("English: {english}\n    here:    {}", self.other.one_line())
    }
}

/// A page in both languages, set side by side.
#[derive(Default)]
struct Comparison {
    couples: Vec<Couple>,
    /// What is missing, additional or different, a message each.
    faults: Vec<String>,
    /// How many lines of the record are of none of them.
    left_over: usize,
}

/// Compares a page that both editions have.
fn compare(root: &Path, code: &str, pair: &Pair, record: &Record) -> Result<Comparison> {
    let read = |path: &Path| {
        fs::read_to_string(root.join(path))
            .with_context(|| format!("can't read {}", path.display()))
    };
    let english = blocks(&read(&pair.english)?, code, true);
    let mut other = blocks(&read(&pair.other)?, code, false);
    if pair.name == SUMMARY {
        for block in &mut other {
            let is_english = !block.source.chars().any(is_han);
            block.waits =
                is_english && block.links.keys().any(|link| leads_to_waiting(root, pair, link));
        }
    }
    let entries = record.of(&pair.name);
    let known: BTreeSet<(&str, &str)> =
        entries.iter().map(|entry| (&*entry.english, &*entry.made)).collect();

    let left: Vec<Side> = english.iter().map(Side::new).collect();
    let right: Vec<Side> = other.iter().map(Side::new).collect();
    let linked = |i: usize, j: usize| {
        english[i].speaks() && known.contains(&(&*left[i].hash, &*right[j].hash))
    };
    let same_id =
        |i: usize, j: usize| english[i].shape.contains('#') && english[i].shape == other[j].shape;
    let rows = align::align(
        english.len(),
        other.len(),
        |i, j| linked(i, j) || same_id(i, j),
        |i, j| score(&english[i], &left[i], &other[j], &right[j], linked(i, j)),
    );

    let mut comparison = Comparison::default();
    let (mut missing, mut additional) = (Vec::new(), Vec::new());
    let mut last = 0;
    for row in rows {
        match row {
            (Some(i), Some(j)) => {
                last = other[j].lines.0;
                let place = place(pair, &english[i], &other[j]);
                let differences = differences(&english[i], &other[j]);
                comparison.faults.extend(differences.iter().map(|d| format!("{place}: {d}")));
                comparison.couples.push(Couple::new(&english[i], &other[j]));
            }
            (Some(i), None) => missing.push((i, last)),
            (None, Some(j)) => additional.push(j),
            (None, None) => {}
        }
    }
    // What is missing in one place and additional in another has another order.
    for (i, after) in missing {
        let twin = additional.iter().position(|&j| {
            english[i].sort == other[j].sort
                && (linked(i, j) || (!left[i].marks.is_empty() && left[i].marks == right[j].marks))
        });
        comparison.faults.push(match twin {
            Some(found) => {
                let j = additional.swap_remove(found);
                format!("{}: stands in another order", place(pair, &english[i], &other[j]))
            }
            None => format!(
                "{}:{} ↔ {}, after line {after}: missing: {}",
                pair.english.display(),
                english[i].lines.0,
                pair.other.display(),
                describe(&english[i])
            ),
        });
    }
    for j in additional {
        let mut message = format!(
            "{} ↔ {}:{}: additional: {}",
            pair.english.display(),
            pair.other.display(),
            other[j].lines.0,
            describe(&other[j])
        );
        if let Some(entry) = entries.iter().find(|entry| entry.made == right[j].hash) {
            let past = Past::of(root, &pair.english, [&*entry.english].into());
            let gone = past.blocks.get(&entry.english).map_or(past.why.into(), Block::one_line);
            write!(message, "\n    made of English that is gone: {gone}")?;
        }
        comparison.faults.push(message);
    }
    assign(&mut comparison, entries.to_vec(), root, pair);
    Ok(comparison)
}

/// The list of the sections, in which no mark can stand.
const SUMMARY: &str = "SUMMARY.md";

/// Whether an item of the list of sections leads to a page that waits.
fn leads_to_waiting(root: &Path, summary: &Pair, link: &str) -> bool {
    let page = root.join(&summary.other).with_file_name(link);
    fs::read_to_string(page).is_ok_and(|text| waiting::is_waiting(&text))
}

/// Gives each couple what the record says of it: the line with both its hashes, else one with its English, else one
/// with its words, else the one whose English of then is most like that of now.
fn assign(comparison: &mut Comparison, mut entries: Vec<Entry>, root: &Path, pair: &Pair) {
    let same: [fn(&Entry, &Entry) -> bool; 3] = [
        |now, then| now == then,
        |now, then| now.english == then.english,
        |now, then| now.made == then.made,
    ];
    let mut couples: Vec<&mut Couple> =
        comparison.couples.iter_mut().filter(|couple| couple.english.speaks()).collect();
    for same in same {
        for couple in couples.iter_mut().filter(|couple| couple.entry.is_none()) {
            let now = couple.now();
            let found = entries.iter().position(|then| same(&now, then));
            couple.entry = found.map(|found| entries.swap_remove(found));
        }
    }
    couples.retain(|couple| couple.is_due() && !couple.is_up_to_date());
    if !couples.is_empty() {
        let assigned = couples.iter().filter_map(|couple| couple.entry.as_ref());
        let wanted: BTreeSet<String> =
            assigned.chain(&entries).map(|entry| entry.english.clone()).collect();
        let past = Past::of(root, &pair.english, wanted.iter().map(String::as_str).collect());
        for couple in couples {
            if couple.entry.is_none() {
                let likest = past.likest(&couple.english, &entries);
                couple.entry = likest.map(|at| entries.swap_remove(at));
            }
            let then = couple.entry.as_ref().and_then(|entry| past.blocks.get(&entry.english));
            couple.before = then.cloned().ok_or(past.why);
        }
    }
    comparison.left_over = entries.len();
}

/// What the alignment looks at, gathered once for each block.
struct Side {
    hash: String,
    marks: BTreeSet<String>,
    length: f32,
}

impl Side {
    fn new(block: &Block) -> Self {
        let counted = [&block.links, &block.includes, &block.images];
        let mut marks: BTreeSet<String> =
            counted.into_iter().flat_map(BTreeMap::keys).chain(&block.code).cloned().collect();
        marks.extend((!block.fence.is_empty()).then(|| block.fence.clone()));
        // A Chinese text has about a third of the letters of the English one.
        let width = |c: char| if is_han(c) { 3_u16 } else { 1 };
        let length = block.parts.iter().flat_map(|part| part.chars()).map(width);
        let length = f32::from(length.fold(1_u16, u16::saturating_add));
        Self { hash: block.hash(), marks, length }
    }
}

/// How well two blocks go together; 0 where they can't.
fn score(english: &Block, left: &Side, other: &Block, right: &Side, linked: bool) -> f32 {
    if english.sort != other.sort {
        return 0.0;
    }
    let both = u16::try_from(left.marks.intersection(&right.marks).count()).unwrap_or(u16::MAX);
    let any = u16::try_from(left.marks.union(&right.marks).count()).unwrap_or(u16::MAX);
    let marks = if any == 0 { 0.5 } else { f32::from(both) / f32::from(any) };
    let length = (left.length / right.length).min(right.length / left.length);
    let shape = f32::from(u8::from(english.shape == other.shape));
    let linked = f32::from(u8::from(linked));
    0.1 + shape + 2.0 * marks + 0.5 * length + 8.0 * linked
}

/// Where a block stands in both languages.
fn place(pair: &Pair, english: &Block, other: &Block) -> String {
    format!(
        "{}:{} ↔ {}:{}",
        pair.english.display(),
        english.lines.0,
        pair.other.display(),
        other.lines.0
    )
}

/// A block for people: its shape and how it begins.
fn describe(block: &Block) -> String {
    let text = if block.speaks() { block.one_line() } else { blocks::one_line(&block.fence) };
    let begin: String = text.chars().take(100).collect();
    let more = if begin.len() < text.len() { "…" } else { "" };
    format!("{}: {begin}{more}", block.shape)
}

/// What differs between two blocks that correspond, beyond their words.
fn differences(english: &Block, other: &Block) -> Vec<String> {
    let mut found = Vec::new();
    if english.shape != other.shape {
        found.push(format!("`{}` in English, `{}` here", english.shape, other.shape));
    }
    let code = |block: &Block| block.code.iter().map(|name| (name.clone(), 1)).collect();
    let (names, own): (Counted, Counted) = (code(english), code(other));
    for (what, english, other) in [
        ("the link", &english.links, &other.links),
        ("the include", &english.includes, &other.includes),
        ("the image", &english.images, &other.images),
        ("the name in code", &names, &own),
    ] {
        for (key, verb) in changes(english, other) {
            found.push(format!("{what} {verb}: {key}"));
        }
    }
    let (left, right) = (code_lines(english), code_lines(other));
    if left != right {
        let at = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
        let line = |lines: &[&str]| lines.get(at).copied().unwrap_or_default().to_owned();
        found.push(format!(
            "the code differs in its line {}: `{}` in English, `{}` here",
            at + 1,
            line(&left),
            line(&right)
        ));
    }
    for picture in other.english.iter().filter(|_| !other.waits) {
        found.push(format!("the picture speaks English: {picture}"));
    }
    let words = |block: &Block| block.parts.iter().map(|part| says(part)).collect::<Vec<_>>();
    if words(english) != words(other) {
        found.push(format!(
            "words in {} places in English, in {} here, or in other ones",
            words(english).iter().filter(|says| **says).count(),
            words(other).iter().filter(|says| **says).count()
        ));
    }
    let targets: Vec<&str> = other.links.keys().map(|target| stem(target)).collect();
    if !other.waits {
        found.extend(other.parts.iter().filter_map(|part| untranslated(part, &targets)));
    }
    found
}

/// The lines of a code block, for a shell without the comments behind its commands.
fn code_lines(block: &Block) -> Vec<&str> {
    let is_shell = block.shape == "code block `sh`";
    let code = |line| match line {
        line if is_shell => str::split(line, " #").next().unwrap_or(line).trim_end(),
        line => line,
    };
    block.fence.lines().map(code).collect()
}

/// Whether a text has words.
fn says(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// What only one of two has, and which: `lost` or `added`.
fn changes(english: &Counted, other: &Counted) -> Vec<(String, &'static str)> {
    let keys: BTreeSet<&String> = english.keys().chain(other.keys()).collect();
    let count = |of: &Counted, key| of.get(key).copied().unwrap_or(0);
    keys.into_iter()
        .filter_map(|key| match count(english, key).cmp(&count(other, key)) {
            std::cmp::Ordering::Greater => Some((key.clone(), "is lost")),
            std::cmp::Ordering::Less => Some((key.clone(), "is added")),
            std::cmp::Ordering::Equal => None,
        })
        .collect()
}

/// The name of the file to which a link leads.
fn stem(target: &str) -> &str {
    let file = target.split('#').next().unwrap_or(target).rsplit('/').next().unwrap_or(target);
    file.strip_suffix(".md").or(file.strip_suffix(".rs")).unwrap_or(file)
}

/// What is still English in a text of another edition; `targets` are the names of what it links to.
fn untranslated(text: &str, targets: &[&str]) -> Option<String> {
    let is_name = |word: &str| targets.contains(&word) || is_name(word);
    let outside = outside_brackets(text);
    if text.chars().any(is_han) {
        let sentence = SENTENCE.find(&outside)?;
        return Some(format!("not translated: {}", sentence.as_str()));
    }
    let mut words =
        outside.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    (!words.all(is_name)).then(|| format!("not translated: {text}"))
}

/// A text without what stands in brackets or quotes: the English word of a term, the title of a book.
fn outside_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::new();
    for c in text.chars() {
        match c {
            '(' | '（' | '《' | '「' => depth += 1,
            ')' | '）' | '》' | '」' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    outside
}

/// Compares every other edition of the project at `root` with English: a line for each edition, and
/// everything that is wrong. Blocks that wait for their words are counted.
///
/// # Errors
/// A file can't be read.
pub fn check(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let (mut passed, problems, waiting) = compare_all(root)?;
    if !waiting.is_empty() {
        passed.push(format!("{} blocks wait for their words", waiting.len()));
    }
    Ok((passed, problems))
}

/// As [`check`], and a block that waits for its words is wrong.
///
/// # Errors
/// As [`check`].
pub fn check_complete(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let (passed, mut problems, waiting) = compare_all(root)?;
    problems.extend(waiting.iter().map(|place| format!("{place}: waits for its words")));
    Ok((passed, problems))
}

/// What is compared, what is wrong, and where a block waits for its words.
fn compare_all(root: &Path) -> Result<(Vec<String>, Vec<String>, Vec<String>)> {
    let (mut passed, mut problems, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for code in others(root) {
        let before = problems.len();
        let pairs = pairs(root, &code)?;
        let record = Record::read(root, &code)?;
        let mut couples = 0;
        for pair in &pairs {
            if let Some(problem) = absent(root, pair) {
                problems.push(problem);
                continue;
            }
            if !is_page(pair) {
                continue;
            }
            let comparison = compare(root, &code, pair, &record)?;
            couples += comparison.couples.len();
            let waits = comparison.couples.iter().filter(|c| c.english.speaks() && c.other.waits);
            waiting.extend(waits.map(|couple| place(pair, &couple.english, &couple.other)));
            problems.extend(noted(pair, &comparison));
            problems.extend(comparison.faults);
        }
        let gone = record.pages().filter(|page| pairs.iter().all(|pair| pair.name != *page));
        problems.extend(
            gone.map(|page| format!("src/{code}.record: {page} is no page: delete its lines")),
        );
        if problems.len() == before {
            passed.push(format!("src/{code}: {couples} blocks made of src/en as it is"));
        }
    }
    Ok((passed, problems, waiting))
}

fn is_page(pair: &Pair) -> bool {
    Path::new(&pair.name).extension().is_some_and(|extension| extension == "md")
}

/// What is to be said of a page that one of two editions hasn't.
fn absent(root: &Path, pair: &Pair) -> Option<String> {
    let (english, other) = (pair.english.display(), pair.other.display());
    match (root.join(&pair.english).exists(), root.join(&pair.other).exists()) {
        (true, true) => None,
        (false, _) => Some(format!("{english} ↔ {other}: additional: English has no such file")),
        (true, false) => Some(format!("{english} ↔ {other}: missing: there is no such file")),
    }
}

/// What is to be said of a page by what is noted of its blocks.
fn noted(pair: &Pair, comparison: &Comparison) -> Vec<String> {
    let (english, other) = (pair.english.display(), pair.other.display());
    let message = |what: &str, count| {
        let then = format!("then:    cargo book accept {other}");
        vec![format!("{english} ↔ {other}: {what}: {count} blocks\n    {then}")]
    };
    let due = || comparison.couples.iter().filter(|couple| couple.is_due());
    if due().count() > 1 && due().all(|couple| couple.entry.is_none()) {
        return message("not accepted yet", due().count());
    }
    let stale: Vec<_> =
        comparison.couples.iter().filter_map(|couple| stale(pair, couple)).collect();
    // Whatever is accepted on this page takes them away, too, and what waits will be.
    let waits = comparison.couples.iter().any(|couple| couple.other.waits);
    let is_whole = stale.is_empty() && comparison.faults.is_empty() && !waits;
    if comparison.left_over > 0 && is_whole {
        return message("the record has what is gone", comparison.left_over);
    }
    stale
}

/// What is to be said of a couple whose English has changed, or that was never accepted.
fn stale(pair: &Pair, couple: &Couple) -> Option<String> {
    let place = place(pair, &couple.english, &couple.other);
    if couple.other.waits {
        let is_copy = couple.english.one_line() == couple.other.one_line();
        return (couple.english.speaks() && !is_copy).then(|| {
            format!(
                "{place}: waits for its words and has not those of English: copy them\n    \
                 English: {}\n    here:    {}",
                couple.english.one_line(),
                couple.other.one_line()
            )
        });
    }
    if !couple.english.speaks() || couple.is_up_to_date() {
        return None;
    }
    let what = if couple.entry.is_some() {
        format!("stale: the English has changed\n    {}", couple.change())
    } else {
        let (english, here) = (couple.english.one_line(), couple.other.one_line());
        format!("not accepted yet\n    English: {english}\n    here:    {here}")
    };
    let (file, line) = (pair.other.display(), couple.other.lines.0);
    Some(format!("{place}: {what}\n    then:    cargo book accept {file}:{line}"))
}

/// Two texts in one: `[-what is gone-]` and `{+what is new+}`.
fn word_diff(old: &str, new: &str) -> String {
    let mut text = String::new();
    let mut last = ChangeTag::Equal;
    let close = |tag| match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
    };
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        if change.tag() != last {
            text.push_str(close(last));
            last = change.tag();
            text.push_str(match last {
                ChangeTag::Equal => "",
                ChangeTag::Delete => "[-",
                ChangeTag::Insert => "{+",
            });
        }
        text.push_str(change.value());
    }
    text.push_str(close(last));
    text
}

/// What [`accept`] is to accept.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    /// Pages, such as `src/zh-TW/processes/pool.md`, or blocks, with a line of theirs:
    /// `src/zh-TW/processes/pool.md:12`. None is all pages.
    pub places: Vec<String>,
    /// Also blocks whose English has changed and whose words haven't.
    pub as_it_is: bool,
}

/// Notes in the record that blocks are made of the English that stands beside them now. What is so
/// already stays as it is. Returns a line for each page whose record has changed.
///
/// # Errors
/// A place names no page, or what is to be accepted differs from English in more than its words, or is
/// as it was while its English has changed. What can be accepted on the other pages is.
pub fn accept(root: &Path, acceptance: &Acceptance) -> Result<Vec<String>> {
    let wanted = wanted(root, &acceptance.places)?;
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for code in others(root) {
        let mut record = Record::read(root, &code)?;
        for pair in pairs(root, &code)? {
            let lines = match wanted.get(&pair.other) {
                Some(lines) => lines.as_slice(),
                None if acceptance.places.is_empty() => &[],
                None => continue,
            };
            if let Some(problem) = absent(root, &pair) {
                refused.push(problem);
            } else if copy_anew(root, &pair)? {
                done.push(format!(
                    "{}: waits, and has the English as it is now",
                    pair.other.display()
                ));
            } else if is_page(&pair) {
                let comparison = compare(root, &code, &pair, &record)?;
                let (entries, count, problems) =
                    accept_page(&pair, comparison, lines, acceptance.as_it_is);
                if count > 0 {
                    let blocks = if count == 1 { "block" } else { "blocks" };
                    done.push(format!("{}: {count} {blocks} accepted", pair.other.display()));
                    record.set(&pair.name, entries);
                }
                refused.extend(problems);
            }
        }
        record.write()?;
    }
    if !refused.is_empty() {
        let done: String = done.iter().map(|line| format!("{line}\n")).collect();
        bail!("{done}not accepted:\n{}", refused.join("\n"));
    }
    Ok(done)
}

/// Copies the English into a page that waits for its words, if it isn't there; tells whether it did.
fn copy_anew(root: &Path, pair: &Pair) -> Result<bool> {
    let file = root.join(&pair.other);
    let text =
        fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    let english = fs::read_to_string(root.join(&pair.english))?;
    let copy = format!("{}\n\n{english}", waiting::PAGE);
    if !waiting::is_waiting(&text) || text == copy {
        return Ok(false);
    }
    fs::write(&file, copy).with_context(|| format!("can't write {}", file.display()))?;
    Ok(true)
}

/// The pages and lines that places name.
fn wanted(root: &Path, places: &[String]) -> Result<BTreeMap<PathBuf, Vec<usize>>> {
    let mut known = BTreeSet::new();
    for code in others(root) {
        known.extend(pairs(root, &code)?.into_iter().map(|pair| pair.other));
    }
    let mut wanted: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    for place in places {
        let (path, line) = match place.rsplit_once(':').map(|(path, line)| (path, line.parse())) {
            Some((path, Ok(line))) => (path, Some(line)),
            _ => (place.as_str(), None),
        };
        let absolute = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        let path = absolute.strip_prefix(root).map_or_else(|_| PathBuf::from(path), Path::to_owned);
        if !known.contains(&path) {
            return Err(UsageError::new(format!(
                "{place} is no page of another edition: expected a page such as \
                 src/zh-TW/introduction.md, or one of its lines, src/zh-TW/introduction.md:12"
            ))
            .into());
        }
        let lines = wanted.entry(path.clone()).or_default();
        match line {
            Some(line) => lines.push(line),
            None => _ = whole.insert(path),
        }
    }
    for path in whole {
        wanted.insert(path, Vec::new());
    }
    Ok(wanted)
}

/// Accepts a page, or the blocks on some of its lines: what the record is to say of it, how many of its lines are new or
/// gone, and what is refused.
fn accept_page(
    pair: &Pair,
    comparison: Comparison,
    lines: &[usize],
    as_it_is: bool,
) -> (Vec<Entry>, usize, Vec<String>) {
    if !comparison.faults.is_empty() {
        return (Vec::new(), 0, comparison.faults);
    }
    let stands = |line: usize| comparison.couples.iter().any(|couple| has_line(couple, line));
    let nowhere = lines.iter().filter(|&&line| !stands(line));
    let mut refused: Vec<_> = nowhere
        .map(|line| format!("{}:{line}: no block with words stands there", pair.other.display()))
        .collect();
    let (mut new, mut entries) = (0, Vec::new());
    for couple in comparison.couples.iter().filter(|couple| couple.is_due()) {
        let is_wanted = lines.is_empty() || lines.iter().any(|&line| has_line(couple, line));
        let is_good = couple.is_up_to_date() || !couple.is_untouched() || as_it_is;
        if is_wanted && is_good {
            new += usize::from(couple.entry.as_ref() != Some(&couple.now()));
            entries.push(couple.now());
            continue;
        }
        if is_wanted {
            refused.push(format!(
                "{}: the English has changed and this hasn't: bring it up to date, or, if it is true as \
                 it is, accept it with --as-it-is\n    {}",
                place(pair, &couple.english, &couple.other),
                couple.change()
            ));
        }
        entries.extend(couple.entry.clone());
    }
    let count = if new == 0 { comparison.left_over } else { new };
    (entries, count, refused)
}

fn has_line(couple: &Couple, line: usize) -> bool {
    let (first, last) = couple.other.lines;
    couple.english.speaks() && (first..=last).contains(&line)
}

#[cfg(test)]
mod tests;
