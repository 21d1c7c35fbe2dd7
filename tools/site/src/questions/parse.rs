//! Questions as they stand in a page: read, or refused with what is expected.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
use html::{Tag, TagKind, Token, attribute, tokens};

use crate::markdown::{
    parser,
    pulldown_cmark::{Event, Tag as Markdown, TagEnd},
};

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One choice of several.
    One,
    /// All choices that are right.
    Several,
    /// Lines that are put in an order.
    Order,
    /// A number that is typed.
    Number,
}

impl Kind {
    /// The kinds with their names in a page.
    const ALL: [(&'static str, Self); 4] = [
        ("one", Self::One),
        ("several", Self::Several),
        ("order", Self::Order),
        ("number", Self::Number),
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// A question of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its name, such as `ask-writer`.
    pub id: String,
    /// How it is answered.
    pub kind: Kind,
    /// What holds its answer.
    pub checks: Vec<String>,
    /// The line, counted from 1, on which it begins.
    pub line: usize,
    /// What is asked, as HTML.
    pub prompt: String,
    /// What can be answered; of an order the lines.
    pub choices: Vec<Choice>,
    /// Of an order the pairs of lines, counted from 0, the first of which comes before the second.
    pub pairs: Vec<(usize, usize)>,
    /// What is unfolded, as Markdown.
    pub text: String,
    /// Where all of it stands in the page.
    pub(super) range: Range<usize>,
}

/// Something that can be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Whether it is right; a line of an order is.
    pub is_right: bool,
    /// What it says, as Markdown in a line. For a number, what follows it.
    pub text: String,
    /// Why it is right or wrong, as Markdown; maybe nothing where it is right.
    pub why: String,
    /// The numbers that it stands for, both ends included.
    pub numbers: Option<(f64, f64)>,
}

/// The class of the element that a question is in Markdown.
const CLASS: &str = "predict";

/// What an id begins with.
const ID: &str = "ask-";

/// The questions of a page; `file` is what errors call it. A folded answer without `data-ask` is none.
///
/// # Errors
/// A question is not as the description of this module says: with file, line, and what is expected.
pub fn of(file: &Path, page: &str) -> Result<Vec<Question>> {
    let mut questions = Vec::new();
    let mut ids = BTreeSet::new();
    for (head, end) in folded(page) {
        let line = page[..head.start].matches('\n').count() + 1;
        let question = question(page, &head, end, line);
        let place = || format!("{}:{line}: a question", file.display());
        let Some(question) = question.with_context(place)? else { continue };
        ensure!(
            ids.insert(question.id.clone()),
            "{}: the page has another {:?}; expected an id of its own",
            place(),
            question.id
        );
        questions.push(question);
    }
    Ok(questions)
}

/// The heads of folded answers, each with where the next end of one stands.
fn folded(page: &str) -> Vec<(Range<usize>, Option<Range<usize>>)> {
    let mut folded: Vec<(Range<usize>, Option<Range<usize>>)> = Vec::new();
    for (event, range) in parser(page).into_offset_iter() {
        if !matches!(event, Event::Start(Markdown::HtmlBlock)) {
            continue;
        }
        let html = &page[range.clone()];
        if html.starts_with("<details") {
            folded.push((range, None));
        } else if html.trim_end() == "</details>"
            && let Some((_, end @ None)) = folded.last_mut()
        {
            *end = Some(range);
        }
    }
    folded
}

/// A folded answer as a question, if it is one.
fn question(
    page: &str,
    head: &Range<usize>,
    end: Option<Range<usize>>,
    line: usize,
) -> Result<Option<Question>> {
    let html = &page[head.clone()];
    let Some(Token::TagToken(tag)) = tokens(html).into_iter().next() else { return Ok(None) };
    let is_predict = attribute(&tag, "class").is_some_and(|class| class == CLASS);
    let Some(kind) = attribute(&tag, "data-ask").filter(|_| is_predict) else { return Ok(None) };
    let Some((_, kind)) = Kind::ALL.iter().find(|(name, _)| *name == kind) else {
        let names: Vec<_> = Kind::ALL.iter().map(|(name, _)| *name).collect();
        bail!("data-ask=\"{kind}\"; expected one of {}", names.join(", "));
    };
    let id = attribute(&tag, "id").unwrap_or_default();
    ensure!(
        id.len() > ID.len() && id.starts_with(ID),
        "its id is {id:?}; expected id=\"{ID}NAME\""
    );
    let checks: Vec<_> =
        attribute(&tag, "data-check").unwrap_or_default().split_whitespace().collect();
    ensure!(
        !checks.is_empty(),
        "nothing holds its answer; expected data-check=\"FILE::TEST\" or \"page.md#id\""
    );
    let prompt = prompt(html)
        .context("expected <summary>…</summary> below its first line, and an empty line")?;
    let end = end.context("its end is missing; expected </details> on a line of its own")?;
    let body = &page[head.end..end.start];
    let (choices, rest) = choices(body, *kind)?;
    let pairs = match (kind, attribute(&tag, "data-order")) {
        (Kind::Order, given) => pairs(given, choices.len())?,
        (_, None) => Vec::new(),
        (_, Some(_)) => bail!("data-order is for data-ask=\"order\""),
    };
    let text = body[rest..].trim();
    ensure!(!text.is_empty(), "nothing is unfolded; expected a text behind the list");
    Ok(Some(Question {
        id: id.to_owned(),
        kind: *kind,
        checks: checks.into_iter().map(str::to_owned).collect(),
        line,
        prompt: prompt.to_owned(),
        choices,
        pairs,
        text: text.to_owned(),
        range: head.start..end.end,
    }))
}

/// What stands in the summary of a folded answer, if nothing follows it.
fn prompt(html: &str) -> Option<&str> {
    let (before, rest) = html.split_once("<summary>")?;
    let (prompt, after) = rest.split_once("</summary>")?;
    let is_alone = tokens(before).iter().filter(|token| is_start(token)).count() == 1;
    (is_alone && after.trim().is_empty() && !prompt.trim().is_empty()).then(|| prompt.trim())
}

fn is_start(token: &Token) -> bool {
    matches!(token, Token::TagToken(Tag { kind: TagKind::StartTag, .. }))
}

/// An item of the list while it is read.
#[derive(Default)]
struct Item {
    mark: Option<bool>,
    text: Option<Range<usize>>,
    why: String,
}

/// The choices in the list with which `body` begins, and where it ends.
fn choices(body: &str, kind: Kind) -> Result<(Vec<Choice>, usize)> {
    let mut items: Vec<Item> = Vec::new();
    let (mut depth, mut end, mut is_numbered) = (0, 0, false);
    for (event, range) in parser(body).into_offset_iter() {
        match (&event, depth) {
            (Event::Start(Markdown::List(first)), 0) => is_numbered = first.is_some(),
            (Event::Start(Markdown::Item), 1) => items.push(Item::default()),
            (Event::Start(Markdown::Item), 2) => {
                if let Some(item) = items.last_mut() {
                    ensure!(item.why.is_empty(), "two reasons for one choice; expected one");
                    item.why = reason(&body[range.clone()]);
                }
            }
            (Event::TaskListMarker(mark), 1) => {
                if let Some(item) = items.last_mut() {
                    item.mark = Some(*mark);
                }
            }
            (
                Event::Start(Markdown::List(_) | Markdown::Paragraph)
                | Event::End(TagEnd::Item | TagEnd::List(_) | TagEnd::Paragraph),
                _,
            ) => {}
            (_, 1) => {
                if let Some(item) = items.last_mut() {
                    item.text = Some(match item.text.take() {
                        Some(old) => old.start.min(range.start)..old.end.max(range.end),
                        None => range.clone(),
                    });
                }
            }
            _ => {}
        }
        match event {
            Event::Start(Markdown::List(_)) => depth += 1,
            Event::End(TagEnd::List(_)) => {
                depth -= 1;
                if depth == 0 {
                    end = range.end;
                    break;
                }
            }
            _ if depth == 0 => break,
            _ => {}
        }
    }
    ensure!(
        items.len() > 1 || kind == Kind::Number && !items.is_empty(),
        "expected a list below the summary, of two choices at least"
    );
    ensure!(
        is_numbered == (kind == Kind::Order),
        "expected {} for data-ask=\"{kind}\"",
        if kind == Kind::Order { "lines `1.`, `2.` …" } else { "choices `- [ ]` and `- [x]`" }
    );
    let choices: Vec<_> =
        items.into_iter().map(|item| choice(body, item, kind)).collect::<Result<_>>()?;
    let right = choices.iter().filter(|choice| choice.is_right).count();
    ensure!(right > 0, "no choice is right; expected an x in one of them");
    ensure!(
        matches!(kind, Kind::Order | Kind::Number) || right < choices.len(),
        "every choice is right; expected one that is not"
    );
    Ok((choices, end))
}

/// An item as a choice.
fn choice(body: &str, Item { mark, text, why }: Item, kind: Kind) -> Result<Choice> {
    let text = text.map(|range| lines(&body[range])).unwrap_or_default();
    ensure!(!text.is_empty(), "a choice says nothing");
    ensure!(
        mark.is_some() != (kind == Kind::Order),
        "the choice `{text}` has {}",
        match mark {
            Some(_) => "a mark; expected none, since the lines stand in the right order",
            None => "no mark; expected `[ ]` or `[x]` before it",
        }
    );
    let is_right = mark.unwrap_or(true);
    ensure!(
        is_right || !why.is_empty(),
        "nothing says why `{text}` is wrong; expected a list of one item below it"
    );
    let (numbers, text) = match kind {
        Kind::Number => {
            let (numbers, rest) = numbers(&text).with_context(|| {
                format!("`{text}` is no number; expected `9`, `5..7` or `6±0.5` as code")
            })?;
            (Some(numbers), rest.trim().to_owned())
        }
        _ => (None, text),
    };
    Ok(Choice { is_right, text, why, numbers })
}

/// A text without the space at the ends of its lines.
fn lines(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The words of an item.
fn reason(item: &str) -> String {
    let words = item.trim_start_matches(|c: char| c.is_ascii_digit() || "-*+.) ".contains(c));
    lines(words)
}

/// The numbers with which a choice begins, as code, and what follows.
fn numbers(text: &str) -> Option<((f64, f64), &str)> {
    let (code, rest) = text.strip_prefix('`')?.split_once('`')?;
    let number =
        |text: &str| text.trim().replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite());
    let both = if let Some((from, to)) = code.split_once("..") {
        (number(from)?, number(to)?)
    } else if let Some((middle, by)) = code.split_once('±') {
        let (middle, by) = (number(middle)?, number(by)?);
        (middle - by, middle + by)
    } else {
        (number(code)?, number(code)?)
    };
    (both.0 <= both.1).then_some((both, rest))
}

/// The pairs of lines that an order keeps: those that are given, such as `1<2 1<3`, or each line with its next.
fn pairs(given: Option<&str>, lines: usize) -> Result<Vec<(usize, usize)>> {
    let Some(given) = given else { return Ok((1..lines).map(|next| (next - 1, next)).collect()) };
    let pair = |pair: &str| {
        let (first, second) = pair.split_once('<')?;
        let (first, second): (usize, usize) = (first.parse().ok()?, second.parse().ok()?);
        // The lines stand in an order that is right: so no pairs contradict each other.
        (1 <= first && first < second && second <= lines).then(|| (first - 1, second - 1))
    };
    let pairs: Option<Vec<_>> = given.split_whitespace().map(pair).collect();
    pairs.filter(|pairs| !pairs.is_empty()).with_context(|| {
        format!("data-order=\"{given}\"; expected pairs of lines such as 1<2, the first above the second, of {lines} lines")
    })
}

impl Question {
    /// Whether an order of the lines, each named by its place in the page from 0, is right.
    #[must_use]
    pub fn keeps(&self, order: &[usize]) -> bool {
        let at: BTreeMap<_, _> = order.iter().enumerate().map(|(at, line)| (*line, at)).collect();
        self.pairs.iter().all(|(first, second)| at.get(first) < at.get(second))
    }
}
