//! What stands around the programs in the pages: the name of the file, a link to it, the command that
//! runs it; and the fold of a long one to the part that the page discusses.
//!
//! A block is known by its text, since the page that mdBook has written doesn't say any more what it
//! has included. So the pages of every language are dressed in the same way, and their Markdown stays plain.

mod fold;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    fs, io,
    path::Path,
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use lol_html::{
    RewriteStrSettings, element, html_content::ContentType, rewrite_str, text as text_handler,
};

use project::{escape, files_of};

use crate::labels::Words;

/// The folders with whole programs, from the root of the project, and the extension of their files.
const FOLDERS: [(&str, &str); 4] =
    [("examples", "rs"), ("examples/python", "py"), ("mpi/src/bin", "rs"), ("mpi/python", "py")];

/// The folder of the library, of which pages show parts.
const LIBRARY: &str = "mp";

/// A program with more lines than this folds.
const LONG: usize = 60;

/// What of a long program is seen while it is folded, by its path; elsewhere it is `main`.
const FOLDS: &str = "examples/folds.toml";

/// The items of [`FOLDS`].
type Folds = BTreeMap<String, Vec<String>>;

fn folds(root: &Path) -> Result<Folds> {
    match fs::read_to_string(root.join(FOLDS)) {
        Ok(text) => toml::from_str(&text).context(FOLDS),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Folds::new()),
        Err(error) => Err(error).context(FOLDS),
    }
}

/// The programs of the project, by their text.
pub(crate) struct Programs {
    whole: HashMap<String, Program>,
    /// The files of the library: path and text.
    library: Vec<(String, String)>,
}

/// A whole program.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    /// Its file, from the root of the project.
    path: String,
    /// How it is run.
    command: String,
    /// The number of its lines, and those that are seen while it is folded, counted from 0; a short program
    /// has none.
    fold: Option<fold::Fold>,
}

impl Programs {
    /// The programs of the project at `root`.
    ///
    /// # Errors
    /// A file can't be read, a program doesn't say how it is run, or it hasn't the part that is to be seen.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut whole = HashMap::new();
        let mut folds = folds(root)?;
        for (folder, extension) in FOLDERS {
            for (path, text) in texts(root, folder, extension)? {
                let seen = folds.remove(&path);
                let program = program(&path, &text, seen).with_context(|| path.clone())?;
                whole.insert(text.trim_end().to_owned(), program);
            }
        }
        if let Some(path) = folds.keys().next() {
            bail!("{FOLDS} names {path}, and there is no such program");
        }
        let mut library = texts(root, LIBRARY, "rs")?;
        for (_, text) in &mut library {
            let lines = text.lines().filter(|line| !line.contains("// ANCHOR"));
            *text = lines.flat_map(|line| [line, "\n"]).collect();
        }
        Ok(Self { whole, library })
    }

    /// A page whose programs are dressed. `link` gives the address of a file in the repository, where
    /// one is known. The number is that of the whole programs.
    ///
    /// # Errors
    /// The page isn't as mdBook writes it: a `pre` without `code`.
    pub(crate) fn dress(
        &self,
        html: &str,
        words: &Words,
        link: impl Fn(&str) -> Option<String>,
    ) -> Result<(String, usize)> {
        let blocks = read(html)?;
        let whole: Vec<_> =
            blocks.iter().map(|block| self.whole.get(block.all.trim_end())).collect();
        let now = Cell::new(0);
        let settings = RewriteStrSettings::new()
            .append_element_content_handler(element!("pre", |pre| {
                let index = now.get();
                now.set(index + 1);
                if let Some(program) = whole[index] {
                    pre.before(&head(program, &link), ContentType::Html);
                    pre.after(&foot(program, words), ContentType::Html);
                } else if let Some(path) = self.of_library(&blocks[index]) {
                    pre.before(&part_head(path, &link), ContentType::Html);
                    pre.after("</div>", ContentType::Html);
                }
                Ok(())
            }))
            .append_element_content_handler(element!("pre > code", |code| {
                if let Some(fold) = whole[now.get() - 1].and_then(|program| program.fold.as_ref()) {
                    let text = blocks[now.get() - 1].all.as_str();
                    code.set_inner_content(&fold.html(text), ContentType::Html);
                }
                Ok(())
            }));
        let fresh = rewrite_str(html, settings).map_err(|error| anyhow!("{error}"))?;
        Ok((fresh, whole.iter().flatten().count()))
    }

    /// How many whole programs an expanded text has: so many must be found in its page.
    pub(crate) fn count(&self, markdown: &str) -> usize {
        self.whole.keys().map(|text| markdown.matches(text).count()).sum()
    }

    /// The file of the library that a block shows a part of.
    fn of_library(&self, block: &Block) -> Option<&str> {
        let shown = block.visible.trim();
        let enough = block.class.contains("language-rust") && shown.lines().count() > 2;
        let file = self.library.iter().find(|(_, text)| enough && text.contains(shown))?;
        Some(&file.0)
    }
}

/// The files with an extension in a folder and not below it: path from the root, and text.
fn texts(root: &Path, folder: &str, extension: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for name in files_of(&root.join(folder), extension)? {
        if name.components().count() == 1 {
            let path = format!("{folder}/{}", name.display());
            let text = fs::read_to_string(root.join(&path))
                .with_context(|| format!("can't read {path}"))?;
            found.push((path, text));
        }
    }
    Ok(found)
}

/// A program from its file.
fn program(path: &str, text: &str, seen: Option<Vec<String>>) -> Result<Program> {
    let is_python = Path::new(path).extension().is_some_and(|extension| extension == "py");
    let command = if is_python {
        format!("python3 {path}")
    } else {
        let head: String = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let quoted = head.split('`').skip(1).step_by(2).find(|code| code.starts_with("cargo "));
        quoted.context("its //! lines don't say how to run it, as `cargo run …`")?.to_owned()
    };
    let lines: Vec<_> = text.lines().collect();
    let is_long = lines.len() > LONG;
    ensure!(is_long || seen.is_none(), "{FOLDS} names it, and it isn't long");
    let main = if is_python { "if __name__" } else { "fn main" };
    let seen = seen.unwrap_or_else(|| vec![main.to_owned()]);
    let items: Vec<&str> = seen.iter().map(String::as_str).collect();
    let fold = is_long.then(|| fold::Fold::to(&lines, &items)).transpose()?;
    Ok(Program { path: path.to_owned(), command, fold })
}

/// A code block of a page.
#[derive(Default)]
struct Block {
    class: String,
    /// Its text.
    all: String,
    /// Its text without the lines that mdBook hides.
    visible: String,
}

/// The code blocks of a page, in order.
fn read(html: &str) -> Result<Vec<Block>> {
    let blocks = RefCell::new(Vec::<Block>::new());
    let hidden = Cell::new(false);
    let boxes = Cell::new(0);
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("pre", |_pre| {
            boxes.set(boxes.get() + 1);
            Ok(())
        }))
        .append_element_content_handler(element!("pre > code", |code| {
            let class = code.get_attribute("class").unwrap_or_default();
            blocks.borrow_mut().push(Block { class, ..Block::default() });
            Ok(())
        }))
        .append_element_content_handler(text_handler!("pre > code > .boring", |_chunk| {
            hidden.set(true);
            Ok(())
        }))
        .append_element_content_handler(text_handler!("pre > code", |chunk| {
            if let Some(block) = blocks.borrow_mut().last_mut() {
                block.all.push_str(chunk.as_str());
                if !hidden.replace(false) {
                    block.visible.push_str(chunk.as_str());
                }
            }
            Ok(())
        }));
    rewrite_str(html, settings).map_err(|error| anyhow!("{error}"))?;
    let mut blocks = blocks.into_inner();
    ensure!(boxes.get() == blocks.len(), "a `pre` without `code`, or one with two");
    for block in &mut blocks {
        block.all = text(&block.all);
        block.visible = text(&block.visible);
    }
    Ok(blocks)
}

/// What stands before a whole program.
fn head(program: &Program, link: impl Fn(&str) -> Option<String>) -> String {
    let file = file(&program.path, link);
    let long = if program.fold.is_some() { " program-long" } else { "" };
    format!(r#"<div class="program{long}"><p class="program-file">{file}</p>"#)
}

/// What stands before a part of the library.
fn part_head(path: &str, link: impl Fn(&str) -> Option<String>) -> String {
    format!(r#"<div class="program"><p class="program-file">{}</p>"#, file(path, link))
}

/// The name of a file, with a link where its address is known.
fn file(path: &str, link: impl Fn(&str) -> Option<String>) -> String {
    match link(path) {
        Some(address) => format!(r#"<a href="{}"><code>{path}</code></a>"#, escape(&address)),
        None => format!("<code>{path}</code>"),
    }
}

/// What stands after a whole program.
fn foot(program: &Program, words: &Words) -> String {
    let more = match &program.fold {
        Some(fold) => format!(
            r#"<details class="program-more"><summary>{}</summary></details>"#,
            words.all.replace("{lines}", &fold.lines().to_string())
        ),
        None => String::new(),
    };
    let command = escape(&program.command);
    let run = words.run;
    format!(r#"{more}<p class="program-run"><span>{run}</span> <code>{command}</code></p></div>"#)
}

/// HTML without elements as text, as mdBook writes it.
fn text(html: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    named
        .iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests;
