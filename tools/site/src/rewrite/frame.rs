//! mdBook's page around the text: what is wrong with it for a keyboard, a screen reader, a validator or a
//! slow line.

use anyhow::Result;
use lol_html::html_content::ContentType;

use super::{
    change::{Change, Element, ONCE, Times},
    page::{Kind, Page},
    patch::Patch,
};
use crate::labels::Words;

/// The changes.
#[expect(clippy::too_many_lines, reason = "it is a list")]
pub(super) fn changes(words: &'static Words) -> Vec<Change> {
    vec![
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
            body.prepend(WITHOUT_STORAGE, ContentType::Html);
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
        Change::new(
            "a script that nothing uses is not loaded",
            r#"script[src*="clipboard-"]"#,
            ONCE,
            |script, _| {
                script.remove();
                Ok(())
            },
        ),
        Change::new("the list has a title", "head > meta[charset]", ONCE, |charset, _| {
            charset
                .after(&format!("\n        <title>{}</title>", words.contents), ContentType::Html);
            Ok(())
        })
        .on(|page| page.kind == Kind::Toc),
    ]
}

/// Puts something that forgets with the page in the place of storage that is forbidden.
const WITHOUT_STORAGE: &str = r#"
        <script>
            for (const name of ["localStorage", "sessionStorage"]) {
                try {
                    window[name].length;
                } catch {
                    const kept = new Map();
                    const value = {
                        getItem: (key) => kept.get(String(key)) ?? null,
                        setItem: (key, value) => void kept.set(String(key), String(value)),
                        removeItem: (key) => void kept.delete(String(key)),
                    };
                    Object.defineProperty(window, name, { value, configurable: true });
                }
            }
        </script>"#;

/// Removes what the lab needs from a page that hasn't got it.
#[expect(clippy::unnecessary_wraps, reason = "it is what a change does")]
fn without_lab(element: &mut Element<'_, '_>, page: &Page<'_>) -> Result<()> {
    if !page.lab {
        element.remove();
    }
    Ok(())
}

/// A table with the corner between its heads as a cell: a head says something. That they all are found is
/// what axe tests.
pub(super) fn corners(html: &str) -> String {
    html.replace("<th></th>", "<td></td>")
}

/// A page that says the name of the book once in its title, where its own is the same.
pub(super) fn title(html: &str) -> String {
    let Some((before, rest)) = html.split_once("<title>") else { return html.to_owned() };
    let Some((title, after)) = rest.split_once("</title>") else { return html.to_owned() };
    let title = match title.trim().split_once(" - ") {
        Some((own, book)) if own == book => own,
        _ => title,
    };
    format!("{before}<title>{title}</title>{after}")
}

/// A page with curly quotes in its captions too: mdBook makes them in Markdown, and captions are HTML.
pub(super) fn quotes(html: &str) -> String {
    let mut parts = html.split("<figcaption>");
    let mut fresh = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        fresh.push_str("<figcaption>");
        let end = part.find("</figcaption>").unwrap_or(part.len());
        let (mut in_tag, mut in_code, mut before) = (false, false, ' ');
        for (i, c) in part[..end].char_indices() {
            if c == '<' {
                in_tag = true;
                in_code =
                    part[i..].starts_with("<code") || in_code && !part[i..].starts_with("</code");
            }
            fresh.push(match c {
                _ if in_tag || in_code => c,
                '\'' if before.is_alphanumeric() => '’',
                '\'' => '‘',
                '"' if before.is_whitespace() || "(>".contains(before) => '“',
                '"' => '”',
                _ => c,
            });
            in_tag &= c != '>';
            before = c;
        }
        fresh.push_str(&part[end..]);
    }
    fresh
}

/// A page whose options, such as `--ranks`, are not torn from their dashes at the end of a line: each has an
/// element of its own in the code that stands in a line.
pub(super) fn flags(html: &str) -> String {
    let mut parts = html.split("<code>");
    let mut fresh = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        fresh.push_str("<code>");
        let end = part.find('<').unwrap_or(part.len());
        for (i, word) in part[..end].split(' ').enumerate() {
            let space = if i > 0 { " " } else { "" };
            let is_flag = word.len() > 1 && word.starts_with('-');
            let (open, close) =
                if is_flag { ("<span class=\"flag\">", "</span>") } else { ("", "") };
            fresh.extend([space, open, word, close]);
        }
        fresh.push_str(&part[end..]);
    }
    fresh
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
    patches.push(Patch {
        file: "book.js",
        from: "(function clipboard() {\n".to_owned(),
        to: "(function clipboard() {\n    if (!window.ClipboardJS) return;\n".to_owned(),
        times: ONCE,
        why: "the page does without the script that copies for mdBook",
    });
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
    patches.push(Patch {
        file: "book.js",
        from: ".from(document.querySelectorAll('code'))".to_owned(),
        to: ".from(document.querySelectorAll('pre > code'))".to_owned(),
        times: ONCE,
        why: "words of code in a line, which have one colour, aren't laid out again",
    });
    patches.push(Patch {
        file: "book.js",
        from: "        code_nodes.forEach(function(block) {\n            hljs.highlightBlock(block);\n        });"
            .to_owned(),
        to: "        code_nodes.forEach(function(block) {\n            setTimeout(() => hljs.highlightBlock(block));\n        });"
            .to_owned(),
        times: ONCE,
        why: "the page answers its reader between two blocks that get their colours",
    });
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
    fn captions_have_curly_quotes_and_nothing_else_changes() {
        let html = r#"<p title='a'>it's</p><figcaption id="x">"</figcaption><figcaption>It's "so" <a href='b'>('c')</a> <code class="d">'e'</code></figcaption>'"#;
        let right = r#"<p title='a'>it's</p><figcaption id="x">"</figcaption><figcaption>It’s “so” <a href='b'>(‘c’)</a> <code class="d">'e'</code></figcaption>'"#;
        assert_eq!(quotes(html), right);
    }

    #[test]
    fn an_option_is_kept_together_and_nothing_else_changes() {
        let flag = |word| format!("<span class=\"flag\">{word}</span>");
        assert_eq!(
            flags(
                "a <code>run --ranks 4 -q</code> - <code class=\"x\">--a</code> <code>a - b</code>"
            ),
            format!(
                "a <code>run {} 4 {}</code> - <code class=\"x\">--a</code> <code>a - b</code>",
                flag("--ranks"),
                flag("-q")
            )
        );
    }

    #[test]
    fn a_title_says_nothing_twice() {
        let page = |title| format!("<head><title>{title}</title></head><title>A - A</title>");
        assert_eq!(title(&page("A - A")), page("A"));
        assert_eq!(title(&page("A - B")), page("A - B"));
        assert_eq!(title("no head"), "no head");
    }

    #[test]
    fn the_corner_of_a_table_is_a_cell() {
        assert_eq!(corners("<tr><th></th><th>a</th></tr>"), "<tr><td></td><th>a</th></tr>");
    }
}
