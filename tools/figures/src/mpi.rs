//! The scaling that is expected beyond the machine at hand, from a model. Nothing here is measured.
//!
//! The text and the picture take all numbers from the constants below.

use crate::unit::Unit;

/// Seconds that a short message takes from one rank to another.
const LATENCY: f64 = 20e-6;
/// Bytes that a rank sends in a second.
const BANDWIDTH: f64 = 1e9;
/// Seconds that the root of a pool needs for a piece: to take a result in and send a piece out.
const HANDLING: f64 = 5e-6;
/// Seconds that the large job takes on one core, and the small one.
const LARGE: f64 = 1000.0;
const SMALL: f64 = 1.0;
/// Bytes that the root deals out where there is much data.
const DATA: f64 = 10e9;
/// How many pieces the pool cuts the large job into.
const PIECES: f64 = 100_000.0;

/// The numbers of ranks.
pub const RANKS: [f64; 13] =
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0];

/// Seconds for work that is scattered and reduced. Both go through a tree, so a message passes as
/// many times as the ranks can be halved; the root sends all but its own part of the data.
fn scattered(work: f64, data: f64, ranks: f64) -> f64 {
    let depth = ranks.log2().ceil();
    work / ranks + 2.0 * depth * LATENCY + data * (ranks - 1.0) / ranks / BANDWIDTH
}

/// Seconds for the large job in a pool: the workers' time, each piece with a message to and from the
/// root, or the root's own time where that is longer.
fn pooled(ranks: f64) -> f64 {
    let workers = ranks - 1.0;
    let of_workers = (LARGE + PIECES * 2.0 * LATENCY) / workers;
    of_workers.max(PIECES * HANDLING)
}

/// A way to share a job, and its speed-up over the ranks that it can have.
pub struct Way {
    name: &'static str,
    pub least: f64,
    pub speedup: fn(f64) -> f64,
}

pub const WAYS: [Way; 4] = [
    Way { name: "large", least: 1.0, speedup: |ranks| LARGE / scattered(LARGE, 0.0, ranks) },
    Way { name: "pool", least: 2.0, speedup: |ranks| LARGE / pooled(ranks) },
    Way { name: "small", least: 1.0, speedup: |ranks| SMALL / scattered(SMALL, 0.0, ranks) },
    Way { name: "data", least: 1.0, speedup: |ranks| LARGE / scattered(LARGE, DATA, ranks) },
];

/// What the text says of the model, each with its key.
pub fn fragments() -> Vec<(String, String)> {
    let time = |seconds: f64| Unit::Time.format(seconds * 1e9);
    let bytes = |bytes: f64| Unit::Rate.format(bytes).replace("/s", "");
    let mut out = vec![
        ("model_latency", time(LATENCY)),
        ("model_bandwidth", Unit::Rate.format(BANDWIDTH)),
        ("model_handling", time(HANDLING)),
        ("model_large", time(LARGE)),
        ("model_small", time(SMALL)),
        ("model_data", bytes(DATA)),
        ("model_pieces", Unit::Plain.tick(PIECES)),
        ("model_piece", time(LARGE / PIECES)),
        ("model_sending", time(DATA / BANDWIDTH)),
        ("model_data_ceiling", Unit::Plain.format(LARGE * BANDWIDTH / DATA)),
        ("model_root", time(PIECES * HANDLING)),
    ]
    .into_iter()
    .map(|(key, text)| (key.to_owned(), text))
    .collect::<Vec<_>>();
    for way in WAYS {
        for ranks in [100.0, 10_000.0] {
            let speedup = Unit::Plain.format((way.speedup)(ranks));
            out.push((format!("model_{}_{ranks}", way.name), speedup));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speedup(name: &str, ranks: f64) -> f64 {
        WAYS.iter().find(|way| way.name == name).map_or(0.0, |way| (way.speedup)(ranks))
    }

    #[test]
    fn one_rank_is_as_fast_as_one_core_and_none_is_faster_than_its_ranks() {
        for way in WAYS {
            let one = (way.speedup)(way.least);
            assert!(one <= 1.0 && one > 0.99, "{}: {one}", way.name);
            for ranks in RANKS.into_iter().filter(|ranks| *ranks >= way.least) {
                assert!((way.speedup)(ranks) <= ranks, "{} at {ranks}", way.name);
            }
        }
    }

    #[test]
    fn the_ceilings_are_where_the_text_says_that_they_are() {
        // All data through the root, and all pieces through it.
        assert!(speedup("data", 10_000.0) < LARGE / (DATA / BANDWIDTH));
        assert!(speedup("data", 10_000.0) > 0.9 * LARGE / (DATA / BANDWIDTH));
        assert!((speedup("pool", 10_000.0) - LARGE / (PIECES * HANDLING)).abs() < 1e-6);
        assert!((speedup("pool", 5000.0) - speedup("pool", 10_000.0)).abs() < 1e-6);
        // By hand: 1 s over 10,000 ranks, and 14 steps of 20 µs there and as many back.
        assert!((speedup("small", 10_000.0) - 1.0 / (1e-4 + 28.0 * 20e-6)).abs() < 1e-6);
        assert!(speedup("large", 10_000.0) > 9900.0);
    }
}
