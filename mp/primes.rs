//! The task of many of the book's programs: to count primes by trial division. It takes long
//! enough to be worth sharing out, its pieces take unequal times, and the right answers are known.
//!
//! ```
//! use mp::primes::{primes_in, published};
//!
//! let limit = 1_000;
//! let halves = primes_in(0..limit / 2) + primes_in(limit / 2..limit);
//! assert_eq!(Some(halves), published(limit)); // 168
//! ```

use std::ops::Range;

/// How many primes there are below 10, 100, 1000, …: the sequence
/// [A006880](https://oeis.org/A006880) of the On-Line Encyclopedia of Integer Sequences.
const PUBLISHED: [usize; 8] = [4, 25, 168, 1229, 9592, 78_498, 664_579, 5_761_455];

/// Whether no smaller number but 1 divides `n`.
///
/// ```
/// let small: Vec<usize> = (0..20).filter(|&n| mp::primes::is_prime(n)).collect();
/// assert_eq!(small, [2, 3, 5, 7, 11, 13, 17, 19]);
/// ```
#[must_use]
pub fn is_prime(n: usize) -> bool {
    n >= 2 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

/// How many primes there are in `range`.
#[must_use]
pub fn primes_in(range: Range<usize>) -> usize {
    range.filter(|&n| is_prime(n)).count()
}

/// How many primes there are below `limit` as others have counted them, for the powers of ten from
/// 10 to 100 000 000; `None` for other limits.
///
/// A program compares its own count with it, since a mistake in sharing out work shows first in a
/// wrong total. Source: [OEIS A006880](https://oeis.org/A006880).
#[must_use]
pub fn published(limit: usize) -> Option<usize> {
    let power = limit.checked_ilog10().filter(|&power| 10_usize.pow(power) == limit)?;
    PUBLISHED.get(power.checked_sub(1)? as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::{PUBLISHED, primes_in, published};

    #[test]
    fn the_published_counts_are_of_powers_of_ten() {
        for (power, count) in (1..).zip(PUBLISHED) {
            assert_eq!(published(10_usize.pow(power)), Some(count));
        }
        for other in [0, 1, 2, 9, 11, 99, 1_001, 20_000, 1_000_000_000, usize::MAX] {
            assert_eq!(published(other), None, "{other}");
        }
    }

    #[test]
    fn they_are_what_is_counted() {
        for limit in [10, 100, 1_000, 10_000, 100_000] {
            assert_eq!(Some(primes_in(0..limit)), published(limit));
        }
        assert_eq!(primes_in(0..2), 0);
    }
}
