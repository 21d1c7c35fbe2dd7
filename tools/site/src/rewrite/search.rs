//! The search of an edition: a script in place of mdBook's, and what it looks through, the text of each
//! section, as a script that a page loads at the first search.
//!
//! mdBook's own search cuts text at spaces, so it finds no word of a language that has none. Pagefind and
//! `MiniSearch` were held against ours: of 70 queries it has 70 among the first three as the better of them, and
//! 64 first where that has 63.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result};
use html::{Tag, attribute};
use lol_html::html_content::ContentType;
use serde::Serialize;

use super::{
    change::{Change, ONCE},
    patch::hash,
    scripts,
};
use crate::edition::Edition;

/// The script. It is compiled in, so that an edition needs no file for it.
const SCRIPT: &str = include_str!("../../../../theme/search.js");

/// A section: a heading and what stands under it, up to the next heading.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Section {
    /// The way to it from the folder of the edition: `why/how_time_goes.html#try-it`.
    href: String,
    /// Its heading.
    title: String,
    /// The heading of its page; nothing where that is its own.
    page: String,
    /// What it says, a line for each paragraph or row, and in a row a tab between cells.
    text: String,
    /// Its programs and their outputs.
    code: String,
    /// What its subject is called elsewhere, as the glossary says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
}

/// Writes script and index of an edition into its folder, and gives the change that adds them to a page.
pub(super) fn write(edition: &Edition, sections: &[Section], folder: &Path) -> Result<Change> {
    let index = format!("window.bookSections = {};\n", serde_json::to_string(sections)?);
    let script = without_comments(&scripts::with_words(edition, "search", SCRIPT)?);
    let names = [("search", &script), ("searchindex", &index)].map(|(stem, text)| {
        let name = format!("{stem}-{}.js", hash(text));
        let path = folder.join(&name);
        fs::write(&path, text)
            .with_context(|| format!("can't write {}", path.display()))
            .map(|()| name)
    });
    let [script, index] = names;
    let (script, index) = (script?, index?);
    Ok(Change::new("there is a search", "body", ONCE, move |body, page| {
        let root = page.to_edition();
        let tag = format!(
            "<script src=\"{root}{script}\" data-index=\"{root}{index}\" defer></script>\n    "
        );
        body.append(&tag, ContentType::Html);
        Ok(())
    }))
}

/// A script without the lines that only say something to whoever changes it: a fifth of what is sent.
fn without_comments(script: &str) -> String {
    let is_comment =
        |line: &str| ["//", "/**", "* ", "*/"].iter().any(|mark| line.starts_with(mark));
    let lines = script.lines().filter(|line| !is_comment(line.trim_start()) && !line.is_empty());
    lines.fold(String::new(), |all, line| all + line + "\n")
}

/// Gathers the sections while the tags and texts of a page go by.
#[derive(Default)]
pub(super) struct Gathered {
    /// Before its end the `href` of a section is the id of its heading.
    sections: Vec<Section>,
    /// The names of the open elements from `main` on, each with what its text counts as.
    open: Vec<(String, Place)>,
}

/// What a text counts as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Title,
    Text,
    Code,
    /// Text that names other words for what the section is about.
    Also,
    /// Nothing that a reader would search for: a picture's labels, every schedule, a script, a button.
    Nothing,
}

/// Elements without an end.
const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "source", "wbr"];

/// Elements inside a line: all others end one.
const PHRASING: [&str; 16] = [
    "a", "abbr", "b", "code", "del", "em", "i", "kbd", "mark", "q", "s", "span", "strong", "sub",
    "sup", "var",
];

/// Classes of elements that are left out: a question and its choices, wrong ones among them, whose answer is found, and
/// the pages that have the questions once more; an exercise with its hints, which the page of all exercises names, and its
/// solution; the twin of a program, whose names the appendix lists, hidden
/// lines, what stands around a program, and the word above a note.
const LEFT_OUT: [&str; 11] = [
    "ask-form",
    "ask-question",
    "ask-part",
    "exercise",
    "solution",
    "twins-python",
    "boring",
    "program-file",
    "program-more",
    "program-run",
    "blockquote-tag-title",
];

impl Gathered {
    /// Whether what comes stands in `main` itself.
    pub(super) fn is_in_main(&self) -> bool {
        self.open.len() == 1
    }

    /// The sections of the page at `path`.
    pub(super) fn finish(self, path: &str) -> Vec<Section> {
        let mut sections = self.sections;
        let page = sections.first().map(|section| one_line(&section.title)).unwrap_or_default();
        for (i, section) in sections.iter_mut().enumerate() {
            section.href = format!("{path}#{}", section.href);
            section.title = one_line(&section.title);
            section.text = lines(&section.text, one_line);
            section.also = section.also.iter().flat_map(|line| names(line)).collect();
            section.code = lines(&section.code, |line| line.trim().to_owned());
            if i > 0 {
                section.page.clone_from(&page);
            }
        }
        // Under a heading that only gathers others there is nothing to find.
        sections.retain(|section| !section.text.is_empty() || !section.code.is_empty());
        once(&mut sections);
        sections
    }

    pub(super) fn start(&mut self, tag: &Tag) {
        let name = &*tag.name;
        self.gap(name);
        if VOID.contains(&name) || tag.self_closing || (self.open.is_empty() && name != "main") {
            return;
        }
        let around = self.open.last().map_or(Place::Text, |(_, place)| *place);
        let place = match name {
            _ if around == Place::Nothing => Place::Nothing,
            "button" | "label" | "schedule-explorer" | "script" | "style" | "svg"
            | "time-replay" => Place::Nothing,
            _ if LEFT_OUT.iter().any(|class| is_of(tag, class)) => Place::Nothing,
            _ if is_of(tag, "also") => {
                if let Some(section) = self.sections.last_mut() {
                    section.also.push(String::new());
                }
                Place::Also
            }
            "pre" => Place::Code,
            "h1" | "h2" | "h3" => match attribute(tag, "id") {
                Some(id) => {
                    let href = id.to_owned();
                    self.sections.push(Section { href, ..Section::default() });
                    Place::Title
                }
                None => around,
            },
            _ => around,
        };
        self.open.push((name.to_owned(), place));
    }

    pub(super) fn end(&mut self, name: &str) {
        self.gap(name);
        if let Some(at) = self.open.iter().rposition(|(open, _)| open == name) {
            self.open.truncate(at);
        }
    }

    /// Parts what stands before a tag from what stands after it.
    fn gap(&mut self, name: &str) {
        let gap = match name {
            "td" | "th" => '\t',
            name if PHRASING.contains(&name) => return,
            _ => '\n',
        };
        self.push(|text| text.push(gap));
    }

    /// Adds a text. The breaks of a program's lines are its own; those of other lines are the source's.
    pub(super) fn text(&mut self, text: &str) {
        let is_code = self.open.last().is_some_and(|(_, place)| *place == Place::Code);
        if is_code {
            self.push(|code| code.push_str(text));
        } else {
            self.push(|words| words.push_str(&text.replace('\n', " ")));
        }
    }

    fn push(&mut self, add: impl FnOnce(&mut String)) {
        if let (Some((_, place)), Some(section)) = (self.open.last(), self.sections.last_mut()) {
            match place {
                Place::Title => add(&mut section.title),
                Place::Text => add(&mut section.text),
                Place::Code => add(&mut section.code),
                Place::Also => {
                    let mut words = String::new();
                    add(&mut words);
                    section.text.push_str(&words);
                    if let Some(also) = section.also.last_mut() {
                        also.push_str(&words);
                    }
                }
                Place::Nothing => {}
            }
        }
    }
}

/// The words of which many a line of any program is made.
const PLAIN: [&str; 10] =
    ["break", "continue", "else", "fn", "loop", "main", "None", "Ok", "pass", "return"];

/// Whether a line has a name that somebody could look for, outside of its comment.
fn has_a_name(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut words = code.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let about_what_follows = code.starts_with("#[derive(") || code.starts_with("#[cfg");
    !about_what_follows && words.any(|word| !PLAIN.contains(&word))
}

/// Leaves of the programs of a page what is worth its weight: a line once, where it is shown last and so discussed, and no
/// line without a name. Comments say what the text says, and in English: without them the index is a twelfth lighter.
fn once(sections: &mut [Section]) {
    let mut seen = BTreeSet::new();
    for section in sections.iter_mut().rev() {
        let lines: Vec<&str> = section.code.lines().collect();
        let kept =
            lines.into_iter().filter(|line| has_a_name(line) && seen.insert((*line).to_owned()));
        section.code = kept.collect::<Vec<_>>().join("\n");
    }
}

/// The words of `Also: one, two.` and of `也作：一、二；中國大陸：三。`: what ends in a colon tells whose they are.
fn names(line: &str) -> Vec<String> {
    let parts = line.split_inclusive([':', '：', ',', '，', '、', ';', '；', '。']);
    parts
        .filter(|part| !part.ends_with([':', '：']))
        .map(|part| one_line(part.trim_end_matches([',', '，', '、', ';', '；', '。', '.'])))
        .filter(|name| !name.is_empty())
        .collect()
}

fn is_of(tag: &Tag, class: &str) -> bool {
    attribute(tag, "class").is_some_and(|classes| classes.split(' ').any(|name| name == class))
}

/// A text with single spaces in place of its white space, and single tabs where there are some.
fn one_line(text: &str) -> String {
    let cells = text.split('\t').map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "));
    cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("\t")
}

/// The lines of a text that have something on them.
fn lines(text: &str, tidy: fn(&str) -> String) -> String {
    text.lines().map(tidy).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{super::read, *};

    fn sections(path: &str, html: &str) -> Vec<Section> {
        read::page(path, html).sections
    }

    fn section(href: &str, title: &str, page: &str, text: &str, code: &str) -> Section {
        let [href, title, page, text, code] = [href, title, page, text, code].map(str::to_owned);
        Section { href, title, page, text, code, also: Vec::new() }
    }

    #[test]
    fn other_words_are_text_and_names() {
        let html = "<main><h3 id='a'>行程</h3><p>會跑。\n<span class='also'>也作：丙丁、甲乙；中國大陸：戊己。</span></p>
            <h3 id='b'>Signal</h3><p>One. <span class='also'>Also: <em>soft</em> interrupt, b.c.</span></p></main>";
        let also = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let one = section("a.html#a", "行程", "", "會跑。 也作：丙丁、甲乙；中國大陸：戊己。", "");
        let two = section("a.html#b", "Signal", "行程", "One. Also: soft interrupt, b.c.", "");
        assert_eq!(
            sections("a.html", html),
            [
                Section { also: also(&["丙丁", "甲乙", "戊己"]), ..one },
                Section { also: also(&["soft interrupt", "b.c"]), ..two },
            ]
        );
    }

    #[test]
    fn a_page_is_cut_at_its_headings() {
        let html = r##"<nav><h2 id="not">Not this</h2></nav><main>
            <h1 id="locks"><a class="header" href="#locks">Locks &amp; more</a></h1>
            <p>One <code>Mutex</code>,<br>then</p><p>another.</p>
            <h2 id="inside"><a href="#inside">Inside <code>lock</code></a></h2><p>鎖<em>住</em>。</p>
            <h4 id="part">No section</h4><h3>Nor this</h3></main><p>After</p>"##;
        assert_eq!(
            sections("a/b.html", html),
            [
                section("a/b.html#locks", "Locks & more", "", "One Mutex,\nthen\nanother.", ""),
                section(
                    "a/b.html#inside",
                    "Inside lock",
                    "Locks & more",
                    "鎖住。\nNo section\nNor this",
                    ""
                ),
            ]
        );
    }

    #[test]
    fn a_heading_that_only_gathers_others_is_not_found() {
        let html =
            "<main><h1 id='a'>A</h1><p>one</p><h2 id='b'>B</h2><h3 id='c'>C</h3><p>two</p></main>";
        let (one, two) =
            (section("a.html#a", "A", "", "one", ""), section("a.html#c", "C", "A", "two", ""));
        assert_eq!(sections("a.html", html), [one, two]);
    }

    #[test]
    fn paragraphs_rows_and_cells_are_apart() {
        let html = "<main><h1 id='a'>A\nb</h1><p>one\ntwo</p><table><tr><th>x</th><th>y z</th></tr><tr><td>1
            </td><td><code>2</code></td></tr></table><ul><li>three</li><li>four</li></ul></main>";
        let text = "one two\nx\ty z\n1\t2\nthree\nfour";
        assert_eq!(sections("a.html", html), [section("a.html#a", "A b", "", text, "")]);
    }

    #[test]
    fn a_line_of_a_program_is_found_where_it_is_shown_last() {
        let of = |code: &str| Section { code: code.to_owned(), ..Section::default() };
        let mut sections = [
            of("// Waits.\nchild.join()?; // here\n} else {\nother();\nOk(())"),
            of("#[cfg(unix)]\nchild.join()?; // here\n}"),
        ];
        once(&mut sections);
        assert_eq!(sections, [of("other();"), of("child.join()?; // here")]);
    }

    #[test]
    fn programs_are_apart_and_what_nobody_reads_is_left_out() {
        let html = r#"<main><h1 id="a">A</h1><figure><svg><text>label</text></svg>
            <figcaption>Caption</figcaption></figure><script type="application/json">{"a": 1}</script>
            <div class="twins"><label><input type="radio" name="a"> Rust</label>
            <div class="twins-rust"><pre><code class="language-rust"><span class="boring">use a::b;
</span>fn main() {
    print!("&lt;b&gt;");

}</code></pre></div><div class="twins-python"><pre><code>print()</code></pre></div></div>
            <div class="exercise"><p>Task</p><details><summary>Hint</summary><p>So</p></details></div>
            <details class="solution"><summary>Task</summary><pre><code>so();</code></pre></details></main>"#;
        let code = "print!(\"<b>\");";
        assert_eq!(sections("a.html", html), [section("a.html#a", "A", "", "Caption", code)]);
    }
}
