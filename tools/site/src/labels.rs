//! The words that our changes put into the pages, by language.

/// The words of one language.
pub(crate) struct Words {
    /// The way past the list of sections.
    pub skip: &'static str,
    /// The list of sections, and the button that shows it.
    pub contents: &'static str,
    /// The field for what is searched.
    pub search: &'static str,
    /// Before the day of the last change.
    pub changed: &'static str,
    /// Before what tested the programs; they are put together by `and`.
    pub tested: &'static str,
    pub and: &'static str,
    /// The link to the source of the page.
    pub edit: &'static str,
    /// What the preview of the book shows, for readers who don't see it.
    pub preview: &'static str,
    /// The language as Open Graph names it.
    pub locale: &'static str,
    /// Before the command of a program.
    pub run: &'static str,
    /// On what unfolds a program with so many lines.
    pub all: fn(usize) -> String,
    /// Above the title of the section before, and of the next one.
    pub previous: &'static str,
    pub next: &'static str,
    /// What a page says that isn't there, and its way to the cover.
    pub lost: &'static str,
    pub lost_why: &'static str,
    pub lost_cover: &'static str,
    /// On the cover, before the files to take along; the last of them is the site as an archive.
    pub take: &'static str,
    pub offline: &'static str,
}

const ENGLISH: Words = Words {
    skip: "Skip to the text",
    contents: "Table of contents",
    search: "Search this book",
    changed: "Last changed on ",
    tested: "Programs tested with ",
    and: " and ",
    edit: "Edit this page",
    preview: "The title of the book above a timeline: three tasks one after another on one core, beside each other on three",
    locale: "en_US",
    run: "Run",
    all: |lines| format!("The whole program, {lines} lines"),
    previous: "Previous",
    next: "Next",
    lost: "Document not found (404)",
    lost_why: "There is no page at this address. The list of sections and the search lead to all that there are.",
    lost_cover: "To the cover of the book",
    take: "To take along:",
    offline: "offline site",
};

const CHINESE: Words = Words {
    skip: "跳到內文",
    contents: "目錄",
    search: "搜尋本書",
    changed: "最後更新：",
    tested: "程式測試環境：",
    and: "、",
    edit: "編輯本頁",
    preview: "書名下方是一張時間軸：三個任務在一個核心上依序執行，在三個核心上同時執行",
    locale: "zh_TW",
    run: "執行",
    all: |lines| format!("完整程式，共 {lines} 行"),
    previous: "上一節",
    next: "下一節",
    lost: "找不到頁面（404）",
    lost_why: "這個網址沒有對應的頁面。請從目錄找到要看的那一節，或使用搜尋。",
    lost_cover: "回到封面",
    take: "下載：",
    offline: "離線網站",
};

/// The words of the language `code`.
pub(crate) fn of(code: &str) -> &'static Words {
    if code.starts_with("zh") { &CHINESE } else { &ENGLISH }
}
