//! What follows from measurements: the share that no worker takes over, and from where a way pays.

/// The serial share that explains a speed-up with `workers`, after Karp and Flatt; 0 where the
/// speed-up is ideal or better.
pub fn serial_share(speedup: f64, workers: f64) -> f64 {
    if workers <= 1.0 || speedup <= 0.0 {
        return 0.0;
    }
    ((1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers)).clamp(0.0, 1.0)
}

/// Less gain than this is not told from the noise of a measurement.
const GAIN: f64 = 0.95;

/// Where a line of ratios falls below 1 for good, between two points on logarithmic axes; nowhere if it
/// comes to rest at about 1.
pub fn pays_from(points: &[(f64, f64)]) -> Option<f64> {
    if points.last()?.1 > GAIN {
        return None;
    }
    let last_above = points.iter().rposition(|p| p.1 >= 1.0);
    let first = last_above.map_or(0, |i| i + 1);
    let &(x1, y1) = points.get(first)?;
    let Some(&(x0, y0)) = last_above.map(|i| &points[i]) else { return Some(x1) };
    let share = y0.ln() / (y0.ln() - y1.ln());
    Some((x0.ln() + share * (x1.ln() - x0.ln())).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_pays_from_where_its_line_stays_below_1() {
        let near = |x: Option<f64>, y: f64| x.is_some_and(|x| (x / y - 1.0).abs() < 1e-6);
        assert!(near(pays_from(&[(100.0, 10.0), (10_000.0, 0.1)]), 1000.0));
        assert!(near(pays_from(&[(1.0, 0.9), (10.0, 2.0), (100.0, 0.5)]), 1000_f64.sqrt()));
        assert!(near(pays_from(&[(10.0, 0.9), (100.0, 0.5)]), 10.0));
        assert_eq!(pays_from(&[(10.0, 0.9), (100.0, 1.01)]), None);
        assert_eq!(pays_from(&[(10.0, 2.0), (100.0, 0.98)]), None);
        assert_eq!(pays_from(&[]), None);
    }

    #[test]
    fn the_serial_share_is_that_of_amdahls_law() {
        for share in [0.0, 0.1, 0.5] {
            let speedup = 1.0 / (share + (1.0 - share) / 8.0);
            assert!((serial_share(speedup, 8.0) - share).abs() < 1e-9);
        }
        assert!(serial_share(2.1, 2.0).abs() < 1e-9 && serial_share(1.0, 1.0).abs() < 1e-9);
    }
}
