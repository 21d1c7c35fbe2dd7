//! Markdown as mdBook reads it: every check and test that looks into a page parses it here.

pub use mdbook_markdown::pulldown_cmark;
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// A parser of a page. Quotes and dashes stay as the author has typed them, so that what is compared
/// is what stands in the file.
#[must_use]
pub fn parser(text: &str) -> pulldown_cmark::Parser<'_> {
    let mut options = MarkdownOptions::default();
    options.smart_punctuation = false;
    new_cmark_parser(text, &options)
}

/// Words of a line as HTML, with the quotes and dashes of the pages.
pub(crate) fn inline(text: &str) -> String {
    let mut html = String::new();
    let events = new_cmark_parser(text, &MarkdownOptions::default());
    let is_paragraph = |event: &pulldown_cmark::Event<'_>| {
        use pulldown_cmark::{Event, Tag, TagEnd};
        matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph))
    };
    pulldown_cmark::html::push_html(&mut html, events.filter(|event| !is_paragraph(event)));
    html
}
