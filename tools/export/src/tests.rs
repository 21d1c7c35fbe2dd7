use std::{
    collections::BTreeSet,
    time::{Duration, UNIX_EPOCH},
};

use super::{
    xhtml::{Form, Maker, Section},
    *,
};

/// The words in English.
fn english() -> Result<&'static words::Words> {
    ::words::language(&project::root(), "en")?.table("export")
}

/// The section of the page `a/b.html` with this text; there is one more page, `c.html`.
fn section(form: Form, text: &str) -> Result<Section> {
    let pages = BTreeSet::from(["a/b.html".to_owned(), "c.html".to_owned()]);
    let mut maker =
        Maker { painter: code::Painter::new()?, words: english()?, pages: &pages, first: "c.html" };
    maker.section("a/b.html", &format!("<body><nav>way</nav><main>{text}</main></body>"), form)
}

/// What becomes of the text where each section has a file.
fn body(text: &str) -> Result<String> {
    Ok(section(Form::Files, text)?.body)
}

/// The text of the error.
fn refused<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("no error"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn a_page_becomes_xhtml() -> Result<()> {
    let got =
        body(r#"<h1 id="t"><a class="header" href="t">A &amp; B</a></h1><p title="&lt;">x<br>y"#)?;
    assert_eq!(got, r#"<h1 id="t">A &amp; B</h1><p title="&lt;">x<br/>y</p>"#);
    Ok(())
}

#[test]
fn what_needs_a_browser_goes_away() -> Result<()> {
    let text = "<button>Copy</button><script>x</script><p hidden>h</p>\
        <div class=\"twins-tabs\"><label>Rust</label></div><p>text</p>";
    assert_eq!(body(text)?, "<p>text</p>");
    Ok(())
}

#[test]
fn what_is_not_known_is_named_with_its_page() {
    let error = refused(section(Form::Files, "<p>a</p><video></video><canvas></canvas>"));
    assert_eq!(error, "a/b.html: a book can't show <canvas>\na/b.html: a book can't show <video>");
    let error = refused(body(r#"<div class="program"><pre><code>x</code></pre><ol></ol></div>"#));
    assert_eq!(error, "a/b.html: a book can't show <ol> around a program");
    assert_eq!(refused(body("<pre>x</pre>")), "a/b.html: a <pre> without <code>");
}

#[test]
fn a_link_leads_to_where_its_page_is_in_the_book() -> Result<()> {
    let text = r##"<a href="../c.html#x">1</a><a href="#y">2</a><a href="../index.html">3</a>
        <a href="https://a.org/b.html">4</a><a href="mailto:a@b">5</a>"##;
    let hrefs = |body: &str| {
        let parts = body.split("href=\"").skip(1);
        parts.filter_map(|part| Some(part.split_once('"')?.0.to_owned())).collect::<Vec<_>>()
    };
    let outside = ["https://a.org/b.html", "mailto:a@b"];
    let files = hrefs(&section(Form::Files, text)?.body);
    assert_eq!(files[..3], ["../c.xhtml#x", "#y", "../c.xhtml"]);
    assert_eq!(files[3..], outside);
    let whole = hrefs(&section(Form::Whole, text)?.body);
    assert_eq!(whole[..3], ["#c--x", "#a-b--y", "#c"]);
    assert_eq!(whole[3..], outside);

    let error = refused(body(r#"<a href="../zh-TW/c.html">中文</a>"#));
    assert_eq!(error, "a/b.html: ../zh-TW/c.html leads out of the book");
    Ok(())
}

#[test]
fn headings_of_the_second_rank_make_the_contents() -> Result<()> {
    let text = r#"<h1 id="a">A</h1><h2 id="b">B <code>&lt;T&gt;</code></h2><h3 id="c">C</h3>"#;
    let headings = |form| Ok::<_, anyhow::Error>(section(form, text)?.headings);
    assert_eq!(headings(Form::Files)?, [("b".to_owned(), "B &lt;T&gt;".to_owned())]);
    assert_eq!(headings(Form::Whole)?[0].0, "a-b--b");
    Ok(())
}

#[test]
fn a_picture_has_the_colours_of_paper_and_ids_of_its_own() -> Result<()> {
    let text = r#"<figure><svg aria-labelledby="t d" style="display:block;max-width:9em">
        <title id="t">T</title><path fill="url(#p)" style="fill: var(--x, rgb(1, 2, 3)); stroke: var(--fg)"/></svg></figure>"#;
    let whole = section(Form::Whole, text)?;
    assert!(whole.has_svg);
    for part in [
        r#"aria-labelledby="a-b--t a-b--d""#,
        r#"<title id="a-b--t">T</title>"#,
        r#"fill="rgb(1, 2, 3)""#,
        r#"stroke="currentColor""#,
        r#"xmlns="http://www.w3.org/2000/svg""#,
    ] {
        assert!(whole.body.contains(part), "{part} in {}", whole.body);
    }
    assert!(!whole.body.contains("style="), "{}", whole.body);
    let gone = body(r#"<p class="blockquote-tag-title"><svg><path/></svg>Note</p>"#)?;
    assert_eq!(gone, r#"<p class="blockquote-tag-title">Note</p>"#);
    Ok(())
}

#[test]
fn paper_has_the_wide_layout_of_a_picture_and_an_epub_the_narrow_one() -> Result<()> {
    let text = r#"<figure><svg role="img" style="--narrow:3/2;--wide:6/2"><title id="t">T</title>
        <svg class="narrow" viewBox="0 0 3 2" font-size="12" display="none"><text>thin</text></svg>
        <svg class="wide" viewBox="0 0 6 2" font-size="13"><text>broad</text></svg></svg></figure>"#;
    for (form, view, shown, gone) in [
        (Form::Files, r#"viewBox="0 0 3 2""#, "thin", "broad"),
        (Form::Whole, r#"viewBox="0 0 6 2""#, "broad", "thin"),
    ] {
        let body = section(form, text)?.body;
        assert!(body.contains(view) && body.contains(shown) && !body.contains(gone), "{body}");
        assert!(body.matches("<svg").count() == 1 && body.contains("font-size=\"1"), "{body}");
        assert!(!body.contains("display=") && !body.contains("class="), "{body}");
    }
    Ok(())
}

#[test]
fn colours_of_the_theme_are_replaced_by_what_stands_beside_them() {
    for (value, colour) in [
        ("#123", "#123"),
        ("var(--bg)", "#fff"),
        ("var(--fg)", "currentColor"),
        ("var(--a, #123)", "#123"),
        ("var(--a, var(--b, rgb(1, 2, 3))) 2px", "rgb(1, 2, 3) 2px"),
        ("1 var(--a, x) 2 var(--b, y)", "1 x 2 y"),
    ] {
        assert_eq!(xhtml::colours(value), colour, "{value}");
    }
}

#[test]
fn code_is_painted_line_by_line() -> Result<()> {
    let mut painter = code::Painter::new()?;
    let lines = painter.lines("rust", "/* a\nb */ fn f() -> &str { \"<\" }\n")?;
    assert_eq!(lines.len(), 2, "{lines:?}");
    // What goes on over lines is painted in each.
    assert_eq!(lines[0], r#"<span class="c">/* a</span>"#);
    assert!(
        lines[1].starts_with(r#"<span class="c">b */</span> <span class="k">fn</span>"#),
        "{lines:?}"
    );
    assert!(lines[1].contains("&lt;"), "{lines:?}");
    assert!(painter.lines("python", "def f(): pass")?[0].contains(r#"<span class="k">def</span>"#));
    assert_eq!(painter.lines("console", "$ a < b\n\nc\n")?, ["$ a &lt; b", "", "c"]);
    Ok(())
}

#[test]
fn a_block_of_code_is_whole_without_what_mdbook_hides() -> Result<()> {
    let text = "<pre><code class=\"language-text\"><span class=\"boring\">hidden\n</span>a\n\n  b\n</code></pre>";
    assert_eq!(
        body(text)?,
        "<div class=\"program\"><pre class=\"short\"><code><span class=\"l\">a\n</span><span class=\"l\">\n</span>\
         <span class=\"l\">  b</span></code></pre></div>"
    );
    let output = body(r#"<pre><code class="language-console">$ a</code></pre>"#)?;
    assert!(output.starts_with(r#"<div class="output"><p class="label">Output</p>"#), "{output}");
    let long = body(&format!("<pre><code>{}</code></pre>", "a\n".repeat(21)))?;
    assert!(long.starts_with(r#"<div class="program"><pre><code>"#), "{long}");
    let fails = body(r#"<pre><code class="language-rust compile_fail">x</code></pre>"#)?;
    assert!(
        fails.starts_with(r#"<div class="program fails"><p class="label">Does not"#),
        "{fails}"
    );
    Ok(())
}

/// A program as the site dresses it, of which the second and the third line fold.
const LONG: &str = "<div class=\"program program-long\"><p class=\"program-file\"><a href=\"https://a.org/e/p.txt\"><code>e/p.txt</code></a></p>\
    <pre><code>one\n<span class=\"fold-mark\" data-lines=\"2\"></span><span class=\"fold\">two\nthree\n</span>four\n</code></pre>\
    <details class=\"program-more\"><summary>The whole program, 4 lines</summary></details>\
    <p class=\"program-run\"><span>Run</span> <code>run it</code></p></div>";

#[test]
fn a_long_program_stands_in_part_in_its_section_and_whole_at_the_end() -> Result<()> {
    for (form, there, back) in [
        (Form::Files, "../listings/a/b.xhtml#e-p-txt", "../../a/b.xhtml"),
        (Form::Whole, "#listings-a-b--e-p-txt", "#a-b"),
    ] {
        let shown = section(form, LONG)?;
        let body = &shown.body;
        assert!(body.contains("<span class=\"l m\">⋯ 2 lines\n</span>"), "{body}");
        assert!(!body.contains("three"), "{body}");
        for part in [
            "<a href=\"https://a.org/e/p.txt\"><code>e/p.txt</code></a>",
            &format!("<a href=\"{there}\">The whole program, 4 lines</a>"),
            "<span>Run</span> <code>run it</code>",
        ] {
            assert!(body.contains(part), "{part} in {body}");
        }
        let (path, whole) = Maker::listings("a/b.html", "The name", &shown, form);
        assert_eq!(path, "listings/a/b.html");
        assert!(whole.body.contains(&format!("<a href=\"{back}\">The name</a>")), "{}", whole.body);
        let id = there.split_once('#').map(|(_, id)| id).unwrap_or_default();
        assert!(whole.body.contains(&format!("<h2 id=\"{id}\"><code>e/p.txt</code></h2>")));
        let text: String = whole.body.split(['<', '>']).step_by(2).collect();
        assert!(text.contains("one\ntwo\nthree\nfour"), "{text}");
        assert_eq!(whole.headings, [(id.to_owned(), "e/p.txt".to_owned())]);
    }
    Ok(())
}

#[test]
fn a_short_program_is_whole_in_its_section() -> Result<()> {
    let shown = section(
        Form::Files,
        "<div class=\"program\"><p class=\"program-file\"><code>a</code></p><pre><code>one\n</code></pre>\
         <button>Copy</button><p class=\"program-run\"><span>Run</span> <code>b</code></p></div>",
    )?;
    assert!(shown.listings.is_empty());
    assert!(!shown.body.contains("Copy") && shown.body.contains(r#"<span class="l">one</span>"#));
    Ok(())
}

#[test]
fn every_language_has_words() {
    for edition in site::editions(&project::root()) {
        assert!(words::of(&edition).is_ok(), "{}", edition.code);
    }
}

/// The stamp of 2020-02-03 04:05:06.
fn stamp() -> Stamp {
    Stamp::at(UNIX_EPOCH + Duration::from_secs(1_580_702_706))
}

#[test]
fn a_stamp_is_a_day_a_moment_and_the_time_of_an_entry() -> Result<()> {
    let stamp = stamp();
    assert_eq!((stamp.day(), stamp.moment()), ("2020-02-03", "2020-02-03T04:05:06Z"));
    assert_eq!(stamp.zip()?, zip::DateTime::from_date_and_time(2020, 2, 3, 4, 5, 6)?);
    // Archives begin with the year 1980.
    assert!(refused(Stamp::at(UNIX_EPOCH).zip()).contains("1970"));
    Ok(())
}

#[test]
fn an_archive_of_the_same_files_is_the_same() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let pack = |name: &str, order: [&str; 3]| -> Result<Vec<u8>> {
        let site = folder.path().join(name);
        for file in order {
            let file = site.join(file);
            fs::create_dir_all(file.parent().unwrap_or(&site))?;
            fs::write(&file, file.file_name().unwrap_or_default().as_encoded_bytes())?;
        }
        let archive = folder.path().join(format!("{name}.zip"));
        archive::site(&site, "book", &stamp(), &archive)?;
        Ok(fs::read(archive)?)
    };
    let files = ["index.html", "a/b.html", "a/c.css"];
    let one = pack("one", files)?;
    assert_eq!(one, pack("two", [files[2], files[1], files[0]])?);

    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(one))?;
    let names: Vec<_> = zip.file_names().map(str::to_owned).collect();
    assert_eq!(names, ["book/README.txt", "book/a/b.html", "book/a/c.css", "book/index.html"]);
    let text = std::io::read_to_string(zip.by_name("book/a/b.html")?)?;
    assert_eq!(text, "b.html");
    Ok(())
}

#[test]
fn the_same_page_gives_the_same_section() -> Result<()> {
    for form in [Form::Files, Form::Whole] {
        assert_eq!(section(form, LONG)?.body, section(form, LONG)?.body);
    }
    Ok(())
}
