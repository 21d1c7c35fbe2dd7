//! The plan of the house: a room knows those below it, and no two files of a room know each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use project::{files_of, root};

/// The rooms in the order of `[workspace.dependencies]` in `Cargo.toml`, the lowest first.
fn rooms() -> Result<Vec<String>, Box<dyn Error>> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let named = manifest.lines().filter_map(|line| {
        let (name, path) = line.split_once(" = { path = \"tools/")?;
        path.starts_with(name).then(|| name.to_owned())
    });
    Ok(named.collect())
}

#[test]
fn a_room_knows_those_below_it_only() -> Result<(), Box<dyn Error>> {
    let rooms = rooms()?;
    assert!(rooms.len() > 5, "{rooms:?}");
    for (at, room) in rooms.iter().enumerate() {
        let manifest = fs::read_to_string(root().join("tools").join(room).join("Cargo.toml"))?;
        let upper =
            rooms[at..].iter().map(String::as_str).chain(["benches", "mp", "tests", "xtask"]);
        for other in upper {
            let known =
                manifest.lines().any(|line| line.split(['.', ' ', '=']).next() == Some(other));
            assert!(!known, "tools/{room} knows {other}, which stands above it");
        }
    }
    Ok(())
}

#[test]
fn no_circle_of_files() -> Result<(), Box<dyn Error>> {
    let mut folders = vec!["mp".to_owned(), "benches/src".to_owned()];
    folders.extend(rooms()?.iter().map(|room| format!("tools/{room}/src")));
    let mut circles = Vec::new();
    for folder in folders {
        let known = knows(&sources(&root().join(&folder))?);
        circles.extend(circle(&known).map(|circle| (folder, circle)));
    }
    assert!(circles.is_empty(), "{circles:#?}");
    Ok(())
}

#[test]
fn a_circle_is_found() {
    let circle_of = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(path, text)| (path.into(), (*text).to_owned())).collect();
        circle(&knows(&files))
    };
    let there = ("lib.rs", "mod a;\nmod b;\npub use a::A;");
    assert_eq!(circle_of(&[there, ("a.rs", "use crate::b::B;"), ("b.rs", "pub struct B;")]), None);
    for back in ["use super::a::A;", "use crate::{b as c, a::{A, C}};", "fn b() -> crate::a::A {}"]
    {
        assert!(circle_of(&[there, ("a.rs", "use crate::b;"), ("b.rs", back)]).is_some(), "{back}");
    }
    // A child that uses what its parent has, while the parent uses the child.
    assert!(
        circle_of(&[("lib.rs", "mod a;\nuse a::A;"), ("a.rs", "use super::Parent;")]).is_some()
    );
    assert!(circle_of(&[("lib.rs", "mod a;"), ("a.rs", "use super::Parent;")]).is_none());
    // A facade hands on what its children have: who takes it from there knows the child.
    let facade = ("lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::{B, C};");
    assert!(circle_of(&[facade, ("a.rs", "use crate::B;"), ("b.rs", "")]).is_none());
    assert!(circle_of(&[facade, ("a.rs", "use crate::C;"), ("b.rs", "use crate::A;")]).is_some());
    let test = "#[cfg(all(test, unix))]\nmod tests { use super::a::A; }";
    assert!(circle_of(&[there, ("a.rs", "use crate::b;"), ("b.rs", test)]).is_none());
}

/// The sources of a package without their tests: path, and text.
fn sources(folder: &Path) -> Result<BTreeMap<PathBuf, String>, Box<dyn Error>> {
    let mut sources = BTreeMap::new();
    for file in files_of(folder, "rs")? {
        if !file.ends_with("tests.rs") && !file.starts_with("bin") {
            let text = fs::read_to_string(folder.join(&file))?;
            sources.insert(file, text);
        }
    }
    Ok(sources)
}

/// The files that each file knows.
fn knows(files: &BTreeMap<PathBuf, String>) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    files
        .iter()
        .map(|(file, text)| {
            let text = text.split("\nmod tests {").next().unwrap_or_default();
            let text: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .map(|line| format!("{line}\n"))
                .collect();
            let own = module(file);
            let children: Vec<&str> = text
                .lines()
                .filter_map(|line| line.trim().rsplit_once("mod ")?.1.strip_suffix(';'))
                .collect();
            let mut known = BTreeSet::new();
            for path in paths(&text) {
                let mut at = match path[0].as_str() {
                    "crate" => Vec::new(),
                    "super" => own[..own.len().saturating_sub(1)].to_vec(),
                    "self" => own.clone(),
                    child if children.contains(&child) => {
                        [own.clone(), vec![child.to_owned()]].concat()
                    }
                    _ => continue,
                };
                at.extend(path[1..].iter().filter(|part| *part != "self").cloned());
                let find = |at: &[String]| files.keys().find(|file| module(file) == at);
                let inside = |length: usize| {
                    let found = find(&at[..length])?;
                    // What a module hands on from a child is that one's.
                    let child = handed_on(&files[found]).get(&at[length]).cloned();
                    child
                        .and_then(|child| find(&[&at[..length], &[child]].concat()))
                        .or(Some(found))
                };
                let target = find(&at).or_else(|| (0..at.len()).rev().find_map(inside));
                known.extend(target.filter(|target| *target != file).cloned());
            }
            (file.clone(), known)
        })
        .collect()
}

/// The names that a module makes its own of its children's, each with the child.
fn handed_on(text: &str) -> BTreeMap<String, String> {
    let uses = text.split(';').filter_map(|item| {
        let at = item.find("pub use ").or_else(|| item.find("pub(crate) use "))?;
        Some(&item[at..])
    });
    uses.flat_map(paths).filter_map(|path| Some((path.last()?.clone(), path[0].clone()))).collect()
}

/// The path of a file's module from the root of its package.
fn module(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "lib" && part != "mod").collect()
}

/// The paths with two parts or more in a text, each as its parts; what stands in braces is taken apart.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some(at) = rest.find("::") {
        let begin = rest[..at].rfind(|c| !is_part(c)).map_or(0, |before| before + 1);
        let head = rest[begin..at].to_owned();
        rest = &rest[at..];
        let length = tree(rest, vec![head], &mut found);
        rest = &rest[length.max(2)..];
    }
    found.retain(|path| !path[0].is_empty());
    found
}

/// Takes what follows the parts `before`, beginning at a `::`; gives how far it reaches.
fn tree(text: &str, before: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let Some(rest) = text.strip_prefix("::") else {
        found.push(before);
        return 0;
    };
    if let Some(inside) = rest.strip_prefix('{') {
        let mut at = 0;
        while let Some(next) =
            inside[at..].find(|c: char| c.is_alphanumeric() || c == '_' || c == '}')
        {
            at += next;
            if inside[at..].starts_with('}') {
                return at + 4;
            }
            let (part, length) = word(&inside[at..]);
            at += length;
            if part == "as" {
                // What follows is only a name for what was named.
                at += 1 + word(&inside[at + 1..]).1;
                continue;
            }
            at += tree(&inside[at..], [before.clone(), vec![part]].concat(), found);
        }
        return text.len();
    }
    let (part, length) = word(rest);
    if length == 0 {
        found.push(before);
        return 2;
    }
    2 + length + tree(&rest[length..], [before, vec![part]].concat(), found)
}

/// The name at the beginning of a text, and its length.
fn word(text: &str) -> (String, usize) {
    let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (text[..length].to_owned(), length)
}

/// Files that know each other in a circle, if there are any.
fn circle(knows: &BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> Option<Vec<PathBuf>> {
    fn visit(
        file: &PathBuf,
        way: &mut Vec<PathBuf>,
        done: &mut BTreeSet<PathBuf>,
        knows: &BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    ) -> Option<Vec<PathBuf>> {
        if let Some(at) = way.iter().position(|before| before == file) {
            return Some(way[at..].to_vec());
        }
        if !done.insert(file.clone()) {
            return None;
        }
        way.push(file.clone());
        let found =
            knows.get(file).into_iter().flatten().find_map(|next| visit(next, way, done, knows));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    knows.keys().find_map(|file| visit(file, &mut Vec::new(), &mut done, knows))
}
