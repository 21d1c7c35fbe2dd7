//! Captions with curly quotes: mdBook makes them in Markdown, and captions are HTML.

use anyhow::Result;
use mdbook_driver::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

/// Gives the captions of a book their quotes.
pub(crate) struct Captions;

impl Preprocessor for Captions {
    fn name(&self) -> &'static str {
        "captions"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item {
                chapter.content = quotes(&chapter.content);
            }
        });
        Ok(book)
    }
}

/// A page with curly quotes in its captions, but for their code.
fn quotes(page: &str) -> String {
    let mut parts = page.split("<figcaption>");
    let mut fresh = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        fresh.push_str("<figcaption>");
        let end = part.find("</figcaption>").unwrap_or(part.len());
        let (mut in_tag, mut in_code, mut before) = (false, false, ' ');
        for (i, c) in part[..end].char_indices() {
            if c == '<' {
                in_tag = true;
                in_code =
                    part[i..].starts_with("<code") || in_code && !part[i..].starts_with("</code");
            }
            fresh.push(match c {
                _ if in_tag || in_code => c,
                '\'' if before.is_alphanumeric() => '’',
                '\'' => '‘',
                '"' if before.is_whitespace() || "(>".contains(before) => '“',
                '"' => '”',
                _ => c,
            });
            in_tag &= c != '>';
            before = c;
        }
        fresh.push_str(&part[end..]);
    }
    fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_have_curly_quotes_and_nothing_else_changes() {
        let html = r#"<p title='a'>it's</p><figcaption id="x">"</figcaption><figcaption>It's "so" <a href='b'>('c')</a> <code class="d">'e'</code></figcaption>'"#;
        let right = r#"<p title='a'>it's</p><figcaption id="x">"</figcaption><figcaption>It’s “so” <a href='b'>(‘c’)</a> <code class="d">'e'</code></figcaption>'"#;
        assert_eq!(quotes(html), right);
    }
}
