//! The editions of the book, and what each consists of.

use std::path::{Path, PathBuf};

/// The book in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The code of its language, as HTML's `lang` has it.
    pub code: String,
    /// The title in its language.
    pub title: String,
    /// The root folder of the project.
    pub root: PathBuf,
    /// The folder of its Markdown files, relative to `root`.
    pub source: PathBuf,
    /// The folder of its pages, relative to the site's folder; empty for English.
    pub output: PathBuf,
}

/// The name of every file to take along, before language and ending.
pub const FILE: &str = "multiprocessing-in-rust";

impl Edition {
    /// The edition of this project in a language.
    #[cfg(test)]
    pub(crate) fn in_language(code: &str) -> Self {
        let output = if code == words::ENGLISH { "" } else { code };
        Self {
            code: code.to_owned(),
            title: String::new(),
            root: project::root(),
            source: Path::new("src").join(code),
            output: output.into(),
        }
    }

    /// The name of the file to take along that has the ending `ending`.
    #[must_use]
    pub fn file(&self, ending: &str) -> String {
        let is_main = self.output.as_os_str().is_empty();
        let code = if is_main { String::new() } else { format!(".{}", self.code) };
        format!("{FILE}{code}.{ending}")
    }
}

/// A page of an edition, as mdBook's preprocessors expand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its Markdown file, relative to the edition's source folder.
    pub path: PathBuf,
    /// Its name in `SUMMARY.md`.
    pub name: String,
    /// Its Markdown with every include in place.
    pub content: String,
}

/// A part of an edition, as its `SUMMARY.md` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its title; the chapters before the first title have none.
    pub title: Option<String>,
    /// Its chapters in order, those inside others too; drafts are left out.
    pub chapters: Vec<Chapter>,
}

/// The editions of the project at `root`: a language has one when it has words and `src/CODE/SUMMARY.md`
/// exists. The pages of English stand above those of the others.
#[must_use]
pub fn editions(root: &Path) -> Vec<Edition> {
    words::codes(root)
        .into_iter()
        .map(|code| Edition {
            // Words that can't be read fail the build, and say why.
            title: words::language(root, &code)
                .map_or(code.as_str(), |language| language.title)
                .to_owned(),
            root: root.to_owned(),
            source: Path::new("src").join(&code),
            output: if code == words::ENGLISH { PathBuf::new() } else { PathBuf::from(&code) },
            code,
        })
        .filter(|edition| root.join(&edition.source).join("SUMMARY.md").is_file())
        .collect()
}

/// The page of a Markdown file.
#[must_use]
pub fn page_of(source: &Path) -> String {
    let page = source.with_extension("html");
    let parts: Vec<_> = page.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
