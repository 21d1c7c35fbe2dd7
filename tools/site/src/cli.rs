//! What the programs of `cargo book` have in common: what a site is told from outside, and how they end.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::Args;

use project::{UsageError, complain};

use crate::{about::Site, scratch::end_at_ctrl_c};

/// What the site is told from outside.
#[derive(Args)]
pub struct Build {
    /// The folder of the site [default: book in the project]
    #[arg(long, value_name = "DIR")]
    dest: Option<PathBuf>,
    /// The address where the site will stand, for canonical links, previews, sitemap.xml and 404.html
    #[arg(long)]
    url: Option<String>,
    /// The repository that pages link to, as an address or as OWNER/NAME on GitHub [default: the variable
    /// `GITHUB_REPOSITORY`, or Git's remote `origin`]
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
}

impl Build {
    /// The folder, and what is known about the site.
    ///
    /// # Errors
    /// An address is none.
    pub fn read(self, root: &Path) -> Result<(PathBuf, Site)> {
        let site = Site::of(root, self.url.as_deref(), self.repository.as_deref())?;
        Ok((self.dest.unwrap_or_else(|| root.join("book")), site))
    }
}

/// Runs what a command line asks for, in the project that stands around; the answer is the program's exit status.
pub fn run(verb: impl FnOnce(&Path) -> Result<ExitCode>) -> ExitCode {
    end_at_ctrl_c().and_then(|()| verb(&project::root())).unwrap_or_else(|error| {
        complain(format_args!("error: {error:#}"));
        ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
    })
}
