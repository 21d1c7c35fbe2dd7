//! What stands around the programs in the pages: the name of the file, a link to it, the command that
//! runs it; and the fold of a long one to the part that the page discusses.
//!
//! A block is known by its text, since the page that mdBook has written doesn't say any more what it
//! has included. So the pages of every language are dressed in the same way, and their Markdown stays plain.

mod fold;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, anyhow, ensure};
use lol_html::{
    RewriteStrSettings, element, html_content::ContentType, rewrite_str, text as text_handler,
};

use super::rewrite::words::{self, Words};

/// The folders with whole programs, from the root of the project, and the extension of their files.
const FOLDERS: [(&str, &str); 4] =
    [("examples", "rs"), ("examples/python", "py"), ("mpi/src/bin", "rs"), ("mpi/python", "py")];

/// The folder of the library, of which pages show parts.
const LIBRARY: &str = "mp";

/// A program with more lines than this folds.
const LONG: usize = 60;

/// What of a long program is seen while it is folded: the items that its page discusses first.
/// Elsewhere it is `main`.
const PARTS: &[(&str, &[&str])] = &[
    ("examples/fork_pitfalls.rs", &["fn wrong_buffer", "fn right_buffer"]),
    ("examples/python/fork_pitfalls.py", &["def wrong_buffer", "def right_buffer"]),
    ("examples/full_pipe.rs", &["fn two_ways", "fn two_ways_at_once"]),
    ("examples/python/full_pipe.py", &["def two_ways", "def two_ways_at_once"]),
    ("mpi/src/bin/primes.rs", &["fn count"]),
    ("mpi/src/bin/pool.rs", &["fn hand_out", "fn work"]),
    ("examples/job_array.rs", &["fn from_environment", "fn merge"]),
    ("examples/python/job_array.py", &["def from_environment", "def merge"]),
    ("examples/io_async.rs", &["fn square", "fn compare"]),
    ("examples/python/io_async.py", &["def square", "def compare"]),
    ("examples/io_bound.rs", &["fn a_thread_for_each", "fn a_pool"]),
    ("examples/python/io_bound.py", &["def main"]),
    ("examples/locks.rs", &["fn with_mutex", "fn with_condvar"]),
    ("examples/python/locks.py", &["def with_mutex", "def with_condvar"]),
    ("examples/order_per_key.rs", &["fn queue_by_key"]),
    ("examples/python/order_per_key.py", &["def queue_by_key"]),
    (
        "examples/ordering.rs",
        &[
            "fn store_then_load",
            "fn publish",
            "fn look",
            "fn store_buffering",
            "fn message_passing",
        ],
    ),
    (
        "examples/philosophers.rs",
        &["fn left_first", "fn in_order", "fn with_a_waiter", "fn by_trying"],
    ),
    (
        "examples/python/philosophers.py",
        &["def left_first", "def in_order", "def with_a_waiter", "def by_trying"],
    ),
    ("examples/pipeline.rs", &["fn cut", "fn count", "fn pipeline"]),
    ("examples/python/pipeline.py", &["def cut", "def count", "def pipeline"]),
    ("examples/pipes.rs", &["fn send", "fn receive", "fn serve"]),
    ("examples/python/pipes.py", &["def serve", "def start"]),
    ("examples/producer_consumer.rs", &["fn produce", "fn consume"]),
    ("examples/python/producer_consumer.py", &["class Producer", "class Consumer"]),
    ("examples/progress.rs", &["fn work", "fn follow"]),
    ("examples/python/progress.py", &["def work"]),
    ("examples/race_condition.rs", &["fn add_in_two_steps", "fn add_in_one_step", "fn count"]),
    (
        "examples/python/race_condition.py",
        &["def add_in_two_steps", "def add_in_one_step", "def count"],
    ),
    ("examples/rayon_tour.rs", &["fn by_iterator", "fn by_halves", "fn small_tasks"]),
    ("examples/python/rayon_tour.py", &["def the_task", "def small_tasks"]),
    ("examples/send_and_sync.rs", &["fn lent", "fn owned_together", "fn moved"]),
    ("examples/python/send_and_sync.py", &["def in_threads", "def moved"]),
    ("examples/shared_memory.rs", &["fn fill", "fn fill_in_processes"]),
    ("examples/python/shared_memory.py", &["def fill", "def in_processes"]),
    ("examples/start_methods.rs", &["fn by_fork", "fn by_program"]),
    ("examples/python/start_methods.py", &["def run"]),
    ("examples/supervisor.rs", &["fn supervise"]),
    ("examples/python/supervisor.py", &["def supervise"]),
    ("examples/threads_and_processes.rs", &["fn in_a_thread", "fn in_a_process"]),
    ("examples/python/threads_and_processes.py", &["def in_a_thread", "def in_a_process"]),
    ("examples/timeline.rs", &["fn threads"]),
    ("examples/python/timeline.py", &["def threads"]),
    ("examples/work_queue.rs", &["fn consume", "fn round"]),
    ("examples/python/work_queue.py", &["def produce", "def consume", "def run_round"]),
];

/// The programs of the project, by their text.
pub(super) struct Programs {
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
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut whole = HashMap::new();
        for (folder, extension) in FOLDERS {
            for (path, text) in files(root, folder, extension)? {
                let program = program(&path, &text).with_context(|| path.clone())?;
                whole.insert(text.trim_end().to_owned(), program);
            }
        }
        let mut library = files(root, LIBRARY, "rs")?;
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
    pub(super) fn dress(
        &self,
        html: &str,
        language: &str,
        link: impl Fn(&str) -> Option<String>,
    ) -> Result<(String, usize)> {
        let words = words::of(language);
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
    pub(super) fn count(&self, markdown: &str) -> usize {
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

/// The files with an extension in a folder: path from the root, and text. No folder has no files.
fn files(root: &Path, folder: &str, extension: &str) -> Result<Vec<(String, String)>> {
    let place = root.join(folder);
    if !place.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let entries =
        fs::read_dir(&place).with_context(|| format!("can't read {}", place.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != extension) {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        found.push((format!("{folder}/{name}"), text));
    }
    Ok(found)
}

/// A program from its file.
fn program(path: &str, text: &str) -> Result<Program> {
    let is_python = Path::new(path).extension().is_some_and(|extension| extension == "py");
    let command = if is_python {
        format!("python3 {path}")
    } else {
        let head: String = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let quoted = head.split('`').skip(1).step_by(2).find(|code| code.starts_with("cargo "));
        quoted.context("its //! lines don't say how to run it, as `cargo run …`")?.to_owned()
    };
    let lines: Vec<_> = text.lines().collect();
    let fold = if lines.len() > LONG {
        let part = PARTS.iter().find(|(of, _)| *of == path).map(|(_, items)| *items);
        let main = if is_python { &["if __name__"] } else { &["fn main"] };
        Some(fold::Fold::to(&lines, part.unwrap_or(main))?)
    } else {
        None
    };
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
            (words.all)(fold.lines())
        ),
        None => String::new(),
    };
    let command = escape(&program.command);
    let run = words.run;
    format!(r#"{more}<p class="program-run"><span>{run}</span> <code>{command}</code></p></div>"#)
}

/// Text as HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
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
