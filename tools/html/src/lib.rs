//! HTML as its tags and texts, one after another, as whatever looks into a page reads it; and the one way
//! in which a page is changed.
//!
//! Both are generic code of other crates, which the compiler makes here. The workspace has this package
//! optimised: a build of the book takes 10 s of CPU instead of 18, for a few seconds of compiling, once.

use std::cell::RefCell;

use html5ever::tokenizer::{
    BufferQueue, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
};
pub use html5ever::tokenizer::{Tag, TagKind, Token};
use lol_html::{RewriteStrSettings, errors::RewritingError, rewrite_str};

/// Keeps what goes by.
#[derive(Default)]
struct Sink(RefCell<Vec<Token>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let next = match &token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => match &*tag.name {
                "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                _ => TokenSinkResult::Continue,
            },
            _ => TokenSinkResult::Continue,
        };
        self.0.borrow_mut().push(token);
        next
    }
}

/// The tags and texts of a page.
#[must_use]
pub fn tokens(html: &str) -> Vec<Token> {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // A page has no script that would stop the tokenizer before the end.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// The value of an attribute.
#[must_use]
pub fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let attribute = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(&*attribute.value)
}

/// A page with the changes that `settings` hold.
///
/// # Errors
/// One of the changes fails, or the page can't be read.
pub fn changed(html: &str, settings: RewriteStrSettings<'_, '_>) -> Result<String, RewritingError> {
    rewrite_str(html, settings)
}
