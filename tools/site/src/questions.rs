//! Questions that a page asks, and answers when the reader has. In Markdown each is a folded answer, and a book
//! without this tool shows it as one:
//!
//! ```text
//! <details class="predict" id="ask-NAME" data-ask="one" data-check="FILE::TEST">
//! <summary><strong>Predict:</strong> what does it do?</summary>
//!
//! - [ ] It ends.
//!   - Why it doesn't, in one paragraph: every wrong choice has its own.
//! - [x] It hangs.
//!
//! What is unfolded then, as long as you like.
//!
//! </details>
//! ```
//!
//! | `data-ask` | the list | right is |
//! |---|---|---|
//! | `one` | choices `- [ ]`, `- [x]` | any choice with an x |
//! | `several` | the same | all with an x, and no other |
//! | `order` | lines `1.`, `2.` … in an order that is right | this one, or with `data-order="1<2 1<3"` each that keeps these pairs |
//! | `number` | numbers as code, `` - [x] `9` ``, `` `5..7` ``, `` `6±0.5` ``; wrong ones with a reason, for those who give them | any with an x, ends of a range included |
//!
//! `data-check` names what holds the answer, one or more with spaces between: a test, by the name of its file
//! and its own; `block`, the program in the text that is unfolded, which is tested as all are; or, for a question
//! that no program answers, `#id` or `page.md#id`, the heading under which the book says it, or the address of a
//! source that the text links to. A test of the book follows them all. An id is there once in an edition: the
//! answers that a browser keeps are kept by it, in every language.

mod dress;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use dress::{Dresser, IN_PAGE};
pub use parse::{Choice, Kind, Question, of};
