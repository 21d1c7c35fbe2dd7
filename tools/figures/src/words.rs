//! The words that the pictures have in common, from the table `pictures.common` of a language's file. Those of one picture
//! stand in its own table, and their type in its own file.
//!
//! A line break in a label says where a line may best end. `{name}` stands for something that the picture fills in.

use serde::Deserialize;

/// Puts values in the place of `{name}`.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// The same with a number in the place of `{n}`.
#[expect(clippy::needless_pass_by_value, reason = "it is a number")]
pub fn fill_n(template: &str, n: impl ToString) -> String {
    fill(template, &[("n", &n.to_string())])
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    pub list_joint: &'static str,
    /// Between things that hold lists themselves.
    pub list_joint_wide: &'static str,
    pub sentence_end: &'static str,
    pub sentence_joint: &'static str,
    /// Between the pieces of a lane.
    pub piece_joint: &'static str,
    /// What a lane of a timeline holds.
    pub lane: &'static str,
    /// The arrow of time.
    pub time_axis: &'static str,
    pub kinds: Kinds,
}

/// Kinds of piece in a timeline, for the text alternative.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    pub runs: &'static str,
    pub switch: &'static str,
    pub start: &'static str,
    pub moving: &'static str,
    pub wait: &'static str,
    pub zombie: &'static str,
}

/// The words in English.
#[cfg(test)]
pub fn english() -> (&'static Common, &'static words::Language) {
    let language = words::language(&project::root(), words::ENGLISH).expect("English");
    (language.table("pictures.common").expect("the English words"), language)
}
