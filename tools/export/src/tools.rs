//! The programs and fonts that exports need, and what to do where they are missing.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::kind::Kind;
use site::Edition;

/// Sets pages: HTML and CSS in, PDF out. It knows page numbers in a table of contents, running heads
/// and bookmarks, which a browser's print doesn't.
const WEASYPRINT: &str = "weasyprint";

/// Draws the cover of the EPUB from the first page of a PDF.
const PDFTOCAIRO: &str = "pdftocairo";

/// Cuts a font down to some characters, for the EPUB.
const PYFTSUBSET: &str = "pyftsubset";

/// The fonts of the PDF, each with Debian's package.
const FONTS: [(&str, &str); 4] = [
    ("Noto Serif", "fonts-noto-core"),
    ("Noto Sans", "fonts-noto-core"),
    ("Noto Sans Symbols2", "fonts-noto-core"),
    ("JetBrains Mono", "fonts-jetbrains-mono"),
];

/// The fonts for Chinese: the English edition names a few titles in it.
const CHINESE: [(&str, &str); 3] = [
    (CHINESE_SERIF, "fonts-noto-cjk"),
    ("Noto Sans CJK TC", "fonts-noto-cjk"),
    ("Noto Sans Mono CJK TC", "fonts-noto-cjk"),
];

/// The font of the text in Chinese.
pub(super) const CHINESE_SERIF: &str = "Noto Serif CJK TC";

/// Checks that everything is there that `kinds` need.
///
/// # Errors
/// What is missing, a line each, with how to install it.
pub(super) fn check(kinds: &[Kind], editions: &[Edition]) -> Result<()> {
    if editions.is_empty() || kinds.iter().all(|kind| *kind == Kind::Zip) {
        return Ok(());
    }
    let mut missing = Vec::new();
    if !runs(WEASYPRINT, "--version") {
        missing.push(format!(
            "the program {WEASYPRINT}: pipx install weasyprint, or pip install weasyprint; on Debian it wants \
             the packages libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0 beside it"
        ));
    }
    if kinds.contains(&Kind::Epub) && !runs(PDFTOCAIRO, "-v") {
        missing.push(format!("the program {PDFTOCAIRO}: apt-get install poppler-utils"));
    }
    if kinds.contains(&Kind::Epub) && !runs(PYFTSUBSET, "--help") {
        missing.push(format!(
            "the program {PYFTSUBSET}: pipx install 'fonttools[woff]'; pip install weasyprint brings it along"
        ));
    }
    match output(Command::new("fc-list").args([":", "family"])) {
        Ok(families) => {
            let known = |family: &str| {
                families.lines().flat_map(|line| line.split(',')).any(|name| name.trim() == family)
            };
            for (font, package) in FONTS.iter().chain(&CHINESE) {
                if !known(font) {
                    missing.push(format!("the font {font}: apt-get install {package}"));
                }
            }
        }
        Err(_) => missing.push("the program fc-list: apt-get install fontconfig".to_owned()),
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut message = "exports need what is not here:".to_owned();
    for line in missing {
        let _ = write!(message, "\n  {line}");
    }
    bail!(message);
}

/// Whether a program can be run.
fn runs(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a command writes to its standard output.
fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("can't run {name}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || !errors.trim().is_empty() {
        bail!("{name}: {}: {}", output.status, errors.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Sets the page `html` as a PDF. What WeasyPrint warns of is an error: something would be missing.
pub(super) fn weasyprint(html: &Path, pdf: &Path, identifier: &str) -> Result<()> {
    output(
        Command::new(WEASYPRINT)
            .args(["--pdf-variant", "pdf/ua-1", "--pdf-identifier", identifier])
            .arg(html)
            .arg(pdf),
    )?;
    Ok(())
}

/// Draws the first page of `pdf` as `png`, `width` pixels wide.
pub(super) fn draw(pdf: &Path, png: &Path, width: u32) -> Result<()> {
    output(
        Command::new(PDFTOCAIRO)
            .args(["-png", "-singlefile", "-f", "1", "-l", "1", "-scale-to-y", "-1"])
            .args(["-scale-to-x", &width.to_string()])
            .arg(pdf)
            // It adds the ending itself.
            .arg(png.with_extension("")),
    )?;
    Ok(())
}

/// The font `family` in `style`, with the glyphs that `text` needs and no others, as WOFF2.
pub(super) fn subset(family: &str, style: &str, text: &str, folder: &Path) -> Result<Vec<u8>> {
    let pattern = format!("{family}:style={style}");
    let found = output(Command::new("fc-match").args(["-f", "%{file}\n%{index}", &pattern]))?;
    let (font, index) =
        found.split_once('\n').with_context(|| format!("fc-match says nothing of {pattern}"))?;
    let (characters, woff2) = (folder.join("characters.txt"), folder.join("font.woff2"));
    fs::write(&characters, text)?;
    output(
        Command::new(PYFTSUBSET)
            .arg(font)
            .arg(format!("--font-number={index}"))
            .arg(format!("--text-file={}", characters.display()))
            .arg(format!("--output-file={}", woff2.display()))
            // Running text, in lines: without hints, ligatures and columns it is a fourth of the size.
            .args(["--flavor=woff2", "--no-hinting", "--layout-features="])
            .arg("--drop-tables+=vhea,vmtx,VORG,BASE"),
    )?;
    fs::read(&woff2).with_context(|| format!("can't read {}", woff2.display()))
}
