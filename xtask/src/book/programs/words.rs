//! The words around a program, in the languages of the book.

/// The words of a language.
pub(super) struct Words {
    /// Before the command.
    pub run: &'static str,
    /// On what unfolds a program with so many lines.
    pub all: fn(usize) -> String,
}

const ENGLISH: Words =
    Words { run: "Run", all: |lines| format!("The whole program, {lines} lines") };

const CHINESE: Words =
    Words { run: "執行", all: |lines| format!("完整程式，共 {lines} 行") };

/// The words of a language; English where it has none of its own.
pub(super) fn of(language: &str) -> &'static Words {
    if language.starts_with("zh") { &CHINESE } else { &ENGLISH }
}
