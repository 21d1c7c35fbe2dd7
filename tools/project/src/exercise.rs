//! The one source of an exercise: the solution, in which the stub stands too.
//!
//! Lines between `// ANCHOR: solution` and `// ANCHOR_END: solution` are the solution's alone; a comment that begins
//! with `//|` is a line of the stub's alone. All others belong to both, so they can't disagree.

use std::path::{Path, PathBuf};

const BEGIN: &str = "// ANCHOR: solution";
const END: &str = "// ANCHOR_END: solution";
const STUB: &str = "//|";

/// What the reader begins with.
#[must_use]
pub fn stub(source: &str) -> String {
    let mut lines = Vec::new();
    let mut hidden = false;
    for line in source.lines() {
        let text = line.trim_start();
        if text == BEGIN || text == END {
            hidden = text == BEGIN;
        } else if let Some(rest) = text.strip_prefix(STUB) {
            let indent = &line[..line.len() - text.len()];
            lines.push(format!("{indent}{}", rest.strip_prefix(' ').unwrap_or(rest)));
        } else if !hidden {
            lines.push(line.to_owned());
        }
    }
    whole(&lines)
}

/// The solution as it is shown.
#[must_use]
pub fn solution(source: &str) -> String {
    let shown = |line: &&str| {
        let text = line.trim_start();
        text != BEGIN && text != END && !text.starts_with(STUB)
    };
    whole(&source.lines().filter(shown).map(str::to_owned).collect::<Vec<_>>())
}

fn whole(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

/// The file that the reader edits.
#[must_use]
pub fn edited(root: &Path, name: &str) -> PathBuf {
    root.join("exercises").join(name).with_extension("rs")
}

/// The file with the solution and the stub.
#[must_use]
pub fn of(root: &Path, name: &str) -> PathBuf {
    root.join("exercises/cases").join(name).join("solution.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "// Task.\nfn main() {\n    // ANCHOR: solution\n    right();\n    \
                          // ANCHOR_END: solution\n    //| wrong();\n    //|\n    both();\n}\n";

    #[test]
    fn a_stub_has_what_the_solution_has_not() {
        assert_eq!(stub(SOURCE), "// Task.\nfn main() {\n    wrong();\n    \n    both();\n}\n");
        assert_eq!(solution(SOURCE), "// Task.\nfn main() {\n    right();\n    both();\n}\n");
    }
}
