//! The solutions of the exercises on their page. mdBook would include the whole source of one: with the lines that are
//! the stub's, the marks around those that are the solution's, and the task once more.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use mdbook_driver::book::{Book, BookItem, Chapter};
use project::exercise;

use crate::edition::Edition;

/// The folder with the sources, from the root of the project.
pub(crate) const SOURCES: &str = "exercises/cases";

/// How the name of a source ends.
pub(crate) const SOURCE: &str = "solution.rs";

/// Puts the solution where a page of a book includes its source, before mdBook includes anything.
///
/// # Errors
/// A source can't be read: it is named with its page.
pub(crate) fn put_in(edition: &Edition, book: &mut Book) -> Result<()> {
    let mut result = Ok(());
    book.for_each_mut(|item| {
        if let BookItem::Chapter(Chapter { source_path: Some(page), content, .. }) = item
            && content.contains(SOURCES)
            && result.is_ok()
        {
            let page = edition.source.join(page);
            match with_solutions(&edition.root, &page, content) {
                Ok(text) => *content = text,
                Err(error) => result = Err(error),
            }
        }
    });
    result
}

/// A page with its solutions.
fn with_solutions(root: &Path, page: &Path, text: &str) -> Result<String> {
    let folder = root.join(page.parent().unwrap_or(page));
    let mut with = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let source = line
            .trim_end()
            .strip_prefix("{{#include ")
            .and_then(|rest| rest.strip_suffix("}}"))
            .filter(|path| path.contains(SOURCES) && path.ends_with(SOURCE));
        match source {
            Some(path) => {
                let source = fs::read_to_string(folder.join(path))
                    .with_context(|| format!("{}: can't include {path}", page.display()))?;
                with += program(&exercise::solution(&source));
            }
            None => with += line,
        }
    }
    Ok(with)
}

/// A solution without the task that stands above it.
fn program(solution: &str) -> &str {
    let mut rest = solution;
    while let Some((line, after)) = rest.split_once('\n')
        && (line.is_empty() || line.starts_with("//"))
    {
        rest = after;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const INCLUDE: &str = "{{#include ../../../exercises/cases/one/solution.rs}}";

    #[test]
    fn a_page_has_the_solution_alone() -> Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir_all(root.path().join("src/en/appendix"))?;
        fs::create_dir_all(root.path().join("exercises/cases/one"))?;
        let source = "// Task.\n//\n// More.\n\nuse a::b;\n\nfn main() {\n    // ANCHOR: solution\n    \
                      right(); // so\n    // ANCHOR_END: solution\n    //| wrong();\n}\n";
        fs::write(root.path().join("exercises/cases/one/solution.rs"), source)?;
        let page = Path::new("src/en/appendix/solutions.md");
        let with = |text: &str| with_solutions(root.path(), page, text);
        assert_eq!(
            with(&format!("# One\n\n```rust\n{INCLUDE}\n```\n"))?,
            "# One\n\n```rust\nuse a::b;\n\nfn main() {\n    right(); // so\n}\n```\n"
        );
        let other = "{{#include ../../../examples/one.rs}}\n";
        assert_eq!(with(other)?, other);
        let error = with(&INCLUDE.replace("one", "two")).expect_err("it isn't there").to_string();
        assert!(error.starts_with("src/en/appendix/solutions.md: can't include"), "{error}");
        Ok(())
    }
}
