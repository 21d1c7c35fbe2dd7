//! What is looked at in a built site: that mdBook has no warning, that the links lead somewhere and that
//! no other edition speaks English.

mod english;
mod links;

use std::{path::Path, thread};

use anyhow::{Context as _, Result, bail};

use crate::{
    about::Site,
    build::{Built, build},
};

/// Builds the site of the project at `root` and looks at its pages: a line for each thing that was checked,
/// and everything that is wrong.
///
/// # Errors
/// A file can't be read or written.
pub fn run(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let scratch = tempfile::tempdir().context("can't make a temporary folder")?;
    let site = scratch.path().join("book");
    let editions = match build(root, &site, &Site::default()) {
        Ok(editions) => editions,
        Err(error) => return Ok((Vec::new(), vec![format!("{error:#}")])),
    };
    let (links, english) = thread::scope(|scope| {
        let links = scope.spawn(|| links::problems(&site, "/"));
        let english = english::problems(root, &site);
        (links.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), english)
    });
    let mut passed: Vec<_> = editions.iter().map(Built::summary).collect();
    let (followed, mut problems) = links?;
    passed.push(format!("links: {followed} followed"));
    problems.extend(english?);
    Ok((passed, problems))
}

/// Follows the links of the site in the folder `site`, to which `base` leads from its host's root; returns a
/// line about it.
///
/// # Errors
/// Every link that leads nowhere, a line each.
pub fn links(site: &Path, base: &str) -> Result<String> {
    let (followed, broken) = links::problems(site, base)?;
    if !broken.is_empty() {
        bail!(broken.join("\n"));
    }
    Ok(format!("links: {followed} followed"))
}
