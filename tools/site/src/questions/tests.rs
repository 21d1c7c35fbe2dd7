use std::path::Path;

use anyhow::Result;

use super::{dress::dressed, *};
use crate::edition::Edition;

/// A question of a kind, with this list.
fn page(ask: &str, list: &str) -> String {
    format!(
        "# A {{#a}}\n\n<details class=\"predict\" id=\"ask-a\" data-ask={ask} data-check=\"a::b page#a\">\n\
        <summary><strong>Predict:</strong> what?</summary>\n\n{list}\nSo it is.\n\n```rust\nfn main() {{}}\n```\n\n</details>\n\nMore.\n"
    )
}

const CHOICES: &str =
    "- [ ] It `ends`.\n  - No: it\n    [waits](b.md#c).\n- [x] It hangs\n  for ever.\n";

fn parsed(page: &str) -> Result<Vec<Question>, String> {
    of(Path::new("src/en/a.md"), page).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_question_is_read() -> Result<(), String> {
    let questions = parsed(&page("one", CHOICES))?;
    let [question] = &questions[..] else { return Err(format!("{questions:?}")) };
    assert_eq!((question.id.as_str(), question.kind, question.line), ("ask-a", Kind::One, 3));
    assert_eq!(question.checks, ["a::b", "page#a"]);
    assert_eq!(question.prompt, "<strong>Predict:</strong> what?");
    let choice = |is_right, text: &str, why: &str| Choice {
        is_right,
        text: text.to_owned(),
        why: why.to_owned(),
        numbers: None,
    };
    let ends = choice(false, "It `ends`.", "No: it\n[waits](b.md#c).");
    assert_eq!(question.choices, [ends, choice(true, "It hangs\nfor ever.", "")]);
    assert!(question.text.starts_with("So it is.") && question.text.ends_with("```"));
    // Today's folded answers stay what they are.
    assert_eq!(parsed(&page("one", CHOICES).replace(" data-ask=one", ""))?, []);
    Ok(())
}

#[test]
fn numbers_are_one_or_a_range() -> Result<(), String> {
    let list = "- [x] `1,024` bytes\n- [x] `5..7`\n- [x] `6±0.5`\n- [ ] `9`\n  - Too many.\n";
    let questions = parsed(&page("number", list))?;
    let numbers: Vec<_> = questions[0].choices.iter().filter_map(|choice| choice.numbers).collect();
    assert_eq!(numbers, [(1024.0, 1024.0), (5.0, 7.0), (5.5, 6.5), (9.0, 9.0)]);
    assert_eq!(questions[0].choices[0].text, "bytes");
    Ok(())
}

#[test]
fn an_order_keeps_its_pairs() -> Result<(), String> {
    let list = "1. one\n2. two\n3. three\n";
    let whole = &parsed(&page("order", list))?[0];
    assert_eq!(whole.pairs, [(0, 1), (1, 2)]);
    assert!(whole.keeps(&[0, 1, 2]) && !whole.keeps(&[0, 2, 1]));
    let partial = &parsed(&page("order data-order=\"1<2 1<3\"", list))?[0];
    assert!(partial.keeps(&[0, 2, 1]) && !partial.keeps(&[1, 0, 2]));
    Ok(())
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_is_expected() {
    let choices = page("one", CHOICES);
    let told = |page: &str, expected: &str| {
        let error = parsed(page).expect_err(page);
        assert!(error.starts_with("src/en/a.md:3: a question: "), "{error}");
        assert!(error.contains(expected), "{error}\n{page}");
    };
    told(&page("some", CHOICES), "data-ask=\"some\"; expected one of one, several, order, number");
    told(&choices.replace("ask-a", "a"), "its id is \"a\"; expected id=\"ask-NAME\"");
    told(
        &choices.replace("data-check=\"a::b page#a\"", ""),
        "nothing holds its answer; expected data-check=",
    );
    told(&choices.replace("summary>", "b>"), "expected <summary>…</summary> below its first line");
    told(&choices.replace("</summary>\n\n", "</summary>\n"), "expected <summary>…</summary>");
    told(&choices.replace("</details>", ""), "expected </details> on a line of its own");
    told(&page("one", "None."), "expected a list below the summary");
    told(&page("one", "- [x] Alone.\n"), "expected a list below the summary, of two choices");
    told(&page("one", "1. a\n2. b\n"), "expected choices `- [ ]` and `- [x]` for data-ask=\"one\"");
    told(&page("order", CHOICES), "expected lines `1.`, `2.` … for data-ask=\"order\"");
    told(&page("one", "- a\n- [x] b\n"), "the choice `a` has no mark; expected `[ ]` or `[x]`");
    told(&page("one", "- [ ] a\n- [x] b\n"), "nothing says why `a` is wrong; expected a list");
    told(&page("one", "- [ ] a\n  - no\n- [ ] b\n  - no\n"), "no choice is right; expected an x");
    told(&page("several", "- [x] a\n- [x] b\n"), "every choice is right; expected one");
    told(&page("one", "- [ ] a\n  - no\n  - no!\n- [x] b\n"), "two reasons");
    told(
        &page("number", "- [x] nine\n"),
        "`nine` is no number; expected `9`, `5..7` or `6±0.5` as code",
    );
    told(&page("number", "- [x] `7..5`\n"), "`7..5`` is no number");
    told(&page("order data-order=\"2<1\"", "1. a\n2. b\n"), "data-order=\"2<1\"; expected pairs");
    told(&page("one data-order=\"1<2\"", CHOICES), "data-order is for data-ask=\"order\"");
    let empty = choices.replace("So it is.\n\n```rust\nfn main() {}\n```\n", "");
    told(&empty, "nothing is unfolded; expected a text");
    let twice = format!("{choices}\n{choices}");
    let error = parsed(&twice).expect_err("two");
    assert!(error.contains("a.md:24: a question: the page has another \"ask-a\""), "{error}");
}

#[test]
fn all_that_can_be_answered_stands_in_the_page() -> Result<()> {
    let order = page("order", "1. \"one\"\n2. two\n   - Since.\n").replace("ask-a", "ask-b");
    let number = page("number", "- [x] `5..7`\n").replace("ask-a", "ask-c");
    let pages = [("a.md", &*page("several", CHOICES)), ("b.md", &order), ("c.md", &number)];
    let html = dressed(&Edition::in_language("en"), &pages)?;
    for part in [
        "<div class=\"ask\" id=\"ask-a\" data-ask=\"several\" data-page=\"a.html\" data-of=\"1\">",
        "<li class=\"ask-choice\"><label><input type=\"checkbox\" name=\"ask-a\"> <span><span class=\"ask-mark\">Wrong:</span> It <code>ends</code>.</span></label>",
        "<div class=\"ask-because\">\n\nNo: it\n[waits](b.md#c).\n\n</div>",
        "<li class=\"ask-choice\" data-right>",
        "<summary>The answer</summary>\n\nSo it is.\n\n```rust",
        "</div>\n\n\nMore.",
    ] {
        assert!(html[0].contains(part), "{part}\n{}", html[0]);
    }
    assert!(html[1].contains("data-order=\"0&lt;1\""), "{}", html[1]);
    assert!(html[1].find("data-at=\"1\"") < html[1].find("data-at=\"0\""), "{}", html[1]);
    assert!(html[1].contains("<span id=\"ask-b-0\">“one”</span>"), "{}", html[1]);
    assert!(html[1].contains("2. two\\\n   Since."), "{}", html[1]);
    assert!(html[2].contains("data-right data-from=\"5\" data-to=\"7\""), "{}", html[2]);
    Ok(())
}

#[test]
fn the_questions_of_a_part_stand_together_on_its_page() -> Result<()> {
    let asks = page("one", CHOICES).replace("So it is.", "So [it](#a) is, as [there](c.md#d).");
    let place = "# All\n\n<div class=\"ask-part\"></div>\n";
    let html = dressed(&Edition::in_language("en"), &[("x/a.md", &asks), ("x/all.md", place)])?;
    for part in [
        "## x/a.md {#part-a}",
        "<a href=\"a.html\">",
        "<div class=\"ask\" id=\"part-ask-a\" data-ask=\"one\" data-page=\"x/a.html\" data-of=\"1\">",
        "So [it](a.md#a) is, as [there](c.md#d).",
        "Forget my answers",
    ] {
        assert!(html[1].contains(part), "{part}\n{}", html[1]);
    }
    let twice = dressed(&Edition::in_language("en"), &[("a.md", &asks), ("b.md", &asks)]);
    let error = twice.expect_err("two").to_string();
    assert!(error.starts_with("src/en/b.md:3: a question: src/en/a.md has another"), "{error}");
    Ok(())
}
