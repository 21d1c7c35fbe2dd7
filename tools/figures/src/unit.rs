//! How a number is written: with two digits and a unit that fits.

/// What a number counts, and so how it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes, in powers of 1024.
    Size,
    /// Bytes a second, in powers of 1000.
    Rate,
    /// A part of a whole, as percent.
    Share,
    /// Without a unit.
    Plain,
}

impl Unit {
    /// The number with two significant digits and its unit.
    pub fn format(self, value: f64) -> String {
        match self {
            Unit::Plain => two_digits(value),
            Unit::Time => scaled(value, 1e3, &["ns", "µs", "ms", "s"]),
            Unit::Rate => scaled(value, 1e3, &["B/s", "kB/s", "MB/s", "GB/s", "TB/s"]),
            Unit::Size => size(value),
            Unit::Share => format!("{}\u{a0}%", two_digits(100.0 * value)),
        }
    }

    /// The number at a tick of an axis, where whole ones are written whole.
    pub fn tick(self, value: f64) -> String {
        match self {
            Unit::Plain if value >= 1e4 => {
                let digits = format!("{value:.0}");
                let split = digits.len() % 3;
                let groups = digits.as_bytes()[split..].chunks(3).map(String::from_utf8_lossy);
                let head = (split > 0).then(|| digits[..split].into());
                head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
            }
            Unit::Plain if value >= 1.0 && value.fract() == 0.0 => format!("{value}"),
            _ => self.format(value),
        }
    }
}

/// Two significant digits; a whole number of three digits or more ends in zeros.
pub fn two_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    // `{:.1e}` rounds to two digits, so that 9.96 becomes 10 and not 10.0.
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    let decimals = if rounded >= 10.0 {
        0
    } else if rounded >= 1.0 {
        1
    } else if rounded >= 0.1 {
        2
    } else {
        3
    };
    let text = format!("{rounded:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    // What would round to 1000 of a unit is 1 of the next.
    while value >= 0.995 * step && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    format!("{} {}", two_digits(value), units[unit])
}

/// A size is a parameter, not a measurement: it keeps all its digits where it is whole.
fn size(bytes: f64) -> String {
    let (mut value, mut unit) = (bytes, 0);
    let units = ["B", "KiB", "MiB", "GiB"];
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if value.fract() == 0.0 {
        format!("{value} {}", units[unit])
    } else {
        format!("{} {}", two_digits(value), units[unit])
    }
}

/// The text with a space that breaks no line between a number and the word after it, its unit.
pub fn unbroken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joint = c == ' '
            && out.ends_with(|before: char| before.is_ascii_digit())
            && rest.peek().is_some_and(|next| next.is_alphabetic());
        out.push(if joint { '\u{a0}' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_digits_and_a_unit_that_fits() {
        for (ns, text) in [
            (0.0, "0 ns"),
            (0.52, "0.52 ns"),
            (7.04, "7 ns"),
            (9.96, "10 ns"),
            (999.0, "1 µs"),
            (265_400.0, "270 µs"),
            (1_040_000.0, "1 ms"),
            (1_250_000_001.0, "1.3 s"),
            (99.6e9, "100 s"),
        ] {
            assert_eq!(Unit::Time.format(ns), text);
        }
        assert_eq!(Unit::Rate.format(12.34e9), "12 GB/s");
        assert_eq!(Unit::Rate.format(999.9e6), "1 GB/s");
        assert_eq!(Unit::Size.format(65_536.0), "64 KiB");
        assert_eq!(
            unbroken("a 5 s, 5 and 460 µs: 5 × 3 1"),
            "a 5\u{a0}s, 5\u{a0}and 460\u{a0}µs: 5 × 3 1"
        );
        assert_eq!(Unit::Size.format(268_435_456.0), "256 MiB");
        for (ratio, text) in
            [(12.4, "12"), (1.04, "1"), (1.06, "1.1"), (0.953, "0.95"), (413.0, "410")]
        {
            assert_eq!(Unit::Plain.format(ratio), text);
        }
        assert_eq!(Unit::Plain.tick(10_000.0), "10,000");
        assert_eq!(Unit::Plain.tick(1000.0), "1000");
        assert_eq!(Unit::Plain.tick(100_000.0), "100,000");
    }
}
