//! The editions of the book side by side: the same pages of the same blocks, each made of the English
//! that stands beside it.
//!
//! English leads. [`check`] names what is missing, additional or different in another edition, and what
//! English has changed since a block was made of it; [`accept`] notes that a block is up to date again.

mod align;
mod blocks;
mod record;

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

use crate::{UsageError, book};
use blocks::{Block, Counted, blocks};
use record::Entry;

/// Words that are the same in every language: names, and what the programs print.
const NAMES: &str = "\
    a apache arc b bos c cargo cpu cpus cpython ctrl debian english fedora github gnu http https id io json \
    kib kubernetes linux macos mara mdbook mib mit mpi mp nix num_cpus os parallel perfetto posix postcard \
    procspawn python rank rayon readme rust send serde skeptic slurm std sync systemd tokio ubuntu unix windows";

/// So many English words in a row are a sentence that was forgotten.
static SENTENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z][A-Za-z'’.,;:-]*(?:\s+[A-Za-z][A-Za-z'’.,;:-]*){7,}").ok()
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
        let base = root.join("src").join(edition);
        walk(&base, &base, &mut names)?;
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

fn walk(folder: &Path, base: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("can't list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, base, names)?;
        } else if let Ok(name) = path.strip_prefix(base) {
            names.insert(name.display().to_string());
        }
    }
    Ok(())
}

/// The folder of the record of an edition.
fn record_folder(root: &Path, code: &str) -> PathBuf {
    root.join("src").join(format!("{code}.record"))
}

/// The codes of the editions beside English.
fn others(root: &Path) -> Vec<String> {
    let codes = book::editions(root).into_iter().map(|edition| edition.code);
    codes.filter(|code| code != "en" && root.join("src/en").is_dir()).collect()
}

/// A block in both languages.
struct Couple {
    english: Block,
    other: Block,
    /// What the record says of it; `None` where it was never accepted.
    entry: Option<Entry>,
}

impl Couple {
    fn is_up_to_date(&self) -> bool {
        let english = self.english.one_line();
        self.entry.as_ref().is_some_and(|entry| entry.one_line() == english)
    }

    /// The words have stayed as they were when another English was accepted.
    fn is_untouched(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.made == self.other.hash())
    }
}

/// A page in both languages, set side by side.
#[derive(Default)]
struct Comparison {
    couples: Vec<Couple>,
    /// What is missing, additional or different, a message each.
    faults: Vec<String>,
    /// What the record has left over, a message each.
    left_over: Vec<String>,
}

/// Compares a page that both editions have.
fn compare(root: &Path, code: &str, pair: &Pair) -> Result<Comparison> {
    let read = |path: &Path| {
        fs::read_to_string(root.join(path))
            .with_context(|| format!("can't read {}", path.display()))
    };
    let english = blocks(&read(&pair.english)?, code, true);
    let other = blocks(&read(&pair.other)?, code, false);
    let file = record::file(&record_folder(root, code), &pair.name);
    let entries = record::read(&file)?;
    let known: BTreeSet<(String, &str)> =
        entries.iter().map(|entry| (entry.one_line(), entry.made.as_str())).collect();

    let left: Vec<Side> = english.iter().map(Side::new).collect();
    let right: Vec<Side> = other.iter().map(Side::new).collect();
    let linked = |i: usize, j: usize| {
        english[i].speaks() && known.contains(&(left[i].words.clone(), &*right[j].hash))
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
                comparison.couples.push(Couple {
                    english: english[i].clone(),
                    other: other[j].clone(),
                    entry: None,
                });
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
            write!(message, "\n    made of English that is gone: {}", entry.one_line())?;
        }
        comparison.faults.push(message);
    }
    assign(&mut comparison, entries, &file, root);
    if !comparison.faults.is_empty() {
        comparison.left_over.clear();
    }
    Ok(comparison)
}

/// Gives each couple what the record says of it.
fn assign(comparison: &mut Comparison, entries: Vec<Entry>, file: &Path, root: &Path) {
    let speaking: Vec<usize> =
        (0..comparison.couples.len()).filter(|&c| comparison.couples[c].english.speaks()).collect();
    let couples: Vec<(String, String, &str)> = speaking
        .iter()
        .map(|&c| &comparison.couples[c])
        .map(|c| (c.english.one_line(), c.other.hash(), c.english.sort))
        .collect();
    let lines: Vec<String> = entries.iter().map(Entry::one_line).collect();
    let rows = align::align(
        couples.len(),
        entries.len(),
        |c, e| couples[c].0 == lines[e] && couples[c].1 == entries[e].made,
        |c, e| {
            let (english, hash, sort) = &couples[c];
            let same = f32::from(u8::from(*english == lines[e]));
            let made = f32::from(u8::from(*hash == entries[e].made));
            if same + made > 0.0 {
                return 4.0 * (same + made);
            }
            let likeness = record::likeness(english, &lines[e]);
            if entries[e].sort == *sort && likeness > 0.3 { likeness } else { 0.0 }
        },
    );
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    for row in rows {
        match row {
            (Some(c), Some(e)) => comparison.couples[speaking[c]].entry = entries[e].take(),
            (None, Some(e)) => {
                let Some(entry) = entries[e].take() else { continue };
                comparison.left_over.push(format!(
                    "{}:{}: is of a block that is gone: {}",
                    file.strip_prefix(root).unwrap_or(file).display(),
                    entry.line,
                    entry.one_line()
                ));
            }
            _ => {}
        }
    }
}

/// What the alignment looks at, gathered once for each block.
struct Side {
    words: String,
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
        Self { words: block.one_line(), hash: block.hash(), marks, length }
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
    for picture in &other.english {
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
    found.extend(other.parts.iter().filter_map(|part| untranslated(part, &targets)));
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

/// A character of Chinese.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A word that is the same in every language.
pub(crate) fn is_name(word: &str) -> bool {
    word.chars().all(char::is_numeric)
        || NAMES.split_whitespace().any(|name| name.eq_ignore_ascii_case(word))
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
        let sentence = SENTENCE.as_ref()?.find(&outside)?;
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
/// everything that is wrong.
///
/// # Errors
/// A file can't be read.
pub fn check(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let (mut passed, mut problems) = (Vec::new(), Vec::new());
    for code in others(root) {
        let before = problems.len();
        let pairs = pairs(root, &code)?;
        let mut couples = 0;
        for pair in &pairs {
            if let Some(problem) = absent(root, pair) {
                problems.push(problem);
                continue;
            }
            if !is_page(pair) {
                continue;
            }
            let comparison = compare(root, &code, pair)?;
            couples += comparison.couples.len();
            if let Some(message) = new_page(pair, &comparison) {
                problems.push(message);
            } else {
                let stale = comparison.couples.iter().filter_map(|couple| stale(pair, couple));
                problems.extend(stale);
            }
            problems.extend(comparison.faults);
            problems.extend(comparison.left_over);
        }
        problems.extend(orphans(root, &code, &pairs)?);
        if problems.len() == before {
            passed.push(format!("src/{code}: {couples} blocks made of src/en as it is"));
        }
    }
    Ok((passed, problems))
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

/// Records that belong to no page.
fn orphans(root: &Path, code: &str, pairs: &[Pair]) -> Result<Vec<String>> {
    let folder = record_folder(root, code);
    let mut names = BTreeSet::new();
    if folder.is_dir() {
        walk(&folder, &folder, &mut names)?;
    }
    let known: BTreeSet<PathBuf> =
        pairs.iter().map(|pair| record::file(&folder, &pair.name)).collect();
    Ok(names
        .into_iter()
        .filter(|name| !known.contains(&folder.join(name)))
        .map(|name| format!("src/{code}.record/{name}: belongs to no page: delete it"))
        .collect())
}

/// What is to be said of a page of which nothing was accepted.
fn new_page(pair: &Pair, comparison: &Comparison) -> Option<String> {
    let mut speaking = comparison.couples.iter().filter(|couple| couple.english.speaks());
    let (count, new) = (speaking.clone().count(), speaking.all(|couple| couple.entry.is_none()));
    (new && count > 1).then(|| {
        format!(
            "{} ↔ {}: not accepted yet: {count} blocks\n    then:    cargo book accept {1}",
            pair.english.display(),
            pair.other.display()
        )
    })
}

/// What is to be said of a couple whose English has changed, or that was never accepted.
fn stale(pair: &Pair, couple: &Couple) -> Option<String> {
    if !couple.english.speaks() || couple.is_up_to_date() {
        return None;
    }
    let place = place(pair, &couple.english, &couple.other);
    let what = match &couple.entry {
        None => format!(
            "not accepted yet\n    English: {}\n    here:    {}",
            couple.english.one_line(),
            couple.other.one_line()
        ),
        Some(entry) => format!(
            "stale: the English has changed\n    English: {}\n    here:    {}",
            word_diff(&entry.one_line(), &couple.english.one_line()),
            couple.other.one_line()
        ),
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
        for pair in pairs(root, &code)? {
            let lines = match wanted.get(&pair.other) {
                Some(lines) => lines.as_slice(),
                None if acceptance.places.is_empty() => &[],
                None => continue,
            };
            if let Some(problem) = absent(root, &pair) {
                refused.push(problem);
            } else if is_page(&pair) {
                let (count, problems) = accept_page(root, &code, &pair, lines, acceptance)?;
                if count > 0 {
                    let blocks = if count == 1 { "block" } else { "blocks" };
                    done.push(format!("{}: {count} {blocks} accepted", pair.other.display()));
                }
                refused.extend(problems);
            }
        }
    }
    if !refused.is_empty() {
        let done: String = done.iter().map(|line| format!("{line}\n")).collect();
        bail!("{done}not accepted:\n{}", refused.join("\n"));
    }
    Ok(done)
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

/// Accepts a page, or the blocks on some of its lines; tells how many were new, and what is refused.
fn accept_page(
    root: &Path,
    code: &str,
    pair: &Pair,
    lines: &[usize],
    acceptance: &Acceptance,
) -> Result<(usize, Vec<String>)> {
    let comparison = compare(root, code, pair)?;
    if !comparison.faults.is_empty() {
        return Ok((0, comparison.faults));
    }
    let mut refused = Vec::new();
    for line in lines {
        let found = comparison.couples.iter().any(|couple| has_line(couple, *line));
        if !found {
            refused
                .push(format!("{}:{line}: no block with words stands there", pair.other.display()));
        }
    }
    let mut count = 0;
    let mut entries = Vec::new();
    for couple in comparison.couples.iter().filter(|couple| couple.english.speaks()) {
        let is_wanted = lines.is_empty() || lines.iter().any(|&line| has_line(couple, line));
        let is_good = couple.is_up_to_date() || !couple.is_untouched() || acceptance.as_it_is;
        if is_wanted && is_good {
            let entry = Entry {
                sort: couple.english.sort.to_owned(),
                made: couple.other.hash(),
                english: couple.english.source.clone(),
                line: 0,
            };
            let known = couple.entry.as_ref().is_some_and(|old| {
                (&old.sort, &old.made, &old.english) == (&entry.sort, &entry.made, &entry.english)
            });
            count += usize::from(!known);
            entries.push(entry);
            continue;
        }
        if is_wanted {
            refused.push(format!(
                "{}: the English has changed and this hasn't: bring it up to date, or, if it is true as \
                 it is, accept it with --as-it-is\n    English: {}\n    here:    {}",
                place(pair, &couple.english, &couple.other),
                word_diff(
                    &couple.entry.as_ref().map(Entry::one_line).unwrap_or_default(),
                    &couple.english.one_line()
                ),
                couple.other.one_line()
            ));
        }
        entries.extend(couple.entry.clone());
    }
    let file = record::file(&record_folder(root, code), &pair.name);
    let written = record::write(&file, &pair.other.display().to_string(), &entries)?;
    Ok((if written { count.max(1) } else { 0 }, refused))
}

fn has_line(couple: &Couple, line: usize) -> bool {
    let (first, last) = couple.other.lines;
    couple.english.speaks() && (first..=last).contains(&line)
}

#[cfg(test)]
mod tests;
