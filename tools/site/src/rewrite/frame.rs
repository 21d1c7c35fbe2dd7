//! mdBook's page around the text: what is wrong with it for a keyboard, a screen reader, a validator or a
//! slow line.

use lol_html::html_content::ContentType;

use super::{
    change::{Change, ONCE, Times},
    page::Kind,
    patch::Patch,
    policy::WITHOUT_STORAGE,
    read::{ELEMENTS, once},
};
use crate::labels::Words;

/// The changes.
pub(super) fn changes(words: &'static Words) -> Vec<Change> {
    let unused = UNUSED
        .iter()
        .map(|(_, selector)| Change::removal("what nothing uses is not loaded", selector));
    reached(words).into_iter().chain(quick_and_plain(words)).chain(unused).collect()
}

/// What lets everybody reach all parts of a page, and tells what they are.
fn reached(words: &'static Words) -> Vec<Change> {
    vec![
        Change::new(
            "the page has one heading of the first rank, its own",
            "h1.menu-title",
            ONCE,
            |title, page| {
                title.set_tag_name("a")?;
                Ok(title.set_attribute("href", &format!("{}index.html", page.to_edition()))?)
            },
        ),
        // Where a reader has forbidden storage even a look at it throws; mdBook's scripts look without care.
        Change::new("the page works without storage", "body", ONCE, |body, _| {
            let script = format!("\n        <script>{WITHOUT_STORAGE}</script>");
            body.prepend(&script, ContentType::Html);
            Ok(())
        }),
        Change::new("a reader with a keyboard can pass over the list", "body", ONCE, |body, _| {
            let link =
                format!("\n    <a class=\"skip-link\" href=\"#mdbook-content\">{}</a>", words.skip);
            body.prepend(&link, ContentType::Html);
            Ok(())
        }),
        Change::attributes(
            "the way past the list leads to the text",
            "#mdbook-content",
            [("tabindex", "-1")],
        ),
        Change::new("the bar stands in a landmark", "div#mdbook-menu-bar", ONCE, |bar, _| {
            Ok(bar.set_tag_name("header")?)
        }),
        Change::attributes(
            "the search stands in a landmark",
            "div#mdbook-search-wrapper",
            [("role", "search")],
        ),
        // A label can't be reached by keyboard and must not say whether it is expanded; a button can. Where
        // scripts are off, the checkbox itself is shown to the keyboard and a label of its own to the mouse.
        Change::new(
            "the list of sections can be shown and hidden by keyboard",
            "label#mdbook-sidebar-toggle",
            ONCE,
            |label, _| {
                label.set_tag_name("button")?;
                label.remove_attribute("for");
                label.set_attribute("type", "button")?;
                label.set_attribute("title", words.contents)?;
                label.set_attribute("aria-label", words.contents)?;
                label.set_attribute("aria-expanded", "false")?;
                let plain = format!(
                    "<noscript><label class=\"icon-button\" for=\"mdbook-sidebar-toggle-anchor\">{}</label></noscript>",
                    words.contents
                );
                label.before(&plain, ContentType::Html);
                Ok(())
            },
        ),
        Change::attributes(
            "the list of sections can be shown without scripts",
            "input#mdbook-sidebar-toggle-anchor",
            [("aria-label", words.contents)],
        ),
        // It marks the label as expanded or not, and hides a list that isn't there yet.
        Change::removal("no script undoes that", "div.page > script"),
        Change::attributes(
            "the list has its name",
            "nav#mdbook-sidebar",
            [("aria-label", words.contents)],
        ),
        // What stands in `noscript` is text to the rewriter, so it is put there anew.
        Change::new(
            "the frame with the list has a name",
            "nav#mdbook-sidebar > noscript",
            ONCE,
            |noscript, page| {
                let frame = format!(
                    r#"<iframe class="sidebar-iframe-outer" src="{}toc.html" title="{}"></iframe>"#,
                    page.to_edition(),
                    words.contents
                );
                noscript.set_inner_content(&frame, ContentType::Html);
                Ok(())
            },
        ),
        Change::new(
            "a key is named without the marks of Markdown",
            "#mdbook-search-toggle",
            ONCE,
            |toggle, _| {
                let title = toggle.get_attribute("title").unwrap_or_default();
                Ok(toggle.set_attribute("title", &title.replace('`', ""))?)
            },
        ),
        Change::attributes(
            "the search field has a name and what describes it",
            "input#mdbook-searchbar",
            [("aria-label", words.search), ("aria-describedby", "mdbook-searchresults-header")],
        ),
    ]
}

/// What a page need not load, and what it must not say twice or wrongly.
fn quick_and_plain(words: &'static Words) -> Vec<Change> {
    vec![
        Change::new(
            "no script holds up the first paint",
            "script[src]",
            Times::EachPage,
            |script, _| Ok(script.set_attribute("defer", "")?),
        ),
        Change::new(
            "only a page with one of our own elements loads its script and its style",
            r#"script[src*="theme/"], link[href*="theme/"]"#,
            Times::Any,
            |tag, page| {
                let file = tag.get_attribute("src").or_else(|| tag.get_attribute("href"));
                let of = |element: &&str| {
                    file.as_ref().is_some_and(|file| file.contains(&format!("theme/{element}")))
                };
                let element = ELEMENTS.into_iter().find(of);
                match element {
                    Some(element) if !page.elements.contains(element) => tag.remove(),
                    // The script asks for the style when it is there; until then its place is kept.
                    Some("time-replay") if tag.has_attribute("href") => {
                        tag.set_attribute("media", "print")?;
                    }
                    _ => {}
                }
                Ok(())
            },
        ),
        Change::new(
            "only a page that asks loads what judges",
            r#"script[src*="theme/questions"]"#,
            Times::Any,
            |script, page| {
                if !page.asks {
                    script.remove();
                }
                Ok(())
            },
        ),
        // A head says something; that all others do is what axe tests.
        Change::each("the corner of a table is a cell", "th", Times::Any, |head, page, n| {
            if page.corners.contains(&n) {
                head.set_tag_name("td")?;
            }
            Ok(())
        }),
        Change::text("a title says nothing twice", "head > title", Times::Any, |title| {
            Some(once(title)).filter(|once| *once != title).map(str::to_owned)
        }),
        Change::text("an option is kept together", ":not(pre) > code", Times::Any, flags),
        Change::new("the list has a title", "head > meta[charset]", ONCE, |charset, _| {
            let title = format!("\n        <title>{}</title>", words.contents);
            charset.after(&title, ContentType::Html);
            Ok(())
        })
        .on(|page| page.kind == Kind::Toc),
    ]
}

/// mdBook's files that the site does without: programs are painted when it is built, `theme/programs.js` copies
/// them, and the colours of all themes stand in one sheet. Each with what loads it.
pub(super) const UNUSED: [(&str, &str); 5] = [
    ("highlight.js", r#"script[src*="highlight-"]"#),
    ("clipboard.min.js", r#"script[src*="clipboard-"]"#),
    ("highlight.css", "link#mdbook-highlight-css"),
    ("tomorrow-night.css", "link#mdbook-tomorrow-night-css"),
    ("ayu-highlight.css", "link#mdbook-ayu-highlight-css"),
];

/// The code of a line whose options, such as `--ranks`, are not torn from their dashes at the end of a line:
/// each has an element of its own.
fn flags(code: &str) -> Option<String> {
    let flag = |word: &str| {
        let is_flag = word.len() > 1 && word.starts_with('-');
        if is_flag { format!("<span class=\"flag\">{word}</span>") } else { word.to_owned() }
    };
    let fresh = code.split(' ').map(flag).collect::<Vec<_>>().join(" ");
    (fresh != code).then_some(fresh)
}

/// The changes to mdBook's scripts, and to the list of sections that it writes as text.
pub(super) fn patches() -> Vec<Patch> {
    let once = |file, why, from: &str, to: &str| Patch {
        file,
        from: from.to_owned(),
        to: to.to_owned(),
        times: ONCE,
        why,
    };
    let unused = |from, to| once("book.js", "what is left out isn't missed", from, to);
    let mut patches = vec![
        once(
            "book.js",
            "browsers may keep the page for the way back",
            "window.onunload = function() { };",
            "",
        ),
        // The gesture says that the list is there and shows nothing: who scrolls code back on a phone makes it too.
        once(
            "book.js",
            "a swipe over a page changes nothing",
            "document.addEventListener('touchmove', function(e) {\n        if (!firstContact) {",
            "document.addEventListener('touchmove', function() {\n        if (firstContact) {",
        ),
        unused(
            "(function codeSnippets() {",
            "(function codeSnippets() {\n    const hljs = { configure() {}, highlightBlock() {} };",
        ),
        unused(
            ".from(document.querySelectorAll('code'))",
            ".from(document.querySelectorAll('pre > code'))",
        ),
        unused("(function clipboard() {", "(function clipboard() {\n    return;"),
        unused("document.querySelector('#mdbook-ayu-highlight-css')", "{}"),
        unused("document.querySelector('#mdbook-tomorrow-night-css')", "{}"),
        unused("document.querySelector('#mdbook-highlight-css')", "{}"),
        // The list and the headings in it come in one frame: nothing in it moves.
        once(
            "toc.js",
            "the headings of the page don't push away what is there",
            "document.addEventListener('DOMContentLoaded', function() {",
            "Promise.resolve().then(function() {",
        ),
    ];
    for file in ["toc.html", "toc.js"] {
        let why = "a part's title stands in the list itself, not in an item of it";
        let both = [
            once(file, why, r#"<li class="chapter-item expanded "><li class=""#, r#"<li class=""#),
            once(file, why, "</li></li>", "</li>"),
        ];
        patches.extend(both.map(|patch| Patch { times: Times::Any, ..patch }));
    }
    patches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_kept_together_and_nothing_else_changes() {
        let flag = |word| format!("<span class=\"flag\">{word}</span>");
        let right = format!("run {} 4 {} - a-b", flag("--ranks"), flag("-q"));
        assert_eq!(flags("run --ranks 4 -q - a-b"), Some(right));
        assert_eq!(flags("a - b"), None);
    }
}
