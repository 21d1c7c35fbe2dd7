use anyhow::bail;

use super::{
    change::{ONCE, Times},
    *,
};

/// Makes `changes` to pages of these kinds and texts.
fn rewritten(changes: &[Change], pages: &[(Kind, &str)]) -> Result<Vec<String>> {
    let site = Site::default();
    let edition = Edition::in_language("zh-TW");
    let pages: Vec<_> = pages
        .iter()
        .enumerate()
        .map(|(i, (kind, html))| {
            (
                Page::bare((&site, &[], &edition), *kind, &format!("part/{i}.html")),
                (*html).to_owned(),
            )
        })
        .collect();
    rewrite(changes, &pages)
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
    let (site, edition) = (Site::default(), Edition::in_language("zh-TW"));
    let page = Page::bare((&site, &[], &edition), Kind::Section, "a/b.html");
    assert_eq!(page.to_edition(), "../");
    assert_eq!(page.to_site(), "../../");
}

fn patch_of(file: &'static str, from: &str, times: usize) -> Patch {
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
    let renamed = patch::apply(&[patch_of("css/chrome.min.css", "old", 2)], site.path())?;
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
    let patches = [patch_of("book.js", "old", 2), patch_of("toc.js", "old", 1)];
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
    let gone = Change::new("a test sees it", "script.gone", ONCE, |script, _| {
        script.remove();
        Ok(())
    });
    let page = r#"<head><meta charset="UTF-8"></head><script>one()</script><script src="a.js"></script><script class="gone">two()</script>"#;
    let html = rewritten(&[gone, policed()], &[(Kind::Section, page)])?.concat();
    // openssl dgst -sha256 -binary, base64
    let hash = "HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4=";
    assert!(html.contains(&format!("script-src 'self' 'sha256-{hash}'\">")), "{html}");
    assert!(html.find("Content-Security-Policy") < html.find("one()"), "{html}");
    assert!(refused(rewritten(&[policed()], &[(Kind::Section, "")])).contains("matches 0 times"));
    Ok(())
}
