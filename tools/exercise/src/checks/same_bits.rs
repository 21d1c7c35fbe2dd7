//! The same sum, to the bit.

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// The terms were added by rayon's threads, and the sum had the same bits whatever their number.
pub fn check(runs: &mut Runs) -> Checked {
    let mut sums: Vec<(u64, u64)> = Vec::new();
    let mut in_parallel = false;
    for threads in [1, 4, 4, 4, 3] {
        let report = runs.run(&[("RAYON_NUM_THREADS", &threads.to_string())])?;
        rules::ended(&report, "")?;
        rules::succeeded(&report, "")?;
        let others = report.processes.len() - 1;
        if others > 0 {
            return refuse(format!(
                "Your program started {}: rayon's threads share the memory of one.",
                rules::count_of(others, "other process", "other processes")
            ));
        }
        rules::wrote(&report, &["the sum is about 277551".to_owned()], true)?;
        let told = String::from_utf8_lossy(&report.stderr);
        let adding = told.lines().filter(|line| *line == "a thread adds").count();
        if threads == 1 && adding > 1 {
            return refuse(format!(
                "With RAYON_NUM_THREADS=1 the terms were added by {adding} threads: they are not those of rayon's pool."
            ));
        }
        in_parallel |= adding > 1;
        let bits = told.lines().find_map(|line| line.strip_prefix("its bits are "));
        let Some(bits) = bits.and_then(|bits| u64::from_str_radix(bits, 16).ok()) else {
            return refuse("Your program did not call `write_sum` with its sum.");
        };
        sums.push((threads, bits));
    }
    if !in_parallel {
        return refuse(
            "One thread added all the terms, though there were four (RAYON_NUM_THREADS=4): they should share the work.",
        );
    }
    let (_, bits) = sums[0];
    if sums.iter().all(|&(_, bits)| f64::from_bits(bits).fract() == 0.0) {
        return refuse(
            "The sum is a whole number, and the terms are not: what is rounded away at the end is lost, and two runs \
             may still round to different sides.",
        );
    }
    match sums.iter().find(|(_, other)| *other != bits) {
        Some((threads, other)) => refuse(format!(
            "With 1 thread the bits of the sum were {bits:016x}, and with {threads} threads {other:016x}: the additions \
             were grouped in another way."
        )),
        None => Ok(()),
    }
}
