//! The plain way to compare 64 values: what every vector unit must equal, and what machines without one do.

use crate::lanes::{Lanes, WIDTH};

/// No vector unit.
#[derive(Clone, Copy)]
pub struct Scalar;

impl Lanes for Scalar {
    #[inline]
    fn at_least(self, values: &[u32; WIDTH], need: u32) -> u64 {
        values.iter().rev().fold(0, |mask, &value| mask << 1 | u64::from(value >= need))
    }

    /// Halvings without a branch to guess.
    #[inline]
    fn rank(self, keys: &[i64; WIDTH], page: i64) -> usize {
        let mut below = 0;
        for half in [32, 16, 8, 4, 2, 1] {
            below += if keys[(below + half - 1) % WIDTH] <= page { half } else { 0 };
        }
        below + usize::from(keys[below] <= page)
    }

    #[inline]
    fn largest(self, values: &[u32; WIDTH]) -> u32 {
        values.iter().fold(0, |most, &value| most.max(value))
    }
}
