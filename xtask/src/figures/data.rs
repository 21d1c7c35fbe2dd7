//! The measurements, as `benches/data/TOPIC.json` holds them.

use std::{fs, io, path::Path};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// What is measured; each has a file.
pub const TOPICS: [&str; 8] =
    ["start", "fork_memory", "chunk", "result", "moving", "speedup", "crossover", "usage"];

/// One file of measurements.
#[derive(Clone, Debug, Deserialize)]
pub struct Topic {
    #[serde(rename = "topic")]
    pub name: String,
    pub measured: Measured,
    pub points: Vec<Sample>,
}

/// Where and when.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Measured {
    pub date: String,
    pub cpu: String,
    pub cpus: u32,
    pub kernel: String,
    pub rustc: String,
    pub python: String,
}

/// Median and quartiles of one case, in `unit` for one operation.
#[derive(Clone, Debug, Deserialize)]
pub struct Sample {
    pub case: String,
    pub language: String,
    pub x: Option<f64>,
    pub unit: String,
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Topic {
    /// The points of a case that have an `x`, in its order.
    pub fn series(&self, language: &str, case: &str) -> Vec<(f64, &Sample)> {
        let mut points: Vec<_> = self
            .points
            .iter()
            .filter(|p| p.language == language && p.case == case)
            .filter_map(|p| Some((p.x?, p)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    /// The point of a case without an `x`.
    pub fn single(&self, language: &str, case: &str) -> Option<&Sample> {
        self.points.iter().find(|p| p.language == language && p.case == case && p.x.is_none())
    }

    /// The median of a case at `x`.
    pub fn at(&self, language: &str, case: &str, x: f64) -> Option<f64> {
        let series = self.series(language, case);
        series.iter().find(|p| (p.0 - x).abs() < 0.5).map(|p| p.1.median)
    }

    fn check(&self, name: &str) -> anyhow::Result<()> {
        if self.name != name {
            bail!("its topic is {:?}", self.name);
        }
        for p in &self.points {
            let good = [p.low, p.median, p.high].iter().all(|v| v.is_finite() && *v >= 0.0);
            if !good || p.low > p.median || p.median > p.high || p.x.is_some_and(|x| x < 0.0) {
                bail!("{} {}: not a median between its quartiles", p.language, p.case);
            }
        }
        Ok(())
    }
}

/// The measurements under `root`: all topics, or nothing where none is there.
///
/// # Errors
///
/// A topic that is missing where others are there, and a file that can't be read.
pub fn read(root: &Path) -> anyhow::Result<Option<Vec<Topic>>> {
    let folder = root.join("benches/data");
    let (mut topics, mut missing) = (Vec::new(), Vec::new());
    for name in TOPICS {
        let path = folder.join(format!("{name}.json"));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                missing.push(name);
                continue;
            }
            Err(error) => return Err(error).context(format!("can't read {}", path.display())),
        };
        let topic: Topic =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        topic.check(name).with_context(|| path.display().to_string())?;
        topics.push(topic);
    }
    match (topics.is_empty(), missing.is_empty()) {
        (true, _) => Ok(None),
        (_, true) => Ok(Some(topics)),
        _ => bail!(
            "{} has no measurement of {}: run `cargo book figures`",
            folder.display(),
            missing.join(", ")
        ),
    }
}
