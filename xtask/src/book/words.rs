//! The words that the pages get beside mdBook's, in the languages of the book.

/// The words of a language.
pub(in crate::book) struct Words {
    /// Before the command of a program.
    pub run: &'static str,
    /// On what unfolds a program with so many lines.
    pub all: fn(usize) -> String,
    /// Above the title of the section before, and of the next one.
    pub previous: &'static str,
    pub next: &'static str,
    /// Before the files on the cover.
    pub take: &'static str,
    /// The site as an archive.
    pub offline: &'static str,
}

const ENGLISH: Words = Words {
    run: "Run",
    all: |lines| format!("The whole program, {lines} lines"),
    previous: "Previous",
    next: "Next",
    take: "To take along:",
    offline: "offline site",
};

const CHINESE: Words = Words {
    run: "執行",
    all: |lines| format!("完整程式，共 {lines} 行"),
    previous: "上一節",
    next: "下一節",
    take: "帶著讀：",
    offline: "離線網站",
};

/// The words of a language; English where it has none of its own.
pub(in crate::book) fn of(language: &str) -> &'static Words {
    if language.starts_with("zh") { &CHINESE } else { &ENGLISH }
}
