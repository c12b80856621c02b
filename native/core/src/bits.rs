//! Which bit of a mask comes first or last.

use crate::lanes::WIDTH;

/// Bits below `bit`, which may be 64.
#[inline]
pub fn below(bit: usize) -> u64 {
    u64::MAX.checked_shr(u32::try_from(WIDTH - bit).unwrap_or(0)).unwrap_or(0)
}

#[inline]
pub fn lowest_bit(mask: u64) -> Option<usize> {
    (mask != 0).then(|| mask.trailing_zeros() as usize)
}

#[inline]
pub fn highest_bit(mask: u64) -> Option<usize> {
    (mask != 0).then(|| 63 - mask.leading_zeros() as usize)
}
