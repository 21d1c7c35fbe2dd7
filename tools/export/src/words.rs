//! What an export says beside the text of the book, in each language.

use anyhow::{Context as _, Result};

/// The words in one language.
pub(super) struct Words {
    /// The code of the language.
    pub code: &'static str,
    /// The identifier of the book in this language: it stays when the text changes.
    pub identifier: &'static str,
    pub subtitle: &'static str,
    pub description: &'static str,
    pub authors: &'static str,
    pub licence: &'static str,
    pub source: &'static str,
    /// Before the date of the last change.
    pub state: &'static str,
    pub contents: &'static str,
    pub cover: &'static str,
    /// Above the output of a program.
    pub output: &'static str,
    /// Above a program that the compiler refuses.
    pub fails: &'static str,
    /// The part with the programs of which the sections show a part.
    pub programs: &'static str,
    /// In place of so many lines of a program.
    pub left_out: fn(usize) -> String,
}

/// The languages.
const WORDS: [Words; 2] = [
    Words {
        code: "en",
        identifier: "urn:uuid:d61dd035-5136-4687-85c7-ab728a961057",
        subtitle: "Threads and processes in Rust, beside Python’s multiprocessing",
        description: "Threads and processes in Rust, beside Python’s multiprocessing: every program \
            runs, every output is tested.",
        authors: "The authors of Multiprocessing in Rust",
        licence: "Text, programs and library are under the MIT licence or the Apache licence, \
            version 2.0, as you choose.",
        source: "Retold from a Python tutorial in Traditional Chinese; the last section says what \
            comes from where.",
        state: "As of",
        contents: "Contents",
        cover: "Cover",
        output: "Output",
        fails: "Does not compile",
        programs: "The long programs, whole",
        left_out: |lines| format!("⋯ {lines} lines"),
    },
    Words {
        code: "zh-TW",
        identifier: "urn:uuid:1c43b735-2d50-461a-a765-3a25ea88dc06",
        subtitle: "Rust 的執行緒與行程，對照 Python 的 multiprocessing",
        description: "Rust 的執行緒與行程，對照 Python 的 multiprocessing：每支程式都能執行，每段輸出都經過測試。",
        authors: "《Rust 多行程程式設計》作者群",
        licence: "文字、程式與函式庫採 MIT 或 Apache 2.0 授權，任選其一。",
        source: "改寫自一篇繁體中文的 Python 教學；各部分的出處見最後一節。",
        state: "版本日期：",
        contents: "目錄",
        cover: "封面",
        output: "輸出",
        fails: "無法編譯",
        programs: "長程式全文",
        left_out: |lines| format!("⋯ {lines} 行"),
    },
];

/// The words in the language `code`.
pub(super) fn words(code: &str) -> Result<&'static Words> {
    WORDS
        .iter()
        .find(|words| words.code == code)
        .with_context(|| format!("an export has no words for the language {code}"))
}
