//! What `<time-replay>` loads when its reader comes near: the measured run, a script beside the pages, since a page that is
//! read from a file may load nothing else.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use super::{
    change::{Change, Times},
    patch::hash,
};
use crate::edition::Edition;

/// Where the run stands in the project, and where in the site.
const FROM: &str = "benches/replay.json";
const TO: &str = "replay";

/// Writes the run of the project into the site at `folder`, and gives the change that says to a replay where it is.
///
/// # Errors
/// A file can't be read or written.
pub(super) fn write(edition: &Edition, folder: &Path) -> Result<Change> {
    let from = edition.root.join(FROM);
    let mut file = None;
    if from.is_file() {
        let run = fs::read_to_string(&from).with_context(|| format!("can't read {FROM}"))?;
        let script = format!("(window.bookData ??= {{}}).replay = {};\n", run.trim_end());
        let name = format!("{TO}/trace-{}.js", hash(&script));
        let place = folder.join(&name);
        fs::create_dir_all(folder.join(TO))
            .and_then(|()| fs::write(&place, script))
            .with_context(|| format!("can't write {}", place.display()))?;
        file = Some(name);
    }
    let why = "the replay finds its run";
    Ok(Change::new(why, "time-replay", Times::Any, move |element, page| {
        let file = file.as_ref().with_context(|| format!("there is no {FROM}"))?;
        Ok(element.set_attribute("data-from", &format!("{}{file}", page.to_edition()))?)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;

    #[test]
    fn a_replay_is_told_where_its_run_is() -> Result<()> {
        let root = tempfile::tempdir()?;
        let edition = Edition { root: root.path().to_owned(), ..Edition::in_language("en") };
        let (site, folder) = (Site::default(), root.path().join("site"));
        let page = || -> Result<String> {
            let changes = [write(&edition, &folder)?];
            let page = Page::bare((&site, &[], &edition), Kind::Section, "part/0.html");
            Ok(rewrite(&changes, &[(page, "<time-replay></time-replay>".to_owned())])?.remove(0))
        };
        let error = page().err().context("there is none")?;
        assert!(format!("{error:#}").contains("there is no benches/replay.json"), "{error:#}");
        fs::create_dir_all(root.path().join("benches"))?;
        fs::write(root.path().join(FROM), "{\"longest\": 1}\n")?;
        let html = page()?;
        let file = html.split('"').nth(1).and_then(|to| to.strip_prefix("../"));
        let script = fs::read_to_string(folder.join(file.with_context(|| html.clone())?))?;
        assert_eq!(script, "(window.bookData ??= {}).replay = {\"longest\": 1};\n");
        Ok(())
    }
}
