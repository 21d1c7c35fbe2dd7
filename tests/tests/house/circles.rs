//! No circle: a package knows those below it, and a file of a package those that do not know it.
//!
//! Of each file the paths are read that lead to another file of its package: from `use`, and from anywhere
//! else (`crate::a::f()`, `super::b::T`, `child::f()`), through what a file passes on by `use`. What only
//! tests see is left out, since `use super::*` is theirs by custom, and so is what macros make.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;
use tests::root;

use super::metadata;

/// Who knows whom.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The groups whose members all lead to each other.
fn circles(graph: &Graph) -> Vec<Vec<&str>> {
    let reach = |from: &str| {
        let (mut seen, mut pending) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(node) = pending.pop() {
            for next in graph.get(&node).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    pending.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> =
        graph.keys().map(|node| (node.as_str(), reach(node))).collect();
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    for (node, reaches) in &reached {
        let back = |other: &&&str| reaches.contains(**other) && reached[**other].contains(*node);
        let circle: Vec<&str> = reached.keys().filter(back).copied().collect();
        if !circle.is_empty() && known.insert(circle.clone()) {
            found.push(circle);
        }
    }
    found
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("metadata has a text there")
}

/// Which package depends on which of this project.
fn packages() -> Result<Graph> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().context("metadata lists packages")?;
    let mut graph = Graph::new();
    for package in packages {
        let dependencies = package["dependencies"].as_array().context("dependencies")?;
        let ours = dependencies.iter().filter(|dependency| !dependency["path"].is_null());
        let names = ours.map(|dependency| text(&dependency["name"]).map(str::to_owned));
        graph.insert(text(&package["name"])?.to_owned(), names.collect::<Result<_>>()?);
    }
    Ok(graph)
}

#[test]
fn no_packages_depend_on_each_other() -> Result<()> {
    let graph = packages()?;
    ensure!(graph["tests"].contains("mp"), "the packages know each other: {graph:?}");
    let found = circles(&graph);
    ensure!(found.is_empty(), "packages in a circle: {found:?}");
    Ok(())
}

/// As CONTRIBUTING.md lists them.
#[test]
fn a_room_knows_those_above_it_in_the_list_only() -> Result<()> {
    let page = tests::read("CONTRIBUTING.md")?;
    let rooms = page.lines().skip_while(|line| !line.starts_with("tools/ "));
    let rooms = rooms.skip(1).map_while(|line| line.strip_prefix("  "));
    let rooms: Vec<(&str, &str)> =
        rooms.filter_map(|line| line.trim().split_once(char::is_whitespace)).collect();
    let packages = packages()?;
    let mut known = BTreeSet::new();
    for (room, about) in &rooms {
        let named: Vec<&str> = about.split(|c: char| !c.is_alphanumeric()).collect();
        let dependencies = packages.get(*room).with_context(|| format!("{room} is a package"))?;
        let may =
            |other: &&String| known.contains(other.as_str()) || named.contains(&other.as_str());
        let wrong: Vec<_> = dependencies.iter().filter(|other| !may(other)).collect();
        ensure!(wrong.is_empty(), "tools/{room} knows {wrong:?}, which stand below it");
        known.insert(*room);
    }
    let folders = fs::read_dir(root().join("tools"))?.filter(|folder| {
        folder.as_ref().is_ok_and(|folder| folder.path().join("Cargo.toml").exists())
    });
    ensure!(folders.count() == rooms.len(), "CONTRIBUTING.md lists {rooms:?}");
    Ok(())
}

#[test]
fn no_files_of_a_package_use_each_other() -> Result<()> {
    let metadata = metadata()?;
    let (mut wrong, mut files) = (Vec::new(), 0);
    for package in metadata["packages"].as_array().context("metadata lists packages")? {
        for target in package["targets"].as_array().context("targets")? {
            let kinds = target["kind"].to_string();
            // An example is one file, and so is a build script.
            if kinds.contains("example") || kinds.contains("custom-build") {
                continue;
            }
            let graph = uses(Path::new(text(&target["src_path"])?))?;
            files += graph.len();
            for circle in circles(&graph) {
                let name = text(&package["name"])?;
                wrong.push(format!("package {name}: {}", circle.join(", ")));
            }
        }
    }
    ensure!(files > 100, "{files} files were read");
    ensure!(wrong.is_empty(), "files that use each other:\n{}", wrong.join("\n"));
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// The files of a crate
// ---------------------------------------------------------------------------------------------

/// A module, in a file of its own or in another one's.
struct Module {
    file: PathBuf,
    /// What it holds, its inline modules apart.
    tokens: Vec<TokenTree>,
    /// The names that `use` brings into it, and what they stand for.
    imports: BTreeMap<String, Vec<String>>,
}

/// The modules of a crate by their paths; its root is the empty one.
type Crate = BTreeMap<Vec<String>, Module>;

/// Which file of a crate uses which others.
fn uses(root_file: &Path) -> Result<Graph> {
    let mut modules = Crate::new();
    let folder = root_file.parent().context("a file stands in a folder")?;
    read_file(root_file, folder, Vec::new(), &mut modules)?;
    let all: Vec<Vec<String>> = modules.keys().cloned().collect();
    let mut found: BTreeMap<Vec<String>, Vec<Vec<String>>> = BTreeMap::new();
    for path in all {
        let (mut paths, mut imports) = (Vec::new(), BTreeMap::new());
        paths_in(&modules[&path].tokens, &mut paths, &mut imports);
        // `imported::f()` goes where the import goes.
        if let Some(module) = modules.get_mut(&path) {
            module.imports = imports;
        }
        found.insert(path, paths);
    }
    let name = |file: &Path| {
        let file = file.strip_prefix(root()).unwrap_or(file);
        file.display().to_string()
    };
    let mut graph = Graph::new();
    for (path, paths) in &found {
        let from = name(&modules[path].file);
        let known = graph.entry(from.clone()).or_default();
        let to = paths.iter().filter_map(|segments| resolve(&modules, path, segments, 8));
        known.extend(to.map(name).filter(|to| *to != from));
    }
    Ok(graph)
}

/// Reads a file and those of its modules, which stand in `folder`.
fn read_file(file: &Path, folder: &Path, path: Vec<String>, modules: &mut Crate) -> Result<()> {
    let source = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let tokens: TokenStream =
        source.parse().map_err(|error| anyhow!("{}: {error}", file.display()))?;
    read_module(tokens, file, folder, path, modules)
}

fn read_module(
    tokens: TokenStream,
    file: &Path,
    folder: &Path,
    path: Vec<String>,
    modules: &mut Crate,
) -> Result<()> {
    let (mut rest, mut kept) = (tokens.into_iter().peekable(), Vec::new());
    // The value of `#[path]`, and whether the item is for tests alone.
    let (mut place, mut tests) = (None, false);
    while let Some(token) = rest.next() {
        match &token {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                if let Some(TokenTree::Group(attribute)) = rest.peek() {
                    let words = attribute.stream().to_string().replace(' ', "");
                    tests |= words == "cfg(test)" || words.starts_with("cfg(all(test,");
                    place = words
                        .strip_prefix("path=")
                        .map(|p| p.trim_matches('"').to_owned())
                        .or(place);
                    rest.next();
                }
                continue;
            }
            _ if tests => {
                // To the end of the item.
                let ends = |token: &TokenTree| match token {
                    TokenTree::Punct(end) => end.as_char() == ';',
                    TokenTree::Group(body) => body.delimiter() == Delimiter::Brace,
                    _ => false,
                };
                if !ends(&token) {
                    rest.by_ref().find(ends);
                }
                (place, tests) = (None, false);
                continue;
            }
            TokenTree::Ident(word) if *word == "mod" => {
                let name = rest.next().context("a module has a name")?.to_string();
                let mut inner = path.clone();
                inner.push(name.clone());
                if let Some(TokenTree::Group(body)) = rest.next() {
                    read_module(body.stream(), file, &folder.join(name), inner, modules)?;
                } else {
                    let beside = file.parent().context("a file stands in a folder")?;
                    let own = place.take().map(|place| beside.join(place));
                    let flat = folder.join(format!("{name}.rs"));
                    let nested = folder.join(&name).join("mod.rs");
                    let of = own.unwrap_or(if flat.exists() { flat } else { nested });
                    read_file(&of, &folder.join(name), inner, modules)?;
                }
            }
            _ => kept.push(token),
        }
        place = None;
    }
    let module = Module { file: file.to_owned(), tokens: kept, imports: BTreeMap::new() };
    modules.insert(path, module);
    Ok(())
}

/// All paths among the tokens, and the names that `use` gives to some.
fn paths_in(
    tokens: &[TokenTree],
    paths: &mut Vec<Vec<String>>,
    imports: &mut BTreeMap<String, Vec<String>>,
) {
    let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == c);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if *word == "use" => {
                let end = (at..tokens.len()).find(|&end| is(end, ';')).unwrap_or(tokens.len());
                let mut leaves = Vec::new();
                use_tree(&tokens[at + 1..end], &[], &mut leaves);
                for (name, path) in leaves {
                    paths.push(path.clone());
                    imports.insert(name, path);
                }
                at = end;
            }
            TokenTree::Ident(word) => {
                let mut path = vec![word.to_string()];
                while is(at + 1, ':')
                    && is(at + 2, ':')
                    && let Some(TokenTree::Ident(next)) = tokens.get(at + 3)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                if path.len() > 1 {
                    paths.push(path);
                }
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                paths_in(&inner, paths, imports);
            }
            _ => {}
        }
        at += 1;
    }
}

/// The leaves of a `use`: the name that each is given, and its path.
fn use_tree(tokens: &[TokenTree], before: &[String], leaves: &mut Vec<(String, Vec<String>)>) {
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(c) if c.as_char() == ',');
    // Behind a comma at the end stands no branch.
    for branch in tokens.split(comma).filter(|branch| !branch.is_empty()) {
        let mut path = before.to_vec();
        let mut name = None;
        let mut rest = branch.iter();
        while let Some(token) = rest.next() {
            match token {
                TokenTree::Ident(word) if *word == "as" => {
                    name = rest.next().map(ToString::to_string);
                }
                // `a::{self}` is `a`.
                TokenTree::Ident(word) if *word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    use_tree(&inner, &path, leaves);
                    path.clear();
                }
                TokenTree::Punct(star) if star.as_char() == '*' => name = Some("*".to_owned()),
                _ => {}
            }
        }
        if let Some(last) = path.last().cloned() {
            leaves.push((name.unwrap_or(last), path));
        }
    }
}

/// The file that a path in a module leads to, if it is one of this crate.
fn resolve<'a>(
    modules: &'a Crate,
    from: &[String],
    segments: &[String],
    depth: usize,
) -> Option<&'a Path> {
    let (first, rest) = segments.split_first()?;
    let mut module = from.to_vec();
    let mut rest = rest;
    match first.as_str() {
        "crate" => module.clear(),
        "self" => {}
        "super" => {
            module.pop()?;
            while let [up, more @ ..] = rest
                && up == "super"
            {
                module.pop()?;
                rest = more;
            }
        }
        child => {
            module.push(child.to_owned());
            if !modules.contains_key(&module) {
                // A name from a `use` of this module, or of another crate.
                let import = modules.get(from)?.imports.get(child)?;
                if import.first() == Some(first) || depth == 0 {
                    return None;
                }
                let whole: Vec<String> = import.iter().chain(rest).cloned().collect();
                return resolve(modules, from, &whole, depth - 1);
            }
        }
    }
    while let [next, more @ ..] = rest {
        module.push(next.clone());
        if !modules.contains_key(&module) {
            module.pop();
            let here = modules.get(&module)?;
            // What the module passes on stands elsewhere.
            return match here.imports.get(next) {
                Some(import) if depth > 0 => {
                    let whole: Vec<String> = import.iter().chain(more).cloned().collect();
                    let passed = resolve(modules, &module, &whole, depth - 1);
                    passed.or(Some(&here.file))
                }
                _ => Some(&here.file),
            };
        }
        rest = more;
    }
    Some(&modules.get(&module)?.file)
}

#[test]
fn circles_are_found() -> Result<()> {
    let files = |contents: &[(&str, &str)]| -> Result<Vec<String>> {
        let folder = tempfile::tempdir()?;
        for (name, content) in contents {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().context("a folder")?)?;
            fs::write(file, content)?;
        }
        let graph = uses(&folder.path().join("lib.rs"))?;
        let names = |circle: Vec<&str>| {
            let names = circle.iter().filter_map(|file| Path::new(file).strip_prefix(&folder).ok());
            names.map(|name| name.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        Ok(circles(&graph).into_iter().map(names).collect())
    };
    let none: [&str; 0] = [];
    let lib = "mod a; mod b; mod c;";
    let three = |a, b, c| files(&[("lib.rs", lib), ("a.rs", a), ("b.rs", b), ("c.rs", c)]);
    assert_eq!(three("use crate::b::B;", "use crate::c::C;", "")?, none);
    assert_eq!(
        three("use crate::b::B;", "use crate::c::C;", "use super::{a::A};")?,
        ["a.rs b.rs c.rs"]
    );
    // Without `use`, by a name that `use` gives, in the body of a function, in what a macro is given.
    assert_eq!(
        three("fn f() { crate::b::g() }", "fn g() { println!(\"{}\", super::a::f()) }", "")?,
        ["a.rs b.rs"]
    );
    assert_eq!(
        three("use crate::b as other; fn f() { other::g() }", "use super::a::f;", "")?,
        ["a.rs b.rs"]
    );
    // Through what another file passes on; that file itself is not in the circle.
    let passed = |b| {
        files(&[
            ("lib.rs", "mod a; mod b; pub use a::A;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", b),
        ])
    };
    assert_eq!(passed("use crate::A;")?, ["a.rs b.rs"]);
    assert_eq!(passed("use crate::Other;")?, ["a.rs b.rs lib.rs"]);
    assert_eq!(passed("use other::A;")?, none);
    // A module that uses what stands in the file above it, which uses the module.
    let nested =
        |above| files(&[("lib.rs", "mod a;"), ("a.rs", above), ("a/b.rs", "use super::A;")]);
    assert_eq!(nested("mod b; struct A;")?, none);
    assert_eq!(nested("mod b; struct A; fn f() { b::g() }")?, ["a.rs a/b.rs"]);
    assert_eq!(three("use super::{b::B,};", "", "")?, none);
    assert_eq!(nested("mod b; struct A; use b::{B,};")?, ["a.rs a/b.rs"]);
    // Inside one file, and in what only tests see.
    assert_eq!(three("mod x { use super::A; } use x::X; struct A;", "", "")?, none);
    let tests = "#[cfg(test)] mod tests { use super::*; use crate::b; } use crate::c;";
    assert_eq!(three(tests, "use crate::a::A;", "")?, none);
    Ok(())
}
