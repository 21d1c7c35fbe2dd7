//! The numbers of the text: fragments that the pages include, made from the measurements.
//!
//! They stand in `benches/numbers.md`, a line each between anchors, and hold no words, so that every
//! edition includes the same ones.

use std::fmt::Write as _;

use super::data::{Measured, Topic};

/// What a number counts, and so how it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes, in powers of 1024.
    Size,
    /// Bytes a second, in powers of 1000.
    Rate,
    /// A part of a whole, as percent.
    Share,
    /// Without a unit.
    Plain,
}

impl Unit {
    /// The number with two significant digits and its unit.
    pub fn format(self, value: f64) -> String {
        match self {
            Unit::Plain => two_digits(value),
            Unit::Time => scaled(value, 1e3, &["ns", "µs", "ms", "s"]),
            Unit::Rate => scaled(value, 1e3, &["B/s", "kB/s", "MB/s", "GB/s", "TB/s"]),
            Unit::Size => size(value),
            Unit::Share => format!("{}\u{a0}%", two_digits(100.0 * value)),
        }
    }

    /// The number at a tick of an axis, where whole ones are written whole.
    pub fn tick(self, value: f64) -> String {
        match self {
            Unit::Plain if value >= 1e4 => {
                let digits = format!("{value:.0}");
                let split = digits.len() % 3;
                let groups = digits.as_bytes()[split..].chunks(3).map(String::from_utf8_lossy);
                let head = (split > 0).then(|| digits[..split].into());
                head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
            }
            Unit::Plain if value >= 1.0 && value.fract() == 0.0 => format!("{value}"),
            _ => self.format(value),
        }
    }
}

/// Two significant digits; a whole number of three digits or more ends in zeros.
fn two_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    // `{:.1e}` rounds to two digits, so that 9.96 becomes 10 and not 10.0.
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    let decimals = if rounded >= 10.0 {
        0
    } else if rounded >= 1.0 {
        1
    } else if rounded >= 0.1 {
        2
    } else {
        3
    };
    let text = format!("{rounded:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    // What would round to 1000 of a unit is 1 of the next.
    while value >= 0.995 * step && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    format!("{} {}", two_digits(value), units[unit])
}

/// A size is a parameter, not a measurement: it keeps all its digits where it is whole.
fn size(bytes: f64) -> String {
    let (mut value, mut unit) = (bytes, 0);
    let units = ["B", "KiB", "MiB", "GiB"];
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if value.fract() == 0.0 {
        format!("{value} {}", units[unit])
    } else {
        format!("{} {}", two_digits(value), units[unit])
    }
}

/// Machine, toolchain and date of a measurement, for captions.
pub fn measured_on(m: &Measured) -> String {
    format!(
        "{} × {}, {}, Rust {}, Python {}, {}",
        m.cpu, m.cpus, m.kernel, m.rustc, m.python, m.date
    )
}

/// The serial share that explains a speed-up with `workers`, after Karp and Flatt; 0 where the
/// speed-up is ideal or better.
pub fn serial_share(speedup: f64, workers: f64) -> f64 {
    if workers <= 1.0 || speedup <= 0.0 {
        return 0.0;
    }
    ((1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers)).clamp(0.0, 1.0)
}

/// Less gain than this is not told from the noise of a measurement.
const GAIN: f64 = 0.95;

/// Where a line of ratios falls below 1 for good, between two points on logarithmic axes; nowhere if it
/// comes to rest at about 1.
pub fn pays_from(points: &[(f64, f64)]) -> Option<f64> {
    if points.last()?.1 > GAIN {
        return None;
    }
    let last_above = points.iter().rposition(|p| p.1 >= 1.0);
    let first = last_above.map_or(0, |i| i + 1);
    let &(x1, y1) = points.get(first)?;
    let Some(&(x0, y0)) = last_above.map(|i| &points[i]) else { return Some(x1) };
    let share = y0.ln() / (y0.ln() - y1.ln());
    Some((x0.ln() + share * (x1.ln() - x0.ln())).exp())
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
        out.push(("measured_on".to_owned(), measured_on(&topic.measured)));
        out.push(("cpus".to_owned(), topic.measured.cpus.to_string()));
    }
    for topic in topics {
        out.push((format!("measured_on_{}", topic.topic), measured_on(&topic.measured)));
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
    out.extend(super::mpi::fragments());
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
        ratio("command_over_mp_process", of("rust", "command"), mp);
        ratio("python_process_over_thread", of("python", "fork"), of("python", "thread"));
        ratio("python_spawn_over_fork", of("python", "spawn"), of("python", "fork"));
    }
    if let Some(chunk) = find("chunk") {
        let mp = chunk.at("rust", "mp_pool", 1.0);
        ratio("python_pool_over_mp_pool_chunk_1", chunk.at("python", "pool", 1.0), mp);
        let of = |language, case| chunk.single(language, case).map(|p| p.median);
        let mp = of("rust", "mp_pool");
        ratio("python_pool_over_mp_pool_default", of("python", "pool"), mp);
        // The dearest, over all chunk sizes, of ours beside the other pool of processes.
        let ours = chunk.series("rust", "mp_pool").into_iter();
        let worst = ours.filter_map(|(x, p)| Some(p.median / chunk.at("rust", "procspawn", x)?));
        let worst = worst.fold(None, |a: Option<f64>, b| Some(a.map_or(b, |a| a.max(b))));
        ratio("mp_pool_over_procspawn_worst", worst, Some(1.0));
        let of = |x| chunk.at("rust", "mp_pool", x);
        ratio("mp_pool_chunk_1_over_1000", of(1.0), of(1000.0));
    }
    if let Some(moving) = find("moving") {
        let mib = 1_048_576.0;
        let of = |case| moving.at("rust", case, mib);
        ratio("mp_pool_over_pipe", of("mp_pool"), of("pipe"));
        ratio("memcpy_over_pipe", of("memcpy"), of("pipe"));
        ratio("shared_memory_over_pipe", of("shared_memory"), of("pipe"));
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

/// The text with a space that breaks no line between a number and the word after it, its unit.
pub fn unbroken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joint = c == ' '
            && out.ends_with(|before: char| before.is_ascii_digit())
            && rest.peek().is_some_and(|next| next.is_alphabetic());
        out.push(if joint { '\u{a0}' } else { c });
    }
    out
}

/// The file `benches/numbers.md`.
pub fn file(topics: &[Topic]) -> String {
    let mut out = String::from("<!-- Made by `cargo book figures` from benches/data. -->\n");
    for (key, line) in fragments(topics) {
        let line = unbroken(&line);
        let _ = write!(out, "<!-- ANCHOR: {key} -->\n{line}\n<!-- ANCHOR_END: {key} -->\n");
    }
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
    fn numbers_have_two_digits_and_a_unit_that_fits() {
        for (ns, text) in [
            (0.0, "0 ns"),
            (0.52, "0.52 ns"),
            (7.04, "7 ns"),
            (9.96, "10 ns"),
            (999.0, "1 µs"),
            (265_400.0, "270 µs"),
            (1_040_000.0, "1 ms"),
            (1_250_000_001.0, "1.3 s"),
            (99.6e9, "100 s"),
        ] {
            assert_eq!(Unit::Time.format(ns), text);
        }
        assert_eq!(Unit::Rate.format(12.34e9), "12 GB/s");
        assert_eq!(Unit::Rate.format(999.9e6), "1 GB/s");
        assert_eq!(Unit::Size.format(65_536.0), "64 KiB");
        assert_eq!(
            unbroken("a 5 s, 5 and 460 µs: 5 × 3 1"),
            "a 5\u{a0}s, 5\u{a0}and 460\u{a0}µs: 5 × 3 1"
        );
        assert_eq!(Unit::Size.format(268_435_456.0), "256 MiB");
        for (ratio, text) in
            [(12.4, "12"), (1.04, "1"), (1.06, "1.1"), (0.953, "0.95"), (413.0, "410")]
        {
            assert_eq!(Unit::Plain.format(ratio), text);
        }
        assert_eq!(Unit::Plain.tick(10_000.0), "10,000");
        assert_eq!(Unit::Plain.tick(1000.0), "1000");
        assert_eq!(Unit::Plain.tick(100_000.0), "100,000");
    }

    #[test]
    fn a_way_pays_from_where_its_line_stays_below_1() {
        let near = |x: Option<f64>, y: f64| x.is_some_and(|x| (x / y - 1.0).abs() < 1e-6);
        assert!(near(pays_from(&[(100.0, 10.0), (10_000.0, 0.1)]), 1000.0));
        assert!(near(pays_from(&[(1.0, 0.9), (10.0, 2.0), (100.0, 0.5)]), 1000_f64.sqrt()));
        assert!(near(pays_from(&[(10.0, 0.9), (100.0, 0.5)]), 10.0));
        assert_eq!(pays_from(&[(10.0, 0.9), (100.0, 1.01)]), None);
        assert_eq!(pays_from(&[(10.0, 2.0), (100.0, 0.98)]), None);
        assert_eq!(pays_from(&[]), None);
    }

    #[test]
    fn the_serial_share_is_that_of_amdahls_law() {
        for share in [0.0, 0.1, 0.5] {
            let speedup = 1.0 / (share + (1.0 - share) / 8.0);
            assert!((serial_share(speedup, 8.0) - share).abs() < 1e-9);
        }
        assert!(serial_share(2.1, 2.0).abs() < 1e-9 && serial_share(1.0, 1.0).abs() < 1e-9);
    }
}
