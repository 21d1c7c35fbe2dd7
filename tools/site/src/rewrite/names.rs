//! Names of Python in programs and text: each leads to its row of the page that says what it is in Rust.
//!
//! In a program a name is what its imports say. In a text one is linked that can be nothing else: one with its
//! module before it, a method of a class that one module has, or a class whose name Rust hasn't got.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// The page with the rows, from the folder of the edition.
pub(super) const PAGE: &str = "appendix/python_to_rust.html";

/// The names that have a row.
#[derive(Default)]
pub(super) struct Names {
    /// The row of a name, by its module and itself: `multiprocessing` and `Process.join`.
    rows: BTreeMap<(String, String), String>,
    /// The rows of a name, whatever its module.
    any: BTreeMap<String, BTreeSet<String>>,
    /// Words that Rust's names have too.
    rust: BTreeSet<String>,
}

impl Names {
    /// The names of the page [`PAGE`], whose rows have their ids.
    pub(super) fn read(html: &str) -> Self {
        let mut names = Self::default();
        for table in html.split("<table").skip(1) {
            let table = table.split("</table>").next().unwrap_or_default();
            let mut heads = table.split("<th>").skip(1);
            let module = heads.next().and_then(|head| codes(head).next());
            // Other tables list what isn't a name.
            let (Some(module), Some(true)) = (module, heads.next().map(|h| h.starts_with("Rust<")))
            else {
                continue;
            };
            for row in table.split("<tr id=\"").skip(1) {
                let (id, row) = row.split_once('"').unwrap_or((row, ""));
                let mut cells = row.split("<td>").skip(1);
                let [python, rust] = [cells.next(), cells.next()].map(Option::unwrap_or_default);
                for name in codes(python) {
                    names.any.entry(name.to_owned()).or_default().insert(id.to_owned());
                    let key = (module.to_owned(), name.to_owned());
                    names.rows.entry(key).or_insert_with(|| id.to_owned());
                }
                let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let words = codes(rust).flat_map(|code| code.split(move |c| !is_of_name(c)));
                names.rust.extend(words.map(str::to_owned));
            }
        }
        names
    }

    /// The row of a whole name such as `multiprocessing.Process.join`, or of as much of it as has one, and how many
    /// of its parts that are.
    fn row(&self, parts: &[&str]) -> Option<(&str, usize)> {
        let ends = (2..=parts.len()).rev();
        ends.flat_map(|end| (1..end).rev().map(move |cut| (cut, end))).find_map(|(cut, end)| {
            let key = (parts[..cut].join("."), parts[cut..end].join("."));
            self.rows.get(&key).map(|id| (id.as_str(), end))
        })
    }

    /// The row of what stands as code in a text.
    fn in_text(&self, code: &str) -> Option<&str> {
        let code = code.strip_suffix("()").unwrap_or(code);
        let parts: Vec<_> = code.split('.').collect();
        if let Some((id, count)) = self.row(&parts) {
            return (count == parts.len()).then_some(id);
        }
        let capitals = parts[0].chars().filter(char::is_ascii_uppercase).count();
        let is_python = match parts[..] {
            [class] => capitals > 1 && !self.rust.contains(class),
            _ => capitals > 0,
        };
        let rows = self.any.get(code).filter(|rows| is_python && rows.len() == 1)?;
        rows.first().map(String::as_str)
    }
}

/// What stands in the code elements of a piece of HTML, before an end of a cell.
fn codes(html: &str) -> impl Iterator<Item = &str> {
    let cell = html.split("</t").next().unwrap_or_default();
    cell.split("<code>").skip(1).filter_map(|rest| rest.split_once("</code>").map(|(code, _)| code))
}

/// Elements in which a text has no links to rows: they are links or have some, or are no running text.
const WITHOUT: [&str; 10] = ["a", "button", "h1", "h2", "h3", "h4", "pre", "summary", "svg", "th"];

/// A page of a section, `root` away from the folder of its edition, with its links: the first of each row in each
/// program, and in the text.
pub(super) fn link(root: &str, html: &str, names: &Names) -> String {
    let Some((before, main)) = html.split_once("<main>") else { return html.to_owned() };
    let mut fresh = format!("{before}<main>");
    let mut inside: Vec<&str> = Vec::new();
    let mut told = BTreeSet::new();
    let open = |id: &str| format!("<a class=\"py\" href=\"{root}{PAGE}#{id}\">");
    let mut rest = main;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        fresh.push_str(text);
        let end = end_of_tag(tag);
        let (tag, after) = tag.split_at(end);
        rest = after;
        let name = tag.trim_start_matches(['<', '/']);
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        if name == "main" {
            fresh.push_str(tag);
            break;
        }
        if let Some(end) = (tag == "<script>" || tag.starts_with("<script "))
            .then(|| rest.find("</script>"))
            .flatten()
        {
            fresh.extend([tag, &rest[..end]]);
            rest = &rest[end..];
        } else if name == "code" && !tag.starts_with("</") {
            let (code, after) = rest.split_at(rest.find("</code>").unwrap_or(rest.len()));
            if tag.contains("language-python") {
                fresh.push_str(tag);
                fresh.push_str(&program(code, names, open));
                rest = after;
            } else if let Some(id) = (tag == "<code>" && inside.is_empty())
                .then(|| names.in_text(code))
                .flatten()
                .filter(|id| told.insert((*id).to_owned()))
            {
                fresh.extend([&open(id), tag, code, "</code></a>"]);
                rest = after.strip_prefix("</code>").unwrap_or(after);
            } else {
                fresh.extend([tag, code]);
                rest = after;
            }
        } else {
            if let (Some(name), false) = (WITHOUT.iter().find(|n| **n == name), tag.ends_with("/>"))
            {
                if tag.starts_with("</") {
                    inside.pop();
                } else {
                    inside.push(name);
                }
            }
            fresh.push_str(tag);
        }
    }
    fresh.push_str(rest);
    fresh
}

/// Where the tag ends that a text begins with; an attribute may have a `>` in it.
fn end_of_tag(html: &str) -> usize {
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '>' => return at + 1,
            _ => {}
        }
    }
    html.len()
}

/// The HTML of a program's text with its links.
fn program(html: &str, names: &Names, open: impl Fn(&str) -> String) -> String {
    let letters = letters(html);
    let text: String = letters.iter().map(|(c, _)| *c).collect();
    let imports = imports(&text);
    let mut fresh = String::new();
    let (mut done, mut told) = (0, BTreeSet::new());
    for chain in chains(&letters) {
        let word: String = letters[chain.clone()].iter().map(|(c, _)| *c).collect();
        let (first, rest) = word.split_once('.').unwrap_or((&word, ""));
        let Some(path) = imports.get(first) else { continue };
        let mut parts: Vec<_> = path.split('.').collect();
        let known = parts.len();
        parts.extend(rest.split('.').filter(|part| !part.is_empty()));
        let Some((id, count)) = names.row(&parts).filter(|(_, count)| *count >= known) else {
            continue;
        };
        if !told.insert(id) {
            continue;
        }
        // As much of the chain as the row is about.
        let length: usize = rest.split('.').take(count - known).map(|part| part.len() + 1).sum();
        let last = chain.start + first.len() + length;
        let range = letters[chain.start].1.start..letters[last - 1].1.end;
        let Some(Range { start, end }) = whole(html, range) else { continue };
        fresh.extend([&html[done..start], &open(id), &html[start..end], "</a>"]);
        done = end;
    }
    fresh + &html[done..]
}

/// A piece of a painted program, with the tags around it that belong to what is in it; `None` where it holds a part
/// of something.
fn whole(html: &str, Range { mut start, mut end }: Range<usize>) -> Option<Range<usize>> {
    loop {
        // How deep its end is, and the least deep place in it.
        let (mut depth, mut least) = (0, 0);
        for tag in html[start..end].split('<').skip(1) {
            depth += if tag.starts_with('/') { -1 } else { 1 };
            least = depth.min(least);
        }
        if least < 0 {
            start = html[..start].strip_suffix('>')?.rfind('<')?;
        } else if depth > 0 {
            end += html[end..].starts_with("</span>").then_some("</span>".len())?;
        } else {
            return Some(start..end);
        }
    }
}

/// The letters of a text in HTML, each with where it stands.
fn letters(html: &str) -> Vec<(char, Range<usize>)> {
    const NAMED: [(&str, char); 6] = [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&#x27;", '\''),
        ("&amp;", '&'),
    ];
    let mut letters = Vec::new();
    let mut at = 0;
    while let Some(c) = html[at..].chars().next() {
        let rest = &html[at..];
        let end = if c == '<' {
            at + end_of_tag(rest)
        } else {
            let named = NAMED.iter().find(|(name, _)| rest.starts_with(name));
            let (c, length) = named.map_or((c, c.len_utf8()), |(name, c)| (*c, name.len()));
            letters.push((c, at..at + length));
            at + length
        };
        at = end;
    }
    letters
}

/// What the imports of a program call: the name in the program, and the whole name.
fn imports(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let (module, list) = match line.strip_prefix("from ").and_then(|l| l.split_once(" import "))
        {
            Some((module, list)) => (Some(module.trim()), list),
            None => match line.strip_prefix("import ") {
                Some(list) => (None, list),
                None => continue,
            },
        };
        let mut list = list.split('#').next().unwrap_or_default().to_owned();
        while list.contains('(') && !list.contains(')') {
            let Some(line) = lines.next() else { break };
            list.push_str(line.split('#').next().unwrap_or_default());
        }
        for item in list.split([',', '(', ')']).map(str::trim).filter(|item| !item.is_empty()) {
            let (name, alias) = match item.split_once(" as ") {
                Some((name, alias)) => (name.trim(), Some(alias.trim())),
                None => (item, None),
            };
            let (here, whole) = match (module, alias) {
                (Some(module), alias) => (alias.unwrap_or(name), format!("{module}.{name}")),
                (None, Some(alias)) => (alias, name.to_owned()),
                // `import a.b` makes `a` known.
                (None, None) => {
                    let first = name.split('.').next().unwrap_or(name);
                    (first, first.to_owned())
                }
            };
            found.insert(here.to_owned(), whole);
        }
    }
    found
}

/// The names of a program with the parts behind their points, outside of strings and comments.
fn chains(letters: &[(char, Range<usize>)]) -> Vec<Range<usize>> {
    let at = |i: usize| letters.get(i).map(|(c, _)| *c);
    let is_of_name = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut found = Vec::new();
    let mut i = 0;
    while let Some(c) = at(i) {
        match c {
            '#' => {
                while at(i).is_some_and(|c| c != '\n') {
                    i += 1;
                }
            }
            '"' | '\'' => {
                let length = if at(i + 1) == Some(c) && at(i + 2) == Some(c) { 3 } else { 1 };
                let closes = |i: usize| (0..length).all(|k| at(i + k) == Some(c));
                i += length;
                while at(i).is_some() && !closes(i) {
                    i += if at(i) == Some('\\') { 2 } else { 1 };
                }
                i += length;
            }
            _ if is_of_name(Some(c)) => {
                let start = i;
                while is_of_name(at(i)) || at(i) == Some('.') && is_of_name(at(i + 1)) {
                    i += 1;
                }
                let behind = start > 0 && at(start - 1) == Some('.');
                if !behind && !c.is_ascii_digit() {
                    found.push(start..i);
                }
            }
            _ => i += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "<table><thead><tr><th><code>multiprocessing</code></th><th>Rust</th></tr></thead>\
        <tr id=\"py-Process\"><td><a><code>Process</code></a></td><td><code>mp::Process</code></td></tr>\
        <tr id=\"py-Process.join\"><td><code>Process.join</code></td><td><code>mp::Process::join</code></td></tr>\
        <tr id=\"py-Lock\"><td><code>Lock</code>, <code>RLock</code></td><td>none</td></tr>\
        <tr id=\"py-BaseManager\"><td><code>BaseManager</code></td><td>none</td></tr></table>\
        <table><tr><th><code>threading</code></th><th>Rust</th></tr>\
        <tr id=\"py-Lock-2\"><td><code>Lock</code></td><td><code>Mutex</code></td></tr></table>\
        <table><tr><th><code>os.path</code></th><th>Rust</th></tr>\
        <tr id=\"py-join\"><td><code>join</code></td><td><code>Path</code></td></tr></table>\
        <table><tr><th><code>forkserver</code></th><th>What</th></tr>\
        <tr id=\"py-BigLambda\"><td><code>BigLambda</code></td><td>no</td></tr></table>";

    /// The names that are links in a program, each with its row.
    fn linked(text: &str) -> Vec<(String, String)> {
        let html = program(&project::escape(text), &Names::read(ROWS), |id| format!("<a {id}>"));
        let links = html.split("<a ").skip(1).filter_map(|rest| rest.split_once("</a>"));
        let links: Vec<_> = links
            .filter_map(|(link, _)| link.split_once('>'))
            .map(|(id, name)| (name.to_owned(), id.to_owned()))
            .collect();
        let plain = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        assert_eq!(plain.collect::<String>(), project::escape(text));
        links
    }

    #[test]
    fn a_name_in_a_program_is_what_its_imports_say() {
        let link = |name: &str, id: &str| (name.to_owned(), id.to_owned());
        for (text, links) in [
            (
                "import multiprocessing\nmultiprocessing.Process(x)\n",
                vec![link("multiprocessing.Process", "py-Process")],
            ),
            (
                "import multiprocessing as m\nm.Lock.acquire, m.Lock",
                vec![link("m.Lock", "py-Lock")],
            ),
            ("from threading import Lock\nLock()", vec![link("Lock", "py-Lock-2")]),
            (
                "from multiprocessing import (  # two\n    Process as P,\n    Lock)\na.P; P.join",
                vec![
                    link("P", "py-Process"),
                    link("Lock", "py-Lock"),
                    link("P.join", "py-Process.join"),
                ],
            ),
            ("import os.path\nos.path.join", vec![link("os.path.join", "py-join")]),
            ("Process(); multiprocessing.Lock", vec![]),
            (
                "import multiprocessing\n# multiprocessing.Process\n'''it's multiprocessing.Lock'''; \"\\\"multiprocessing.Lock\"",
                vec![],
            ),
        ] {
            assert_eq!(linked(text), links, "{text}");
        }
    }

    #[test]
    fn a_name_in_a_text_is_linked_where_it_can_be_nothing_else() {
        let names = Names::read(ROWS);
        for (code, id) in [
            ("multiprocessing.Lock", Some("py-Lock")),
            ("threading.Lock()", Some("py-Lock-2")),
            ("Process.join", Some("py-Process.join")),
            ("BaseManager", Some("py-BaseManager")),
            ("Process", None),
            ("Lock", None),
            ("RLock", Some("py-Lock")),
            ("join", None),
            ("multiprocessing", None),
            ("multiprocessing.Process.gone", None),
            ("BigLambda", None),
        ] {
            assert_eq!(names.in_text(code), id, "{code}");
        }
    }

    #[test]
    fn a_text_has_one_link_to_a_row_and_none_inside_of_links_and_headings() {
        let name = "<code>threading.Lock</code>";
        let html = format!(
            "<nav>{name}</nav><main><h2>{name}</h2><a title=\">\">{name}</a><script>1 < {name}</script>\
             <p>{name} and {name}</p></main>{name}"
        );
        let link = format!("<a class=\"py\" href=\"../{PAGE}#py-Lock-2\">{name}</a>");
        let right = html.replace(&format!("<p>{name}"), &format!("<p>{link}"));
        assert_eq!(super::link("../", &html, &Names::read(ROWS)), right);
        // In a painted program a link holds whole words.
        let program = "<main><pre><code class=\"language-python\">import threading
<span class=\"f\">threading</span>.<span class=\"t\">Lock</span>()</code></pre></main>";
        let name = "<span class=\"f\">threading</span>.<span class=\"t\">Lock</span>";
        let link = format!("<a class=\"py\" href=\"{PAGE}#py-Lock-2\">{name}</a>");
        let right = program.replace(name, &link);
        assert_eq!(super::link("", program, &Names::read(ROWS)), right);
        let program = "<main><pre><code class=\"language-python hljs\">import threading
<span class=\"fold\">threading.Lock()</span></code></pre></main>";
        let link = format!("<a class=\"py\" href=\"{PAGE}#py-Lock-2\">threading.Lock</a>");
        let right = program.replace("threading.Lock", &link);
        assert_eq!(super::link("", program, &Names::read(ROWS)), right);
    }
}
