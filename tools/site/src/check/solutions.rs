//! Where a built site shows the solution of an exercise: on the page of solutions and nowhere else, the search and what it
//! looks through included.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use html::{Token, tokens};
use project::files;

use crate::{
    edition::editions,
    solutions::{SOURCE, SOURCES},
};

/// The page that shows them, and the one that has all pages in it.
const PAGES: [&str; 2] = ["appendix/solutions.html", "print.html"];

/// A solution, by what only it has: code without its white space.
struct Solution {
    name: String,
    code: String,
}

/// A line for each other file of the site that has the solution of an exercise, and for each exercise whose solution can't
/// be told from its stub.
pub(super) fn problems(root: &Path, site: &Path) -> Result<Vec<String>> {
    let (solutions, mut problems) = solutions(&root.join(SOURCES))?;
    if solutions.is_empty() {
        return Ok(problems);
    }
    let outputs: Vec<_> = editions(root).into_iter().map(|edition| edition.output).collect();
    let shows = |file: &Path| {
        outputs.iter().any(|output| PAGES.iter().any(|page| file == output.join(page)))
    };
    for file in files(site)? {
        let text = match file.extension().and_then(|extension| extension.to_str()) {
            Some("html") if !shows(&file) => words_of_page(&read(&site.join(&file))?),
            Some("js") => words_of_script(&read(&site.join(&file))?),
            _ => continue,
        };
        let found = solutions.iter().filter(|solution| text.contains(&solution.code));
        problems.extend(found.map(|Solution { name, .. }| {
            format!("{}: it shows the solution of {name}", file.display())
        }));
    }
    Ok(problems)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))
}

/// The solutions in a folder, and what is wrong with some.
fn solutions(folder: &Path) -> Result<(Vec<Solution>, Vec<String>)> {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for file in files(folder)?.into_iter().filter(|file| file.ends_with(SOURCE)) {
        let name = file.parent().unwrap_or(&file).display().to_string();
        match own_code(&read(&folder.join(&file))?) {
            Some(code) => found.push(Solution { name, code }),
            None => wrong.push(format!("{SOURCES}/{}: no line is the solution's", file.display())),
        }
    }
    Ok((found, wrong))
}

/// The longest run of lines that the solution has and its stub hasn't, without comments and white space. The book may
/// teach a line of it: one that stands alone counts together with the two around it.
fn own_code(source: &str) -> Option<String> {
    let stub = project::exercise::stub(source);
    let stub: Vec<String> = lines_of(&stub).collect();
    let solution = project::exercise::solution(source);
    let solution: Vec<String> = lines_of(&solution).collect();
    let mut longest = 0..0;
    let mut begin = 0;
    for run in solution.chunk_by(|one, next| stub.contains(one) == stub.contains(next)) {
        if !stub.contains(&run[0]) && run.len() > longest.len() {
            longest = begin..begin + run.len();
        }
        begin += run.len();
    }
    let around = match longest.len() {
        0 => return None,
        1 => longest.start.saturating_sub(1)..solution.len().min(longest.end + 1),
        _ => longest,
    };
    Some(solution[around].concat())
}

/// The lines of a program in which there is code, without comments and white space.
fn lines_of(program: &str) -> impl Iterator<Item = String> {
    let code = program.lines().map(|line| close(line.split("//").next().unwrap_or_default()));
    code.filter(|line| !line.is_empty())
}

/// A text without its white space.
fn close(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What a page says, without its white space: a line of code is painted in many pieces.
fn words_of_page(html: &str) -> String {
    let texts = tokens(html).into_iter().map(|token| match token {
        Token::CharacterTokens(text) => close(&text),
        _ => String::new(),
    });
    texts.collect()
}

/// What the texts of a script say, in the same way.
fn words_of_script(script: &str) -> String {
    close(&script.replace("\\n", "").replace("\\t", "").replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "// Task.\nfn main() {\n    // ANCHOR: solution\n    let right = find(\"it\"); // so\n    \
                          // ANCHOR_END: solution\n    //| wrong();\n    both_of_them_have_this_long_line();\n}\n";

    #[test]
    fn a_solution_is_found_where_it_should_not_be() -> Result<()> {
        let root = tempfile::tempdir()?;
        let write = |path: &str, text: &str| -> Result<()> {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().context("a file stands in a folder")?)?;
            Ok(fs::write(file, text)?)
        };
        for code in ["en", "zh-TW"] {
            write(&format!("src/{code}/SUMMARY.md"), "")?;
        }
        write("exercises/cases/one/solution.rs", SOURCE)?;
        let painted = "<pre>fn main() {\n<span>let</span> right = find(<span>&quot;it&quot;</span>);\n\
                   both_of_them_have_this_long_line();</pre>";
        for file in ["appendix/solutions.html", "print.html", "zh-TW/appendix/solutions.html"] {
            write(&format!("site/{file}"), painted)?;
        }
        write("site/page.html", "<p>both_of_them_have_this_long_line();</p>")?;
        write("site/taught.html", "<p>let right = find(\"it\");</p>")?;
        write("site/searchindex-1.js", "window.a = [{\"code\":\"both();\\nwrong();\"}];")?;
        let problems = || super::problems(root.path(), &root.path().join("site"));
        assert_eq!(problems()?, [""; 0]);

        write("site/zh-TW/why/page.html", painted)?;
        let index = "window.a = [{\"code\":\"fn main() {\\nlet right = find(\\\"it\\\");\\n\
                     both_of_them_have_this_long_line();\"}];";
        write("site/searchindex-1.js", index)?;
        write("exercises/cases/two/solution.rs", "fn main() {}\n")?;
        assert_eq!(
            problems()?,
            [
                "exercises/cases/two/solution.rs: no line is the solution's",
                "searchindex-1.js: it shows the solution of one",
                "zh-TW/why/page.html: it shows the solution of one",
            ]
        );
        Ok(())
    }
}
