//! The numbers of the text: fragments that the pages include, made from the measurements.
//!
//! They stand in `benches/numbers.md`, a line each between anchors, and hold no words, so that every
//! edition includes the same ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::law::{pays_from, serial_share};
use crate::topic::{Measured, Point, Topic};
use crate::unit::{Unit, two_digits, unbroken};

/// Machine, toolchain and dates of measurements; what differs in more than its date is told apart. Of a kernel's version the
/// third number is left out: it moves between two runs.
pub fn measured_on<'a>(all: impl IntoIterator<Item = &'a Measured>) -> String {
    let mut on: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for m in all {
        let kernel = m.kernel.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        let machine =
            format!("{} × {}, {kernel}, Rust {}, Python {}", m.cpu, m.cpus, m.rustc, m.python);
        on.entry(machine).or_default().insert(&m.date);
    }
    let on = on.into_iter().map(|(machine, dates)| {
        let dates: Vec<&str> = dates.into_iter().collect();
        format!("{machine}, {}", dates.join(", "))
    });
    on.collect::<Vec<_>>().join("; ")
}

/// The name of `x` in a key.
fn x_key(topic: &str, x: f64) -> String {
    match topic {
        "fork_memory" | "result" | "moving" => Unit::Size.format(x).replace(' ', "").to_lowercase(),
        "crossover" => Unit::Time.format(x).replace(' ', "").replace('µ', "u"),
        _ => format!("{x}"),
    }
}

fn unit_of(unit: &str) -> Unit {
    match unit {
        "ns" => Unit::Time,
        "bytes/s" => Unit::Rate,
        "share" => Unit::Share,
        _ => Unit::Plain,
    }
}

/// Every key with its line, in the order of the file.
pub fn fragments(topics: &[Topic]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    if let Some(topic) = topics.first() {
        // Those over MPI and from Python have a page each, which names their machine.
        let here = topics.iter().filter(|t| !["mpi", "from_python"].contains(&&*t.topic));
        out.push(("measured_on".to_owned(), measured_on(here.map(|t| &t.measured))));
        out.push(("cpus".to_owned(), topic.measured.cpus.to_string()));
    }
    for topic in topics {
        out.push((format!("measured_on_{}", topic.topic), measured_on([&topic.measured])));
        for p in &topic.points {
            let python = if p.language == "python" { "python_" } else { "" };
            let case = &p.case;
            let key = match (topic.topic.as_str(), p.x) {
                // One case has a line for each of several units.
                ("usage", _) => {
                    format!("usage_{python}{case}_{}", p.unit.replace(' ', "_"))
                }
                (name, None) => format!("{name}_{python}{case}"),
                (name, Some(x)) => format!("{name}_{python}{case}_{}", x_key(name, x)),
            };
            out.push((key, unit_of(&p.unit).format(p.median)));
        }
    }
    out.extend(ratios(topics));
    out.extend(crate::mpi::fragments());
    out
}

/// The bounds that the chapter aims at: a ratio of [`ratios`], and whether it is the least or the
/// most.
const TARGETS: [(&str, bool, f64); 7] = [
    ("python_process_over_mp_process", true, 10.0),
    ("mp_process_over_fork", false, 1.25),
    ("python_pool_over_mp_pool_chunk_1", true, 40.0),
    ("python_pool_over_mp_pool_default", true, 8.0),
    ("mp_pool_over_procspawn_worst", false, 1.0),
    ("mp_pool_over_pipe", true, 0.5),
    ("speedup_mp_pool_over_rayon", true, 0.95),
];

/// What follows from the measurements: ratios, whether they meet the targets, and crossovers.
fn ratios(topics: &[Topic]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let find = |name: &str| topics.iter().find(|t| t.topic == name);
    let mut ratio = |key: &str, above: Option<f64>, below: Option<f64>| {
        if let (Some(above), Some(below)) = (above, below)
            && below > 0.0
        {
            let value = above / below;
            out.push((key.to_owned(), two_digits(value)));
            if let Some(&(_, least, bound)) = TARGETS.iter().find(|t| t.0 == key) {
                let met = if least { value >= bound } else { value <= bound };
                out.push((format!("{key}_met"), if met { "✓" } else { "✗" }.to_owned()));
            }
        }
    };
    if let Some(start) = find("start") {
        let of = |language, case| start.single(language, case).map(|p| p.median);
        let mp = of("rust", "mp_process");
        ratio("python_process_over_mp_process", of("python", "fork"), mp);
        ratio("mp_process_over_fork", mp, of("rust", "fork"));
        ratio("mp_process_over_thread", mp, of("rust", "thread"));
    }
    if let Some(chunk) = find("chunk") {
        let mp = chunk.at("rust", "mp_pool", 1.0);
        ratio("python_pool_over_mp_pool_chunk_1", chunk.at("python", "pool", 1.0), mp);
        let of = |language, case| chunk.single(language, case).map(|p| p.median);
        let mp = of("rust", "mp_pool");
        ratio("python_pool_over_mp_pool_default", of("python", "pool"), mp);
        // The dearest, over all chunk sizes, of ours beside the other pool of processes: with inputs that
        // `map` cuts into chunks itself, and with the ranges that the other one is handed.
        for case in ["mp_pool", "mp_ranges"] {
            let ours = chunk.series("rust", case).into_iter();
            let beside = |(x, p): (f64, &Point)| Some(p.median / chunk.at("rust", "procspawn", x)?);
            let worst = ours.filter_map(beside).reduce(f64::max);
            ratio(&format!("{case}_over_procspawn_worst"), worst, Some(1.0));
        }
    }
    if let Some(moving) = find("moving") {
        let mib = 1_048_576.0;
        let of = |case| moving.at("rust", case, mib);
        ratio("mp_pool_over_pipe", of("mp_pool"), of("pipe"));
    }
    if let Some(memory) = find("fork_memory") {
        let of = |x| memory.at("rust", "fork", x);
        ratio("fork_2gib_over_small", of(2_147_483_648.0), of(0.0));
    }
    if let Some(speedup) = find("speedup") {
        let cpus = f64::from(speedup.measured.cpus);
        let of = |case| speedup.at("rust", case, cpus);
        ratio("speedup_mp_pool_over_rayon", of("mp_pool"), of("rayon"));
        for case in ["mp_pool", "rayon"] {
            if let Some(at_cpus) = of(case) {
                out.push((format!("speedup_{case}_cpus"), two_digits(at_cpus)));
            }
        }
        if let Some(share) = of("mp_pool").map(|s| serial_share(s, cpus)) {
            out.push(("serial_share".to_owned(), format!("{}\u{a0}%", two_digits(100.0 * share))));
        }
    }
    if let Some(crossover) = find("crossover") {
        for (language, case) in
            [("rust", "rayon"), ("rust", "mp_pool"), ("python", "threads"), ("python", "processes")]
        {
            let points: Vec<(f64, f64)> =
                crossover.series(language, case).iter().map(|(x, p)| (*x, p.median)).collect();
            let prefix = if language == "python" { "python_" } else { "" };
            let from = pays_from(&points).map_or("–".to_owned(), |x| Unit::Time.format(x));
            out.push((format!("pays_from_{prefix}{case}"), from));
        }
    }
    out
}

/// The counts of the operating system, as the rows of a table; the page has its head.
fn usage_rows(topic: &Topic) -> String {
    const UNITS: [&str; 5] =
        ["voluntary switches", "involuntary switches", "minor faults", "ms user", "ms system"];
    const CASES: [(&str, &str, &str); 7] = [
        ("rust", "sequential", "Rust: `for`"),
        ("rust", "threads", "Rust: `std::thread`"),
        ("rust", "rayon", "Rust: `rayon`"),
        ("rust", "mp_pool", "Rust: `mp::Pool`"),
        ("python", "sequential", "Python: `for`"),
        ("python", "threads", "Python: `threading`"),
        ("python", "processes", "Python: `multiprocessing`"),
    ];
    let mut out = String::new();
    for (language, case, name) in CASES {
        let cell = |unit: &str| {
            let point = topic
                .points
                .iter()
                .find(|p| p.language == language && p.case == case && p.unit == unit);
            point.map_or("–".to_owned(), |p| two_digits(p.median))
        };
        if topic.points.iter().any(|p| p.language == language && p.case == case) {
            let _ = writeln!(out, "| {name} | {} |", UNITS.map(cell).join(" | "));
        }
    }
    out
}

/// Speed-up and waiting of a program over MPI, as the rows of a table; the page has its head.
fn mpi_rows(topic: &Topic, program: &str) -> String {
    let mut out = String::new();
    for (x, speed_up) in topic.series("rust", program) {
        let waiting = topic.at("rust", &format!("{program}_waiting"), x);
        let waiting = waiting.map_or("–".to_owned(), |median| Unit::Share.format(median));
        let _ = writeln!(out, "| {x} | {} | {waiting} |", Unit::Plain.format(speed_up.median));
    }
    out
}

/// Those of the fragments that `is_read` by a page, each between its anchors.
pub fn lines(fragments: Vec<(String, String)>, is_read: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    for (key, line) in fragments.into_iter().filter(|(key, _)| is_read(key)) {
        let line = unbroken(&line);
        let _ = write!(out, "<!-- ANCHOR: {key} -->\n{line}\n<!-- ANCHOR_END: {key} -->\n");
    }
    out
}

/// The file `benches/numbers.md`: the fragments that `is_read` by a page.
pub fn file(topics: &[Topic], is_read: impl Fn(&str) -> bool) -> String {
    let mut out = String::from("<!-- Made by `cargo book figures` from benches/data. -->\n");
    out += &lines(fragments(topics), is_read);
    if let Some(usage) = topics.iter().find(|t| t.topic == "usage") {
        let rows = usage_rows(usage);
        let _ = write!(out, "<!-- ANCHOR: usage_rows -->\n{rows}<!-- ANCHOR_END: usage_rows -->\n");
    }
    if let Some(mpi) = topics.iter().find(|t| t.topic == "mpi") {
        for program in ["primes", "pool"] {
            let (key, rows) = (format!("mpi_{program}_rows"), mpi_rows(mpi, program));
            let _ = write!(out, "<!-- ANCHOR: {key} -->\n{rows}<!-- ANCHOR_END: {key} -->\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_is_said_once_with_all_its_dates() {
        let of = |date: &str, kernel: &str, rustc: &str| Measured {
            date: date.to_owned(),
            cpu: "C".to_owned(),
            cpus: 2,
            memory_gib: 4,
            kernel: kernel.to_owned(),
            rustc: rustc.to_owned(),
            python: "3.11".to_owned(),
        };
        let all = [
            of("1", "Linux 6.18.44", "1.95"),
            of("1", "Linux 6.18", "1.95"),
            of("2", "Linux 6.18.1", "1.95"),
        ];
        assert_eq!(measured_on(&all), "C × 2, Linux 6.18, Rust 1.95, Python 3.11, 1, 2");
        let other = [of("1", "Linux 6.18", "1.95"), of("1", "Linux 6.18", "1.96")];
        let said = "C × 2, Linux 6.18, Rust 1.95, Python 3.11, 1; C × 2, Linux 6.18, Rust 1.96, Python 3.11, 1";
        assert_eq!(measured_on(&other), said);
    }
}
