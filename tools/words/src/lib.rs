//! What a tool asks of a language.

/// Words that are the same in every language: names, and what the programs print.
const NAMES: &str = "\
    a apache arc b bos c cargo cpu cpus cpython ctrl debian english fedora github gnu http https id io json \
    kib kubernetes linux macos mara mdbook mib mit mpi mp nix num_cpus os parallel perfetto posix postcard \
    procspawn python rank rayon readme rust serde skeptic slurm std systemd tokio ubuntu unix windows";

/// Whether a character is one of Chinese.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a word is the same in every language.
#[must_use]
pub fn is_name(word: &str) -> bool {
    word.chars().all(char::is_numeric)
        || NAMES.split_whitespace().any(|name| name.eq_ignore_ascii_case(word))
}
