//! A picture is one file: every file of `src/pictures` is a module and a line of the list of pictures.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/pictures");
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let folder = variable("CARGO_MANIFEST_DIR")?.join("src/pictures");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "rs"));
    files.sort();
    let (mut modules, mut list) = (String::new(), String::new());
    for file in files {
        let module = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = module.replace('_', "-");
        let path = file.display().to_string();
        let _ = writeln!(modules, "#[path = {path:?}]\nmod {module};");
        let _ = writeln!(list, "    ({name:?}, {module}::draw),");
    }
    let list =
        format!("/// All pictures, by their names.\nconst PICTURES: &[Picture] = &[\n{list}];\n");
    fs::write(variable("OUT_DIR")?.join("pictures.rs"), modules + &list)
}
