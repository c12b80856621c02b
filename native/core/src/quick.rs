//! The usual ways to map and unmap a range: inside one leaf, next to gaps that fit their size fields, with room for one more.
//!
//! Everything else is left to `change.rs`, which can do all.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use std::ops::Range;

use crate::edit::lower_inner;
use crate::index::{GapIndex, Spot};
use crate::lanes::{LEAF, Lanes, MOST, Task, UNUSED};
use crate::node::Entry;

impl GapIndex {
    /// Map a range inside the gap at a spot; false if it lies elsewhere.
    #[inline(always)]
    pub fn occupy_at(&mut self, at: &Spot, range: &Range<i64>) -> bool {
        self.machine.run(OccupyAt { index: self, at, range })
    }

    /// Map a range; how many of its pages were free.
    #[inline(always)]
    pub fn occupy(&mut self, range: &Range<i64>) -> i64 {
        if self.machine.run(Occupy { index: self, range }) {
            range.end - range.start
        } else {
            self.occupy_anywhere(range)
        }
    }

    /// Unmap a range; how many of its pages were mapped.
    #[inline(always)]
    pub fn release(&mut self, range: &Range<i64>) -> i64 {
        if self.machine.run(Release { index: self, range }) {
            range.end - range.start
        } else {
            self.release_anywhere(range)
        }
    }
}

/// A number of pages that is at least 0 and below `MOST`.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the range of u32")]
fn narrow(pages: i64) -> u32 {
    pages as u32
}

struct OccupyAt<'a> {
    index: &'a mut GapIndex,
    at: &'a Spot,
    range: &'a Range<i64>,
}

impl Task for OccupyAt<'_> {
    type Output = bool;

    /// At the top of the gap, as searches from above place.
    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> bool {
        let Self { index, at, range } = self;
        let leaf = index.leaves.get_mut(at.leaf);
        let entry = at.entry as usize % LEAF;
        let (start, old) = (leaf.key[entry], leaf.size[entry]);
        let below = range.start - start;
        if old == MOST || below < 0 || range.end != start + i64::from(old) {
            return index.occupy_anywhere_at(at, range);
        }
        let mut repair = false;
        if below > 0 {
            leaf.size[entry] = narrow(below);
        } else {
            repair = entry == 0 || leaf.will_be_to_join();
            leaf.remove(lanes, entry);
        }
        if lower_inner(lanes, &mut index.inners, leaf, (at.inner, at.slot), old) {
            index.lower_root(lanes, at.root, old);
        }
        if repair {
            index.after_removal(at.root, at.slot);
        }
        true
    }
}

/// True if it is done, all pages having been free.
struct Occupy<'a> {
    index: &'a mut GapIndex,
    range: &'a Range<i64>,
}

impl Task for Occupy<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> bool {
        let Self { index, range } = self;
        let at = index.rank(lanes, range.end - 1);
        let leaf = index.leaves.get_mut(at.leaf);
        let entry = (at.entry as usize).wrapping_sub(1);
        if entry >= LEAF - 1 {
            return false;
        }
        let (start, old) = (leaf.key[entry], leaf.size[entry]);
        let (below, above) = (range.start - start, start + i64::from(old) - range.end);
        if old == MOST || range.is_empty() || below < 0 || above < 0 || leaf.is_full() {
            return false;
        }
        let mut repair = below == 0 && entry == 0;
        if below > 0 {
            if above > 0 {
                let upper = Entry { size: narrow(above), key: range.end, value: () };
                leaf.insert(lanes, entry + 1, upper);
            }
            leaf.size[entry] = narrow(below);
        } else if above > 0 {
            (leaf.size[entry], leaf.key[entry]) = (narrow(above), range.end);
        } else {
            repair |= leaf.will_be_to_join();
            leaf.remove(lanes, entry);
        }
        if lower_inner(lanes, &mut index.inners, leaf, (at.inner, at.slot), old) {
            index.lower_root(lanes, at.root, old);
        }
        if repair {
            index.after_removal(at.root, at.slot);
        }
        true
    }
}

/// True if it is done, all pages having been mapped.
struct Release<'a> {
    index: &'a mut GapIndex,
    range: &'a Range<i64>,
}

impl Task for Release<'_> {
    type Output = bool;

    /// One look at the keys finds the gaps on both sides; the range joins none of them, either, or both.
    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> bool {
        let Self { index, range } = self;
        let at = index.rank(lanes, range.start);
        let entry = at.entry as usize;
        let below = entry.wrapping_sub(1);
        if below >= LEAF - 1 || index.leaves.get(at.leaf).is_full() {
            return false;
        }
        if index.leaves.get(at.leaf).key[entry] == UNUSED
            && index.start_of_next_leaf(at) <= range.end
        {
            return false;
        }
        let leaf = index.leaves.get_mut(at.leaf);
        let (low_size, high_size) = (leaf.size[below], leaf.size[entry]);
        let (low_end, high) = (leaf.key[below] + i64::from(low_size), leaf.key[entry]);
        let (joins_low, joins_high) = (low_end == range.start, high == range.end);
        let size = range.end - range.start
            + if joins_low { i64::from(low_size) } else { 0 }
            + if joins_high { i64::from(high_size) } else { 0 };
        let wide = low_size == MOST || high_size == MOST || size >= i64::from(MOST);
        if wide || range.is_empty() || low_end > range.start || high < range.end {
            return false;
        }
        let size = narrow(size);
        let mut repair = false;
        if joins_low {
            if joins_high {
                repair = leaf.will_be_to_join();
                leaf.remove(lanes, entry);
            }
            leaf.size[below] = size;
        } else if joins_high {
            (leaf.size[entry], leaf.key[entry]) = (size, range.start);
        } else {
            leaf.insert(lanes, entry, Entry { size, key: range.start, value: () });
        }
        index.raise(at, size);
        if repair {
            index.after_removal(at.root, at.slot);
        }
        true
    }
}
