//! Pictures are read back as a browser would read them: what can't be seen in the code is checked in
//! what it draws.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use project::root;

use super::svg::{Align, Look};
use super::svg::{Canvas, Colour, FONT, Heads, Rect, Stroke, WIDTH, text_width};
use super::words::{self, Language, english, one_line};
use super::{Figure, all, costs, made, topic, write_all};

#[derive(Debug)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> f64 {
        self.attribute(name).parse().unwrap_or(0.0)
    }

    fn rect(&self) -> Rect {
        let [x, y, w, h] = ["x", "y", "width", "height"].map(|name| self.number(name));
        Rect::new(x, y, w, h)
    }
}

/// The elements in document order; an error where tags are not balanced or attributes not quoted.
fn parse(xml: &str) -> Result<Vec<Element>, String> {
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        if text.contains('>') {
            return Err(format!("a bare > in {text:?}"));
        }
        let unescaped = unescape(text)?;
        match open.last() {
            Some(&top) => elements[top].text.push_str(&unescaped),
            None if text.trim().is_empty() => {}
            None => return Err(format!("text outside the picture: {text:?}")),
        }
        let end = tag.find('>').ok_or("a tag without an end")?;
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let top = open.pop().ok_or_else(|| format!("</{name}> closes nothing"))?;
            if elements[top].name != name {
                return Err(format!("</{name}> closes <{}>", elements[top].name));
            }
            continue;
        }
        let (inside, closed) = inside.strip_suffix('/').map_or((inside, false), |s| (s, true));
        if open.is_empty() && !elements.is_empty() {
            return Err("a second root".to_owned());
        }
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        let attributes = parse_attributes(attributes)?;
        elements.push(Element { name: name.to_owned(), attributes, text: String::new() });
        if !closed {
            open.push(elements.len() - 1);
        }
    }
    match open.last() {
        Some(&top) => Err(format!("<{}> is never closed", elements[top].name)),
        None if rest.trim().is_empty() => Ok(elements),
        None => Err(format!("text after the picture: {rest:?}")),
    }
}

fn parse_attributes(mut rest: &str) -> Result<BTreeMap<String, String>, String> {
    let mut attributes = BTreeMap::new();
    while !rest.trim().is_empty() {
        let (name, after) = rest.trim_start().split_once("=\"").ok_or("an attribute unquoted")?;
        let (value, after) = after.split_once('"').ok_or("an attribute without an end")?;
        if attributes.insert(name.to_owned(), unescape(value)?).is_some() {
            return Err(format!("{name} stands twice"));
        }
        rest = after;
    }
    Ok(attributes)
}

fn unescape(text: &str) -> Result<String, String> {
    let mut out = text.to_owned();
    for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "\u{0}")] {
        out = out.replace(entity, c);
    }
    if out.contains('&') {
        return Err(format!("a bare & in {text:?}"));
    }
    Ok(out.replace('\u{0}', "&"))
}

/// The box of a line of text, by the estimate of its width.
fn text_box(text: &Element) -> Rect {
    let bold = if text.attribute("font-weight").is_empty() { 1.0 } else { 1.1 };
    let width = text_width(&text.text, FONT) * bold;
    let (x, baseline) = (text.number("x"), text.number("y"));
    let left = match text.attribute("text-anchor") {
        "middle" => x - width / 2.0,
        "end" => x - width,
        _ => x,
    };
    let (up, down) = (0.74 * FONT, 0.22 * FONT);
    let lying = Rect::new(left, baseline - up, width, up + down);
    let Some(turn) = text.attribute("transform").strip_prefix("rotate(90 ") else {
        return lying;
    };
    // Turned by a quarter about its middle.
    let about: Vec<f64> =
        turn.trim_end_matches(')').split(' ').filter_map(|n| n.parse().ok()).collect();
    let (cx, cy) = (about[0], about[1]);
    Rect::new(cx - (lying.bottom() - cy), cy + (lying.x - cx), lying.h, lying.w)
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn inside(inner: Rect, outer: Rect) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.right() <= outer.right()
        && inner.bottom() <= outer.bottom()
}

fn holds(r: Rect, (x, y): (f64, f64)) -> bool {
    (r.x..=r.right()).contains(&x) && (r.y..=r.bottom()).contains(&y)
}

/// The corners of a path that holds only straight lines and is not closed.
fn corners(path: &Element) -> Vec<(f64, f64)> {
    let d = path.attribute("d");
    if d.chars().any(|c| c.is_ascii_alphabetic() && !"ML".contains(c)) {
        return Vec::new();
    }
    d.split(['M', 'L'])
        .filter_map(|point| {
            let (x, y) = point.split_once(' ')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        })
        .collect()
}

/// Whether the straight line from `a` to `b` meets `r`: after Liang and Barsky, the part of the line that is
/// between the sides, and of that the part between top and bottom.
fn meets(a: (f64, f64), b: (f64, f64), r: Rect) -> bool {
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for (from, to, low, high) in [(a.0, b.0, r.x, r.right()), (a.1, b.1, r.y, r.bottom())] {
        let way = to - from;
        if way == 0.0 {
            if !(low..=high).contains(&from) {
                return false;
            }
            continue;
        }
        let (one, other) = ((low - from) / way, (high - from) / way);
        enters = enters.max(one.min(other));
        leaves = leaves.min(one.max(other));
    }
    enters <= leaves
}

/// Whatever is wrong with a picture.
fn faults(svg: &str) -> Vec<String> {
    let elements = match parse(svg) {
        Ok(elements) => elements,
        Err(error) => return vec![error],
    };
    let mut faults = faults_of_form(svg, &elements);
    faults.extend(faults_of_place(&elements));
    faults
}

/// What an inline picture in a page must and must not have.
fn faults_of_form(svg: &str, elements: &[Element]) -> Vec<String> {
    let mut faults = Vec::new();
    let root = &elements[0];
    if root.name != "svg" || root.attribute("role") != "img" {
        faults.push("the root is not an svg with role img".to_owned());
    }
    if !svg.starts_with("<svg ") || !svg.ends_with("</svg>\n") {
        faults.push("something stands before or after the picture".to_owned());
    }
    if svg.lines().any(|line| line.trim().is_empty()) {
        faults.push("a blank line".to_owned());
    }
    if svg.contains(['{', '}']) {
        faults.push("a placeholder that nothing fills".to_owned());
    }
    let ids: Vec<&str> = elements.iter().map(|e| e.attribute("id")).collect();
    for name in ["title", "desc"] {
        let id = elements.iter().find(|e| e.name == name && !e.text.trim().is_empty());
        let id = id.map_or("", |e| e.attribute("id"));
        if id.is_empty() || !root.attribute("aria-labelledby").split(' ').any(|l| l == id) {
            faults.push(format!("no {name} that labels the picture"));
        }
    }
    for element in elements {
        if element.name == "style" || !element.attribute("class").is_empty() {
            faults.push(format!("<{}> reaches out of the picture", element.name));
        }
        let fill = element.attribute("fill");
        if let Some(id) = fill.strip_prefix("url(#").and_then(|f| f.strip_suffix(')'))
            && !ids.contains(&id)
        {
            faults.push(format!("there is no {id}"));
        }
    }
    faults
}

/// Text out of the picture or of its box, text on text, text crossed by a line.
fn faults_of_place(elements: &[Element]) -> Vec<String> {
    let mut faults = Vec::new();
    let view: Vec<f64> =
        elements[0].attribute("viewBox").split(' ').filter_map(|n| n.parse().ok()).collect();
    let view = Rect::new(view[0], view[1], view[2], view[3]);
    let texts: Vec<(usize, &str, Rect)> = elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.name == "text")
        .map(|(i, e)| (i, e.text.as_str(), text_box(e)))
        .collect();
    let rects: Vec<(usize, Rect, bool)> = elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.name == "rect")
        .map(|(i, e)| (i, e.rect(), e.attribute("style").starts_with("fill:var(--bg")))
        .collect();
    for (n, &(order, text, r)) in texts.iter().enumerate() {
        if !inside(r, view) {
            faults.push(format!("{text:?} leaves the picture"));
        }
        for &(_, other, _) in texts[..n].iter().filter(|(_, _, o)| overlap(*o, r)) {
            faults.push(format!("{text:?} lies on {other:?}"));
        }
        let around = rects
            .iter()
            .filter(|(_, outer, _)| holds(*outer, r.center()))
            .min_by(|a, b| (a.1.w * a.1.h).total_cmp(&(b.1.w * b.1.h)));
        if let Some((_, outer, _)) = around
            && !inside(r, *outer)
        {
            faults.push(format!("{text:?} does not fit into its box"));
        }
        for (i, path) in elements.iter().enumerate().filter(|(_, e)| e.name == "path") {
            let hidden = rects
                .iter()
                .any(|&(at, plate, opaque)| opaque && i < at && at < order && inside(r, plate));
            if !hidden && corners(path).windows(2).any(|w| meets(w[0], w[1], r)) {
                faults.push(format!("a line crosses {text:?}"));
            }
        }
    }
    faults
}

/// The languages, English first.
fn languages() -> Vec<&'static Language> {
    words::languages(&root()).expect("the languages")
}

fn words_of(language: &Language) -> &'static words::Words {
    words::of(language).expect("the words of the pictures")
}

/// The pictures of ideas and those from measurements.
fn everything() -> Vec<Figure> {
    made(&root()).expect("the measurements").figures
}

/// All pictures of a language.
fn of(language: &Language) -> Vec<Figure> {
    let mut figures = everything();
    figures.retain(|figure| figure.file_name.strip_prefix(stem(figure)) == Some(&end(language)));
    figures
}

/// What follows a picture's name in the name of its file.
fn end(language: &Language) -> String {
    format!("{}.svg", language.suffix())
}

fn stem(figure: &Figure) -> &str {
    figure.file_name.split('.').next().unwrap_or("")
}

#[test]
fn no_picture_has_a_fault() {
    let faults: Vec<String> = everything()
        .iter()
        .flat_map(|f| faults(&f.svg).into_iter().map(|fault| format!("{}: {fault}", f.file_name)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Draws on an otherwise good picture and gives the faults that are found in it.
fn faults_after(draw: impl FnOnce(&mut Canvas)) -> Vec<String> {
    let mut canvas = Canvas::new("seeded");
    canvas.area(Rect::new(20.0, 20.0, 120.0, 30.0), Look::plain(Colour::Ink));
    canvas.label(Rect::new(20.0, 20.0, 120.0, 30.0), "a < b & c", false);
    draw(&mut canvas);
    faults(&canvas.finish(200.0, "A title", "A \"description\""))
}

#[test]
fn each_kind_of_crowding_is_found() {
    type Draw = fn(&mut Canvas);
    assert_eq!(faults_after(|_| {}), [""; 0]);
    let seeded: [(&str, Draw); 6] = [
        ("lies on", |c| {
            c.text((90.0, 36.0), Align::Start, "on the label");
        }),
        ("leaves", |c| {
            c.text((WIDTH - 20.0, 100.0), Align::Start, "too far right");
        }),
        ("leaves", |c| {
            c.text((100.0, 198.0), Align::Start, "too far down");
        }),
        ("leaves", |c| c.text_down((100.0, 190.0), "too far down")),
        ("does not fit", |c| {
            let r = Rect::new(200.0, 100.0, 50.0, 30.0);
            c.area(r, Look::plain(Colour::Ink));
            c.label(r, "wider than its box", false);
        }),
        ("a line crosses", |c| {
            c.line(&[(10.0, 10.0), (150.0, 60.0)], Stroke::Thin, Heads::None);
        }),
    ];
    for (fault, draw) in seeded {
        let found = faults_after(draw);
        assert!(found.iter().any(|f| f.contains(fault)), "{fault} not in {found:?}");
    }
    // A line that an area hides is no fault.
    let hidden = faults_after(|c| {
        let r = Rect::new(200.0, 100.0, 80.0, 30.0);
        c.line(&[(190.0, 115.0), (300.0, 115.0)], Stroke::Thin, Heads::None);
        c.area(r, Look::plain(Colour::Ink));
        c.label(r, "label", false);
    });
    assert_eq!(hidden, [""; 0]);
}

#[test]
fn each_fault_of_form_is_found() {
    let good = &all(&root()).expect("the pictures")[0].svg;
    let seeded = [
        ("closes <text>", good.replacen("</text>", "</tspan>", 1)),
        ("a blank line", good.replacen('\n', "\n\n", 1)),
        ("no title", good.replacen("<title id=\"", "<title id=\"x", 1)),
        ("no desc", good.replacen("<desc ", "<metadata ", 1).replacen("</desc>", "</metadata>", 1)),
        ("reaches out", good.replacen("<rect ", "<rect class=\"a\" ", 1)),
        ("placeholder", good.replacen("</text>", " {n}</text>", 1)),
        ("bare &", good.replacen("</text>", " & </text>", 1)),
        ("before or after", format!("<?xml version=\"1.0\"?>{good}")),
        ("there is no", good.replacen("fill=\"currentColor\"", "fill=\"url(#nothing)\"", 1)),
    ];
    for (fault, svg) in seeded {
        // An XML prolog is not even an element to the little parser; either answer will do.
        let found = faults(&svg);
        assert!(!found.is_empty(), "{fault} is not found");
        assert!(
            svg.starts_with("<?xml") || found.iter().any(|f| f.contains(fault)),
            "{fault} not in {found:?}"
        );
    }
}

#[test]
fn ids_are_unique_on_a_page_that_holds_all_pictures_of_a_language() {
    for language in languages() {
        let mut seen = BTreeSet::new();
        for figure in of(language) {
            for element in parse(&figure.svg).expect("a well-formed picture") {
                let id = element.attribute("id");
                assert!(
                    id.is_empty() || id.starts_with(&format!("{}-svg-", stem(&figure))),
                    "{id} in {}",
                    figure.file_name
                );
                assert!(id.is_empty() || seen.insert(id.to_owned()), "{id} stands twice");
            }
        }
    }
}

#[test]
fn every_picture_is_drawn_in_every_language() {
    let names = |language: &Language| -> Vec<String> {
        of(language).iter().map(|figure| stem(figure).to_owned()).collect()
    };
    for language in languages() {
        assert_eq!(names(language), names(languages()[0]), "{}", language.code);
    }
    assert_eq!(languages().into_iter().map(|l| of(l).len()).sum::<usize>(), everything().len());
}

/// The `{places}` of a text, sorted.
fn places(text: &str) -> Vec<&str> {
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let inside = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let mut places: Vec<&str> = inside.filter(|name| !name.is_empty()).filter(is_name).collect();
    places.sort_unstable();
    places
}

#[test]
fn every_language_fills_the_same_places() {
    let texts = |language: &Language| format!("{:#?}", words_of(language));
    let english = texts(languages()[0]);
    for language in languages() {
        let text = texts(language);
        assert_eq!(text.lines().count(), english.lines().count(), "{}", language.code);
        for (line, english) in text.lines().zip(english.lines()) {
            assert_eq!(places(line), places(english), "{line}\n{english}");
        }
    }
    assert_eq!(places("{lanes} of {n}, {} or {No}"), ["lanes", "n"]);
}

#[test]
fn every_language_names_the_same_cases() {
    let cases = |language: &Language| -> Vec<(&str, &str)> {
        words_of(language).costs.cases.iter().map(|&(topic, case, _)| (topic, case)).collect()
    };
    for language in languages() {
        assert_eq!(cases(language), cases(languages()[0]), "{}", language.code);
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// What is wrong with the spaces and marks of a Chinese text: a Latin word or a number right beside a
/// Han character, a half-width mark behind one, a space beside a full-width mark, two marks in a row.
fn faults_of_spacing(text: &str) -> Vec<String> {
    let mark = |c: char| "，。、；：？（）「」".contains(c);
    let end = |c: char| "，。、；：？".contains(c);
    let chars: Vec<char> = text.chars().collect();
    let pairs = chars.windows(2).filter(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let together = |a: char, b: char| is_han(a) && (b.is_ascii_alphanumeric() || b == '@');
        together(a, b)
            || together(b, a)
            || (is_han(a) && ",.;:?!(".contains(b))
            || (b == ' ' && (mark(a) || a == ' '))
            || (a == ' ' && mark(b))
            || (end(a) && end(b))
    });
    pairs.map(|pair| pair.iter().collect()).collect()
}

#[test]
fn chinese_words_have_their_spaces_and_marks() {
    let mut seen = 0;
    let chinese = languages().into_iter().find(|l| l.code == "zh-TW").expect("Chinese");
    for figure in of(chinese) {
        for element in parse(&figure.svg).expect("a well-formed picture") {
            let faults = faults_of_spacing(&element.text);
            assert!(faults.is_empty(), "{}: {faults:?} in {}", figure.file_name, element.text);
            seen += usize::from(element.text.chars().any(is_han));
        }
    }
    assert!(seen > 300, "{seen}");
    for fault in ["在CPU 上", "3個", "好,", "好： 1", "好 ，", "好。。", "一  個", "第1 段"]
    {
        assert!(!faults_of_spacing(fault).is_empty(), "{fault}");
    }
    assert_eq!(faults_of_spacing("在 CPU 0 上（fork），第 1 段：main 1。"), [""; 0]);
}

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
fn file_names_are_unique() {
    let names: BTreeSet<String> = everything().into_iter().map(|f| f.file_name).collect();
    assert_eq!(names.len(), everything().len());
}

#[test]
fn text_is_legible_on_a_phone() {
    const { assert!(FONT * 320.0 / WIDTH >= 11.0) };
    for figure in everything() {
        assert_eq!(figure.svg.matches("font-size").count(), 1, "{}", figure.file_name);
    }
}

/// Relative luminance, by the formula of WCAG 2.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour in hexadecimal");
        let c = f64::from(value) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn colours_stand_out_in_every_theme_of_mdbook() {
    // light, rust, coal, navy and ayu, and the lightest panel of navy.
    let backgrounds = ["#ffffff", "#e1e1db", "#141617", "#161923", "#0f1419", "#282d3f"];
    for colour in [Colour::Blue, Colour::Green, Colour::Purple, Colour::Cost] {
        let css = colour.css().expect("a colour of its own");
        let hex = &css[css.find('#').expect("a fallback")..][..7];
        for background in backgrounds {
            let (a, b) = (luminance(hex), luminance(background));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 3.0, "{hex} on {background}: {contrast:.2}");
        }
    }
}

#[test]
fn a_second_run_writes_nothing() {
    let root = std::env::temp_dir().join(format!("figures-{}", std::process::id()));
    let first = write_all(&root).expect("the first run");
    assert_eq!(first.len(), all(&root).expect("the pictures").len());
    assert_eq!(write_all(&root).expect("the second run"), Vec::<std::path::PathBuf>::new());
    // One that was changed, and only that one, is written again; nothing else is left beside it.
    fs::write(&first[0], "changed").expect("a changed picture");
    assert_eq!(write_all(&root).expect("the third run"), first[..1]);
    assert_eq!(
        fs::read_to_string(&first[0]).expect("a picture"),
        all(&root).expect("the pictures")[0].svg
    );
    let files = fs::read_dir(root.join("images")).expect("the folder").count();
    assert_eq!(files, first.len());
    fs::remove_dir_all(&root).expect("the folder removed");
}

#[test]
fn the_committed_pictures_are_those_that_this_code_draws() {
    let images = root().join("images");
    let made = made(&root()).expect("the measurements");
    for (path, text) in made.texts {
        let committed = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(committed == text, "{path} is stale: run `cargo book figures --draw`");
    }
    for figure in made.figures {
        let committed = fs::read_to_string(images.join(&figure.file_name)).unwrap_or_default();
        assert!(
            committed == figure.svg,
            "images/{} is not what the code draws: run `cargo book figures --draw`",
            figure.file_name
        );
    }
}

/// Invented measurements, of a machine with `cpus`; only their shape is like that of real ones.
fn invented(cpus: u32) -> Vec<topic::Topic> {
    let measured = topic::Measured {
        date: "2000-01-01".to_owned(),
        cpu: "Invented".to_owned(),
        cpus,
        memory_gib: 24,
        kernel: "Linux 0.0".to_owned(),
        rustc: "0.0.0".to_owned(),
        python: "0.0.0".to_owned(),
    };
    let sample = |(language, case): (&str, &str), x, unit: &str, median: f64| topic::Point {
        case: case.to_owned(),
        language: language.to_owned(),
        x,
        unit: unit.to_owned(),
        median,
        low: 0.7 * median,
        high: 1.8 * median,
        samples: 10,
    };
    let topic = |name: &str, points| topic::Topic {
        topic: name.to_owned(),
        measured: measured.clone(),
        points,
    };
    let all = costs::measured_cases();
    let of = |name: &str| all.iter().find(|(n, _)| *n == name).map_or(&[][..], |(_, c)| *c);
    let over = |name: &str, unit: &str, xs: &[f64], y: &dyn Fn(f64, f64) -> f64| {
        let cases = of(name).iter().zip([1.0, 3.0, 3.5, 40.0, 60.0, 65.0]);
        let points = cases
            .flat_map(|(case, k)| xs.iter().map(move |&x| sample(*case, Some(x), unit, y(k, x))));
        topic(name, points.collect())
    };
    let kib = 1024.0;
    let workers: Vec<f64> = (1..=2 * cpus).map(f64::from).collect();
    let start = of("start").iter().zip(1..);
    let start = start.map(|(c, n)| sample(*c, None, "ns", 9e3 * f64::from(n * n * n)));
    vec![
        topic("start", start.collect()),
        over("fork_memory", "ns", &[0.0, 64.0, 512.0, 2048.0].map(|m| m * kib * kib), &|k, x| {
            k * (2e5 + x / 100.0)
        }),
        over("chunk", "ns", &[1.0, 10.0, 100.0, 1e3, 1e4], &|k, x| k * (30.0 + 1e3 / x)),
        over("result", "ns", &[8.0, 64.0, kib, 16.0 * kib, 64.0 * kib, kib * kib], &|k, x| {
            k * (300.0 + x / 4.0)
        }),
        over("moving", "bytes/s", &[64.0, 4096.0, kib * kib, 4.0 * kib * kib], &|k, x| {
            1e10 / k * x / (x + 1e4)
        }),
        over("speedup", "ratio", &workers, &|k, x| x.min(f64::from(cpus)) / (1.0 + k / 500.0)),
        over("crossover", "ratio", &[1e2, 1e4, 1e6, 1e8], &|k, x| 0.5 + k * 1e3 / x),
    ]
}

#[test]
fn charts_have_no_fault_on_machines_of_any_size() {
    for language in languages() {
        for cpus in [1, 2, 8, 96] {
            let figures = costs::in_language(language, words_of(language), &invented(cpus));
            assert_eq!(figures.len(), 7);
            for figure in figures {
                let faults = faults(&figure.svg);
                assert!(faults.is_empty(), "{cpus}: {}: {}", figure.file_name, faults.join("\n"));
            }
        }
    }
}

#[test]
fn the_text_alternative_of_a_chart_has_every_measured_point() {
    let topics = invented(4);
    let numbers = super::numbers::file(&topics, |_| true);
    for figure in costs::in_language(languages()[0], english(), &topics) {
        let points = figure.svg.matches("<circle").count();
        assert!(points > 0, "{}", figure.file_name);
    }
    let start = &costs::in_language(languages()[0], english(), &topics)[0].svg;
    assert!(start.contains("Rust, thread: 9 µs"), "{start}");
    assert!(numbers.contains("<!-- ANCHOR: start_thread -->\n9\u{a0}µs\n"), "{numbers}");
}

#[test]
fn each_key_of_the_numbers_stands_once() {
    let mut seen = BTreeSet::new();
    for (key, line) in super::numbers::fragments(&invented(4)) {
        assert!(!line.contains('\n') && !line.is_empty(), "{key}: {line:?}");
        assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{key}");
        assert!(seen.insert(key.clone()), "{key} stands twice");
    }
}

#[test]
fn only_numbers_that_a_page_reads_are_kept() {
    let numbers = super::numbers::file(&invented(4), |key| key == "cpus");
    assert!(numbers.contains("<!-- ANCHOR: cpus -->\n4\n<!-- ANCHOR_END: cpus -->"), "{numbers}");
    assert_eq!(numbers.matches("ANCHOR: ").count(), 1, "{numbers}");
    let committed = fs::read_to_string(root().join("benches/numbers.md")).expect("the numbers");
    let pages = project::files_of(&root().join("src/en"), "md").expect("the pages");
    let text: String = pages
        .iter()
        .map(|page| fs::read_to_string(root().join("src/en").join(page)).expect("a page"))
        .collect();
    for key in committed.split("<!-- ANCHOR: ").skip(1).filter_map(|rest| rest.split(' ').next()) {
        assert!(text.contains(&format!("numbers.md:{key}}}}}")), "no page reads {key}");
    }
}
