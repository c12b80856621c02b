//! What is done with 64 entries at once: which sizes are large enough, how many keys lie below, room for another.

/// Entries of a node.
pub const WIDTH: usize = 64;

/// The largest size that is compared; so signed comparisons, all that older CPUs have, are right.
pub const MOST: u32 = i32::MAX.cast_unsigned();

pub type Sizes = [u32; WIDTH];
pub type Keys = [i64; WIDTH];

/// A way to compare, and to make room.
pub trait Lanes: Copy {
    /// One bit per entry, bit 0 for the first: set where the entry is at least `need`. Nothing exceeds `MOST`.
    fn at_least(self, values: &Sizes, need: u32) -> u64;

    /// How many keys, ascending, are at or below `page`.
    fn rank(self, keys: &Keys, page: i64) -> usize;

    /// The largest entry.
    fn largest(self, values: &Sizes) -> u32;

    /// Move the entries `at..count` up by one, `count < WIDTH`; what stands at `at` and beyond the end is free.
    #[inline]
    fn open(self, sizes: &mut Sizes, keys: &mut Keys, at: usize, count: usize) {
        sizes.copy_within(at..count, at + 1);
        keys.copy_within(at..count, at + 1);
    }

    /// Move the entries `at + 1..count` down by one; the last one stands twice, or something beyond the end.
    #[inline]
    fn close(self, sizes: &mut Sizes, keys: &mut Keys, at: usize, count: usize) {
        sizes.copy_within(at + 1..count, at);
        keys.copy_within(at + 1..count, at);
    }
}

/// Work that is compiled once per way to compare; `run` and what it calls must be `#[inline(always)]` to gain by it.
pub trait Task {
    type Output;
    fn run(self, lanes: impl Lanes) -> Self::Output;
}
