//! How many pairs of links cross between two levels.
//!
//! The accumulator tree of Barth, Jünger and Mutzel, "Simple and Efficient Bilayer Cross Counting" (2002), with weights:
//! links of weight a and b that cross count a × b.

/// A link by the positions of its two ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Strand {
    pub(super) tail: u32,
    pub(super) head: u32,
    pub(super) weight: i64,
}

/// Crossings of links between two levels, in any order. `O(links × log(width))`.
pub(super) fn count(strands: &mut [Strand]) -> i64 {
    strands.sort_unstable();
    let width = strands.iter().map(|strand| strand.head as usize + 1).max().unwrap_or(0);
    let leaves = width.next_power_of_two();
    let mut tree = vec![0i64; 2 * leaves];
    let mut crossings = 0;
    for strand in strands.iter() {
        let mut at = leaves + strand.head as usize;
        tree[at] += strand.weight;
        while at > 1 {
            // What came before and ends behind crosses this one.
            if at.is_multiple_of(2) {
                crossings += tree[at + 1] * strand.weight;
            }
            at /= 2;
            tree[at] += strand.weight;
        }
    }
    crossings
}

/// Crossings between the links of two neighbours in a row, the first standing before the second: for each the positions
/// of the other ends, sorted, with weights.
pub(super) fn between(first: &[(u32, i64)], second: &[(u32, i64)]) -> i64 {
    let (mut at, mut behind, mut crossings) = (0, 0, 0);
    for &(position, weight) in first {
        while at < second.len() && second[at].0 < position {
            behind += second[at].1;
            at += 1;
        }
        crossings += weight * behind;
    }
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(strands: &[Strand]) -> i64 {
        let pairs = strands.iter().enumerate().flat_map(|(nth, one)| strands[..nth].iter().map(move |two| (one, two)));
        let crossing = pairs.filter(|(one, two)| {
            (one.tail < two.tail && one.head > two.head) || (one.tail > two.tail && one.head < two.head)
        });
        crossing.map(|(one, two)| one.weight * two.weight).sum()
    }

    #[test]
    fn the_tree_counts_what_every_pair_of_links_counts() {
        let mut seed = 1u64;
        let mut below = |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound
        };
        for round in 0..200 {
            let width = 1 + below(12);
            let strands = (0..round % 40).map(|_| Strand {
                tail: below(width) as u32,
                head: below(width) as u32,
                weight: 1 + below(3) as i64,
            });
            let mut strands: Vec<Strand> = strands.collect();
            let expected = naive(&strands);
            assert_eq!(count(&mut strands), expected);
            let of = |tail| -> Vec<(u32, i64)> {
                let mut ends: Vec<_> =
                    strands.iter().filter(|one| one.tail == tail).map(|one| (one.head, one.weight)).collect();
                ends.sort_unstable();
                ends
            };
            let two: Vec<Strand> = strands.iter().copied().filter(|one| one.tail < 2).collect();
            assert_eq!(between(&of(0), &of(1)), naive(&two));
        }
    }
}
