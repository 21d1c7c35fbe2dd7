//! A change to pages: a selector, the pages that it is for, and how often it must match there.
//!
//! Why not mdBook's template, index.hbs, changed and kept: 19 of these 42 changes could stand in it, and the others
//! ask what the page is; and what an update of mdBook mends in its 367 lines would be lost in silence.

use std::{borrow::Cow, cell::Cell, fmt};

use anyhow::{Result, anyhow, bail};
use lol_html::{
    ElementContentHandlers, RewriteStrSettings, Selector,
    html_content::{ContentType, TextChunk},
};

use super::{
    page::{Kind, Page},
    policy::Scripts,
};

/// An element that a change may change.
pub(super) type Element<'r, 't> = lol_html::html_content::Element<'r, 't>;

/// One change to pages.
pub(super) struct Change {
    why: &'static str,
    selector: String,
    times: Times,
    pages: fn(&Page<'_>) -> bool,
    act: Act,
}

/// What a change does.
enum Act {
    /// To an element that it matches.
    Element(OnElement),
    /// To a text in such an element: a match is a text for which there is another.
    Text(OnText),
}

/// Changes an element, of which it is told how many came before it on the page.
type OnElement = Box<dyn Fn(&mut Element<'_, '_>, &Page<'_>, usize) -> Result<()>>;

/// Gives another text for a text, both as HTML.
type OnText = Box<dyn Fn(&str) -> Option<String>>;

/// How often a change must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// This often on each of its pages.
    Exactly(usize),
    /// At least once on each of its pages.
    EachPage,
    /// At least once in the edition, on whichever of its pages.
    Edition,
    /// As often as it comes: for what a book may have and may lack. A test of the site must hold it then.
    Any,
}

impl Times {
    /// Whether `found` matches in one page or file are right.
    pub(super) fn allows(self, found: usize) -> bool {
        match self {
            Self::Exactly(n) => found == n,
            Self::EachPage => found > 0,
            Self::Edition | Self::Any => true,
        }
    }
}

/// Once on each of its pages.
pub(super) const ONCE: Times = Times::Exactly(1);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(n) => write!(f, "{n}"),
            Self::EachPage => f.write_str("at least 1"),
            Self::Edition => f.write_str("at least 1 in the whole edition"),
            Self::Any => f.write_str("any number"),
        }
    }
}

impl Change {
    /// A change of what `selector` finds on the pages that have mdBook's frame around them: all but
    /// `toc.html`. `why` completes "so that".
    pub(super) fn new(
        why: &'static str,
        selector: impl Into<String>,
        times: Times,
        act: impl Fn(&mut Element<'_, '_>, &Page<'_>) -> Result<()> + 'static,
    ) -> Self {
        Self::each(why, selector, times, move |element, page, _| act(element, page))
    }

    /// A change that gives an element, which is there once, these attributes.
    pub(super) fn attributes<const N: usize>(
        why: &'static str,
        selector: &'static str,
        attributes: [(&'static str, &'static str); N],
    ) -> Self {
        Self::new(why, selector, ONCE, move |element, _| {
            attributes.iter().try_for_each(|(name, value)| Ok(element.set_attribute(name, value)?))
        })
    }

    /// A change that removes an element, which is there once.
    pub(super) fn removal(why: &'static str, selector: &'static str) -> Self {
        Self::new(why, selector, ONCE, |element, _| {
            element.remove();
            Ok(())
        })
    }

    /// A change where it matters which of the elements it is, counted from 0.
    pub(super) fn each(
        why: &'static str,
        selector: impl Into<String>,
        times: Times,
        act: impl Fn(&mut Element<'_, '_>, &Page<'_>, usize) -> Result<()> + 'static,
    ) -> Self {
        Self::of(why, selector.into(), times, Act::Element(Box::new(act)))
    }

    /// A change of the texts in what `selector` finds for which `act` gives another.
    pub(super) fn text(
        why: &'static str,
        selector: impl Into<String>,
        times: Times,
        act: impl Fn(&str) -> Option<String> + 'static,
    ) -> Self {
        Self::of(why, selector.into(), times, Act::Text(Box::new(act)))
    }

    fn of(why: &'static str, selector: String, times: Times, act: Act) -> Self {
        Self { why, selector, times, pages: |page| page.kind != Kind::Toc, act }
    }

    /// The same change on the pages that `pages` picks.
    pub(super) fn on(self, pages: fn(&Page<'_>) -> bool) -> Self {
        Self { pages, ..self }
    }
}

/// How many mismatches are told one by one.
const PROBLEMS: usize = 10;

/// Makes every change to every page that it is for.
pub(super) fn rewrite(changes: &[Change], pages: &[(Page<'_>, String)]) -> Result<Vec<String>> {
    let selectors = changes
        .iter()
        .map(|change| {
            change
                .selector
                .parse::<Selector>()
                .map_err(|error| anyhow!("{}: {error}", change.selector))
        })
        .collect::<Result<Vec<_>>>()?;
    let mut totals = vec![0; changes.len()];
    let mut problems = Vec::new();
    let mut fresh = Vec::new();
    for (page, html) in pages {
        let found: Vec<_> = changes.iter().map(|_| Cell::new(0)).collect();
        let mut settings = RewriteStrSettings::new();
        for ((change, selector), found) in changes.iter().zip(&selectors).zip(&found) {
            if (change.pages)(page) {
                let next = move || found.replace(found.get() + 1);
                let handlers = ElementContentHandlers::default();
                let handlers = match &change.act {
                    Act::Element(act) => handlers.element(move |element: &mut Element<'_, '_>| {
                        act(element, page, next())
                            .map_err(|error| format!("`{}`: {error:#}", change.selector).into())
                    }),
                    Act::Text(act) => handlers.text(move |chunk: &mut TextChunk<'_>| {
                        if let Some(other) = act(chunk.as_str()) {
                            next();
                            chunk.replace(&other, ContentType::Html);
                        }
                        Ok(())
                    }),
                };
                settings =
                    settings.append_element_content_handler((Cow::Borrowed(selector), handlers));
            }
        }
        // Last, so that it sees which scripts a change has removed.
        let scripts = Scripts::default();
        let settings = scripts.gather(settings);
        let html =
            html::changed(html, settings).map_err(|error| anyhow!("{}: {error}", page.path))?;
        fresh.push(scripts.allow(&html));
        for ((change, found), total) in changes.iter().zip(found).zip(&mut totals) {
            let found = found.get();
            *total += found;
            if (change.pages)(page) && !change.times.allows(found) {
                problems.push(mismatch(&page.path, change, found));
            }
        }
    }
    for (change, total) in changes.iter().zip(totals) {
        if change.times == Times::Edition && total == 0 {
            problems.push(mismatch("every page", change, 0));
        }
    }
    if !problems.is_empty() {
        // A change of mdBook's is the same on every page: some of them say it all.
        let more = problems.len().saturating_sub(PROBLEMS);
        problems.truncate(PROBLEMS);
        if more > 0 {
            problems.push(format!("and {more} more"));
        }
        bail!(problems.join("\n"));
    }
    Ok(fresh)
}

/// A change that doesn't match as it promises.
fn mismatch(page: &str, Change { why, selector, times, .. }: &Change, found: usize) -> String {
    format!("{page}: `{selector}` matches {found} times, expected {times}, so that {why}")
}
