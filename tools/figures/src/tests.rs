//! Pictures are read back as a browser would read them: what can't be seen in the code is checked in
//! what it draws.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use project::root;

use paint::{Align, Canvas, Colour, Heads, Layout, Look, Rect, Stroke, finish, text_width};
use serde_json::Value;

use super::pictures;
use super::sheet::Data;
use super::{Figure, made, topic, write_all};
use words::Language;

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

/// The box of a line of text of this size, by the estimate of its width.
fn text_box(text: &Element, font: f64) -> Rect {
    let bold = if text.attribute("font-weight").is_empty() { 1.0 } else { 1.1 };
    let width = text_width(&text.text, font) * bold;
    let (x, baseline) = (text.number("x"), text.number("y"));
    let left = match text.attribute("text-anchor") {
        "middle" => x - width / 2.0,
        "end" => x - width,
        _ => x,
    };
    let (up, down) = (0.74 * font, 0.22 * font);
    Rect::new(left, baseline - up, width, up + down)
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

type Point = (f64, f64);

/// The lines of a path that holds only straight ones and is not closed.
fn straight(path: &Element) -> Vec<[Point; 2]> {
    let d = path.attribute("d");
    if d.chars().any(|c| c.is_ascii_alphabetic() && !"ML".contains(c)) {
        return Vec::new();
    }
    let point = |point: &str| {
        let (x, y) = point.split_once(' ')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    let parts = d.split('M').map(|part| part.split('L').filter_map(point).collect::<Vec<Point>>());
    parts.flat_map(|part| part.windows(2).map(|two| [two[0], two[1]]).collect::<Vec<_>>()).collect()
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

/// The layouts of a picture, each with its elements; its own `<svg>` is the first.
fn layouts(svg: &str) -> Result<Vec<(Layout, Vec<Element>)>, String> {
    let layout = |layout: Layout| {
        let start = svg.find(&format!("<svg class=\"{}\"", layout.name()));
        let rest = &svg[start.ok_or(format!("no {} layout", layout.name()))?..];
        let end = rest.find("</svg>").ok_or("a layout without an end")?;
        Ok((layout, parse(&rest[..end + 6])?))
    };
    Layout::ALL.into_iter().map(layout).collect()
}

/// Whatever is wrong with a picture.
fn faults(svg: &str) -> Vec<String> {
    let (elements, layouts) = match (parse(svg), layouts(svg)) {
        (Ok(elements), Ok(layouts)) => (elements, layouts),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let mut faults = faults_of_form(svg, &elements);
    for (layout, elements) in layouts {
        let found = faults_of_place(&elements).into_iter();
        faults.extend(found.map(|fault| format!("{}: {fault}", layout.name())));
    }
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
        let is_layout =
            element.name == "svg" && ["narrow", "wide"].contains(&element.attribute("class"));
        if element.name == "style" || !(is_layout || element.attribute("class").is_empty()) {
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

fn is_opaque(element: &Element) -> bool {
    element.attribute("style").starts_with("fill:var(--bg")
}

/// Whether a plate hides what is behind a text, but for what a generous estimate of its width adds.
fn covers(plate: Rect, text: Rect) -> bool {
    inside(Rect::new(text.x + 2.0, text.y + 1.0, text.w - 4.0, text.h - 2.0), plate)
}

/// The bars of a shape that holds many.
fn bars_of(path: &Element) -> impl Iterator<Item = Rect> {
    path.attribute("d").split('M').filter_map(|bar| {
        let (x, rest) = bar.split_once(' ')?;
        let (y, rest) = rest.split_once('h')?;
        let (w, rest) = rest.split_once('v')?;
        let (h, _) = rest.split_once("h-")?;
        Some(Rect::new(x.parse().ok()?, y.parse().ok()?, w.parse().ok()?, h.parse().ok()?))
    })
}

/// Text out of the picture or of its box, text on text, text crossed by a line.
fn faults_of_place(elements: &[Element]) -> Vec<String> {
    let mut faults = Vec::new();
    let view: Vec<f64> =
        elements[0].attribute("viewBox").split(' ').filter_map(|n| n.parse().ok()).collect();
    let view = Rect::new(view[0], view[1], view[2], view[3]);
    let font = elements[0].number("font-size");
    let texts: Vec<(usize, &str, Rect)> = elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.name == "text")
        .map(|(i, e)| (i, e.text.as_str(), text_box(e, font)))
        .collect();
    let rects: Vec<(usize, Rect, bool)> = elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.name == "rect")
        .map(|(i, e)| (i, e.rect(), is_opaque(e)))
        .collect();
    // Many bars as one shape hide what is behind them as well.
    let bars = elements.iter().enumerate().filter(|(_, e)| e.name == "path" && is_opaque(e));
    let bars: Vec<(usize, Rect)> =
        bars.flat_map(|(i, e)| bars_of(e).map(move |r| (i, r))).collect();
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
                .filter_map(|&(at, plate, opaque)| opaque.then_some((at, plate)))
                .chain(bars.iter().copied())
                .any(|(at, plate)| i < at && at < order && covers(plate, r));
            if !hidden && straight(path).into_iter().any(|[a, b]| meets(a, b, r)) {
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

/// All pictures in all languages.
fn everything() -> Vec<Figure> {
    static ALL: LazyLock<Vec<Figure>> =
        LazyLock::new(|| made(&root()).expect("the measurements").figures);
    ALL.clone()
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

/// Draws on an otherwise good picture, in both layouts, and gives the faults that are found in it.
fn faults_after(draw: impl Fn(&mut Canvas)) -> Vec<String> {
    let drawn = Layout::ALL.map(|layout| {
        let mut canvas = Canvas::new("seeded", layout);
        let r = Rect::new(20.0, 20.0, 120.0, 30.0);
        canvas.area(r, Look::plain(Colour::Ink));
        canvas.label(r, "a < b & c", false);
        draw(&mut canvas);
        (canvas, 200.0)
    });
    faults(&finish("A title", "A \"description\"", &drawn))
}

#[test]
fn each_kind_of_crowding_is_found() {
    type Draw = fn(&mut Canvas);
    assert_eq!(faults_after(|_| {}), [""; 0]);
    let seeded: [(&str, Draw); 5] = [
        ("lies on", |c| {
            c.text((90.0, 36.0), Align::Start, "on the label");
        }),
        ("leaves", |c| {
            c.text((c.width() - 20.0, 100.0), Align::Start, "too far right");
        }),
        ("leaves", |c| {
            c.text((100.0, 198.0), Align::Start, "too far down");
        }),
        ("does not fit", |c| {
            let r = Rect::new(200.0, 100.0, 30.0, 30.0);
            c.area(r, Look::plain(Colour::Ink));
            c.text(r.center(), Align::Middle, "wider than its box");
        }),
        ("a line crosses", |c| {
            c.line(&[(10.0, 10.0), (150.0, 60.0)], Stroke::Thin, Heads::None);
        }),
    ];
    for (fault, draw) in seeded {
        let found = faults_after(draw);
        assert!(found.iter().any(|f| f.contains(fault)), "{fault} not in {found:?}");
    }
    // A line that an area or a bar hides is no fault.
    let hidden = faults_after(|c| {
        for (y, is_bar) in [(100.0, false), (150.0, true)] {
            let r = Rect::new(200.0, y, 80.0, 30.0);
            c.line(&[(190.0, y + 15.0), (290.0, y + 15.0)], Stroke::Thin, Heads::None);
            if is_bar {
                c.bars(&[r], Look::plain(Colour::Ink), ".2");
            } else {
                c.area(r, Look::plain(Colour::Ink));
            }
            c.text(r.center(), Align::Middle, "label");
        }
    });
    assert_eq!(hidden, [""; 0]);
}

#[test]
fn each_fault_of_form_is_found() {
    let good = &everything()[0].svg;
    let seeded = [
        ("closes <text>", good.replacen("</text>", "</tspan>", 1)),
        ("no narrow layout", good.replacen("\"narrow\"", "\"thin\"", 1)),
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

/// The texts of a table and of those inside it, each with its way there.
fn texts(table: &Value, way: &str, found: &mut BTreeMap<String, String>) {
    match table {
        Value::String(text) => {
            found.insert(way.to_owned(), text.clone());
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(i, item)| texts(item, &format!("{way}.{i}"), found));
        }
        Value::Object(items) => {
            items.iter().for_each(|(key, item)| texts(item, &format!("{way}.{key}"), found));
        }
        _ => {}
    }
}

fn texts_of(language: &Language) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    texts(language.table("pictures").expect("the words of the pictures"), "pictures", &mut found);
    found
}

#[test]
fn every_language_fills_the_same_places() {
    let english = texts_of(languages()[0]);
    for language in languages() {
        let texts = texts_of(language);
        assert!(texts.keys().eq(english.keys()), "{}", language.code);
        for (way, text) in texts {
            assert_eq!(places(&text), places(&english[&way]), "{way}: {text}");
        }
    }
    assert_eq!(places("{lanes} of {n}, {} or {No}"), ["lanes", "n"]);
}

#[test]
fn a_picture_is_a_file_named_after_itself_and_its_words() {
    // What several of them share.
    let shared = ["common", "costs", "measured", "time"];
    let files =
        project::files_of(&root().join("tools/figures/src/pictures"), "rs").expect("the files");
    let of_files: BTreeSet<String> = files
        .iter()
        .map(|file| file.with_extension("").display().to_string().replace('_', "-"))
        .collect();
    for language in languages() {
        let table: &Value = language.table("pictures").expect("the words of the pictures");
        let tables = table.as_object().expect("a table").keys().cloned();
        let of_words: BTreeSet<String> = tables.filter(|n| !shared.contains(&n.as_str())).collect();
        assert_eq!(of_words, of_files, "{}: pictures.NAME for each file", language.code);
        let drawn: BTreeSet<String> = of(language).iter().map(|f| stem(f).to_owned()).collect();
        assert_eq!(drawn, of_files, "{}", language.code);
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
fn file_names_are_unique() {
    let names: BTreeSet<String> = everything().into_iter().map(|f| f.file_name).collect();
    assert_eq!(names.len(), everything().len());
}

/// The width from which the style sheet shows the wide layout.
fn threshold() -> f64 {
    let css = fs::read_to_string(root().join("theme/figures.css")).expect("the style of figures");
    let (_, rest) = css.split_once("@container (min-width: ").expect("a container query");
    rest.split("px)").next().and_then(|n| n.parse().ok()).expect("pixels")
}

#[test]
fn text_is_legible_wherever_a_layout_is_shown() {
    assert!((threshold() - Layout::Wide.least()).abs() < 1e-9, "{}", threshold());
    for figure in everything() {
        for (layout, elements) in layouts(&figure.svg).expect("two layouts") {
            let view = elements[0].attribute("viewBox").split(' ').nth(2).unwrap_or_default();
            let width: f64 = view.parse().expect("a width");
            let sizes = elements.iter().filter(|e| !e.attribute("font-size").is_empty());
            for size in sizes.map(|e| e.number("font-size")) {
                let shown = size * layout.least() / width;
                assert!(shown >= 11.0, "{} {}: {shown} pixels", figure.file_name, layout.name());
            }
            assert!(elements[0].number("font-size") > 0.0 && !figure.svg.contains("font:"));
        }
    }
}

/// What is wrong with the direction of time in a layout: an arrow of time that doesn't lead to the right, or round times that
/// don't grow that way.
fn faults_of_time(elements: &[Element], axis: &str) -> Vec<String> {
    let texts = || elements.iter().filter(|e| e.name == "text");
    let mut faults = Vec::new();
    for text in texts().filter(|e| e.text == axis) {
        let y = text.number("y") - 20.0..text.number("y") + 20.0;
        let ends = elements.iter().filter(|e| e.name == "path").filter_map(|e| {
            let [[(x0, y0), (x1, y1)]] = straight(e)[..] else { return None };
            (y.contains(&y0) && y.contains(&y1) && x0 > text.number("x"))
                .then_some((x0, x1, y0, y1))
        });
        // The part behind the word is the one with the head.
        if !ends.into_iter().any(|(x0, x1, y0, y1)| x1 > x0 && (y0 - y1).abs() < 0.1) {
            faults.push("an arrow of time that doesn't lead to the right".to_owned());
        }
    }
    if let Some(unit) = texts().find(|e| e.text == "ms") {
        let on_axis = texts().filter(|e| (e.number("y") - unit.number("y")).abs() < 0.1);
        let ticks = on_axis.filter_map(|e| Some((e.number("x"), e.text.parse::<f64>().ok()?)));
        let mut ticks: Vec<(f64, f64)> = ticks.collect();
        ticks.sort_by(|a, b| a.1.total_cmp(&b.1));
        if ticks.len() < 2 || !ticks.is_sorted_by(|a, b| a.0 < b.0) {
            faults.push(format!("round times at {ticks:?}"));
        }
    }
    faults
}

#[test]
fn time_runs_to_the_right_in_every_picture_and_layout() {
    let (mut arrows, mut scales) = (0, 0);
    for language in languages() {
        let axis = texts_of(language)["pictures.common.time_axis"].clone();
        for figure in of(language) {
            for (layout, elements) in layouts(&figure.svg).expect("two layouts") {
                let faults = faults_of_time(&elements, &axis);
                assert!(faults.is_empty(), "{} {layout:?}: {faults:?}", figure.file_name);
                arrows += elements.iter().filter(|e| e.text == axis).count();
                scales += elements.iter().filter(|e| e.text == "ms").count();
            }
        }
    }
    assert!(arrows >= 40 && scales >= 20, "{arrows} {scales}");
    // An arrow that leads down, or to the left, and times that grow to the left, are found.
    let seeded = |draw: &dyn Fn(&mut Canvas)| {
        let mut canvas = Canvas::new("seeded", Layout::Wide);
        draw(&mut canvas);
        let drawn = [(Canvas::new("seeded", Layout::Narrow), 99.0), (canvas, 99.0)];
        faults_of_time(&layouts(&finish("t", "d", &drawn)).expect("two layouts")[1].1, "time")
    };
    assert_eq!(seeded(&|c| _ = c.time_axis((20.0, 300.0), 20.0, "time")), [""; 0]);
    for end in [(20.0, 20.0), (60.0, 90.0)] {
        let faults = seeded(&|c| {
            c.text((40.0, 20.0), Align::Middle, "time");
            c.line(&[(60.0, 20.0), end], Stroke::Thin, Heads::End);
        });
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
    let faults = seeded(&|c| {
        for (x, text) in [(8.0, "ms"), (90.0, "0"), (50.0, "10")] {
            c.text((x, 20.0), Align::Start, text);
        }
    });
    assert_eq!(faults.len(), 1, "{faults:?}");
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
    let folder = tempfile::tempdir().expect("a folder");
    let (root, data) = (folder.path(), "benches/data");
    fs::create_dir_all(root.join(data)).expect("a folder");
    fs::create_dir(root.join("src")).expect("a folder");
    for name in project::files_of(&project::root().join(data), "json").expect("the measurements") {
        let from = project::root().join(data).join(&name);
        fs::copy(from, root.join(data).join(name)).expect("a measurement");
    }
    fs::create_dir_all(root.join("examples/python")).expect("a folder");
    for program in ["examples/timeline.rs", "examples/python/timeline.py"] {
        fs::copy(project::root().join(program), root.join(program)).expect("a program");
    }
    let first = write_all(root).expect("the first run");
    assert_eq!(first.len(), everything().len() + 4);
    assert_eq!(write_all(root).expect("the second run"), Vec::<std::path::PathBuf>::new());
    // One that was changed, and only that one, is written again; nothing else is left beside it.
    fs::write(&first[0], "changed").expect("a changed picture");
    assert_eq!(write_all(root).expect("the third run"), first[..1]);
    assert_eq!(fs::read_to_string(&first[0]).expect("a picture"), everything()[0].svg);
    let files = fs::read_dir(root.join("images")).expect("the folder").count();
    assert_eq!(files, everything().len());
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

/// Invented measurements, of a machine with `cpus`, of the cases that were really measured; only their shape is like that of real
/// ones.
fn invented(cpus: u32) -> Vec<topic::Topic> {
    let mut topics = topic::read_all(&root()).expect("the measurements");
    topics.retain(|topic| !["usage", "mpi", "from_python"].contains(&topic.topic.as_str()));
    for topic in &mut topics {
        topic.measured.cpus = cpus;
        let (mut known, most) =
            (Vec::new(), topic.points.iter().filter_map(|p| p.x).fold(1.0, f64::max));
        for point in &mut topic.points {
            let case = (point.language.clone(), point.case.clone());
            let n = known.iter().position(|k| *k == case).unwrap_or_else(|| {
                known.push(case);
                known.len() - 1
            });
            let (k, x) = ([1.0, 3.0, 3.5, 40.0, 60.0, 65.0][n % 6], point.x.unwrap_or(1.0));
            let value = match topic.topic.as_str() {
                "start" => 9e3 * paint::count((n + 1).pow(3)),
                "fork_memory" => k * (2e5 + x / 100.0),
                "chunk" => k * (30.0 + 1e3 / x),
                "result" => k * (300.0 + x / 4.0),
                "moving" => 1e10 / k * x / (x + 1e4),
                "speedup" => {
                    let workers = (x * 2.0 * f64::from(cpus) / most).round().max(1.0);
                    point.x = Some(workers);
                    workers.min(f64::from(cpus)) / (1.0 + k / 500.0)
                }
                "crossover" => 0.5 + k * 1e3 / x,
                _ => continue,
            };
            (point.median, point.low, point.high) = (value, 0.7 * value, 1.8 * value);
        }
    }
    topics
}

/// The charts of invented measurements in a language.
fn charts(cpus: u32) -> Vec<Figure> {
    let measured = Data::read(&root()).expect("the measurements");
    let figures = pictures::all(&root(), &Data { topics: invented(cpus), ..measured });
    let mut figures = figures.expect("the pictures");
    let of_topics = ["cost-", "speedup", "crossover"];
    figures.retain(|f| of_topics.iter().any(|start| f.file_name.starts_with(start)));
    figures
}

#[test]
fn charts_have_no_fault_on_machines_of_any_size() {
    for cpus in [1, 2, 8, 96] {
        let figures = charts(cpus);
        assert_eq!(figures.len(), 7 * languages().len());
        for figure in figures {
            let faults = faults(&figure.svg);
            assert!(faults.is_empty(), "{cpus}: {}: {}", figure.file_name, faults.join("\n"));
        }
    }
}

#[test]
fn the_text_alternative_of_a_chart_has_every_measured_point() {
    let topics = invented(4);
    let numbers = super::numbers::file(&topics, |_| true);
    let charts = charts(4);
    let of = |name: &str| &charts.iter().find(|f| f.file_name == name).expect("a chart").svg;
    let start = topics.iter().find(|t| t.topic == "start").expect("a topic");
    for (case, name) in [("rust thread", "Rust, thread"), ("python spawn", "Python, spawn")] {
        let (language, case) = case.split_once(' ').expect("a language and a case");
        let median = start.single(language, case).expect("a point").median;
        let said = format!("{name}: {}", super::unit::Unit::Time.format(median));
        assert!(of("cost-start.svg").contains(&said), "{said}");
    }
    assert!(of("cost-chunk.svg").contains("imap_unordered, a task a message: "));
    assert!(numbers.contains("<!-- ANCHOR: start_thread -->\n"), "{numbers}");
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
    let mut topics = invented(4);
    topics.retain(|topic| topic.topic == "start");
    let numbers = super::numbers::file(&topics, |key| key == "cpus");
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
