use std::path::PathBuf;

use anyhow::bail;

use super::{
    change::{ONCE, Times},
    *,
};

/// Makes `changes` to pages of these kinds and texts.
fn rewritten(changes: &[Change], pages: &[(Kind, &str)]) -> Result<Vec<String>> {
    let site = Site::default();
    let edition = edition();
    let pages: Vec<_> = pages
        .iter()
        .enumerate()
        .map(|(i, (kind, html))| {
            (page(&site, &edition, *kind, &format!("part/{i}.html")), (*html).to_owned())
        })
        .collect();
    rewrite(changes, &pages)
}

fn edition() -> Edition {
    Edition {
        code: "zh-TW".to_owned(),
        title: "書".to_owned(),
        root: PathBuf::from("."),
        source: PathBuf::from("src/zh-TW"),
        output: PathBuf::from("zh-TW"),
    }
}

fn page<'a>(site: &'a Site, edition: &'a Edition, kind: Kind, path: &str) -> Page<'a> {
    Page {
        site,
        shelf: &[],
        edition,
        kind,
        path: path.to_owned(),
        source: None,
        title: "one - 書".to_owned(),
        description: None,
        lab: false,
    }
}

/// A change that marks what it finds.
fn mark(selector: &str, times: Times) -> Change {
    Change::new("a test sees it", selector, times, |element, page| {
        Ok(element.set_attribute("title", &page.path)?)
    })
}

/// The text of the error.
fn refused<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("no error"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn a_change_is_made_where_its_selector_matches() -> Result<()> {
    let html =
        rewritten(&[mark("p.a", ONCE)], &[(Kind::Section, r#"<p class="a">1</p><p>2</p>"#)])?;
    assert_eq!(html, [r#"<p class="a" title="part/0.html">1</p><p>2</p>"#]);
    Ok(())
}

#[test]
fn a_change_that_matches_too_seldom_or_too_often_names_page_selector_and_purpose() {
    let pages =
        [(Kind::Section, "<p>1</p>"), (Kind::Section, "<p>1</p><p>2</p>"), (Kind::Print, "")];
    let error = refused(rewritten(&[mark("p", ONCE)], &pages));
    assert_eq!(
        error,
        "part/1.html: `p` matches 2 times, expected 1, so that a test sees it\n\
         part/2.html: `p` matches 0 times, expected 1, so that a test sees it"
    );
    let error = refused(rewritten(&[mark("p", Times::EachPage)], &pages));
    assert_eq!(
        error,
        "part/2.html: `p` matches 0 times, expected at least 1, so that a test sees it"
    );
    let error = refused(rewritten(&[mark("q", Times::Edition)], &pages));
    assert!(error.starts_with("every page: `q` matches 0 times"), "{error}");
    assert!(rewritten(&[mark("p", Times::Edition)], &pages).is_ok());
}

#[test]
fn a_change_is_for_some_pages() -> Result<()> {
    let only = mark("p", ONCE).on(|page| page.kind == Kind::NotFound);
    let html = rewritten(&[only], &[(Kind::Section, "text"), (Kind::NotFound, "<p>")])?;
    assert_eq!(html, ["text", r#"<p title="part/1.html">"#]);
    // All but the list of sections, unless said otherwise.
    assert_eq!(rewritten(&[mark("p", ONCE)], &[(Kind::Toc, "text")])?, ["text"]);
    Ok(())
}

#[test]
fn a_bad_selector_and_a_change_that_fails_are_named() {
    let error = refused(rewritten(&[mark("p ~ q", ONCE)], &[(Kind::Section, "")]));
    assert!(error.contains("p ~ q"), "{error}");
    let fails = Change::new("", "p", ONCE, |_, _| bail!("no luck"));
    let error = refused(rewritten(&[fails], &[(Kind::Section, "<p>")]));
    assert_eq!(error, "part/0.html: `p`: no luck");
}

#[test]
fn a_page_knows_its_way() {
    let (site, edition) = (Site::default(), edition());
    let page = page(&site, &edition, Kind::Section, "a/b.html");
    assert_eq!(page.to_edition(), "../");
    assert_eq!(page.to_site(), "../../");
}

fn swap_in(file: &'static str, from: &str, times: usize) -> Patch {
    Patch {
        file,
        from: from.to_owned(),
        to: "new".to_owned(),
        times: Times::Exactly(times),
        why: "a test sees it",
    }
}

#[test]
fn a_patched_file_gets_a_new_name() -> Result<()> {
    let site = tempfile::tempdir()?;
    fs::create_dir(site.path().join("css"))?;
    fs::write(site.path().join("css/chrome-01234567.min.css"), "old, old")?;
    fs::write(site.path().join("css/chrome-print-01234567.min.css"), "old")?;
    let renamed = patch::apply(&[swap_in("css/chrome.min.css", "old", 2)], site.path())?;
    let [(old, new)] = &renamed[..] else { panic!("{renamed:?}") };
    assert_eq!(old, "chrome-01234567.min.css");
    assert_ne!(new, old);
    assert_eq!(fs::read_to_string(site.path().join("css").join(new))?, "new, new");
    Ok(())
}

#[test]
fn a_patch_that_does_not_match_is_named() -> Result<()> {
    let site = tempfile::tempdir()?;
    fs::write(site.path().join("book.js"), "old")?;
    let patches = [swap_in("book.js", "old", 2), swap_in("toc.js", "old", 1)];
    let error = refused(patch::apply(&patches, site.path()));
    assert_eq!(
        error,
        "book.js: `old` stands there 1 times, expected 2, so that a test sees it\n\
         toc.js is not in the site"
    );
    Ok(())
}

#[test]
fn the_policy_allows_the_inline_scripts_of_the_page_and_no_others() -> Result<()> {
    let html = policy::add(
        r#"<head><meta charset="UTF-8"></head><script>one()</script><script src="a.js"></script>"#,
    )?;
    // openssl dgst -sha256 -binary, base64
    let hash = "HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4=";
    assert!(html.contains(&format!("script-src 'self' 'sha256-{hash}'\">")), "{html}");
    assert!(html.find("Content-Security-Policy") < html.find("one()"), "{html}");
    assert!(refused(policy::add("<head></head>")).contains("matches 0 times"));
    Ok(())
}

/// The description of a page with these paragraphs.
fn described(html: &str) -> Result<String> {
    Ok(read::page(&format!("<head><title> A - B\n</title></head><main><h1>A</h1>{html}</main>"))?
        .description)
}

#[test]
fn the_cover_has_its_name_in_its_title_once() -> Result<()> {
    let title = |html: &str| Ok::<_, anyhow::Error>(read::page(html)?.title);
    assert_eq!(title("<head><title>書 - 書</title></head>")?, "書");
    assert_eq!(title("<head><title> one - 書\n</title></head>")?, "one - 書");
    assert_eq!(title("<head><title>one - two - 書</title></head>")?, "one - two - 書");

    let head = "<head><meta name=\"description\"><title>another</title></head>";
    let html = rewritten(&head::changes(), &[(Kind::NotFound, head)])?;
    assert!(html[0].contains("<title>one - 書</title>"), "{}", html[0]);
    Ok(())
}

#[test]
fn a_description_is_whole_sentences_that_fit() -> Result<()> {
    let long = "Then a long sentence follows that has so many words in it that both together would be \
        longer than what a search engine shows of a page, and so it is left out.";
    let first =
        "We want <em>results</em> in the order\n of their tasks &amp; nothing else, please.";
    assert_eq!(
        described(&format!("<p>{first} {long}</p>"))?,
        "We want results in the order of their tasks &amp; nothing else, please."
    );
    // A short beginning is no description: what follows is cut at a word.
    let cut = described(&format!("<p>Short.</p><p>{long} {long}</p>"))?;
    assert!(cut.starts_with("Short. Then a long") && cut.ends_with('…'), "{cut}");
    assert!((100..=160).contains(&cut.chars().count()), "{cut}");
    Ok(())
}

#[test]
fn a_chinese_description_has_no_spaces_between_sentences() -> Result<()> {
    let text = "我們想要一次啟動好幾個行程，並且等到它們全部結束。第二句說明迴圈。用 Rust 寫成。";
    assert_eq!(described(&format!("<p>{text}</p>"))?, text);
    let long = described(&format!("<p>{}</p>", text.replace('。', "，").repeat(9)))?;
    assert!(long.ends_with('…') && (140..=160).contains(&long.chars().count()), "{long}");
    Ok(())
}

#[test]
fn a_program_that_is_not_found_in_its_page_is_an_error() -> Result<()> {
    let root = tempfile::tempdir()?;
    let text = "//! `cargo run --example one`\nfn main() {}\n";
    fs::create_dir(root.path().join("examples"))?;
    fs::write(root.path().join("examples/one.rs"), text)?;
    let programs = Programs::read(root.path())?;
    let chapter = Chapter {
        path: PathBuf::from("one.md"),
        name: "one".to_owned(),
        content: format!("```rust\n{text}```\n"),
    };
    let shape = Shape { edition: edition(), chapters: vec![chapter.clone()] };
    let dressed = |kind, html: &str| {
        dress(&programs, &Site::default(), &shape, "one.html", (kind, Some(&chapter)), html)
    };
    let html = format!("<pre><code>{text}</code></pre>");
    for kind in [Kind::Section, Kind::Print] {
        assert!(dressed(kind, &html)?.contains("examples/one.rs"));
        let error = refused(dressed(kind, &html.replace("main", "mean")));
        assert_eq!(error, "one.html: 0 whole programs are found, expected 1");
    }
    Ok(())
}
