//! What the site is told from outside: where it will stand, where its sources stand, when each was
//! changed and what tested them. What is not known is left out of the pages.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use anyhow::Result;

use project::{UsageError, answer};

/// What is known about the site.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The address where it will stand, with a slash at its end.
    pub url: Option<String>,
    /// Where its sources stand.
    pub repository: Option<Repository>,
    /// What tested the programs, such as `Rust 1.95.0`.
    pub toolchain: Vec<String>,
    /// The day of the last change of each source, as `2026-11-24`; paths are from the project's root.
    pub changed: BTreeMap<PathBuf, String>,
    /// Whether it is built to be read while it is written: then pages have no Content-Security-Policy,
    /// since the server adds a script that reloads them.
    pub live: bool,
    /// Whether EPUB, PDF and archive will stand beside it: then its cover leads to them.
    pub downloads: bool,
}

impl Site {
    /// What the project at `root` says about itself, completed by what the caller says: the address of
    /// the site and of the repository, the latter also as `OWNER/NAME` on GitHub.
    ///
    /// # Errors
    /// [`UsageError`] when one of the two is no address.
    pub fn of(root: &Path, url: Option<&str>, repository: Option<&str>) -> Result<Self> {
        let github = || env::var("GITHUB_REPOSITORY").ok().filter(|name| !name.is_empty());
        let repository = match repository {
            Some(given) => Some(Repository::parse(given).ok_or_else(|| {
                UsageError::new(format!(
                    "{given} is no repository; expected https://… or OWNER/NAME"
                ))
            })?),
            None => github()
                .or_else(|| answer(root, "git", &["remote", "get-url", "origin"]))
                .and_then(|origin| Repository::parse(&origin)),
        };
        Ok(Self {
            url: url.map(address).transpose()?,
            repository,
            toolchain: toolchain(root),
            changed: changed(root),
            live: false,
            downloads: false,
        })
    }

    /// The way from the host's root to the site: `/`, or `/repository/`; `/` when its address is not known.
    #[must_use]
    pub fn path(&self) -> &str {
        let host = |url: &str| url.find("://").map_or(0, |scheme| scheme + 3);
        self.url.as_deref().map_or("/", |url| {
            let host = host(url);
            url[host..].find('/').map_or("/", |path| &url[host + path..])
        })
    }
}

/// Where the sources stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Its page, without a slash at its end.
    pub url: String,
}

impl Repository {
    /// The repository of an address, as Git knows it or a browser does, or of `OWNER/NAME` on GitHub.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/').trim_end_matches(".git");
        let safe = |c: char| c.is_ascii_alphanumeric() || "-._~/:".contains(c);
        if text.is_empty() || !text.chars().all(|c| safe(c) || c == '@') {
            return None;
        }
        let is_name = |name: &str| !name.is_empty() && !name.contains([':', '@', '/']);
        let url = if let Some((owner, name)) = text.split_once('/')
            && is_name(owner)
            && is_name(name)
            && owner != "."
            && owner != ".."
        {
            format!("https://github.com/{text}")
        } else if let Some(rest) = text.strip_prefix("https://") {
            // What a token or a user name would stand in is nobody's business.
            format!("https://{}", rest.rsplit('@').next()?)
        } else if let Some(rest) = text.strip_prefix("ssh://") {
            format!("https://{}", rest.rsplit('@').next()?)
        } else if let Some((host, path)) = text.strip_prefix("git@")?.split_once(':') {
            format!("https://{host}/{path}")
        } else {
            return None;
        };
        Some(Self { url })
    }

    /// The page that shows a file, by its path from the project's root.
    #[must_use]
    pub fn file(&self, path: &str) -> String {
        format!("{}/blob/HEAD/{path}", self.url)
    }

    /// The page on which a file can be edited; `{path}` stays as it is, for mdBook to fill in.
    pub(crate) fn edit(&self, path: &str) -> String {
        format!("{}/edit/main/{path}", self.url)
    }
}

/// An address with a slash at its end.
fn address(url: &str) -> Result<String> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let right = |c: char| c.is_ascii_alphanumeric() || "-._~/:".contains(c);
    match host {
        Some(host)
            if host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.chars().all(right) =>
        {
            Ok(format!("{}/", url.trim_end_matches('/')))
        }
        _ => Err(UsageError::new(format!(
            "{url} is no address of a site; expected one such as https://owner.github.io/name/"
        ))
        .into()),
    }
}

/// The compiler and the interpreter that `cargo test` uses here.
fn toolchain(root: &Path) -> Vec<String> {
    let version = |program: &str, name: &str| {
        let answer = answer(root, program, &["--version"])?;
        Some(format!("{name} {}", answer.split_whitespace().nth(1)?))
    };
    [version("rustc", "Rust"), version("python3", "Python")].into_iter().flatten().collect()
}

/// The day of the last commit that changed each file under `src`. What is changed in the work tree and not
/// committed has none; neither has what a shallow clone doesn't know about.
fn changed(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut changed = BTreeMap::new();
    let shallow: Vec<_> = answer(root, "git", &["rev-parse", "--git-path", "shallow"])
        .and_then(|file| std::fs::read_to_string(root.join(file)).ok())
        .map(|commits| commits.lines().map(str::to_owned).collect())
        .unwrap_or_default();
    let log =
        ["-c", "core.quotePath=false", "log", "--no-renames", "--format=%x00%H %cs", "--name-only"];
    let Some(log) = answer(root, "git", &[&log[..], &["--relative", "--", "src"]].concat()) else {
        return changed;
    };
    for commit in log.split('\0') {
        let mut lines = commit.lines();
        let Some((hash, day)) = lines.next().and_then(|head| head.split_once(' ')) else {
            continue;
        };
        // The oldest commit of a shallow clone seems to have changed everything.
        let day = if shallow.iter().any(|known| known == hash) { "" } else { day };
        for path in lines.filter(|line| !line.is_empty()) {
            changed.entry(PathBuf::from(path)).or_insert_with(|| day.to_owned());
        }
    }
    let dirty = ["-c", "core.quotePath=false", "status", "--porcelain", "--", "src"];
    for line in answer(root, "git", &dirty).unwrap_or_default().lines() {
        changed.remove(Path::new(line.get(3..).unwrap_or_default()));
    }
    changed.retain(|_, day| !day.is_empty());
    changed
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_repository_is_known_by_its_names() {
        let url = |text| Repository::parse(text).map(|repository| repository.url);
        let github = Some("https://github.com/one/two".to_owned());
        for text in [
            "one/two",
            "https://github.com/one/two",
            "https://github.com/one/two.git",
            "https://token@github.com/one/two/",
            "git@github.com:one/two.git",
            "ssh://git@github.com/one/two.git",
        ] {
            assert_eq!(url(text), github, "{text}");
        }
        for text in
            ["", "one", "/some/folder", "../folder", "file:///some/folder", "a\"b/c", "http://"]
        {
            assert_eq!(url(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_ends_in_a_slash_and_has_a_path() -> Result<()> {
        for (url, path) in
            [("https://a.org", "/"), ("https://a.github.io/b", "/b/"), ("http://a:1/b/", "/b/")]
        {
            let site = Site { url: Some(address(url)?), ..Site::default() };
            assert!(site.url.as_deref().is_some_and(|url| url.ends_with('/')));
            assert_eq!(site.path(), path);
        }
        assert_eq!(Site::default().path(), "/");
        for url in ["a.org", "https://", "https://a.org/\"", "https:///b", "ftp://a.org"] {
            assert!(address(url).is_err(), "{url}");
        }
        Ok(())
    }

    /// A project under Git with two pages, one of them changed later.
    fn project() -> Result<tempfile::TempDir> {
        let root = tempfile::tempdir()?;
        std::fs::create_dir_all(root.path().join("src/en"))?;
        git(root.path(), "2020-01-01", &["init", "--quiet"]);
        for (name, day) in [("one", "2020-01-02"), ("two", "2020-01-03")] {
            std::fs::write(root.path().join("src/en").join(name).with_extension("md"), name)?;
            git(root.path(), day, &["add", "."]);
            git(root.path(), day, &["commit", "--quiet", "--message", name]);
        }
        Ok(root)
    }

    fn git(root: &Path, day: &str, arguments: &[&str]) {
        let date = format!("{day}T12:00:00Z");
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(root)
            .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
            .status();
        assert!(done.is_ok_and(|status| status.success()), "git {arguments:?}");
    }

    #[test]
    fn the_day_of_a_change_is_that_of_its_commit() -> Result<()> {
        let root = project()?;
        let day = |root: &Path, name: &str| changed(root).get(Path::new(name)).cloned();
        assert_eq!(day(root.path(), "src/en/one.md").as_deref(), Some("2020-01-02"));
        assert_eq!(day(root.path(), "src/en/two.md").as_deref(), Some("2020-01-03"));
        std::fs::write(root.path().join("src/en/one.md"), "not committed")?;
        assert_eq!(day(root.path(), "src/en/one.md"), None);

        // A shallow clone knows its newest commit's parent, not what that changed.
        let clone = root.path().join("clone");
        let source = format!("file://{}", root.path().display());
        let target = clone.to_string_lossy();
        git(root.path(), "2020-01-04", &["clone", "--quiet", "--depth", "1", &source, &target]);
        assert_eq!(changed(&clone), BTreeMap::new());
        Ok(())
    }

    #[test]
    fn a_project_without_git_has_no_days() -> Result<()> {
        let root = tempfile::tempdir()?;
        assert_eq!(changed(root.path()), BTreeMap::new());
        Ok(())
    }

    #[test]
    fn the_toolchain_is_the_one_that_is_used() {
        let toolchain = toolchain(&project::root());
        assert!(toolchain[0].starts_with("Rust 1."), "{toolchain:?}");
    }
}
