//! Programs in the pages, dressed while their page is Markdown and their path is known: around each the name
//! of its file, a link to it and the command that runs it; its colours; and of a long one the fold to the part
//! that the page discusses. The author's Markdown stays plain, and that of every language is dressed alike.

mod fold;

use std::{
    collections::BTreeMap,
    fs, io,
    ops::Range,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use project::{escape, files_of};

use crate::{
    about::{Repository, Site},
    edition::Edition,
    labels::{self, Words},
    markdown::{
        parser,
        pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd},
    },
    paint,
};
use fold::Fold;

/// The folders with whole programs, from the root of the project, and the extension of their files.
const FOLDERS: [(&str, &str); 6] = [
    ("examples", "rs"),
    ("examples/python", "py"),
    ("mpi/src/bin", "rs"),
    ("mpi/python", "py"),
    ("python/src", "rs"),
    ("python", "py"),
];

/// The folder of the library, of which pages show parts.
const LIBRARY: &str = "mp";

/// A program with more lines than this folds.
const LONG: usize = 60;

/// What of a long program is seen while it is folded, by its path; elsewhere it is `main`.
const FOLDS: &str = "examples/folds.toml";

/// What a fence says of the file that stands in it.
const FILE: &str = "file=";

/// A whole program.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    /// How it is run.
    command: String,
    /// How it folds; a short one doesn't.
    fold: Option<Fold>,
}

/// The programs of the project and what they wear in an edition.
pub(crate) struct Programs {
    /// The whole programs by their path from the root of the project.
    whole: BTreeMap<String, Program>,
    words: &'static Words,
    repository: Option<Repository>,
}

impl Programs {
    /// The programs of the project of an edition.
    ///
    /// # Errors
    /// A file can't be read, a program doesn't say how it is run, or it hasn't the part that is to be seen.
    pub(crate) fn of(edition: &Edition, site: &Site) -> Result<Self> {
        Ok(Self {
            whole: whole(&edition.root)?,
            words: labels::of(edition)?,
            repository: site.repository.clone(),
        })
    }

    /// Notes at the blocks of a book which file mdBook is about to include there. `source` is the folder of
    /// its pages, from the root of the project.
    ///
    /// # Errors
    /// As [`Programs::run`].
    pub(crate) fn note_files(&self, source: &Path, book: &mut Book) -> Result<()> {
        for_each_page(book, |page, text| {
            self.note(&source.join(page.parent().unwrap_or(page)), text)
        })
    }

    /// The same in a page that stands in `folder`.
    fn note(&self, folder: &Path, text: &mut String) -> Result<()> {
        let mut noted = text.clone();
        for Block { range, info, code } in blocks(text)?.into_iter().rev() {
            if let Some(file) = self.file_in(folder, &info, &code) {
                let end = range.start + text[range].find('\n').unwrap_or_default();
                noted.insert_str(end, &format!(",{FILE}{file}"));
            }
        }
        *text = noted;
        Ok(())
    }

    /// The program of which a block is made, or the file of the library of which it shows a part and nothing
    /// else but hidden lines.
    fn file_in(&self, folder: &Path, info: &str, code: &str) -> Option<String> {
        let include = |line: &str| {
            let link = line.strip_prefix("{{#include ")?.strip_suffix("}}")?;
            let (path, part) = link.split_once(':').unwrap_or((link, ""));
            Some((path_to(&folder.join(path)), part.to_owned()))
        };
        let (path, part) = code.lines().find_map(include)?;
        if part.is_empty() && code.lines().count() == 1 && self.whole.contains_key(&path) {
            return Some(path);
        }
        let of_it = |line| include(line).map_or(hidden(line).is_some(), |(other, _)| other == path);
        let is_part = info.starts_with("rust") && code.lines().all(of_it);
        let in_library = Path::new(&path).parent() == Some(Path::new(LIBRARY));
        (is_part && in_library).then_some(path)
    }

    /// A page with its blocks dressed.
    fn dress(&self, markdown: &str) -> Result<String> {
        let mut dressed = markdown.to_owned();
        for Block { range, info, code } in blocks(markdown)?.into_iter().rev() {
            dressed.replace_range(range, &self.block(&info, &code)?);
        }
        Ok(dressed)
    }

    /// A block of code as HTML.
    fn block(&self, info: &str, code: &str) -> Result<String> {
        let mut words: Vec<_> =
            info.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
        let file = words.iter().find_map(|word| word.strip_prefix(FILE));
        words.retain(|word| !word.starts_with(FILE));
        let language = words.first().copied().unwrap_or_default();
        let class = match words.join(" ") {
            none if none.is_empty() => none,
            classes => format!(" class=\"language-{classes}\""),
        };
        let is_rust = language == "rust";
        let lines: Vec<_> = code
            .lines()
            .map(|line| match hidden(line).filter(|_| is_rust) {
                Some(hidden) => (true, hidden),
                None => (false, line.to_owned()),
            })
            .collect();
        let text: String = lines.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
        let mut painted = paint::lines(language, &text)?;
        // Empty lines at the end have no colours.
        painted.resize(lines.len(), String::new());
        // mdBook leaves out the last end of a line in Rust.
        let ends = (1..=lines.len()).map(|n| if is_rust && n == lines.len() { "" } else { "\n" });
        let painted: Vec<_> = painted
            .into_iter()
            .zip(ends)
            .zip(&lines)
            .map(|((line, end), (is_hidden, text))| {
                // mdBook needs it where a page includes a part, and leaves it where it includes all.
                if file.is_some() && is_anchor(text) {
                    String::new()
                } else if *is_hidden {
                    format!("<span class=\"boring\">{line}{end}</span>")
                } else {
                    line + end
                }
            })
            .collect();
        let Some(file) = file else {
            return Ok(format!("<pre><code{class}>{}</code></pre>\n", painted.concat()));
        };
        let program = self.whole.get(file);
        let fold = program.and_then(|program| program.fold.as_ref());
        let code = fold.map_or_else(|| painted.concat(), |fold| fold.html(&painted));
        Ok(format!(
            "{}\n\n<pre><code{class}>{code}</code></pre>{}</div>\n",
            self.head(file, fold.is_some()),
            program.map(|program| self.foot(program)).unwrap_or_default()
        ))
    }

    /// What stands before a program.
    fn head(&self, path: &str, is_long: bool) -> String {
        let long = if is_long { " program-long" } else { "" };
        let name = format!("<code>{path}</code>");
        let name = match &self.repository {
            Some(repository) => {
                format!(r#"<a href="{}">{name}</a>"#, escape(&repository.file(path)))
            }
            None => name,
        };
        format!(r#"<div class="program{long}"><p class="program-file">{name}</p>"#)
    }

    /// What stands after a whole program.
    fn foot(&self, program: &Program) -> String {
        let more = program.fold.as_ref().map(|fold| {
            let words = self.words.all.replace("{lines}", &fold.lines().to_string());
            format!(r#"<details class="program-more"><summary>{words}</summary></details>"#)
        });
        let (run, command) = (self.words.run, escape(&program.command));
        let run =
            format!(r#"<p class="program-run"><span>{run}</span> <code>{command}</code></p>"#);
        more.unwrap_or_default() + &run
    }
}

impl Preprocessor for Programs {
    fn name(&self) -> &'static str {
        "programs"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        for_each_page(&mut book, |page, text| {
            *text = self.dress(text).with_context(|| page.display().to_string())?;
            Ok(())
        })?;
        Ok(book)
    }
}

/// Does something to the text of each page of a book, which is known by its file.
fn for_each_page(
    book: &mut Book,
    mut act: impl FnMut(&Path, &mut String) -> Result<()>,
) -> Result<()> {
    let mut result = Ok(());
    book.for_each_mut(|item| {
        if let BookItem::Chapter(Chapter { source_path: Some(page), content, .. }) = item
            && result.is_ok()
        {
            result = act(page, content);
        }
    });
    result
}

/// The whole programs of the project at `root`.
fn whole(root: &Path) -> Result<BTreeMap<String, Program>> {
    let mut folds: BTreeMap<String, Vec<String>> = match fs::read_to_string(root.join(FOLDS)) {
        Ok(text) => toml::from_str(&text).context(FOLDS)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error).context(FOLDS),
    };
    let mut whole = BTreeMap::new();
    for (folder, extension) in FOLDERS {
        for name in files_of(&root.join(folder), extension)? {
            if name.components().count() == 1 {
                let path = format!("{folder}/{}", name.display());
                let text = fs::read_to_string(root.join(&path))
                    .with_context(|| format!("can't read {path}"))?;
                let seen = folds.remove(&path);
                let program = program(&path, &text, seen).with_context(|| path.clone())?;
                whole.insert(path, program);
            }
        }
    }
    if let Some(path) = folds.keys().next() {
        bail!("{FOLDS} names {path}, and there is no such program");
    }
    Ok(whole)
}

/// A program from its file.
fn program(path: &str, text: &str, seen: Option<Vec<String>>) -> Result<Program> {
    let is_python = Path::new(path).extension().is_some_and(|extension| extension == "py");
    let needs_the_module = path.strip_prefix("python/").and_then(|name| name.strip_suffix(".py"));
    let command = if let Some(name) = needs_the_module {
        format!("cargo python {name}")
    } else if is_python {
        format!("python3 {path}")
    } else {
        here::command(text).context("its //! lines don't say how to run it, as `cargo run …`")?
    };
    let lines: Vec<_> = text.lines().collect();
    let is_long = lines.len() > LONG;
    ensure!(is_long || seen.is_none(), "{FOLDS} names it, and it isn't long");
    let main = if is_python { "if __name__" } else { "fn main" };
    let seen = seen.unwrap_or_else(|| vec![main.to_owned()]);
    let items: Vec<&str> = seen.iter().map(String::as_str).collect();
    let fold = is_long.then(|| Fold::to(&lines, &items)).transpose()?;
    Ok(Program { command, fold })
}

/// A path without the steps up in it, with slashes.
fn path_to(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// A block of code of a page.
struct Block<'a> {
    /// Where it stands in the Markdown.
    range: Range<usize>,
    /// What its fence says.
    info: CowStr<'a>,
    /// Its text.
    code: String,
}

/// The fenced blocks of a page.
///
/// # Errors
/// One stands inside of something else, where HTML can't take its place.
fn blocks(markdown: &str) -> Result<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    let mut open = false;
    for (event, range) in parser(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let stands_alone = range.start == 0 || markdown[..range.start].ends_with('\n');
                ensure!(stands_alone, "a block in {info} inside of something else gets no colours");
                blocks.push(Block { range, info, code: String::new() });
                open = true;
            }
            Event::Text(text) if open => {
                if let Some(block) = blocks.last_mut() {
                    block.code += &text;
                }
            }
            Event::End(TagEnd::CodeBlock) => open = false,
            _ => {}
        }
    }
    Ok(blocks)
}

/// Whether a line marks the beginning or the end of a part of a program.
fn is_anchor(line: &str) -> bool {
    let comment = line.trim_start().trim_start_matches(['/', '#']).trim_start();
    comment.starts_with("ANCHOR: ") || comment.starts_with("ANCHOR_END: ")
}

/// A line of Rust that mdBook hides, without its mark.
fn hidden(line: &str) -> Option<String> {
    let code = line.trim_start();
    let rest = code.strip_prefix('#')?;
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
    Some(format!("{}{rest}", &line[..line.len() - code.len()]))
}

#[cfg(test)]
mod tests;
