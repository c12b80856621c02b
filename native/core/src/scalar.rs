//! The plain way to compare sizes and keys: what every vector unit must equal, and what machines without one do.

use crate::lanes::{Lanes, Place, UNUSED};

/// No vector unit.
#[derive(Clone, Copy)]
pub struct Scalar;

impl Lanes for Scalar {
    #[inline]
    fn at_least<const N: usize>(self, sizes: &[u32; N], need: u32) -> u64 {
        sizes.iter().rev().fold(0, |mask, &size| mask << 1 | u64::from(size >= need))
    }

    /// Halvings without a branch to guess.
    #[inline]
    fn rank<const N: usize>(self, keys: &[i64; N], page: i64) -> usize {
        let (mut below, mut half) = (0, N / 2);
        while half > 0 {
            below += if keys[(below + half - 1) % N] <= page { half } else { 0 };
            half /= 2;
        }
        below + usize::from(keys[below] <= page)
    }

    #[inline]
    fn largest<const N: usize>(self, sizes: &[u32; N]) -> u32 {
        sizes.iter().fold(0, |most, &size| most.max(size))
    }

    #[inline]
    fn open<const N: usize>(
        self,
        sizes: &mut [u32; N],
        keys: &mut [i64; N],
        Place { at, .. }: Place,
        new: (u32, i64),
    ) {
        sizes.copy_within(at..N - 1, at + 1);
        keys.copy_within(at..N - 1, at + 1);
        (sizes[at], keys[at]) = new;
    }

    #[inline]
    fn close<const N: usize>(
        self,
        sizes: &mut [u32; N],
        keys: &mut [i64; N],
        Place { at, .. }: Place,
    ) {
        sizes.copy_within(at + 1..N, at);
        keys.copy_within(at + 1..N, at);
        (sizes[N - 1], keys[N - 1]) = (0, UNUSED);
    }
}
