//! Two lists side by side: which of one belongs to which of the other.

/// Places of two lists side by side: a pair, or one alone.
pub(super) type Row = (Option<usize>, Option<usize>);

/// Sets two lists of `n` and `m` things side by side, in their order, so that the sum of the pairs'
/// scores is the greatest. A pair with the score 0 is none.
///
/// What is `sure` at both ends is taken first, so that a page that has hardly changed costs little.
pub(super) fn align(
    n: usize,
    m: usize,
    sure: impl Fn(usize, usize) -> bool,
    score: impl Fn(usize, usize) -> f32,
) -> Vec<Row> {
    let head = (0..n.min(m)).take_while(|&i| sure(i, i)).count();
    let rest = n.min(m) - head;
    let tail = (0..rest).take_while(|&k| sure(n - 1 - k, m - 1 - k)).count();
    let (rows, columns) = (n - head - tail, m - head - tail);

    // best[i][j]: the greatest sum for what follows row i and column j.
    let scores: Vec<Vec<f32>> =
        (0..rows).map(|i| (0..columns).map(|j| score(head + i, head + j)).collect()).collect();
    let mut best = vec![vec![0.0_f32; columns + 1]; rows + 1];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let pair = if scores[i][j] > 0.0 { scores[i][j] + best[i + 1][j + 1] } else { 0.0 };
            best[i][j] = pair.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }

    let mut found: Vec<Row> = (0..head).map(|i| (Some(i), Some(i))).collect();
    let (mut i, mut j) = (0, 0);
    while i < rows || j < columns {
        let pairs = i < rows
            && j < columns
            && scores[i][j] > 0.0
            && scores[i][j] + best[i + 1][j + 1] >= best[i + 1][j].max(best[i][j + 1]);
        if pairs {
            found.push((Some(head + i), Some(head + j)));
            (i, j) = (i + 1, j + 1);
        } else if j == columns || (i < rows && best[i + 1][j] >= best[i][j + 1]) {
            found.push((Some(head + i), None));
            i += 1;
        } else {
            found.push((None, Some(head + j)));
            j += 1;
        }
    }
    found.extend((0..tail).map(|k| (Some(n - tail + k), Some(m - tail + k))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(left: &str, right: &str) -> String {
        let (left, right): (Vec<char>, Vec<char>) =
            (left.chars().collect(), right.chars().collect());
        let same = |i: usize, j: usize| left[i] == right[j];
        let score = |i: usize, j: usize| f32::from(u8::from(same(i, j)));
        let show = |(i, j): Row| match (i, j) {
            (Some(i), Some(_)) => left[i].to_string(),
            (Some(i), None) => format!("-{}", left[i]),
            (None, Some(j)) => format!("+{}", right[j]),
            (None, None) => "?".to_owned(),
        };
        align(left.len(), right.len(), same, score).into_iter().map(show).collect()
    }

    #[test]
    fn lists_are_set_side_by_side() {
        assert_eq!(of("", ""), "");
        assert_eq!(of("abc", "abc"), "abc");
        assert_eq!(of("abc", "ac"), "a-bc");
        assert_eq!(of("ac", "abc"), "a+bc");
        assert_eq!(of("axc", "ayc"), "a-x+yc");
        assert_eq!(of("aab", "ab"), "a-ab");
        assert_eq!(of("abcd", "bcde"), "-abcd+e");
    }
}
