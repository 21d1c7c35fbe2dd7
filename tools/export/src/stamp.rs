//! The moment of the last change, which stands in every export: the same sources give the same files.

use std::{
    env,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, anyhow};

/// A moment, as `2026-11-25T04:15:00Z`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp(String);

impl Stamp {
    /// `SOURCE_DATE_EPOCH`, or the last commit of the project at `root`, or now.
    pub(super) fn of(root: &Path) -> Self {
        let seconds = env::var("SOURCE_DATE_EPOCH").ok();
        let seconds =
            seconds.or_else(|| project::answer(root, "git", &["log", "-1", "--format=%ct"]));
        let seconds = seconds.and_then(|seconds| seconds.trim().parse().ok());
        Self::at(seconds.map_or_else(SystemTime::now, |s| UNIX_EPOCH + Duration::from_secs(s)))
    }

    /// The stamp of a moment.
    pub(super) fn at(moment: SystemTime) -> Self {
        Self(humantime::format_rfc3339_seconds(moment).to_string())
    }

    /// The moment as it is written.
    pub(super) fn moment(&self) -> &str {
        &self.0
    }

    /// Its day: `2026-11-25`.
    pub(super) fn day(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }

    /// The same for an archive.
    pub(super) fn zip(&self) -> Result<zip::DateTime> {
        let part = |at: usize, length: usize| {
            let digits = self.0.get(at..at + length).unwrap_or_default();
            digits.parse::<u16>().map_err(|_| anyhow!("{} is no moment", self.0))
        };
        let small = |at| Ok::<_, anyhow::Error>(u8::try_from(part(at, 2)?)?);
        let moment = zip::DateTime::from_date_and_time(
            part(0, 4)?,
            small(5)?,
            small(8)?,
            small(11)?,
            small(14)?,
            small(17)?,
        );
        moment.map_err(|_| anyhow!("an archive can't hold the moment {}", self.0))
    }
}
