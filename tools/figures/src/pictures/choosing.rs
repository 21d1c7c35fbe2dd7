//! The questions that lead to a way of computing, as a picture to go down.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Look, MARGIN, Rect, Stroke, count, one_line};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{Common, fill};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    /// In the order of the page that the picture belongs to.
    questions: [Question; 7],
    /// What is taken when no question has decided.
    otherwise: &'static str,
    each_stage: &'static str,
    /// A question in the text alternative, what leads on from it, and its answers.
    spoken_question: &'static str,
    spoken_exit: &'static str,
    spoken_otherwise: &'static str,
    title: &'static str,
    description: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    asked: &'static str,
    /// What leads to an answer, and the answer.
    exits: Vec<(&'static str, &'static str)>,
    /// What leads to the next question.
    on: &'static str,
}

/// Between two questions; after the one with two exits there is an arrow more.
const GAP: f64 = 28.0;
const WIDE_GAP: f64 = 48.0;
/// What a question's number takes of its box.
const NUMBER: f64 = 20.0;
/// Between two answers.
const BETWEEN: f64 = 12.0;

/// Where a question and its answers stand; the heights follow from the words.
struct Row {
    question: Rect,
    answers: Vec<Rect>,
}

fn rows(canvas: &Canvas, questions: &[Question]) -> Vec<Row> {
    let (asked, answered) = canvas.layout().pick((118.0, 92.0), (300.0, 210.0));
    let height_of = |text: &str, width: f64| canvas.height_of(text, width - 4.0) + 11.0;
    let (mut top, mut rows) = (4.0, Vec::new());
    for question in questions {
        let exits = question.exits.iter();
        let heights: Vec<f64> = exits.map(|&(_, answer)| height_of(answer, answered)).collect();
        let all = heights.iter().sum::<f64>() + BETWEEN * count(heights.len() - 1);
        let height = height_of(question.asked, asked - NUMBER).max(all);
        let mut y = top + (height - all) / 2.0;
        let answers = heights.into_iter().map(|h| {
            let answer = Rect::new(canvas.width() - MARGIN - answered, y, answered, h);
            y = answer.bottom() + BETWEEN;
            answer
        });
        let answers = answers.collect();
        rows.push(Row { question: Rect::new(MARGIN, top, asked, height), answers });
        top += height + if question.exits.len() > 1 { WIDE_GAP } else { GAP };
    }
    rows
}

/// An arrow to the side, with its words above it and, if there are more, below.
fn draw_exit(canvas: &mut Canvas, from: Rect, to: Rect, label: &str) {
    let y = to.center().1;
    canvas.line(&[(from.right() + 2.0, y), (to.x - 2.0, y)], Stroke::Solid, Heads::End);
    let x = f64::midpoint(from.right(), to.x) - 3.0;
    let lines = paint::wrapped(label, to.x - from.right() - 8.0, canvas.layout().font());
    let above = canvas.line_height() / 2.0 + 2.0;
    for (line, below) in lines.iter().zip([-above, above, above + canvas.line_height()]) {
        canvas.text((x, y + below), Align::Middle, line);
    }
}

fn describe(words: &Common, text: &Text) -> String {
    let spoken = text.questions.iter().enumerate().map(|(i, question)| {
        let exits = question.exits.iter().map(|&(on, answer)| {
            fill(text.spoken_exit, &[("on", &one_line(on)), ("answer", &one_line(answer))])
        });
        let exits: Vec<String> = exits.collect();
        fill(
            text.spoken_question,
            &[
                ("n", &(i + 1).to_string()),
                ("question", &one_line(question.asked)),
                ("exits", &exits.join(words.list_joint_wide)),
                ("on", question.on),
            ],
        )
    });
    spoken.collect::<Vec<_>>().join(words.sentence_joint)
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let rows = rows(canvas, &text.questions);
    let down = MARGIN + canvas.layout().pick(44.0, 60.0);
    for (i, (row, question)) in rows.iter().zip(&text.questions).enumerate() {
        let r = row.question;
        canvas.area(r, Look::plain(Colour::Ink));
        canvas.heading((r.x + 12.0, r.center().1), Align::Middle, &(i + 1).to_string());
        canvas.label(Rect { x: r.x + NUMBER, w: r.w - NUMBER, ..r }, question.asked, false);
        for (answer, &(label, words)) in row.answers.iter().zip(&question.exits) {
            draw_exit(canvas, r, *answer, label);
            canvas.area_rounded(*answer, 11.0, Look::plain(Colour::Blue));
            canvas.label(*answer, words, false);
        }
        let next = rows.get(i + 1).map_or(r.bottom() + GAP, |next| next.question.y);
        let ends = [(down, r.bottom() + 2.0), (down, next - 2.0)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
        let beside = (down - 8.0, f64::midpoint(r.bottom(), next) - 3.0);
        canvas.text(beside, Align::End, question.on);
        // The last of several answers leads on as well.
        if let [_, .., last] = row.answers[..] {
            let (y, x) = (r.bottom() + 18.0, r.right() - canvas.layout().pick(24.0, 60.0));
            let from = last.center().0;
            let way = [(from, last.bottom() + 2.0), (from, y), (x, y), (x, next - 2.0)];
            canvas.line(&way, Stroke::Solid, Heads::End);
            canvas.text((x + 9.0, y + 13.0), Align::Start, text.each_stage);
        }
    }
    let top = rows.last().map_or(4.0, |row| row.question.bottom() + GAP);
    let last = Rect::new(MARGIN, top, rows[0].question.w, canvas.line_height() + 11.0);
    canvas.area_rounded(last, 11.0, Look::plain(Colour::Blue));
    canvas.label(last, text.otherwise, false);
    let otherwise = fill(text.spoken_otherwise, &[("otherwise", text.otherwise)]);
    let questions = describe(sheet.words, text);
    let values = [("questions", &*questions), ("otherwise", &otherwise)];
    let description = fill(text.description, &values);
    Ok(Drawn { height: last.bottom() + 4.0, title: text.title, description })
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::languages;

    #[test]
    fn the_picture_asks_as_many_questions_as_the_page() {
        let page = include_str!("../../../../src/en/earnest/choosing.md");
        let asked = page.lines().filter(|line| {
            line.split_once(". **").is_some_and(|(number, _)| number.parse::<usize>().is_ok())
        });
        // The last item of the page's list is what is taken when none of them decides.
        for language in languages(&project::root()).expect("the languages") {
            let text: &Text = language.table("pictures.choosing").expect("its words");
            assert_eq!(asked.clone().count(), text.questions.len() + 1);
        }
    }
}
