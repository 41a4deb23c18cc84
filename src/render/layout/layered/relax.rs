//! A start for the coordinates: every row as near as possible to its neighbours, in turn.
//!
//! A row keeps its order and its distances; the places of least squared distance to given ones under that condition are
//! found by pooling neighbours that push each other (Ayer et al. 1955).

/// A place asked for, and how strongly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) at: f64,
    pub(super) weight: f64,
}

/// The places nearest to the wishes, each at least `gaps[i]` behind the one before it. Whole numbers for whole gaps.
pub(super) fn nearest(wishes: &[Wish], gaps: &[i64]) -> Vec<i64> {
    // Less what stands before it, every place only has to be no smaller than the last one.
    let mut before = 0i64;
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(wishes.len());
    for (wish, gap) in wishes.iter().zip(gaps) {
        before += gap;
        offsets.push(before);
        let mut pool = ((wish.at - before as f64) * wish.weight, wish.weight, 1);
        while let Some(last) = pools.last() {
            if last.0 / last.1 <= pool.0 / pool.1 {
                break;
            }
            pool = (pool.0 + last.0, pool.1 + last.1, pool.2 + last.2);
            pools.pop();
        }
        pools.push(pool);
    }
    let places =
        pools.iter().flat_map(|&(sum, weight, count)| std::iter::repeat_n((sum / weight).round() as i64, count));
    places.zip(offsets).map(|(place, offset)| place + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_that_can_be_met_are_met_and_others_share_the_way() {
        let wish = |at| Wish { at, weight: 1.0 };
        assert_eq!(nearest(&[wish(0.0), wish(20.0)], &[0, 10]), [0, 20]);
        assert_eq!(nearest(&[wish(0.0), wish(0.0)], &[0, 10]), [-5, 5]);
        let strong = Wish { at: 0.0, weight: 9.0 };
        assert_eq!(nearest(&[wish(0.0), strong], &[0, 10]), [-9, 1]);
    }
}
