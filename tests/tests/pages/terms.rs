//! The words of the Chinese edition: Taiwan's, the same everywhere, each term with its English where it first
//! stands. The table of words is `tests/terms.toml`; the terms are the headings of the glossary.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use site::markdown::pulldown_cmark::{Event, Tag, TagEnd};
use tests::{read, root};

const EDITION: &str = "src/zh-TW";

/// How the line begins on which the glossary says what a thing is called elsewhere.
const OTHERS: &str = "<span class=\"also\">";

/// The table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    /// Words that are not used, and what is.
    instead: BTreeMap<String, String>,
    /// Longer words in which one of those is right, and why.
    except: BTreeMap<String, String>,
    /// Longer words that hold a term and are something else, and what.
    apart: BTreeMap<String, String>,
    /// Terms whose English word is not asked for, and why.
    everyday: BTreeMap<String, String>,
    /// Terms whose English word is asked for once in a part of the book, and why.
    basic: BTreeMap<String, String>,
}

fn terms() -> Result<Terms> {
    toml::from_str(&read("tests/terms.toml")?).context("tests/terms.toml")
}

/// The files under a folder with one of some endings.
fn files(folder: &str, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let folder = root().join(folder);
    let mut found = project::files(&folder)?;
    found.retain(|file| endings.iter().any(|ending| file.display().to_string().ends_with(ending)));
    Ok(found.iter().map(|file| folder.join(file)).collect())
}

/// Every place with Chinese words of ours: pages, pictures, the words of pictures and of the site, scripts.
fn places() -> Result<Vec<(String, String)>> {
    let mut found = files(EDITION, &[".md"])?;
    found.extend(files("images", &[".zh-TW.svg"])?);
    found.extend(files("tools/words", &["zh-TW.toml"])?);
    found.extend(files("theme", &[".js", ".css"])?);
    found.extend(["README.zh-TW.md"].map(|file| root().join(file)));
    found
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(root())?.display().to_string();
            Ok((name, fs::read_to_string(&file)?))
        })
        .collect()
}

/// What is wrong with the words of a text, a line each.
fn wrong(terms: &Terms, simplified: &BTreeSet<char>, place: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        // Where the glossary says what others call a thing, their words stand.
        if line.starts_with(OTHERS) {
            continue;
        }
        let mut line = line.to_owned();
        // Not nothing: what stands on both sides must not come together.
        for right in terms.except.keys() {
            line = line.replace(right, "\u{fffc}");
        }
        for (word, instead) in &terms.instead {
            if line.contains(word) {
                found.push(format!("{place}:{}: {word}: say {instead}", index + 1));
            }
        }
        for c in line.chars().filter(|c| simplified.contains(c)) {
            found.push(format!("{place}:{}: {c} is simplified Chinese", index + 1));
        }
    }
    found
}

fn simplified() -> Result<BTreeSet<char>> {
    let text = read("tests/simplified.txt")?;
    Ok(text.lines().filter(|line| !line.starts_with('#')).flat_map(str::chars).collect())
}

#[test]
fn no_word_of_the_mainland_and_no_rejected_variant_is_used() -> Result<()> {
    let (terms, simplified) = (terms()?, simplified()?);
    let mut found = Vec::new();
    for (place, text) in places()? {
        found.extend(wrong(&terms, &simplified, &place, &text));
    }
    ensure!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn every_exception_is_needed() -> Result<()> {
    let terms = terms()?;
    let all: String = places()?.into_iter().map(|(_, text)| text).collect();
    let idle = terms.except.keys().filter(|right| !all.contains(*right)).collect::<Vec<_>>();
    ensure!(idle.is_empty(), "nothing says {idle:?}: take it off tests/terms.toml");
    Ok(())
}

#[test]
fn words_that_are_not_used_are_found() -> Result<()> {
    let (terms, simplified) = (terms()?, simplified()?);
    let check = |text: &str| wrong(&terms, &simplified, "page", text);
    assert_eq!(check("父行程\n等待線程"), ["page:2: 線程: say 執行緒"]);
    assert_eq!(check("結束代碼"), [""; 0]);
    assert_eq!(check("代碼")[0], "page:1: 代碼: say 程式碼（程式結束時的是「結束代碼」）");
    assert_eq!(check("<span class=\"also\">中國大陸：線程。</span>"), [""; 0]);
    assert_eq!(check("這裡的 <span class=\"also\">線程</span>").len(), 1);
    assert_eq!(check("这里"), ["page:1: 这 is simplified Chinese"]);
    assert_eq!(check("行程裡的檔案、後來、台灣、只、面、干"), [""; 0]);
    Ok(())
}

/// The terms: the id of each heading of the glossary, its Chinese and its English.
fn glossary() -> Result<Vec<(String, String, String)>> {
    let headings = |edition: &str| -> Result<BTreeMap<String, String>> {
        let text = read(format!("src/{edition}/appendix/glossary.md"))?;
        let mut found = BTreeMap::new();
        for line in text.lines() {
            if let Some((name, id)) = line.strip_prefix("### ").and_then(|l| l.split_once(" {#")) {
                found.insert(id.trim_end_matches('}').to_owned(), name.to_owned());
            }
        }
        Ok(found)
    };
    let chinese = headings("zh-TW")?;
    let terms = headings("en")?.into_iter().map(|(id, english)| {
        let chinese = chinese.get(&id).with_context(|| format!("the glossary has no {id}"))?;
        Ok((id, chinese.clone(), english))
    });
    terms.collect()
}

#[test]
fn the_glossary_gives_the_english_of_each_term() -> Result<()> {
    let mut wrong = Vec::new();
    for (id, chinese, english) in glossary()? {
        let expected = format!("（{}）", english.to_lowercase());
        if chinese != english && !chinese.to_lowercase().ends_with(&expected) {
            wrong.push(format!("#{id}: {chinese} doesn't end in {expected}"));
        }
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

/// A page as text: its sentences, which are paragraphs and items without the texts of links, since those are
/// titles unless the link explains a term; and all that it says, tables, captions and links too.
fn said(text: &str) -> (String, String) {
    let (mut sentences, mut all) = (String::new(), String::new());
    let (mut silent, mut heading, mut fence) = (0_usize, false, false);
    let mut links = Vec::new();
    for event in site::markdown::parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = true,
            Event::End(TagEnd::Heading(_)) => heading = false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                silent += usize::from(!dest_url.contains("glossary.md#"));
                links.push(!dest_url.contains("glossary.md#"));
            }
            Event::End(TagEnd::Link) => silent -= usize::from(links.pop() == Some(true)),
            Event::Start(Tag::Table(_)) => silent += 1,
            Event::End(TagEnd::Table) => silent -= 1,
            Event::Start(Tag::CodeBlock(_)) => fence = true,
            Event::End(TagEnd::CodeBlock) => fence = false,
            Event::Text(text) | Event::Code(text) if !fence => {
                all.push_str(&text);
                if silent == 0 && !heading {
                    sentences.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => all.push_str(&without_tags(&html)),
            Event::SoftBreak => all.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => {
                sentences.push('\n');
                all.push('\n');
            }
            _ => {}
        }
    }
    (sentences, all.to_lowercase())
}

fn without_tags(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// Whether a term stands somewhere with its English beside it. `all` is in small letters.
fn explained(all: &str, chinese: &str, english: &str) -> bool {
    // A part of the word is enough: threads, serialised.
    let english: String = english.to_lowercase().chars().take(4).collect();
    let word = chinese.to_lowercase();
    all.match_indices(&word).any(|(at, _)| {
        let ends = |c: char| "。，；：\n".contains(c);
        let after = all[at + word.len()..].split(ends).next().unwrap_or_default();
        let after: String = after.chars().take(24).collect();
        let before = all[..at].rsplit(ends).next().unwrap_or_default();
        let in_brackets = before.strip_suffix('（').is_some_and(|word| {
            let begin = word.char_indices().rev().nth(11).map_or(0, |(begin, _)| begin);
            word[begin..].contains(&english)
        });
        after.contains(&english) || in_brackets
    })
}

/// The terms in a page's sentences that nowhere on the page have their English beside them, as in
/// 行程（process）, fork（分岔） or 互斥鎖 `Mutex`.
fn unexplained(page: &str, terms: &[(String, String)], apart: &[&String]) -> Vec<String> {
    let (mut sentences, all) = said(page);
    for longer in apart {
        sentences = sentences.replace(longer.as_str(), "\u{fffc}");
    }
    let mut missing = Vec::new();
    for (chinese, english) in terms {
        if !sentences.contains(chinese.as_str()) {
            continue;
        }
        if !explained(&all, chinese, english) {
            missing.push(chinese.clone());
        }
        // A shorter term inside this one is another matter.
        sentences = sentences.replace(chinese.as_str(), "\u{fffc}");
    }
    missing
}

/// The pages in the order of the contents, each with the number of its part and its text.
fn pages() -> Result<Vec<(usize, String, String)>> {
    let (mut part, mut found) = (0, Vec::new());
    for line in read(format!("{EDITION}/SUMMARY.md"))?.lines() {
        part += usize::from(line.starts_with("# "));
        let page = line.split_once("](").and_then(|(_, rest)| rest.strip_suffix(')'));
        if let Some(page) = page.filter(|page| !page.contains("appendix")) {
            let name = format!("{EDITION}/{page}");
            found.push((part, name.clone(), read(&name)?));
        }
    }
    Ok(found)
}

/// The terms that lack their English on a page; those in `basic`, on the first page of a part that uses them.
fn without_english(
    pages: &[(usize, String, String)],
    terms: &[(String, String)],
    basic: &[&String],
    apart: &[&String],
) -> Vec<(String, String)> {
    let mut given = BTreeSet::new();
    let mut wrong = Vec::new();
    for (part, name, text) in pages {
        let (_, all) = said(text);
        let explains = |chinese: &str, english: &str| explained(&all, chinese, english);
        for (chinese, _) in terms.iter().filter(|(chinese, english)| explains(chinese, english)) {
            given.insert((*part, chinese.clone()));
        }
        for term in unexplained(text, terms, apart) {
            if !basic.contains(&&term) || !given.contains(&(*part, term.clone())) {
                wrong.push((name.clone(), term));
            }
        }
    }
    wrong
}

#[test]
fn each_page_gives_the_english_of_its_terms() -> Result<()> {
    let Terms { everyday, basic, apart, .. } = terms()?;
    let mut terms: Vec<(String, String)> = glossary()?
        .into_iter()
        .map(|(_, chinese, english)| {
            (chinese.split('（').next().unwrap_or_default().to_owned(), english)
        })
        .collect();
    terms.sort_by_key(|(chinese, _)| std::cmp::Reverse(chinese.chars().count()));
    for term in basic.keys() {
        ensure!(terms.iter().any(|(chinese, _)| chinese == term), "the glossary has no {term}");
    }
    let pages = pages()?;
    let number = |folder: &str| Ok::<_, anyhow::Error>(files(folder, &[".md"])?.len());
    let all = number(EDITION)? - number(&format!("{EDITION}/appendix"))?;
    ensure!(pages.len() + 1 == all, "the contents name {} of {all} files", pages.len());
    let (basic, apart): (Vec<_>, Vec<_>) = (basic.keys().collect(), apart.keys().collect());
    let wrong: Vec<_> = without_english(&pages, &terms, &basic, &apart)
        .into_iter()
        .filter(|(_, term)| !everyday.contains_key(term))
        .map(|(name, term)| format!("{name}: {term} without its English in brackets"))
        .collect();
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn a_basic_term_has_its_english_once_in_a_part() {
    let terms =
        [("執行緒".to_owned(), "Thread".to_owned()), ("管線".to_owned(), "Pipe".to_owned())];
    let basic = "執行緒".to_owned();
    let check = |pages: &[(usize, &str)]| {
        let pages: Vec<_> = pages
            .iter()
            .zip(1..)
            .map(|((part, text), number)| (*part, format!("page {number}"), (*text).to_owned()))
            .collect();
        let wrong = without_english(&pages, &terms, &[&basic], &[]);
        wrong.iter().map(|(page, term)| format!("{page}: {term}")).collect::<Vec<_>>()
    };
    let (with, without) = ("執行緒（thread）與管線（pipe）。", "執行緒與管線（pipe）。");
    assert_eq!(check(&[(1, with), (1, without), (1, with)]), [""; 0]);
    assert_eq!(check(&[(1, with), (2, without), (2, with)]), ["page 2: 執行緒"]);
    assert_eq!(check(&[(1, with), (1, "執行緒與管線。")]), ["page 2: 管線"]);
}

#[test]
fn a_term_without_its_english_is_found() {
    let terms = [
        ("執行緒池".to_owned(), "thread pool".to_owned()),
        ("執行緒".to_owned(), "Thread".to_owned()),
        ("行程 ID".to_owned(), "Process id".to_owned()),
    ];
    let apart = "執行緒安全".to_owned();
    let check = |text: &str| unexplained(text, &terms, &[&apart]);
    assert_eq!(check("一個執行緒。"), ["執行緒"]);
    assert_eq!(check("一個*執行緒*（thread）。"), [""; 0]);
    assert_eq!(check("一個 thread（執行緒）。"), [""; 0]);
    assert_eq!(check("一個執行緒 `Thread`。"), [""; 0]);
    assert_eq!(check("行程 ID。"), ["行程 ID"]);
    assert_eq!(check("行程 ID（process id）。"), [""; 0]);
    assert_eq!(check("一個執行緒。\n\nthread"), ["執行緒"]);
    assert_eq!(check("執行緒安全。"), [""; 0]);
    assert_eq!(check("一個執行緒池。"), ["執行緒池"]);
    assert_eq!(check("一個執行緒池（thread pool）。"), [""; 0]);
    assert_eq!(check("[一個執行緒](x.md)。"), [""; 0]);
    assert_eq!(check("一個執行緒。\n\n| 執行緒（thread） |\n|---|\n| 執行緒 |"), [""; 0]);
}
