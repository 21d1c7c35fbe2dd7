//! How wide a text is, and where its lines break.

/// About how wide a line of text is, by the wide faces among the common ones (such as Verdana):
/// what fits by this estimate fits in the reader's face.
#[must_use]
pub fn text_width(text: &str, size: f64) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '\'' => 0.28,
            'I' | ' ' | '\u{a0}' | ',' | '.' | ':' | ';' | '|' | '!' => 0.34,
            'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.41,
            's' | 'c' | 'z' | 'J' | '_' => 0.55,
            'm' | 'w' | 'M' | 'W' | '\u{2013}' | '\u{2026}' | '\u{2192}' => 0.98,
            'A'..='Z' => 0.76,
            c if c.is_ascii() => 0.64,
            c if is_wide(c) => 1.0,
            _ => 0.7,
        })
        .sum();
    ems * size
}

fn is_wide(c: char) -> bool {
    u32::from(c) >= 0x2e80
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

/// What stands between two parts of a label where its line does not end: a space, but nothing between two
/// Han characters or beside full-width punctuation.
fn joint(before: &str, after: &str) -> &'static str {
    match (before.chars().last(), after.chars().next()) {
        (Some(a), Some(b)) if is_wide(a) && is_wide(b) || is_mark(a) || is_mark(b) => "",
        (Some(_), Some(_)) => " ",
        _ => "",
    }
}

/// A label in one line.
#[must_use]
pub fn one_line(label: &str) -> String {
    label.lines().fold(String::new(), |line, next| line.clone() + joint(&line, next) + next)
}

/// Parts of a label between which a line may end: where the label itself ends one and at spaces; with `anywhere`
/// also between two Han characters, but not before a mark that closes or behind one that opens.
fn parts(label: &str, anywhere: bool) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in label.split(['\n', ' ']).filter(|word| !word.is_empty()) {
        let mut part = String::new();
        let mut chars = word.chars().peekable();
        while let Some(c) = chars.next() {
            part.push(c);
            let Some(&next) = chars.peek() else { break };
            let apart = is_wide(c) && is_wide(next) && !"（「".contains(c);
            if (apart && anywhere || "，；：、".contains(c)) && !"，。、：；？）」".contains(next)
            {
                parts.push(std::mem::take(&mut part));
            }
        }
        parts.push(part);
    }
    parts
}

/// The lines of a label, none wider than `width` ems, or `None` where a part is wider.
fn filled(parts: &[String], width: f64) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        if text_width(part, 1.0) > width {
            return None;
        }
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line}{}{part}", joint(line, part));
            if text_width(&longer, 1.0) <= width {
                *line = longer;
                continue;
            }
        }
        lines.push(part.clone());
    }
    Some(lines)
}

/// The lines of a label in `width` units of text of this `size`: as few as can be, and then as even as can be. Where a
/// part is wider than that, the lines are as wide as it is.
#[must_use]
pub fn wrapped(label: &str, width: f64, size: f64) -> Vec<String> {
    if label.is_empty() {
        return Vec::new();
    }
    let ems = width / size;
    let fits = |anywhere| filled(&parts(label, anywhere), ems);
    let (anywhere, lines) = match (fits(false), fits(true)) {
        // Inside a Chinese word only where that saves the label.
        (Some(lines), _) => (false, lines),
        (None, Some(lines)) => (true, lines),
        (None, None) => {
            let parts = parts(label, false);
            let widest = parts.iter().map(|part| text_width(part, 1.0)).fold(ems, f64::max);
            return filled(&parts, widest).unwrap_or(parts);
        }
    };
    let parts = parts(label, anywhere);
    let mut best = lines;
    let count = best.len();
    // Narrower by little steps, for as long as there are no more lines.
    let mut narrower = ems;
    while narrower > 0.0
        && let Some(lines) = filled(&parts, narrower).filter(|lines| lines.len() == count)
    {
        best = lines;
        narrower -= 0.25;
    }
    best
}

/// The least width in which a label has at most `most` lines, or fewer if it can't have as many.
#[must_use]
pub fn least_width(label: &str, most: usize, size: f64) -> f64 {
    if label.is_empty() {
        return 0.0;
    }
    let parts = parts(label, false);
    // It is that of some of its parts in a row.
    let mut widths: Vec<f64> = Vec::new();
    for from in 0..parts.len() {
        let mut line = String::new();
        for part in &parts[from..] {
            line = format!("{line}{}{part}", joint(&line, part));
            widths.push(text_width(&line, 1.0) + 1e-6);
        }
    }
    widths.sort_by(f64::total_cmp);
    let fits = |width: &&f64| filled(&parts, **width).is_some_and(|lines| lines.len() <= most);
    widths.iter().find(fits).map_or(0.0, |width| width * size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_in_one_line() {
        for (label, line) in [
            ("own heap,\nown stack", "own heap, own stack"),
            ("這條線\n以下划算", "這條線以下划算"),
            ("Python 的\nPool", "Python 的 Pool"),
            ("Python 的\n行程", "Python 的行程"),
            ("複本：\nsetting 0", "複本：setting 0"),
            ("one", "one"),
            ("", ""),
        ] {
            assert_eq!(one_line(label), line);
        }
    }

    #[test]
    fn lines_are_few_and_even_and_break_where_words_do() {
        let lines = |label, ems| wrapped(label, ems, 1.0);
        assert_eq!(lines("waits in join", 20.0), ["waits in join"]);
        assert_eq!(
            lines("begins as a copy of the parent", 14.0),
            ["begins as a copy", "of the parent"]
        );
        assert_eq!(lines("在 join\n裡等待", 5.0), ["在 join", "裡等待"]);
        assert_eq!(lines("等一下，再說", 4.0), ["等一下，", "再說"]);
        // A word is cut only where nothing else fits, and no line begins with a mark.
        assert_eq!(lines("繼續執行", 4.0), ["繼續執行"]);
        assert_eq!(lines("繼續執行", 2.5), ["繼續", "執行"]);
        assert_eq!(lines("一二，三", 2.5), ["一", "二，", "三"]);
        assert_eq!(lines("", 4.0), [""; 0]);
        // What can't be broken stands as it is.
        assert_eq!(lines("supervisor", 2.0), ["supervisor"]);
    }

    #[test]
    fn the_least_width_is_one_in_which_the_label_fits() {
        for (label, most) in
            [("waits in join", 1), ("waits in join", 2), ("a b c d e f", 3), ("等待\n結果", 1)]
        {
            let width = least_width(label, most, 12.0);
            assert!(wrapped(label, width, 12.0).len() <= most, "{label}");
        }
        assert!(least_width("", 1, 12.0).abs() < 1e-9);
    }
}
