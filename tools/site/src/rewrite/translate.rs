//! mdBook's own words in the language of an edition. It has them in English only.
//!
//! They are replaced with some of the HTML around them, before anything else is done to a page, so that no
//! word of the book's own text is taken for one of mdBook's. One that no longer stands where it stood fails
//! the build; a new one is found by the test of the built site that looks for words which both editions share.

use anyhow::{Result, bail};

use super::{change::Times, page::Kind, patch::Patch};
use crate::edition::Edition;

/// A text of mdBook, with what stands around it, and how often it stands where.
struct Word {
    english: &'static str,
    chinese: &'static str,
    often: Often,
    on: On,
}

/// How often a text stands on its pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Often {
    /// This often on each.
    Each(usize),
    /// At least once in the book.
    Somewhere,
    /// As the book's author has it.
    Any,
}

/// The pages on which a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// All with mdBook's bones.
    All,
    /// The sections: no other page has one before or after it.
    Sections,
    /// `404.html`.
    NotFound,
}

impl On {
    fn has(self, kind: Kind) -> bool {
        match self {
            Self::All => kind != Kind::Toc,
            Self::Sections => kind == Kind::Section,
            Self::NotFound => kind == Kind::NotFound,
        }
    }
}

const fn word(often: Often, english: &'static str, chinese: &'static str) -> Word {
    Word { english, chinese, often, on: On::All }
}

const fn once(english: &'static str, chinese: &'static str) -> Word {
    word(Often::Each(1), english, chinese)
}

/// The words of mdBook's pages.
const WORDS: [Word; 39] = [
    once(">Keyboard shortcuts</h2>", ">鍵盤快速鍵</h2>"),
    once(
        "<p>Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters</p>",
        "<p>按 <kbd>←</kbd> 或 <kbd>→</kbd> 換到上一節或下一節</p>",
    ),
    once(
        "<p>Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book</p>",
        "<p>按 <kbd>S</kbd> 或 <kbd>/</kbd> 搜尋本書</p>",
    ),
    once("<p>Press <kbd>?</kbd> to show this help</p>", "<p>按 <kbd>?</kbd> 顯示這份說明</p>"),
    once("<p>Press <kbd>Esc</kbd> to hide this help</p>", "<p>按 <kbd>Esc</kbd> 關閉這份說明</p>"),
    once("aria-label=\"Table of contents\"", "aria-label=\"目錄\""),
    once("title=\"Toggle Table of Contents\"", "title=\"目錄\""),
    once("aria-label=\"Toggle Table of Contents\"", "aria-label=\"目錄\""),
    once("title=\"Change theme\"", "title=\"變更主題\""),
    once("aria-label=\"Change theme\"", "aria-label=\"變更主題\""),
    once("aria-label=\"Themes\"", "aria-label=\"主題\""),
    once("id=\"mdbook-theme-default_theme\">Auto<", "id=\"mdbook-theme-default_theme\">自動<"),
    once("id=\"mdbook-theme-light\">Light<", "id=\"mdbook-theme-light\">明亮<"),
    once("id=\"mdbook-theme-rust\">Rust<", "id=\"mdbook-theme-rust\">鐵鏽<"),
    once("id=\"mdbook-theme-coal\">Coal<", "id=\"mdbook-theme-coal\">煤黑<"),
    once("id=\"mdbook-theme-navy\">Navy<", "id=\"mdbook-theme-navy\">海軍藍<"),
    once("id=\"mdbook-theme-ayu\">Ayu<", "id=\"mdbook-theme-ayu\">香魚<"),
    once("title=\"Search (`/`)\"", "title=\"搜尋（`/`）\""),
    once("aria-label=\"Toggle Searchbar\"", "aria-label=\"搜尋\""),
    once("placeholder=\"Search this book ...\"", "placeholder=\"搜尋本書……\""),
    once("title=\"Print this book\"", "title=\"列印本書\""),
    once("aria-label=\"Print this book\"", "aria-label=\"列印本書\""),
    word(Often::Each(2), "aria-label=\"Page navigation\"", "aria-label=\"換頁\""),
    Word {
        on: On::Sections,
        ..word(Often::Somewhere, "title=\"Previous chapter\"", "title=\"上一節\"")
    },
    Word {
        on: On::Sections,
        ..word(Often::Somewhere, "aria-label=\"Previous chapter\"", "aria-label=\"上一節\"")
    },
    Word {
        on: On::Sections,
        ..word(Often::Somewhere, "title=\"Next chapter\"", "title=\"下一節\"")
    },
    Word {
        on: On::Sections,
        ..word(Often::Somewhere, "aria-label=\"Next chapter\"", "aria-label=\"下一節\"")
    },
    Word { on: On::NotFound, ..once("<title>Page not found - ", "<title>找不到頁面 - ") },
    Word {
        on: On::NotFound, ..once(">Document not found (404)</a>", ">找不到頁面（404）</a>")
    },
    Word {
        on: On::NotFound,
        ..once(
            "<p>This URL is invalid, sorry. Please use the navigation bar or search to continue.</p>",
            "<p>這個網址沒有對應的頁面。請從目錄找到要看的那一節，或使用搜尋。</p>",
        )
    },
    // A book whose repository is not known has no link to it.
    word(Often::Any, "title=\"Git repository\"", "title=\"原始檔的儲存庫\""),
    word(Often::Any, "aria-label=\"Git repository\"", "aria-label=\"原始檔的儲存庫\""),
    word(Often::Any, "title=\"Suggest an edit\"", "title=\"編輯本頁\""),
    word(Often::Any, "aria-label=\"Suggest an edit\"", "aria-label=\"編輯本頁\""),
    // A book has those callouts that its author writes.
    word(Often::Any, "</path></svg>Note</p>", "</path></svg>說明</p>"),
    word(Often::Any, "</path></svg>Tip</p>", "</path></svg>提示</p>"),
    word(Often::Any, "</path></svg>Important</p>", "</path></svg>重要</p>"),
    word(Often::Any, "</path></svg>Warning</p>", "</path></svg>警告</p>"),
    word(Often::Any, "</path></svg>Caution</p>", "</path></svg>小心</p>"),
];

/// The words of mdBook's scripts: the file, the English with what stands around it, the Chinese, how often.
const SCRIPTS: [(&str, &str, &str, usize); 11] = [
    ("book.js", "'Copied!'", "'已複製'", 1),
    ("book.js", "'Clipboard error!'", "'無法複製'", 1),
    ("book.js", "'Copy to clipboard'", "'複製'", 2),
    ("book.js", "\"Show hidden lines\"", "\"顯示隱藏的程式行\"", 2),
    ("book.js", "'Show hidden lines'", "'顯示隱藏的程式行'", 2),
    ("book.js", "'Hide lines'", "'隱藏程式行'", 2),
    ("book.js", "'Undo changes'", "'復原修改'", 1),
    ("book.js", "'Run this code'", "'執行這段程式'", 1),
    ("book.js", "'Running...'", "'執行中……'", 1),
    ("book.js", "'No output'", "'沒有輸出'", 1),
    ("book.js", "'Playground Communication: '", "'無法連上 Playground：'", 1),
];

/// The changes to mdBook's scripts in an edition.
pub(super) fn patches(edition: &Edition) -> Vec<Patch> {
    let scripts = if edition.code == "zh-TW" { &SCRIPTS[..] } else { &[] };
    scripts
        .iter()
        .map(|&(file, english, chinese, times)| Patch {
            file,
            from: english.to_owned(),
            to: chinese.to_owned(),
            times: Times::Exactly(times),
            why: "a script speaks the language of the edition",
        })
        .collect()
}

/// The pages of an edition with mdBook's words in its language.
///
/// # Errors
/// Each word that stands there too seldom or too often.
pub(super) fn pages(edition: &Edition, pages: &mut [(String, Kind, String)]) -> Result<()> {
    let words = if edition.code == "zh-TW" { &WORDS[..] } else { &[] };
    let mut problems = Vec::new();
    for Word { english, chinese, often, on } in words {
        let mut total = 0;
        for (path, _, html) in pages.iter_mut().filter(|(_, kind, _)| on.has(*kind)) {
            let found = html.matches(english).count();
            total += found;
            if matches!(often, Often::Each(times) if *times != found) {
                problems.push(format!("{path}: `{english}` stands there {found} times"));
            }
            *html = html.replace(english, chinese);
        }
        if *often == Often::Somewhere && total == 0 {
            problems.push(format!("`{english}` stands on no page"));
        }
    }
    if !problems.is_empty() {
        bail!("mdBook's words are not where they were:\n{}", problems.join("\n"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(code: &str) -> Edition {
        Edition {
            code: code.to_owned(),
            title: String::new(),
            root: ".".into(),
            source: ".".into(),
            output: ".".into(),
        }
    }

    /// A page with all of mdBook's words.
    fn page(kind: Kind) -> (String, Kind, String) {
        let words = WORDS.iter().filter(|word| word.on.has(kind)).flat_map(|word| {
            let times = if let Often::Each(times) = word.often { times } else { 1 };
            std::iter::repeat_n(word.english, times)
        });
        ("page.html".to_owned(), kind, words.collect())
    }

    #[test]
    fn the_words_are_replaced_in_chinese_only() -> Result<()> {
        let mut book = [page(Kind::Section), page(Kind::NotFound), page(Kind::Print)];
        let old = book.clone();
        pages(&edition("en"), &mut book)?;
        assert_eq!(book, old);
        pages(&edition("zh-TW"), &mut book)?;
        for (word, (_, _, html)) in WORDS.iter().flat_map(|w| book.iter().map(move |p| (w, p))) {
            assert!(!html.contains(word.english), "{}", word.english);
        }
        assert!(patches(&edition("en")).is_empty());
        Ok(())
    }

    #[test]
    fn a_word_that_is_gone_or_stands_once_more_fails() {
        for change in [
            |html: &str| html.replace("title=\"Change theme\"", ""),
            |html: &str| format!("{html}title=\"Change theme\""),
        ] {
            let mut book = [page(Kind::Section)];
            book[0].2 = change(&book[0].2);
            let error = pages(&edition("zh-TW"), &mut book).map_err(|error| error.to_string());
            assert!(
                error
                    .is_err_and(|e| e.contains("page.html: `title=\"Change theme\"` stands there"))
            );
        }
        let mut book = [page(Kind::Section)];
        book[0].2 = book[0].2.replace("title=\"Next chapter\"", "");
        let error = pages(&edition("zh-TW"), &mut book).map_err(|error| error.to_string());
        assert!(error.is_err_and(|e| e.contains("`title=\"Next chapter\"` stands on no page")));
    }
}
