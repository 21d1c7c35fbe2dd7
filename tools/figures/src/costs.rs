//! The pictures of what things cost, drawn from the measurements in `benches/data`.

use super::figure::Figure;
use super::law::{pays_from, serial_share};
use super::plot::{self, Axis, Lines, Row, Series, Spread};
use super::svg::Canvas;
use super::topic::{Point as Sample, Topic};
use super::unit::Unit;
use super::words::costs::{Chart, Costs};
use super::words::{Language, Words, fill, one_line};

/// Height of the area that a chart's lines have.
const HEIGHT: f64 = 220.0;

/// Language and case of each line, in the order that gives it its look.
pub type Cases = &'static [(&'static str, &'static str)];

const START: Cases = &[
    ("rust", "thread"),
    ("rust", "scoped_thread"),
    ("rust", "fork"),
    ("rust", "mp_process"),
    ("rust", "command"),
    ("rust", "procspawn"),
    ("python", "thread"),
    ("python", "fork"),
    ("python", "forkserver"),
    ("python", "spawn"),
];
const FORK_MEMORY: Cases = &[("rust", "fork"), ("rust", "command"), ("python", "fork")];
const POOLS: Cases = &[
    ("rust", "mp_pool"),
    // As in the other charts, the second look is rayon's.
    ("rust", "rayon"),
    ("rust", "procspawn"),
    ("python", "pool"),
    ("python", "executor"),
];
/// The other pools, and ours where each result travels alone.
const CHUNK: Cases = &[
    ("rust", "mp_pool"),
    ("rust", "rayon"),
    ("rust", "procspawn"),
    ("rust", "imap_unordered"),
    ("python", "pool"),
    ("python", "executor"),
];
const MOVING: Cases = &[
    ("rust", "pipe"),
    ("rust", "socketpair"),
    ("rust", "shared_memory"),
    ("python", "pipe"),
    ("rust", "memcpy"),
    ("rust", "mp_pool"),
];
const SPEEDUP: Cases = &[("rust", "mp_pool"), ("rust", "rayon"), ("python", "pool")];
const CROSSOVER: Cases =
    &[("rust", "mp_pool"), ("rust", "rayon"), ("python", "threads"), ("python", "processes")];

/// The name of a case in a chart.
fn case_name(words: &Costs, topic: &str, language: &str, case: &str) -> String {
    let wanted = format!("{language} {case}");
    let named =
        words.cases.iter().find(|(t, key, _)| (*t == topic || t.is_empty()) && *key == wanted);
    named.map_or(wanted, |(_, _, name)| (*name).to_owned())
}

fn spread(x: f64, sample: &Sample) -> Spread {
    Spread { x, median: sample.median, low: sample.low, high: sample.high }
}

/// The lines of a topic; cases that were not measured have none.
fn series(words: &Costs, topic: &Topic, cases: Cases) -> Vec<Series> {
    let lines = cases.iter().map(|&(language, case)| Series {
        label: case_name(words, &topic.topic, language, case),
        python: language == "python",
        reference: false,
        points: topic.series(language, case).into_iter().map(|(x, p)| spread(x, p)).collect(),
    });
    lines.filter(|line| !line.points.is_empty()).collect()
}

fn reference(label: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Series {
    let spread = |(x, y)| Spread { x, median: y, low: y, high: y };
    Series {
        label: label.to_owned(),
        python: false,
        reference: true,
        points: points.into_iter().map(spread).collect(),
    }
}

/// All lines in words.
pub fn spoken(words: &Words, chart: &Lines) -> String {
    let costs = &words.costs;
    let lines = chart.series.iter().map(|series| {
        // Of what is computed, where it begins and ends.
        let step = if series.reference { series.points.len().max(2) - 1 } else { 1 };
        let points = series.points.iter().step_by(step).map(|p| {
            let (value, x) = (chart.y.unit.format(p.median), chart.x.unit.tick(p.x));
            fill(costs.spoken_point, &[("value", &value), ("x", &x)])
        });
        let points = points.collect::<Vec<_>>().join(words.list_joint);
        let name = one_line(&series.label);
        fill(costs.spoken_series, &[("name", &name), ("points", &points)])
    });
    lines.collect::<Vec<_>>().join(words.sentence_joint)
}

fn finish(
    name: &'static str,
    words: &Words,
    text: &Chart,
    chart: &Lines,
    more: &[(&str, &str)],
) -> String {
    let mut canvas = Canvas::new(name);
    let height = plot::lines(&mut canvas, chart);
    let points = spoken(words, chart);
    let description = fill(&fill(text.alternative.description, &[("points", &points)]), more);
    canvas.finish(height, text.alternative.title, &description)
}

fn axis(log: bool, unit: Unit, title: &'static str) -> Axis {
    Axis { log, unit, title }
}

/// A picture of a topic, and how it is drawn.
type Drawing = (&'static str, &'static str, fn(&'static str, &Words, &Topic) -> String);

const DRAWINGS: [Drawing; 7] = [
    ("cost-start", "start", start),
    ("cost-fork-memory", "fork_memory", fork_memory),
    ("cost-chunk", "chunk", chunk),
    ("cost-result", "result", result),
    ("cost-moving", "moving", moving),
    ("speedup", "speedup", speedup),
    ("crossover", "crossover", crossover),
];

/// The pictures of the measured topics in a language.
pub fn in_language(language: &Language, words: &Words, topics: &[Topic]) -> Vec<Figure> {
    let drawings = DRAWINGS.into_iter().filter_map(|(name, topic, draw)| {
        let topic = topics.iter().find(|t| t.topic == topic)?;
        let file_name = format!("{name}{}.svg", language.suffix());
        Some(Figure { file_name, svg: draw(name, words, topic) })
    });
    drawings.collect()
}

fn start(name: &'static str, words: &Words, topic: &Topic) -> String {
    let costs = &words.costs;
    let text = &costs.start;
    let (mut rows, mut said, mut last) = (Vec::new(), Vec::new(), "");
    for &(language, case) in START {
        let Some(sample) = topic.single(language, case) else { continue };
        let spoken_language = if language == "python" { costs.python } else { costs.rust };
        if last != language {
            rows.push(Row { label: spoken_language.to_owned(), python: false, spread: None });
            last = language;
        }
        let label = case_name(costs, "start", language, case);
        let value = Unit::Time.format(sample.median);
        said.push(fill(
            costs.spoken_row,
            &[("language", spoken_language), ("name", &label), ("value", &value)],
        ));
        let spread = Some(spread(0.0, sample));
        rows.push(Row { label, python: language == "python", spread });
    }
    let mut canvas = Canvas::new(name);
    let height = plot::dots(&mut canvas, axis(true, Unit::Time, text.x), &rows);
    let points = said.join(words.list_joint_wide) + words.sentence_end;
    let description = fill(text.alternative.description, &[("points", &points)]);
    canvas.finish(height, text.alternative.title, &description)
}

fn fork_memory(name: &'static str, words: &Words, topic: &Topic) -> String {
    let text = &words.costs.fork_memory;
    let chart = Lines {
        x: axis(false, Unit::Size, text.x),
        y: axis(true, Unit::Time, text.y),
        height: HEIGHT,
        series: series(&words.costs, topic, FORK_MEMORY),
        notes: Vec::new(),
    };
    finish(name, words, text, &chart, &[])
}

fn pools(x: Axis, words: &Words, topic: &Topic, text: &Chart, cases: Cases) -> Lines {
    Lines {
        x,
        y: axis(true, Unit::Time, text.y),
        height: HEIGHT,
        series: series(&words.costs, topic, cases),
        notes: Vec::new(),
    }
}

fn chunk(name: &'static str, words: &Words, topic: &Topic) -> String {
    let text = &words.costs.chunk;
    let chart = pools(axis(true, Unit::Plain, text.x), words, topic, text, CHUNK);
    finish(name, words, text, &chart, &[])
}

fn result(name: &'static str, words: &Words, topic: &Topic) -> String {
    let text = &words.costs.result;
    let chart = pools(axis(true, Unit::Size, text.x), words, topic, text, POOLS);
    finish(name, words, text, &chart, &[])
}

fn moving(name: &'static str, words: &Words, topic: &Topic) -> String {
    let text = &words.costs.moving;
    let chart = Lines {
        x: axis(true, Unit::Size, text.x),
        y: axis(true, Unit::Rate, text.y),
        height: HEIGHT,
        series: series(&words.costs, topic, MOVING),
        notes: Vec::new(),
    };
    finish(name, words, text, &chart, &[])
}

fn speedup(name: &'static str, words: &Words, topic: &Topic) -> String {
    let text = &words.costs.speedup;
    let cpus = f64::from(topic.measured.cpus);
    let mut lines = series(&words.costs, topic, SPEEDUP);
    let most = lines.iter().flat_map(|s| &s.points).map(|p| p.x).fold(1.0, f64::max);
    let share = topic.at("rust", "mp_pool", cpus).map_or(0.0, |s| serial_share(s, cpus));
    let amdahl = |workers: f64| (workers, 1.0 / (share + (1.0 - share) / workers));
    let steps = (0..=40).map(|i| 1.0 + (most - 1.0) * f64::from(i) / 40.0);
    lines.push(reference(words.costs.amdahl, steps.map(amdahl)));
    lines.push(reference(words.costs.limit, [(1.0, cpus), (most, cpus)]));
    let chart = Lines {
        x: axis(false, Unit::Plain, text.x),
        y: axis(false, Unit::Plain, text.y),
        height: HEIGHT,
        series: lines,
        notes: Vec::new(),
    };
    finish(name, words, text, &chart, &[])
}

fn crossover(name: &'static str, words: &Words, topic: &Topic) -> String {
    let costs = &words.costs;
    let text = &costs.crossover;
    let mut lines = series(costs, topic, CROSSOVER);
    let (mut notes, mut pays) = (Vec::new(), Vec::new());
    for (place, line) in lines.iter().enumerate() {
        let points: Vec<(f64, f64)> = line.points.iter().map(|p| (p.x, p.median)).collect();
        let label = one_line(&line.label);
        let from = pays_from(&points);
        let text = match from {
            Some(x) => fill(costs.spoken_pays, &[("name", &label), ("x", &Unit::Time.format(x))]),
            None => fill(costs.spoken_never, &[("name", &label)]),
        };
        pays.push(format!("{text}{}", words.sentence_end));
        notes.push((place, from.map(|x| (x, 1.0)), text));
    }
    let ends = lines.iter().flat_map(|s| &s.points).map(|p| p.x);
    let (low, high) = ends.fold((f64::INFINITY, 0.0), |(a, b): (f64, f64), x| (a.min(x), b.max(x)));
    lines.push(reference(costs.sequential, [(low, 1.0), (high, 1.0)]));
    let chart = Lines {
        x: axis(true, Unit::Time, text.x),
        y: axis(true, Unit::Plain, text.y),
        height: 260.0,
        series: lines,
        notes,
    };
    finish(name, words, text, &chart, &[("pays", &pays.join(words.sentence_joint))])
}

/// The cases that the pictures of each topic show.
#[cfg(test)]
pub fn measured_cases() -> [(&'static str, Cases); 7] {
    [
        ("start", START),
        ("fork_memory", FORK_MEMORY),
        ("chunk", POOLS),
        ("result", POOLS),
        ("moving", MOVING),
        ("speedup", SPEEDUP),
        ("crossover", CROSSOVER),
    ]
}
