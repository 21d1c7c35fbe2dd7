//! mdBook's page around the text: what is wrong with it for a keyboard, a screen reader, a validator or a
//! slow line.

use anyhow::Result;
use lol_html::html_content::ContentType;

use super::{
    change::{Change, Element, ONCE, Times},
    page::{Kind, Page},
    patch::Patch,
    policy::WITHOUT_STORAGE,
    read::once,
};
use crate::labels::Words;

/// The changes.
#[expect(clippy::too_many_lines, reason = "it is a list")]
pub(super) fn changes(words: &'static Words) -> Vec<Change> {
    let unused = UNUSED.iter().map(|(_, selector)| {
        Change::new("what nothing uses is not loaded", *selector, ONCE, |tag, _| {
            tag.remove();
            Ok(())
        })
    });
    let changes = vec![
        Change::new(
            "the page has one heading of the first rank, its own",
            "h1.menu-title",
            ONCE,
            |title, page| {
                title.set_tag_name("a")?;
                title.set_attribute("href", &format!("{}index.html", page.to_edition()))?;
                Ok(())
            },
        ),
        // Where a reader has forbidden storage even a look at it throws; mdBook's scripts look without care.
        Change::new("the page works without storage", "body", ONCE, |body, _| {
            body.prepend(
                &format!("\n        <script>{WITHOUT_STORAGE}</script>"),
                ContentType::Html,
            );
            Ok(())
        }),
        Change::new("a reader with a keyboard can pass over the list", "body", ONCE, |body, _| {
            let link =
                format!("\n    <a class=\"skip-link\" href=\"#mdbook-content\">{}</a>", words.skip);
            body.prepend(&link, ContentType::Html);
            Ok(())
        }),
        Change::new(
            "the way past the list leads to the text",
            "#mdbook-content",
            ONCE,
            |content, _| {
                content.set_attribute("tabindex", "-1")?;
                Ok(())
            },
        ),
        Change::new("the bar stands in a landmark", "div#mdbook-menu-bar", ONCE, |bar, _| {
            bar.set_tag_name("header")?;
            Ok(())
        }),
        Change::new(
            "the search stands in a landmark",
            "div#mdbook-search-wrapper",
            ONCE,
            |search, _| {
                search.set_attribute("role", "search")?;
                Ok(())
            },
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
        Change::new(
            "the list of sections can be shown without scripts",
            "input#mdbook-sidebar-toggle-anchor",
            ONCE,
            |checkbox, _| {
                checkbox.set_attribute("aria-label", words.contents)?;
                Ok(())
            },
        ),
        // It marks the label as expanded or not, and hides a list that isn't there yet.
        Change::new("no script undoes that", "div.page > script", ONCE, |script, _| {
            script.remove();
            Ok(())
        }),
        Change::new("the list has its name", "nav#mdbook-sidebar", ONCE, |list, _| {
            list.set_attribute("aria-label", words.contents)?;
            Ok(())
        }),
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
                toggle.set_attribute("title", &title.replace('`', ""))?;
                Ok(())
            },
        ),
        Change::new(
            "the search field has a name and what describes it",
            "input#mdbook-searchbar",
            ONCE,
            |field, _| {
                field.set_attribute("aria-label", words.search)?;
                field.set_attribute("aria-describedby", "mdbook-searchresults-header")?;
                Ok(())
            },
        ),
        Change::new(
            "no script holds up the first paint",
            "script[src]",
            Times::EachPage,
            |script, _| {
                script.set_attribute("defer", "")?;
                Ok(())
            },
        ),
        Change::new(
            "only the page with the lab loads its script",
            r#"script[src*="theme/timeline-lab"]"#,
            Times::Any,
            without_lab,
        ),
        Change::new(
            "only the page with the lab loads its style",
            r#"link[href*="theme/timeline-lab"]"#,
            Times::Any,
            without_lab,
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
            charset
                .after(&format!("\n        <title>{}</title>", words.contents), ContentType::Html);
            Ok(())
        })
        .on(|page| page.kind == Kind::Toc),
    ];
    changes.into_iter().chain(unused).collect()
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

/// Removes what the lab needs from a page that hasn't got it.
#[expect(clippy::unnecessary_wraps, reason = "it is what a change does")]
fn without_lab(element: &mut Element<'_, '_>, page: &Page<'_>) -> Result<()> {
    if !page.lab {
        element.remove();
    }
    Ok(())
}

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
    let mut patches = vec![Patch {
        file: "book.js",
        from: "window.onunload = function() { };".to_owned(),
        to: String::new(),
        times: ONCE,
        why: "browsers may keep the page for the way back",
    }];
    // The gesture says that the list is there and shows nothing: who scrolls code back on a phone makes it too.
    patches.push(Patch {
        file: "book.js",
        from: "document.addEventListener('touchmove', function(e) {\n        if (!firstContact) {"
            .to_owned(),
        to: "document.addEventListener('touchmove', function() {\n        if (firstContact) {"
            .to_owned(),
        times: ONCE,
        why: "a swipe over a page changes nothing",
    });
    for (from, to) in [
        (
            "(function codeSnippets() {",
            "(function codeSnippets() {\n    const hljs = { configure() {}, highlightBlock() {} };",
        ),
        (
            ".from(document.querySelectorAll('code'))",
            ".from(document.querySelectorAll('pre > code'))",
        ),
        ("(function clipboard() {", "(function clipboard() {\n    return;"),
        ("document.querySelector('#mdbook-ayu-highlight-css')", "{}"),
        ("document.querySelector('#mdbook-tomorrow-night-css')", "{}"),
        ("document.querySelector('#mdbook-highlight-css')", "{}"),
    ] {
        patches.push(Patch {
            file: "book.js",
            from: from.to_owned(),
            to: to.to_owned(),
            times: ONCE,
            why: "what is left out isn't missed",
        });
    }
    // The list and the headings in it come in one frame: nothing in it moves.
    patches.push(Patch {
        file: "toc.js",
        from: "document.addEventListener('DOMContentLoaded', function() {".to_owned(),
        to: "Promise.resolve().then(function() {".to_owned(),
        times: ONCE,
        why: "the headings of the page don't push away what is there",
    });
    for file in ["toc.html", "toc.js"] {
        for (from, to) in [
            (r#"<li class="chapter-item expanded "><li class=""#, r#"<li class=""#),
            ("</li></li>", "</li>"),
        ] {
            patches.push(Patch {
                file,
                from: from.to_owned(),
                to: to.to_owned(),
                times: Times::Any,
                why: "a part's title stands in the list itself, not in an item of it",
            });
        }
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
