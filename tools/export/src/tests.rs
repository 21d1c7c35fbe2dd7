use std::{
    collections::BTreeSet,
    time::{Duration, UNIX_EPOCH},
};

use super::{
    xhtml::{Maker, Medium, Section},
    *,
};

/// The words in English.
fn english() -> Result<&'static words::Words> {
    ::words::language(&project::root(), "en")?.table("export")
}

/// The section of the page `a/b.html` with this text; there is one more page, `c.html`.
fn section(medium: Medium, text: &str) -> Result<Section> {
    let pages = BTreeSet::from(["a/b.html".to_owned(), "c.html".to_owned()]);
    let maker = Maker { words: english()?, pages: &pages, first: "c.html" };
    maker.section("a/b.html", &format!("<body><nav>way</nav><main>{text}</main></body>"), medium)
}

/// What becomes of the text where each section has a file.
fn body(text: &str) -> Result<String> {
    Ok(section(Medium::Epub, text)?.body)
}

/// The text of the error.
fn refused<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("no error"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn a_question_is_its_choices_and_its_answer_and_on_the_page_of_its_part_a_question() -> Result<()> {
    let question = r#"<div class="ask" id="ask-a"><p class="ask-question">What?</p><div class="ask-form" role="group"><ul class="ask-choices">
        <li class="ask-choice" data-right><label><input type="radio"> <span><span class="ask-mark">Right:</span> A <code>a</code></span></label><div class="ask-because"><p>Why.</p></div></li></ul>
        <p class="ask-number"><label>Number: <input></label></p><div class="ask-do"><button>Check</button></div></div>
        <details class="predict"><summary>The answer</summary><p>So.</p></details></div>"#;
    let answered = body(question)?;
    for part in ["What?", "Right:", "A <code>a</code>", "Why.", "The answer", "So."] {
        assert!(answered.contains(part), "{part}: {answered}");
    }
    let asked =
        body(&format!(r#"<div class="ask-part">{question}<p class="ask-clear"></p></div>"#))?;
    for part in ["What?", "A <code>a</code>"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    for part in ["Right:", "Why.", "The answer", "So.", "ask-clear"] {
        assert!(!asked.contains(part), "{part}: {asked}");
    }
    assert!(!answered.contains("Number") && !answered.contains("Check"), "{answered}");
    Ok(())
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
    let error = refused(section(Medium::Epub, "<p>a</p><video></video><canvas></canvas>"));
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
    let files = hrefs(&section(Medium::Epub, text)?.body);
    assert_eq!(files[..3], ["../c.xhtml#x", "#y", "../c.xhtml"]);
    assert_eq!(files[3..], outside);
    let whole = hrefs(&section(Medium::Pdf, text)?.body);
    assert_eq!(whole[..3], ["#c--x", "#a-b--y", "#c"]);
    assert_eq!(whole[3..], outside);

    let error = refused(body(r#"<a href="../zh-TW/c.html">中文</a>"#));
    assert_eq!(error, "a/b.html: ../zh-TW/c.html leads out of the book");
    Ok(())
}

#[test]
fn headings_of_the_second_rank_make_the_contents() -> Result<()> {
    let text = r#"<h1 id="a">A</h1><h2 id="b">B <code>&lt;T&gt;</code></h2><h3 id="c">C</h3>"#;
    let headings = |medium| Ok::<_, anyhow::Error>(section(medium, text)?.headings);
    assert_eq!(headings(Medium::Epub)?, [("b".to_owned(), "B &lt;T&gt;".to_owned())]);
    assert_eq!(headings(Medium::Pdf)?[0].0, "a-b--b");
    Ok(())
}

#[test]
fn a_picture_has_the_colours_of_paper_and_ids_of_its_own() -> Result<()> {
    let text = r#"<figure><svg aria-labelledby="t d" style="display:block;max-width:9em">
        <title id="t">T</title><path fill="url(#p)" style="fill: var(--x, rgb(1, 2, 3)); stroke: var(--fg)"/></svg></figure>"#;
    let whole = section(Medium::Pdf, text)?;
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
    for (medium, view, shown, gone) in [
        (Medium::Epub, r#"viewBox="0 0 3 2""#, "thin", "broad"),
        (Medium::Pdf, r#"viewBox="0 0 6 2""#, "broad", "thin"),
    ] {
        let body = section(medium, text)?.body;
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
fn code_keeps_the_colours_of_the_site_line_by_line() -> Result<()> {
    let text = r#"<pre><code><span class="boring"><span class="k">use</span> a;
</span><span class="k">let</span> a = <span class="s">"&lt;"</span>;
<span class="prompt">$ </span>b

</code></pre>"#;
    assert_eq!(
        body(text)?,
        "<div class=\"program\"><pre class=\"short\"><code><span class=\"l\"><span class=\"k\">let</span> a = \
         <span class=\"s\">&quot;&lt;&quot;</span>;\n</span><span class=\"l\">$ b</span></code></pre></div>"
    );
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
    for (medium, there, back) in [
        (Medium::Epub, "../listings/a/b.xhtml#e-p-txt", "../../a/b.xhtml"),
        (Medium::Pdf, "#listings-a-b--e-p-txt", "#a-b"),
    ] {
        let shown = section(medium, LONG)?;
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
        let (path, whole) = Maker::listings("a/b.html", "The name", &shown, medium);
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
fn a_fold_may_be_the_end_of_a_program() -> Result<()> {
    let shown = section(Medium::Epub, &LONG.replace("three\n</span>four\n", "three</span>"))?;
    assert!(shown.body.contains("<span class=\"l m\">⋯ 2 lines</span></code>"), "{}", shown.body);
    Ok(())
}

#[test]
fn a_short_program_is_whole_in_its_section() -> Result<()> {
    let shown = section(
        Medium::Epub,
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
    for medium in [Medium::Epub, Medium::Pdf] {
        assert_eq!(section(medium, LONG)?.body, section(medium, LONG)?.body);
    }
    Ok(())
}
