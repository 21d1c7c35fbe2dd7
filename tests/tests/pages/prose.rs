//! The prose of the English pages: no word that tells the reader how easy it is.

use anyhow::{Result, ensure};
use regex::Regex;
use site::markdown::{
    parser,
    pulldown_cmark::{Event, Tag, TagEnd},
};
use tests::{read, root};

/// Words that say nothing, or that the reader is slow.
const WEASEL: [&str; 9] = [
    "simply",
    "just",
    "obviously",
    "very",
    "basically",
    "clearly",
    "easily",
    "of course",
    "trivially",
];

/// Each weasel word of a page, with its line; code, and what a tag of HTML is made of, is no prose.
fn weasels(text: &str, words: &Regex) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut code = false;
    for (event, range) in parser(text).into_offset_iter() {
        let prose = match event {
            Event::Start(Tag::CodeBlock(_)) => {
                code = true;
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                code = false;
                continue;
            }
            // A tag stays as long as it is, so that what is found has its place.
            Event::Html(html) | Event::InlineHtml(html) => blank_tags(&html),
            Event::Text(_) if !code => text[range.clone()].to_owned(),
            _ => continue,
        };
        for word in words.find_iter(&prose) {
            let line = text[..range.start].matches('\n').count()
                + prose[..word.start()].matches('\n').count();
            found.push((line + 1, word.as_str().to_owned()));
        }
    }
    found
}

fn blank_tags(html: &str) -> String {
    let mut inside = false;
    html.chars()
        .map(|c| {
            inside = (inside || c == '<') && c != '>';
            if inside && c != '\n' { ' ' } else { c }
        })
        .collect()
}

fn words() -> Result<Regex> {
    Ok(Regex::new(&format!(r"(?i)\b(?:{})\b", WEASEL.join("|")))?)
}

#[test]
fn no_weasel_word_stands_in_the_prose() -> Result<()> {
    let words = words()?;
    let pages = project::files_of(&root().join("src/en"), "md")?;
    let pages = pages.iter().map(|page| format!("src/en/{}", page.display()));
    let (mut found, mut read_pages) = (Vec::new(), 0);
    for page in pages.chain(["README.md".to_owned()]) {
        for (line, word) in weasels(&read(&page)?, &words) {
            found.push(format!("{page}:{line}: \"{word}\" says nothing to the reader"));
        }
        read_pages += 1;
    }
    ensure!(read_pages > 20, "{read_pages} pages were read");
    ensure!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn a_weasel_word_is_found_in_prose_alone() -> Result<()> {
    let words = words()?;
    let check = |text: &str| weasels(text, &words);
    assert_eq!(check("One.\n\nIt is *Just* so,\nof course.\n").len(), 2);
    assert_eq!(check("# A very\n\n- item\n- simply\n"), [(1, "very".into()), (4, "simply".into())]);
    assert_eq!(check("<p title=\"very\">\nvery</p>\n"), [(2, "very".into())]);
    assert_eq!(check("`just`, adjust, every, justice\n\n```sh\njust very\n```\n"), []);
    Ok(())
}
