//! What `<schedule-explorer>` loads when it is opened: the graphs of `tools/schedules`, each a script of its own beside the
//! pages, since a page that is read from a file may load nothing else.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};

use super::{
    change::{Change, Times},
    patch::hash,
};
use crate::edition::Edition;

/// Where the graphs stand in the project, and where in the site.
const FROM: &str = "tools/schedules/data";
const TO: &str = "schedules";

/// Writes the graphs of the project into the site at `folder`, and gives the change that says to each part of an explorer where
/// its own is.
///
/// # Errors
/// A file can't be read or written.
pub(super) fn write(edition: &Edition, folder: &Path) -> Result<Change> {
    let from = edition.root.join(FROM);
    let to = folder.join(TO);
    let mut files = BTreeMap::new();
    if from.is_dir() {
        fs::create_dir_all(&to).with_context(|| format!("can't make {}", to.display()))?;
        for entry in
            fs::read_dir(&from).with_context(|| format!("can't list {}", from.display()))?
        {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let graph = fs::read_to_string(&path)
                    .with_context(|| format!("can't read {}", path.display()))?;
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let script = script(&name, &graph)?;
                let file = format!("{name}-{}.js", hash(&script));
                fs::write(to.join(&file), script)
                    .with_context(|| format!("can't write {file} into {}", to.display()))?;
                files.insert(name, format!("{TO}/{file}"));
            }
        }
    }
    let why = "the explorer finds its schedules";
    Ok(Change::new(why, "[data-schedules]", Times::Any, move |part, page| {
        let name = part.get_attribute("data-schedules").unwrap_or_default();
        let file = files.get(&name).with_context(|| format!("{FROM} has no {name}.json"))?;
        Ok(part.set_attribute("data-from", &format!("{}{file}", page.to_edition()))?)
    }))
}

/// The script that gives a page a graph.
fn script(name: &str, graph: &str) -> Result<String> {
    let name = serde_json::to_string(name)?;
    Ok(format!("(window.bookSchedules ??= {{}})[{name}] = {};\n", graph.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;

    #[test]
    fn each_part_of_an_explorer_is_told_where_its_schedules_are() -> Result<()> {
        let root = tempfile::tempdir()?;
        let data = root.path().join(FROM);
        fs::create_dir_all(&data)?;
        fs::write(data.join("ab.json"), "{\"name\": \"ab\"}\n")?;
        fs::write(data.join("outcomes.md"), "| 1 |\n")?;
        let edition = Edition { root: root.path().to_owned(), ..Edition::in_language("en") };
        let site = Site::default();
        let folder = root.path().join("site");
        let changes = [write(&edition, &folder)?];
        let page = |html: &str| {
            let page = Page::bare((&site, &[], &edition), Kind::Section, "part/0.html");
            rewrite(&changes, &[(page, html.to_owned())])
        };
        let html = page(r#"<div data-schedules="ab"></div>"#)?.remove(0);
        let file = html.split('"').nth(3).and_then(|to| to.strip_prefix("../"));
        let file = file.with_context(|| html.clone())?;
        let script = fs::read_to_string(folder.join(file))?;
        assert_eq!(script, "(window.bookSchedules ??= {})[\"ab\"] = {\"name\": \"ab\"};\n");
        assert_eq!(fs::read_dir(folder.join(TO))?.count(), 1);
        let error = page(r#"<div data-schedules="cd"></div>"#).err().context("it is not there")?;
        assert!(format!("{error:#}").contains("has no cd.json"), "{error:#}");
        Ok(())
    }
}
