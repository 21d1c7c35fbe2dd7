//! mdBook's highlighter knows some fifty languages and is the heaviest file of a page: what the book doesn't
//! speak is left out.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};

use super::patch;

/// The grammars that stay, each with the words that fences name it by.
const GRAMMARS: &[(&str, &[&str])] = &[
    ("bash", &["sh"]),
    ("ini", &["toml"]),
    ("plaintext", &["text"]),
    ("python", &["python"]),
    ("rust", &["rust"]),
    ("shell", &["console"]),
];

/// Before each grammar in the file; the first stands behind the highlighter itself.
const REGISTER: &str = "hljs.registerLanguage(\"";

/// Leaves out the grammars that no page needs, in the site at `folder`; gives the old and the new name of
/// the file, as [`patch::apply`] does.
///
/// # Errors
/// The file isn't there or is not made as this expects.
pub(super) fn prune(folder: &Path) -> Result<(String, String)> {
    let old =
        patch::find(folder, "highlight", ".js")?.context("highlight.js is not in the site")?;
    let path = folder.join(&old);
    let text =
        fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    let text = kept(&text).context("highlight.js")?;
    fs::write(&path, &text).with_context(|| format!("can't write {}", path.display()))?;
    let new = format!("highlight-{}.js", patch::hash(&text));
    fs::rename(&path, folder.join(&new))?;
    Ok((old, new))
}

/// The highlighter with the grammars that stay.
fn kept(text: &str) -> Result<String> {
    let mut parts = text.split(REGISTER);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    let mut missing: BTreeSet<_> = GRAMMARS.iter().map(|(grammar, _)| *grammar).collect();
    for part in parts {
        let name = part.split('"').next().unwrap_or_default();
        if missing.remove(name) {
            // A grammar that builds on another one would need that too.
            ensure!(!part.contains("getLanguage("), "{name} builds on another grammar");
            kept.push_str(REGISTER);
            kept.push_str(part);
        }
    }
    if !missing.is_empty() {
        bail!("it has no grammar for {}", missing.into_iter().collect::<Vec<_>>().join(", "));
    }
    Ok(kept)
}

/// Makes sure that every block of a page is in a language whose grammar stays.
pub(super) fn check(page: &str, html: &str) -> Result<()> {
    for rest in html.split("class=\"language-").skip(1) {
        let word = rest.split([' ', '"']).next().unwrap_or_default();
        let known = GRAMMARS.iter().any(|(_, words)| words.contains(&word));
        ensure!(known, "{page}: no grammar is kept for blocks in {word}: name it in {}", file!());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"var hljs=function(){}();hljs.registerLanguage("ada",function(){}());hljs.registerLanguage("bash",1);hljs.registerLanguage("ini",2);hljs.registerLanguage("plaintext",3);hljs.registerLanguage("python",4);hljs.registerLanguage("python-repl",5);hljs.registerLanguage("rust",6);hljs.registerLanguage("shell",7);"#;

    #[test]
    fn what_the_book_speaks_stays() -> Result<()> {
        let text = kept(FILE)?;
        assert!(text.starts_with("var hljs=function(){}();hljs.registerLanguage(\"bash\",1);"));
        assert!(text.ends_with("(\"rust\",6);hljs.registerLanguage(\"shell\",7);"), "{text}");
        assert!(!text.contains("ada") && !text.contains("repl"), "{text}");
        Ok(())
    }

    #[test]
    fn a_grammar_that_is_gone_or_builds_on_another_one_is_named() {
        let error = |text: &str| kept(text).map_err(|error| error.to_string());
        assert_eq!(
            error(&FILE.replace("rust", "oxide")),
            Err("it has no grammar for rust".to_owned())
        );
        let builds = FILE.replace("(\"rust\",6)", "(\"rust\",e.getLanguage(\"c-like\"))");
        assert_eq!(error(&builds), Err("rust builds on another grammar".to_owned()));
    }

    #[test]
    fn a_block_in_another_language_is_named() {
        let check = |html| check("a.html", html).map_err(|error| error.to_string());
        assert_eq!(check(r#"<code class="language-rust ignore">"#), Ok(()));
        let error = check(r#"<code class="language-sh"><code class="language-haskell">"#);
        assert!(
            error.is_err_and(|e| e.starts_with("a.html: no grammar is kept for blocks in haskell"))
        );
    }
}
