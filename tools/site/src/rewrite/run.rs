//! Run it here (`theme/run.js`): script and style of a book that is served by `cargo book`. A published one has neither.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use lol_html::html_content::ContentType;

use super::{
    change::{Change, ONCE},
    patch::hash,
    scripts,
};
use crate::edition::Edition;

/// Writes both into the folder of an edition, and gives the change that adds them to a page; none for a book that
/// hasn't got them.
pub(super) fn write(edition: &Edition, folder: &Path) -> Result<Option<Change>> {
    let source = |name: &str| edition.root.join("theme").join(name);
    if !source("run.js").is_file() {
        return Ok(None);
    }
    let read = |name: &str| {
        let path = source(name);
        fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))
    };
    let script = scripts::with_words(edition, "run", &read("run.js")?)?;
    let style = read("run.css")?;
    let put = |text: &str, ending: &str| {
        let name = format!("run-{}.{ending}", hash(text));
        let path = folder.join(&name);
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
        Ok::<_, anyhow::Error>(name)
    };
    let (script, style) = (put(&script, "js")?, put(&style, "css")?);
    let change = Change::new("programs are run", "head", ONCE, move |head, page| {
        let root = page.to_edition();
        let tags = format!(
            "<link rel=\"stylesheet\" href=\"{root}{style}\">\n\
             <script src=\"{root}{script}\" defer></script>\n"
        );
        head.append(&tags, ContentType::Html);
        Ok(())
    });
    Ok(Some(change))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_speaks_every_language() -> Result<()> {
        for (code, word) in [("en", r#""run":"Run it here""#), ("zh-TW", r#""run":"在這裡執行""#)]
        {
            let folder = tempfile::tempdir()?;
            assert!(write(&Edition::in_language(code), folder.path())?.is_some());
            let mut texts = fs::read_dir(folder.path())?.flatten().map(|file| file.path());
            let script = texts.find(|path| path.extension().is_some_and(|of| of == "js"));
            let script = fs::read_to_string(script.context("a script")?)?;
            assert!(script.contains(word), "{script}");
        }
        Ok(())
    }
}
