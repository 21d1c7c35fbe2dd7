//! The questions of the pages, judged: a test takes the choices from the page itself, says what each of them claims, and
//! compares that with what it has seen. A choice that is marked wrongly, that is new or that says something else fails the test.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use site::questions::{Kind, Question, of};

use crate::place::{names, read};

/// A question of the English edition, to be judged.
#[derive(Clone, Debug)]
pub struct Asked(pub Question);

/// The question of a page by its id, such as `ask-writer`.
///
/// # Errors
///
/// No page has it, or more than one.
pub fn asked(id: &str) -> Result<Asked> {
    let mut found = Vec::new();
    for name in names("src/en", "md")? {
        let file = format!("src/en/{name}.md");
        let text = read(&file)?;
        if text.contains(&format!("id=\"{id}\"")) {
            found.extend(of(Path::new(&file), &text)?.into_iter().filter(|one| one.id == id));
        }
    }
    ensure!(found.len() == 1, "{} questions are called {id}", found.len());
    Ok(Asked(found.remove(0)))
}

impl Asked {
    /// Each choice begins with one of the texts, which stands with what it claims: right are those that claim what was `seen`.
    ///
    /// # Errors
    ///
    /// A choice is marked otherwise, or has no claim; or a claim has no choice.
    pub fn one<T: PartialEq + Debug>(&self, seen: &T, claims: &[(&str, T)]) -> Result<()> {
        let judged: Vec<_> = claims.iter().map(|(text, claim)| (*text, claim == seen)).collect();
        self.each(&judged).with_context(|| format!("what was seen is {seen:?}"))
    }

    /// Each choice begins with one of the texts, which stands with whether it is so.
    ///
    /// # Errors
    ///
    /// As [`Asked::one`].
    pub fn each(&self, judged: &[(&str, bool)]) -> Result<()> {
        let Question { id, kind, choices, .. } = &self.0;
        ensure!(matches!(kind, Kind::One | Kind::Several), "{id} is answered by a {kind}");
        ensure!(choices.len() == judged.len(), "{id}: {} are judged", judged.len());
        for choice in choices {
            let own: Vec<_> =
                judged.iter().filter(|(text, _)| choice.text.starts_with(text)).collect();
            let [(_, is_so)] = own[..] else {
                anyhow::bail!("{id}: {} judge `{}`", own.len(), choice.text)
            };
            self.ensure_marked(&choice.text, choice.is_right, *is_so)?;
        }
        Ok(())
    }

    /// Each choice is judged by a rule over its text.
    ///
    /// # Errors
    ///
    /// A choice is marked otherwise, or the rule fails.
    pub fn by(&self, mut is_so: impl FnMut(&str) -> Result<bool>) -> Result<()> {
        for choice in &self.0.choices {
            self.ensure_marked(&choice.text, choice.is_right, is_so(&choice.text)?)?;
        }
        Ok(())
    }

    /// The numbers that are right have what was seen among them, and those that are wrong haven't.
    ///
    /// # Errors
    ///
    /// A choice is marked otherwise.
    pub fn number(&self, seen: usize) -> Result<()> {
        let seen = f64::from(u32::try_from(seen)?);
        for choice in &self.0.choices {
            let (from, to) = choice.numbers.with_context(|| format!("{} has a text", self.0.id))?;
            let text = format!("{from} to {to}, where {seen} was seen");
            self.ensure_marked(&text, choice.is_right, (from..=to).contains(&seen))?;
        }
        Ok(())
    }

    /// Of all orders of the lines, each named by its place in the page from 0, right are those that are possible.
    ///
    /// # Errors
    ///
    /// An order is judged otherwise by the page.
    pub fn order(&self, is_possible: impl Fn(&[usize]) -> bool) -> Result<()> {
        ensure!(self.0.kind == Kind::Order, "{} has no order", self.0.id);
        for order in orders(self.0.choices.len()) {
            self.ensure_marked(&format!("{order:?}"), self.0.keeps(&order), is_possible(&order))?;
        }
        Ok(())
    }

    /// The places of the lines that begin with these texts, each of which is the beginning of one.
    ///
    /// # Errors
    ///
    /// A line begins with none of them, or with more than one.
    pub fn places(&self, texts: &[&str]) -> Result<Vec<usize>> {
        let Question { id, choices, .. } = &self.0;
        ensure!(texts.len() == choices.len(), "{id} has {} lines", choices.len());
        let place = |text: &&str| {
            let own = (0..choices.len()).filter(|&at| choices[at].text.starts_with(text));
            let own: Vec<usize> = own.collect();
            ensure!(own.len() == 1, "{id}: {} lines begin with `{text}`", own.len());
            Ok(own[0])
        };
        texts.iter().map(place).collect()
    }

    /// Of `possible` answers the choices name each, and no other is right.
    ///
    /// # Errors
    ///
    /// A choice is marked otherwise, can't be read, or one is missing.
    pub fn set<T: Ord>(
        &self,
        possible: &BTreeSet<T>,
        read: impl Fn(&str) -> Result<T>,
    ) -> Result<()> {
        self.by(|text| Ok(possible.contains(&read(text)?)))
    }

    fn ensure_marked(&self, what: &str, is_right: bool, is_so: bool) -> Result<()> {
        let word = |is_right| if is_right { "right" } else { "wrong" };
        ensure!(
            is_right == is_so,
            "{}: `{what}` is marked {}, and is {}",
            self.0.id,
            word(is_right),
            word(is_so)
        );
        Ok(())
    }
}

/// All orders of so many things.
fn orders(of: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..of {
        let longer = |begun: &Vec<usize>| -> Vec<Vec<usize>> {
            let rest = (0..of).filter(|next| !begun.contains(next));
            rest.map(|next| [&begun[..], &[next]].concat()).collect()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}
