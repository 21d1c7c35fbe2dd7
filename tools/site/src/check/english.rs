//! The words of a built site that are English in every edition: mdBook has its own in English only, and an
//! update of it can bring new ones.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result};
use html::{Tag, TagKind, Token, tokens};
use project::files_of;
use words::{is_han, is_name};

use crate::{
    edition::editions,
    markdown::{parser, pulldown_cmark::Event},
};

/// What the mark of a block or a page begins with that waits for its words, and is in English until then.
const WAITING: &str = "<!-- waiting";

/// A line for each text of a page in another language that the English site has too, and that isn't the
/// author's.
pub(super) fn problems(root: &Path, site: &Path) -> Result<Vec<String>> {
    let editions = editions(root);
    let mut problems = BTreeSet::new();
    for edition in editions.iter().filter(|edition| edition.code != "en") {
        let own = content(&root.join(&edition.source))?;
        let folder = site.join(&edition.output);
        for page in files_of(&folder, "html")? {
            let english = site.join(&page);
            let source = root.join(&edition.source).join(&page).with_extension("md");
            let waits = fs::read_to_string(source).is_ok_and(|text| text.contains(WAITING));
            if waits || !english.is_file() {
                continue;
            }
            let read = |file: &Path| {
                fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))
            };
            let english = texts(&read(&english)?);
            for text in texts(&read(&folder.join(&page))?) {
                let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
                let is_english = text.chars().any(char::is_alphabetic)
                    && !text.chars().any(is_han)
                    && !words.clone().all(is_name);
                if is_english && english.contains(&text) && !own.contains(&text) {
                    problems.insert(format!(
                        "{}: `{text}` is still English",
                        edition.output.join(&page).display()
                    ));
                }
            }
        }
    }
    Ok(problems.into_iter().collect())
}

/// The texts of an author's pages.
fn content(folder: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for name in files_of(folder, "md")? {
        let text = fs::read_to_string(folder.join(&name))
            .with_context(|| format!("can't read {}", name.display()))?;
        for event in parser(&text) {
            match event {
                Event::Text(text) => _ = found.insert(plain(&text)),
                Event::Html(html) | Event::InlineHtml(html) => found.extend(texts(&html)),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// What a page says: its texts outside of code and pictures, and the attributes that are read aloud.
fn texts(html: &str) -> BTreeSet<String> {
    let mut texts = Texts::default();
    for token in tokens(html) {
        match token {
            Token::CharacterTokens(text) if texts.silent == 0 => texts.text.push_str(&text),
            Token::TagToken(tag) => texts.note(&tag),
            _ => {}
        }
    }
    let Texts { mut found, text, .. } = texts;
    found.insert(plain(&text));
    found.remove("");
    found
}

/// A text with single spaces, and with the quotes that a keyboard has: mdBook makes others of them.
fn plain(text: &str) -> String {
    let text = text.replace(['‘', '’'], "'").replace(['“', '”'], "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Elements that say nothing in a language.
const SILENT: [&str; 8] = ["code", "kbd", "pre", "samp", "script", "style", "svg", "template"];

/// Attributes that are shown or read aloud.
const SPOKEN: [&str; 5] = ["alt", "aria-description", "aria-label", "placeholder", "title"];

#[derive(Default)]
struct Texts {
    found: BTreeSet<String>,
    /// The text since the last tag.
    text: String,
    silent: usize,
}

impl Texts {
    fn note(&mut self, tag: &Tag) {
        let text = std::mem::take(&mut self.text);
        self.found.insert(plain(&text));
        let silent = SILENT.contains(&&*tag.name);
        match tag.kind {
            TagKind::StartTag if silent && !tag.self_closing => self.silent += 1,
            TagKind::EndTag if silent => self.silent = self.silent.saturating_sub(1),
            _ => {}
        }
        let about = ["description", "og:description", "og:image:alt", "og:site_name", "og:title"];
        let is_about = &*tag.name == "meta"
            && tag.attrs.iter().any(|attribute| about.contains(&&*attribute.value));
        for attribute in &tag.attrs {
            if is_about && &*attribute.name.local == "content" {
                self.found.insert(plain(&attribute.value));
            }
            if SPOKEN.contains(&&*attribute.name.local) {
                self.found.insert(plain(&attribute.value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_is_read() {
        let html = r#"<title>A title</title><p title="A tip">One <b>two</b></p><code>code</code>
            <script>const a = "script";</script><img alt="A picture"><meta name="description" content="About"><svg><title>no</title></svg>"#;
        let found: Vec<String> = texts(html).into_iter().collect();
        assert_eq!(found, ["A picture", "A tip", "A title", "About", "One", "two"]);
    }

    #[test]
    fn an_english_text_of_both_sites_is_named_unless_its_author_wrote_it() -> Result<()> {
        let root = tempfile::tempdir()?;
        let write = |path: &str, text: &str| -> Result<()> {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().context("a folder")?)?;
            Ok(fs::write(file, text)?)
        };
        write("src/en/SUMMARY.md", "")?;
        write("src/zh-TW/SUMMARY.md", "- [A name](a.md)")?;
        let page = r#"<button title="Change theme">Light</button><p>A name</p> <p>Python</p>"#;
        write("site/a.html", page)?;
        write("site/zh-TW/a.html", page)?;
        let found = problems(root.path(), &root.path().join("site"))?;
        assert_eq!(
            found,
            [
                "zh-TW/a.html: `Change theme` is still English",
                "zh-TW/a.html: `Light` is still English"
            ]
        );
        write("src/zh-TW/a.md", "<!-- waiting: page -->\n\n# A\n")?;
        assert_eq!(problems(root.path(), &root.path().join("site"))?, [""; 0]);
        write("src/zh-TW/a.md", "# A\n")?;
        write("site/zh-TW/a.html", r#"<button title="變更主題">明亮</button><p>A name</p>"#)?;
        assert_eq!(problems(root.path(), &root.path().join("site"))?, [""; 0]);
        Ok(())
    }
}
