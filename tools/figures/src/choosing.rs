//! The questions that lead to a way of computing, as a picture to go down.

use super::svg::{Align, Canvas, Colour, Heads, LINE, Look, MARGIN, Rect, Stroke, WIDTH, count};
use super::words::programs::Question;
use super::words::{Words, fill, one_line};

const QUESTION_WIDTH: f64 = 206.0;
const ANSWER_WIDTH: f64 = 160.0;
/// Between two questions; after the one with two exits there is an arrow more.
const GAP: f64 = 38.0;
const WIDE_GAP: f64 = 62.0;

fn height_of(text: &str) -> f64 {
    LINE * count(text.lines().count()) + 16.0
}

/// Where a question and its answers stand; the heights follow from the words.
struct Row {
    question: Rect,
    answers: Vec<Rect>,
}

fn rows(questions: &[Question]) -> Vec<Row> {
    let (mut top, mut rows) = (4.0, Vec::new());
    for question in questions {
        let between = 16.0;
        let heights: Vec<f64> =
            question.exits.iter().map(|&(_, answer)| height_of(answer)).collect();
        let answers_height = heights.iter().sum::<f64>() + between * count(heights.len() - 1);
        let height = height_of(question.asked).max(answers_height);
        let mut y = top + (height - answers_height) / 2.0;
        let answers = heights.into_iter().map(|h| {
            let answer = Rect::new(WIDTH - MARGIN - ANSWER_WIDTH, y, ANSWER_WIDTH, h);
            y = answer.bottom() + between;
            answer
        });
        let answers = answers.collect();
        rows.push(Row { question: Rect::new(MARGIN, top, QUESTION_WIDTH, height), answers });
        top += height + if question.exits.len() > 1 { WIDE_GAP } else { GAP };
    }
    rows
}

/// An arrow to the side, with its words above it and, if there are more, below.
fn draw_exit(canvas: &mut Canvas, from: Rect, to: Rect, label: &str) {
    let y = to.center().1;
    canvas.line(&[(from.right() + 2.0, y), (to.x - 2.0, y)], Stroke::Solid, Heads::End);
    let x = f64::midpoint(from.right(), to.x) - 3.0;
    for (line, below) in label.lines().zip([-11.0, 12.0]) {
        canvas.text((x, y + below), Align::Middle, line);
    }
}

fn describe(words: &Words, questions: &[Question]) -> String {
    let text = &words.programs.choosing;
    let spoken = questions.iter().enumerate().map(|(i, question)| {
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

pub fn choosing(name: &'static str, words: &Words) -> String {
    let text = &words.programs.choosing;
    let rows = rows(&text.questions);
    let mut canvas = Canvas::new(name);
    let down = MARGIN + QUESTION_WIDTH / 2.0;
    for (i, (row, question)) in rows.iter().zip(&text.questions).enumerate() {
        let r = row.question;
        canvas.area(r, Look::plain(Colour::Ink));
        canvas.heading((r.x + 16.0, r.center().1), Align::Middle, &(i + 1).to_string());
        canvas.label(Rect::new(r.x + 26.0, r.y, r.w - 26.0, r.h), question.asked, false);
        for (answer, &(label, words)) in row.answers.iter().zip(&question.exits) {
            draw_exit(&mut canvas, r, *answer, label);
            canvas.area_rounded(*answer, 16.0, Look::plain(Colour::Blue));
            canvas.label(*answer, words, false);
        }
        let next = rows.get(i + 1).map_or(r.bottom() + GAP, |next| next.question.y);
        let ends = [(down, r.bottom() + 2.0), (down, next - 2.0)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
        let beside = (down - 10.0, f64::midpoint(r.bottom(), next) - 3.0);
        canvas.text(beside, Align::End, question.on);
        // The last of several answers leads on as well.
        if let [_, .., last] = row.answers[..] {
            let (y, x) = (r.bottom() + 24.0, r.right() - 34.0);
            let from = last.center().0;
            let way = [(from, last.bottom() + 2.0), (from, y), (x, y), (x, next - 2.0)];
            canvas.line(&way, Stroke::Solid, Heads::End);
            canvas.text((x + 12.0, y + 14.0), Align::Start, text.each_stage);
        }
    }
    let top = rows.last().map_or(4.0, |row| row.question.bottom() + GAP);
    let last = Rect::new(MARGIN, top, QUESTION_WIDTH, height_of(text.otherwise));
    canvas.area_rounded(last, 16.0, Look::plain(Colour::Blue));
    canvas.label(last, text.otherwise, false);
    let otherwise = fill(text.spoken_otherwise, &[("otherwise", text.otherwise)]);
    let description = fill(
        text.alternative.description,
        &[("questions", &describe(words, &text.questions)), ("otherwise", &otherwise)],
    );
    canvas.finish(last.bottom() + 4.0, text.alternative.title, &description)
}

#[cfg(test)]
mod tests {
    use crate::words::{languages, of};

    #[test]
    fn the_picture_asks_as_many_questions_as_the_page() {
        let page = include_str!("../../../src/en/programs/choosing.md");
        let asked = page.lines().filter(|line| {
            line.split_once(". **").is_some_and(|(number, _)| number.parse::<usize>().is_ok())
        });
        // The last item of the page's list is what is taken when none of them decides.
        for language in languages(&project::root()).expect("the languages") {
            let drawn = of(language).expect("its words").programs.choosing.questions.len() + 1;
            assert_eq!(asked.clone().count(), drawn);
        }
    }
}
