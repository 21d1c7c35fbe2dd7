//! The book to take along: EPUB and PDF of every edition, and an archive of the site.
//!
//! All are made from the site's pages, so that there is one source: what mdBook has expanded and
//! rendered. A page becomes a section in XHTML (`xhtml`), with its programs by lines (`code`) and its
//! pictures in the colours of paper; the sections make the EPUB, and one long page for WeasyPrint, which
//! sets the PDF.

mod archive;
mod code;
mod epub;
mod kind;
mod pdf;
mod stamp;
mod tools;
mod volume;
mod words;
mod xhtml;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context as _, Result, bail};

use project::say;
use site::{Scratch, Site};

pub use kind::Kind;
use stamp::Stamp;
use volume::Volume;

/// Writes the exports `kinds` of the project at `root` into the folder `dest`.
///
/// Each file is written beside its place and takes it when it is whole.
///
/// # Errors
/// A tool or a font is missing: each one is named with how to install it. Or the site can't be built,
/// or a page has something that a book can't show.
pub fn run(root: &Path, dest: &Path, kinds: &[Kind]) -> Result<()> {
    tools::check(kinds, &site::editions(root))?;
    fs::create_dir_all(dest).with_context(|| format!("can't write to {}", dest.display()))?;
    let shop = Shop::new(root, &Site::of(root, None, None)?)?;
    shop.deliver_all(kinds, |_| dest.to_owned())
}

/// Builds the site with its exports into `dest`, ready to be uploaded, and checks its links.
///
/// # Errors
/// As [`run`] and [`site::build`], or a link is broken. Then `dest` stays as it was.
pub fn publish(root: &Path, dest: &Path, site: &Site) -> Result<()> {
    tools::check(&Kind::ALL, &site::editions(root))?;
    let fresh = site::Fresh::for_site(dest)?;
    let site = Site { downloads: true, ..site.clone() };
    for built in site::build(root, fresh.path(), &site)? {
        say(built.summary());
    }
    let base = site.path().to_owned();
    // Read without a network, the site has no address, and nothing beside it to take along.
    let offline = Site { downloads: false, url: None, ..site };
    let shop = Shop::new(root, &offline)?;
    shop.deliver_all(&Kind::ALL, |volume| {
        let beside = volume.map_or(Path::new(""), |volume| &volume.edition.output);
        fresh.path().join(beside)
    })?;
    drop(shop);
    say(site::check::links(fresh.path(), &base)?);
    fresh.put(dest)?;
    say(format_args!("ready to be uploaded: {}", dest.display()));
    Ok(())
}

/// Writes a volume: from the site, with a folder for what is needed on the way, to a file.
type Write = fn(&Volume, &Path, &Path, &Path) -> Result<()>;

/// Where exports are made: the site as it goes into the archive, and a folder that goes away.
struct Shop {
    bench: Scratch,
    site: PathBuf,
    volumes: Vec<Volume>,
    stamp: Stamp,
}

impl Shop {
    /// Builds the site as it is told to be.
    fn new(root: &Path, offline: &Site) -> Result<Self> {
        let bench = Scratch::new()?;
        let site = bench.path().join("site");
        site::build(root, &site, offline)?;
        let stamp = Stamp::of(root);
        let volumes = site::editions(root)
            .into_iter()
            .map(|edition| {
                let words = words::of(&edition)?;
                Ok(Volume { words, parts: site::parts(&edition)?, stamp: stamp.clone(), edition })
            })
            .collect::<Result<_>>()?;
        Ok(Self { bench, site, volumes, stamp })
    }

    /// What is to be made for `kinds`; the archive holds every edition.
    fn orders<'a>(&'a self, kinds: &[Kind]) -> Vec<(Option<&'a Volume>, Kind)> {
        let of_edition = |kind: &&Kind| **kind != Kind::Zip;
        let mut orders = Vec::new();
        for volume in &self.volumes {
            orders.extend(kinds.iter().filter(of_edition).map(|kind| (Some(volume), *kind)));
        }
        orders.extend(kinds.iter().filter(|kind| !of_edition(kind)).map(|kind| (None, *kind)));
        orders
    }

    /// Makes exports side by side, each for the folder `place`: most of the time WeasyPrint sets a PDF, and takes one CPU.
    fn deliver_all(
        &self,
        kinds: &[Kind],
        place: impl Fn(Option<&Volume>) -> PathBuf,
    ) -> Result<()> {
        thread::scope(|scope| {
            let orders = self.orders(kinds).into_iter().map(|(volume, kind)| {
                let place = place(volume);
                scope.spawn(move || self.deliver(volume, kind, &place))
            });
            let orders: Vec<_> = orders.collect();
            orders.into_iter().try_for_each(|order| order.join().expect("no panic"))
        })
    }

    /// Makes one export and puts it into the folder `place`.
    fn deliver(&self, volume: Option<&Volume>, kind: Kind, place: &Path) -> Result<()> {
        let file = self.make(volume, kind)?;
        let name = file.file_name().unwrap_or_default();
        let (place, aside) = (place.join(name), place.join(format!(".{}", name.display())));
        site::put(&file, &place, &aside)?;
        let kib = fs::metadata(&place)?.len().div_ceil(1024);
        say(format_args!("{}: {kib} KiB", Path::new(name).display()));
        Ok(())
    }

    /// Makes one export in the shop; the archive is of all editions.
    fn make(&self, volume: Option<&Volume>, kind: Kind) -> Result<PathBuf> {
        let Some(volume) = volume else {
            say("packing the site");
            let file = self.bench.path().join(format!("{}.zip", site::FILE));
            archive::site(&self.site, site::FILE, &self.stamp, &file)
                .context("can't pack the site")?;
            return Ok(file);
        };
        let source = volume.edition.source.display();
        let (ending, write): (_, Write) = match kind {
            Kind::Epub => ("epub", epub::write),
            Kind::Pdf => ("pdf", pdf::write),
            Kind::Zip => bail!("an edition has no archive of its own"),
        };
        say(format_args!("{source}: setting the {}", ending.to_uppercase()));
        let folder = self.bench.path().join(ending).join(&volume.edition.code);
        fs::create_dir_all(&folder)?;
        let file = folder.join(volume.edition.file(ending));
        write(volume, &self.site, &folder, &file)
            .with_context(|| format!("can't make {ending} of {source}"))?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests;
