//! What is done with all entries of a node at once: which sizes are large enough, how many keys lie below, room for another.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::bits::below;

/// Entries of an inner node: as many as a mask has bits.
pub const WIDTH: usize = 64;

/// Entries of a leaf: fewer, since an edit moves half of them.
pub const LEAF: usize = 32;

/// The largest size that is compared; so signed comparisons, all that older CPUs have, are right.
pub const MOST: u32 = i32::MAX.cast_unsigned();

/// Key of an entry that is not used: above every page.
pub const UNUSED: i64 = i64::MAX;

/// A way to compare, and to make room, in nodes of `WIDTH` or `LEAF` entries.
pub trait Lanes: Copy {
    /// One bit per entry, bit 0 for the first: set where the entry is at least `need`. Nothing exceeds `MOST`.
    fn at_least<const N: usize>(self, sizes: &[u32; N], need: u32) -> u64;

    /// How many keys, ascending, are at or below `page`; both at least 0.
    fn rank<const N: usize>(self, keys: &[i64; N], page: i64) -> usize;

    /// The last key at or below `page`; the first one counts as minus infinity, the others as in `rank`.
    #[inline(always)]
    fn last_below<const N: usize>(self, keys: &[i64; N], page: i64) -> usize {
        self.rank(keys, page).saturating_sub(1)
    }

    /// Where the first key above `page` stands, or would stand.
    #[inline(always)]
    fn place<const N: usize>(self, keys: &[i64; N], page: i64) -> Place {
        Place::new(self.rank(keys, page))
    }

    /// The largest entry.
    fn largest<const N: usize>(self, sizes: &[u32; N]) -> u32;

    /// Move the entries from `at` on up by one, the last one out, and put a new size there, and a key between those around.
    fn open<const N: usize>(
        self,
        sizes: &mut [u32; N],
        keys: &mut [i64; N],
        at: Place,
        new: (u32, i64),
    );

    /// Move the entries above `at` down by one; the last one is not used then.
    fn close<const N: usize>(self, sizes: &mut [u32; N], keys: &mut [i64; N], at: Place);
}

/// A place in a node, in both forms that comparing keys gives.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Entries before it.
    pub at: usize,
    /// A bit per entry, set for those from it on.
    pub from: u64,
}

impl Place {
    #[inline(always)]
    pub fn new(at: usize) -> Self {
        Self { at, from: !below(at) }
    }
}

/// Work that is compiled once per way to compare; `run` and what it calls must be `#[inline(always)]` to gain by it.
pub trait Task {
    type Output;
    fn run(self, lanes: impl Lanes) -> Self::Output;
}
