//! The files of measurements, `benches/data/TOPIC.json`.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

/// What is measured; each topic has a file.
pub const TOPICS: [&str; 10] = [
    "start",
    "fork_memory",
    "chunk",
    "result",
    "moving",
    "speedup",
    "crossover",
    "usage",
    "mpi",
    "from_python",
];

/// One file of measurements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// One of [`TOPICS`].
    pub topic: String,
    /// Where and when.
    pub measured: Measured,
    /// The results, a case after the other.
    pub points: Vec<Point>,
}

/// The machine, what ran on it, and the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The day, as in 2026-11-24.
    pub date: String,
    /// The processor's name.
    pub cpu: String,
    /// How many processors this program may use.
    pub cpus: u32,
    /// Memory in GiB, rounded.
    pub memory_gib: u64,
    /// Name and version of the kernel.
    pub kernel: String,
    /// The version of the compiler.
    pub rustc: String,
    /// The version of Python.
    pub python: String,
}

/// Median and quartiles of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// What was measured.
    pub case: String,
    /// `rust` or `python`.
    pub language: String,
    /// The parameter of the topic, where it has one.
    pub x: Option<f64>,
    /// The unit of the three values, for one operation.
    pub unit: String,
    /// The median of the samples.
    pub median: f64,
    /// The lower quartile.
    pub low: f64,
    /// The upper quartile.
    pub high: f64,
    /// How many samples there were.
    pub samples: usize,
}

impl Point {
    /// The point of `samples`, in any order; `None` if there is none, or one that is no number.
    #[must_use]
    pub fn of(
        language: &str,
        case: &str,
        x: Option<f64>,
        unit: &str,
        samples: &[f64],
    ) -> Option<Point> {
        let (low, median, high) = quartiles(samples)?;
        Some(Point {
            case: case.to_owned(),
            language: language.to_owned(),
            x,
            unit: unit.to_owned(),
            median,
            low,
            high,
            samples: samples.len(),
        })
    }
}

/// Lower quartile, median and upper quartile, between two samples by their distance; `None` without
/// samples or with one that is not finite.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a list of samples"
)]
pub fn quartiles(samples: &[f64]) -> Option<(f64, f64, f64)> {
    if samples.is_empty() || !samples.iter().all(|sample| sample.is_finite()) {
        return None;
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (sorted.len() - 1) as f64;
        let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        below + (above - below) * place.fract()
    };
    Some((at(0.25), at(0.5), at(0.75)))
}

impl Topic {
    /// Reads a topic's file and checks it.
    ///
    /// # Errors
    ///
    /// A file that can't be read, or that is not what [`write`](Topic::write) writes; the message
    /// names the file and what is wrong.
    pub fn read(file: &Path) -> Result<Topic> {
        let name = || file.display().to_string();
        let text = fs::read_to_string(file).with_context(name)?;
        let topic: Topic = serde_json::from_str(&text).with_context(name)?;
        topic.check().with_context(name)?;
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        ensure!(stem == Some(&topic.topic), "{}: its topic is {:?}", name(), topic.topic);
        Ok(topic)
    }

    /// Writes `TOPIC.json` into `folder`, in one step: the old file stays until the new one is whole.
    ///
    /// # Errors
    ///
    /// What the file system reports; a topic that is not sound.
    pub fn write(&self, folder: &Path) -> Result<()> {
        self.check().with_context(|| format!("the topic {:?}", self.topic))?;
        let file = folder.join(format!("{}.json", self.topic));
        let new = folder.join(format!(".{}.json.new", self.topic));
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&new, text))
            .and_then(|()| fs::rename(&new, &file))
            .with_context(|| format!("can't write {}", file.display()))
    }

    /// The points of a case that have an `x`, in its order, each with it.
    #[must_use]
    pub fn series(&self, language: &str, case: &str) -> Vec<(f64, &Point)> {
        let of_case = self.points.iter().filter(|p| p.language == language && p.case == case);
        let mut points: Vec<_> = of_case.filter_map(|p| Some((p.x?, p))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    /// The point of a case without an `x`.
    #[must_use]
    pub fn single(&self, language: &str, case: &str) -> Option<&Point> {
        self.points.iter().find(|p| p.language == language && p.case == case && p.x.is_none())
    }

    /// The median of a case at `x`.
    #[must_use]
    pub fn at(&self, language: &str, case: &str, x: f64) -> Option<f64> {
        let series = self.series(language, case);
        series.iter().find(|p| (p.0 - x).abs() < 0.5).map(|p| p.1.median)
    }

    fn check(&self) -> Result<()> {
        ensure!(TOPICS.contains(&&*self.topic), "there is no topic {:?}", self.topic);
        ensure!(!self.points.is_empty(), "it has no points");
        for p in &self.points {
            let what = format!("{} {} {:?}", p.language, p.case, p.x);
            ensure!(matches!(&*p.language, "rust" | "python"), "{what}: no such language");
            let good = [p.low, p.median, p.high].iter().all(|v| v.is_finite() && *v >= 0.0);
            let ordered = p.low <= p.median && p.median <= p.high;
            ensure!(good && ordered, "{what}: the median doesn't lie between the quartiles");
            ensure!(p.samples > 0, "{what}: it has no samples");
        }
        Ok(())
    }
}

/// The measurements under `root`, of all topics.
///
/// # Errors
///
/// A topic that is missing, and a file that can't be read.
pub fn read_all(root: &Path) -> Result<Vec<Topic>> {
    let folder = root.join("benches/data");
    let path = |name: &str| folder.join(format!("{name}.json"));
    let missing: Vec<&str> = TOPICS.into_iter().filter(|name| !path(name).is_file()).collect();
    ensure!(
        missing.is_empty(),
        "{} has no measurement of {}: run `cargo book figures`",
        folder.display(),
        missing.join(", ")
    );
    TOPICS.into_iter().map(|name| Topic::read(&path(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> Topic {
        let measured = Measured {
            date: "2026-11-24".into(),
            cpu: "a processor".into(),
            cpus: 2,
            memory_gib: 4,
            kernel: "Linux 6.1".into(),
            rustc: "1.95.0".into(),
            python: "3.11.7".into(),
        };
        let points = [None, Some(64.0)]
            .map(|x| Point::of("rust", "fork", x, "ns", &[3.0, 1.25, 2.0]).expect("samples"));
        Topic { topic: "start".into(), measured, points: points.into() }
    }

    #[test]
    fn quartiles_of_known_samples() {
        assert_eq!(quartiles(&[4.0, 1.0, 3.0, 2.0, 5.0]), Some((2.0, 3.0, 4.0)));
        assert_eq!(quartiles(&[1.0, 2.0]), Some((1.25, 1.5, 1.75)));
        assert_eq!(quartiles(&[7.0]), Some((7.0, 7.0, 7.0)));
        assert_eq!(quartiles(&[]), None);
        assert_eq!(quartiles(&[1.0, f64::NAN]), None);
    }

    #[test]
    fn what_is_written_is_read_again() -> Result<()> {
        let folder = tempfile::tempdir()?;
        topic().write(folder.path())?;
        assert_eq!(Topic::read(&folder.path().join("start.json"))?, topic());
        assert_eq!(fs::read_dir(folder.path())?.count(), 1, "nothing else is left there");
        Ok(())
    }

    #[test]
    fn a_bad_file_is_named_with_what_is_wrong() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("start.json");
        let good = serde_json::to_string(&topic())?;
        for (from, to, wrong) in [
            ("\"median\":2.0", "\"median\":9.0", "rust fork None: the median doesn't lie"),
            ("\"rust\"", "\"basic\"", "no such language"),
            ("\"topic\":\"start\"", "\"topic\":\"chunk\"", "its topic is \"chunk\""),
            ("\"topic\":\"start\"", "\"topic\":\"lunch\"", "no topic \"lunch\""),
            ("\"cpus\":2", "\"cores\":2", "unknown field `cores`"),
            ("\"samples\":3", "\"samples\":0", "it has no samples"),
            ("{", "", "expected"),
        ] {
            assert!(good.contains(from), "{from}");
            fs::write(&file, good.replacen(from, to, 1))?;
            let error = format!("{:#}", Topic::read(&file).expect_err(to));
            assert!(error.contains("start.json") && error.contains(wrong), "{error}");
        }
        Ok(())
    }
}
