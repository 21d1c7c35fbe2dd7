use std::{fmt::Write as _, fs};

use mdbook_driver::config::Config;

use super::*;

/// A small project with the pages `pages` (name and text) in English.
fn project(pages: &[(&str, &str)]) -> Result<tempfile::TempDir> {
    let root = tempfile::tempdir()?;
    fs::write(
        root.path().join("book.toml"),
        "[book]\n[output.html.playground]\nrunnable = false\n",
    )?;
    edition(root.path(), "en", pages)?;
    Ok(root)
}

/// Writes an edition into the project at `root`.
fn edition(root: &Path, code: &str, pages: &[(&str, &str)]) -> Result<()> {
    let source = root.join("src").join(code);
    fs::create_dir_all(&source)?;
    let mut summary = String::from("# Summary\n\n");
    for (name, text) in pages {
        writeln!(summary, "- [{name}]({name}.md)")?;
        fs::write(source.join(name).with_extension("md"), text)?;
    }
    fs::write(source.join("SUMMARY.md"), summary)?;
    Ok(())
}

/// The text of the error that building the project `root` gives.
fn failure(root: &Path) -> String {
    match build(root, &root.join("book"), &Site::default()) {
        Ok(built) => panic!("built {built:?}"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn an_edition_is_there_when_its_summary_is() -> Result<()> {
    let root = project(&[("one", "# One")])?;
    let codes = |root: &Path| editions(root).into_iter().map(|e| e.code).collect::<Vec<_>>();
    assert_eq!(codes(root.path()), ["en"]);
    edition(root.path(), "zh-TW", &[("one", "# 一"), ("two", "# 二")])?;
    assert_eq!(codes(root.path()), ["en", "zh-TW"]);

    let dest = root.path().join("book");
    let pages: Vec<_> =
        build(root.path(), &dest, &Site::default())?.iter().map(|built| built.pages).collect();
    assert_eq!(pages, [1, 2]);
    assert!(fs::read_to_string(dest.join("one.html"))?.contains(r#"<html lang="en""#));
    assert!(fs::read_to_string(dest.join("zh-TW/two.html"))?.contains(r#"<html lang="zh-TW""#));
    Ok(())
}

#[test]
fn another_language_is_a_folder_and_a_file() -> Result<()> {
    let root = project(&[("one", "# One")])?;
    let (words, own) = (project::root().join("tools/words"), root.path().join("tools/words"));
    fs::create_dir_all(&own)?;
    fs::copy(words.join("en.toml"), own.join("en.toml"))?;
    let toy = fs::read_to_string(words.join("zh-TW.toml"))?;
    let toy = toy.replace("name = \"中文\"", "name = \"Toki\"").replace("\"上一節\"", "\"pini\"");
    fs::write(own.join("xx.toml"), toy)?;
    edition(root.path(), "xx", &[("one", "# Wan"), ("two", "# Tu")])?;

    let dest = root.path().join("book");
    let built = build(root.path(), &dest, &Site::default())?;
    assert_eq!(built.iter().map(|built| &*built.edition.code).collect::<Vec<_>>(), ["en", "xx"]);
    let two = fs::read_to_string(dest.join("xx/two.html"))?;
    assert!(two.contains(r#"<html lang="xx""#) && two.contains("way-word\">pini<"), "{two}");
    let one = fs::read_to_string(dest.join("one.html"))?;
    assert!(one.contains(r#"hreflang="xx" href="xx/one.html">Toki</a>"#), "{one}");

    // A word that is missing fails the build and is named.
    let rest = fs::read_to_string(own.join("en.toml"))?.replace("skip = ", "skipped = ");
    fs::write(own.join("yy.toml"), rest)?;
    edition(root.path(), "yy", &[("one", "# One")])?;
    let error = failure(root.path());
    assert!(error.contains("yy.toml: in the table"), "{error}");
    Ok(())
}

#[test]
fn includes_are_expanded() -> Result<()> {
    let root = project(&[("one", "{{#include ../../a.rs:main}}\n\\{{#include as written}}")])?;
    fs::write(
        root.path().join("a.rs"),
        "before\n// ANCHOR: main\nfn main() {}\n// ANCHOR_END: main\n",
    )?;
    let chapters = expand(&editions(root.path())[0])?;
    assert_eq!(chapters[0].path, Path::new("one.md"));
    assert_eq!(chapters[0].name, "one");
    assert_eq!(chapters[0].content, "fn main() {}\n{{#include as written}}");
    Ok(())
}

#[test]
fn a_failed_include_fails_the_build_and_is_named() -> Result<()> {
    let root = project(&[("one", "{{#include ../../absent.rs}}\n{{#include one.md:nowhere}}")])?;
    let error = failure(root.path());
    assert!(error.contains("one.md: can't include ../../absent.rs: No such file"), "{error}");
    assert!(
        error.contains("one.md: can't include one.md:nowhere: no `ANCHOR: nowhere`"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_failed_include_inside_an_included_file_fails_too() -> Result<()> {
    let root = project(&[("one", "{{#include ../../outer.txt}}")])?;
    fs::write(root.path().join("outer.txt"), "{{#include inner.txt}}")?;
    let error = failure(root.path());
    assert!(error.contains("inner.txt"), "{error}");
    Ok(())
}

#[test]
fn unbalanced_html_fails_the_build_and_is_named() -> Result<()> {
    let root = project(&[("one", "<div>\n\ntext\n")])?;
    let error = failure(root.path());
    assert!(error.contains("unclosed HTML tag `<div>` found in `one.md`"), "{error}");
    Ok(())
}

#[test]
fn a_page_that_is_not_written_fails_the_build() -> Result<()> {
    let root = project(&[("one", "# One")])?;
    fs::remove_file(root.path().join("src/en/one.md"))?;
    assert!(failure(root.path()).contains("one.md"));
    Ok(())
}

#[test]
fn a_failed_build_keeps_the_old_site_and_leaves_nothing() -> Result<()> {
    let root = project(&[("one", "old text")])?;
    let dest = root.path().join("book");
    build(root.path(), &dest, &Site::default())?;
    fs::write(root.path().join("src/en/one.md"), "new text <div>")?;
    failure(root.path());
    assert!(fs::read_to_string(dest.join("one.html"))?.contains("old text"));

    fs::write(root.path().join("src/en/one.md"), "new text")?;
    build(root.path(), &dest, &Site::default())?;
    assert!(fs::read_to_string(dest.join("one.html"))?.contains("new text"));
    let mut left: Vec<_> =
        fs::read_dir(root.path())?.map(|e| e.map(|e| e.file_name())).collect::<Result<_, _>>()?;
    left.sort();
    assert_eq!(left, ["book", "book.toml", "src"]);
    Ok(())
}

#[test]
fn a_folder_that_is_not_a_book_is_not_replaced() -> Result<()> {
    let root = project(&[("one", "# One")])?;
    let home = root.path().join("home");
    fs::create_dir(&home)?;
    fs::write(home.join("letter"), "dear")?;
    let Err(error) = build(root.path(), &home, &Site::default()) else { panic!("replaced") };
    assert!(error.is::<project::UsageError>(), "{error:#}");
    assert!(home.join("letter").exists());
    Ok(())
}

#[test]
fn a_build_removes_what_an_earlier_one_wrote_and_nothing_else() -> Result<()> {
    let root = project(&[("one", "# One"), ("two", "# Two")])?;
    let dest = root.path().join("host");
    fs::create_dir_all(dest.join(".git"))?;
    fs::write(dest.join(".git/HEAD"), "ref")?;
    fs::write(dest.join("CNAME"), "book.example.org")?;
    build(root.path(), &dest, &Site::default())?;
    fs::write(dest.join("notes.txt"), "mine")?;
    fs::remove_file(root.path().join("src/en/two.md"))?;
    fs::write(root.path().join("src/en/SUMMARY.md"), "- [One](one.md)\n")?;
    build(root.path(), &dest, &Site::default())?;
    assert!(dest.join("one.html").is_file() && !dest.join("two.html").exists());
    for (file, text) in [(".git/HEAD", "ref"), ("CNAME", "book.example.org"), ("notes.txt", "mine")]
    {
        assert_eq!(fs::read_to_string(dest.join(file))?, text, "{file}");
    }
    // A page doesn't take the place of a stranger's file.
    fs::write(dest.join("two.html"), "a letter")?;
    edition(root.path(), "en", &[("one", "# One"), ("two", "# Two")])?;
    let Err(error) = build(root.path(), &dest, &Site::default()) else { panic!("replaced") };
    assert!(
        error.is::<project::UsageError>() && error.to_string().contains("two.html"),
        "{error:#}"
    );
    assert_eq!(fs::read_to_string(dest.join("two.html"))?, "a letter");
    Ok(())
}

#[test]
fn a_list_that_leads_out_of_the_folder_removes_nothing_there() -> Result<()> {
    let root = project(&[("one", "# One")])?;
    let dest = root.path().join("book");
    build(root.path(), &dest, &Site::default())?;
    let list = dest.join(crate::staging::LIST);
    fs::write(&list, fs::read_to_string(&list)? + "../book.toml\n")?;
    build(root.path(), &dest, &Site::default())?;
    assert!(root.path().join("book.toml").is_file());
    Ok(())
}

#[test]
fn a_project_without_a_book_says_what_is_expected() -> Result<()> {
    let root = tempfile::tempdir()?;
    assert!(failure(root.path()).contains("expected src/en/SUMMARY.md"));
    Ok(())
}

#[test]
fn the_title_is_the_one_of_book_toml() -> Result<()> {
    let config = Config::from_disk(project::root().join("book.toml"))?;
    assert_eq!(config.book.title.as_deref(), Some(words::language(&project::root(), "en")?.title));
    Ok(())
}

#[test]
fn the_cover_leads_to_its_files_where_there_are_any_and_a_section_to_its_neighbours() -> Result<()>
{
    let cover = ("index", "# Cover\n\n<p class=\"cover-take\"></p>\n");
    let root = project(&[cover, ("two", "# Two"), ("three", "# Three")])?;
    let dest = root.path().join("book");
    for downloads in [false, true] {
        build(root.path(), &dest, &Site { downloads, ..Site::default() })?;
        let cover = fs::read_to_string(dest.join("index.html"))?;
        for file in ["epub", "pdf", "zip"] {
            let link = format!(r#"<a href="multiprocessing-in-rust.{file}">"#);
            assert_eq!(cover.contains(&link), downloads, "{file}");
        }
        assert_eq!(cover.matches("way-name").count(), 1);
    }
    let two = fs::read_to_string(dest.join("two.html"))?;
    for (word, name) in [("Previous", "index"), ("Next", "three")] {
        let link =
            format!(r#"<span class="way-word">{word}</span> <span class="way-name">{name}</span>"#);
        assert_eq!(two.matches(&link).count(), 1, "{two}");
    }
    // What a cover has no place for is an error.
    fs::write(root.path().join("src/en/index.md"), "# Cover")?;
    let error = failure(root.path());
    assert!(error.contains("index.html: `p.cover-take` matches 0 times"), "{error}");
    Ok(())
}
