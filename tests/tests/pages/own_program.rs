//! The reader's own program, as the introduction tells to make it: in an empty folder, by Cargo alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use site::markdown::{
    parser,
    pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd},
};
use tests::root;

/// The code blocks of a section: what stands behind their fences, and their text.
fn blocks(page: &str, id: &str) -> Vec<(String, String)> {
    let (mut found, mut here, mut fence) = (Vec::new(), false, None);
    for event in parser(page) {
        match event {
            Event::Start(Tag::Heading { id: heading, .. }) => here = heading.as_deref() == Some(id),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if here => {
                fence = Some((info.to_string(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, block)) = &mut fence {
                    block.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => found.extend(fence.take()),
            _ => {}
        }
    }
    found
}

fn cargo(folder: &Path, words: &[&str]) -> Result<String> {
    // Its own target folder, which stays: the second run builds the one program.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-program");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(words)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        // The tests compile with a wrapper of their own, which the reader hasn't.
        .env_remove("RUSTC")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo {}, {}:\n{said}", words.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Makes the project and runs it. A path stands for the address in Git, and nothing is downloaded: the
/// versions are those of this project, which are there.
fn run(manifest: &str, program: &str) -> Result<String> {
    let folder = tempfile::tempdir()?;
    cargo(folder.path(), &["new", "--quiet", "--vcs=none", "mine"])?;
    let mine = folder.path().join("mine");
    let here = format!("path = {:?}", root().display().to_string());
    let manifest = manifest.replace(r#"git = "URL""#, &here);
    let made = fs::read_to_string(mine.join("Cargo.toml"))?;
    ensure!(made.matches("[dependencies]").count() == 1, "cargo new has made {made}");
    fs::write(mine.join("Cargo.toml"), made.replace("[dependencies]\n", &manifest))?;
    fs::write(mine.join("src/main.rs"), program)?;
    fs::copy(root().join("Cargo.lock"), mine.join("Cargo.lock"))?;
    cargo(&mine, &["run", "--quiet", "--offline"])
}

#[test]
fn the_readers_own_program_runs_from_an_empty_folder() -> Result<()> {
    let page =
        |edition| fs::read_to_string(root().join("src").join(edition).join("introduction.md"));
    let found = blocks(&page("en")?, "your-own-program");
    let kinds: Vec<&str> = found.iter().map(|(kind, _)| kind.as_str()).collect();
    ensure!(kinds == ["toml", "rust", "toml", "rust"], "{kinds:?}");
    ensure!(found == blocks(&page("zh-TW")?, "your-own-program"), "the editions differ");
    let [with_mp, with_mp_program, alone, alone_program] =
        found.try_into().ok().context("four blocks")?;

    let said = run(&with_mp.1, &with_mp_program.1)?;
    assert_eq!(said, "child: hello\nparent: the child has ended, exit status: 0\n");
    let said = run(&alone.1, &alone_program.1)?;
    assert_eq!(said, "the sum of the squares is 333833500\n");
    Ok(())
}
