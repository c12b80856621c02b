//! The usual ways to map and unmap a range: inside one leaf, next to gaps that fit their size fields, with room for one more.
//!
//! Everything else is left to `change.rs`, which can do all.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use std::ops::Range;

use crate::edit::{is_alone, lower_inner};
use crate::index::{GapIndex, Spot};
use crate::lanes::{LEAF, Lanes, MOST, Place, Task, UNUSED, WIDTH};
use crate::node::{Entry, Leaf};

/// A number of pages that is at least 0 and below `MOST`.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the range of u32")]
fn narrow(pages: i64) -> u32 {
    pages as u32
}

impl GapIndex {
    /// Map a range inside the gap at a spot; false if it lies elsewhere.
    #[inline(always)]
    pub fn occupy_at(&mut self, at: &Spot, range: &Range<i64>) -> bool {
        self.machine.run(OccupyAt { index: self, at, range })
    }

    /// Map a range; how many of its pages were free.
    #[inline(always)]
    pub fn occupy(&mut self, lanes: impl Lanes, range: &Range<i64>) -> i64 {
        if self.occupy_inside(lanes, range) {
            range.end - range.start
        } else {
            self.occupy_anywhere(range)
        }
    }

    /// Unmap a range; how many of its pages were mapped.
    #[inline(always)]
    pub fn release(&mut self, lanes: impl Lanes, range: &Range<i64>) -> i64 {
        if self.release_between(lanes, range) {
            range.end - range.start
        } else {
            self.release_anywhere(range)
        }
    }

    /// True if it is done, all pages having been free.
    #[inline(always)]
    fn occupy_inside(&mut self, lanes: impl Lanes, range: &Range<i64>) -> bool {
        let (start, end) = (range.start, range.end);
        let inner = self.inners.get_mut(self.root.lead(lanes, end - 1));
        let slot = lanes.last_below(&inner.key, end - 1) % WIDTH;
        let leaf = self.leaves.get_mut(inner.value[slot]);
        let after = lanes.place(&leaf.key, end - 1);
        let entry = after.at.wrapping_sub(1);
        if entry >= LEAF - 1 || leaf.is_full() {
            return unusual();
        }
        let (gap_start, old) = (leaf.key[entry], leaf.size[entry]);
        let (below, above) = (start - gap_start, gap_start + i64::from(old) - end);
        if old == MOST || (below | above | (end - start - 1)) < 0 {
            return unusual();
        }
        let most = &mut inner.size[slot];
        let alone = old == *most && is_alone(lanes, leaf, old);
        let mut repair = false;
        if below > 0 && above > 0 {
            leaf.insert(lanes, after, Entry { size: narrow(above), key: end, value: () });
            leaf.size[entry] = narrow(below);
        } else if below > 0 {
            leaf.size[entry] = narrow(below);
        } else if above > 0 {
            (leaf.size[entry], leaf.key[entry]) = (narrow(above), end);
            repair = entry == 0;
        } else {
            repair = removes(lanes, leaf, entry);
        }
        if alone {
            *most = lanes.largest(&leaf.size);
            self.lower_root(lanes, self.root.last.at, old);
        }
        if repair {
            self.after_removal(self.root.last.at, slot);
        }
        true
    }

    /// True if it is done, all pages having been mapped.
    ///
    /// One look at the keys finds the gaps on both sides; the range joins none of them, either, or both.
    #[inline(always)]
    fn release_between(&mut self, lanes: impl Lanes, range: &Range<i64>) -> bool {
        let (start, end) = (range.start, range.end);
        let inner = self.inners.get_mut(self.root.lead(lanes, start));
        let slot = lanes.last_below(&inner.key, start) % WIDTH;
        let leaf = self.leaves.get_mut(inner.value[slot]);
        let after = lanes.place(&leaf.key, start);
        let (entry, below) = (after.at, after.at.wrapping_sub(1));
        if below >= LEAF - 1 {
            return unusual();
        }
        let high = leaf.key[entry];
        if high == UNUSED {
            // What the leaf does not tell, the keys tell: where the next one starts.
            let next = inner.key.get(slot + 1).map_or(UNUSED, |&key| key);
            if next <= end || next == UNUSED && self.root.last.at + 1 < self.root.len() {
                return unusual();
            }
        }
        let (low_size, high_size) = (leaf.size[below], leaf.size[entry]);
        let low_end = leaf.key[below] + i64::from(low_size);
        let pages = end - start;
        let all = i64::from(low_size) + pages + i64::from(high_size);
        let fits = i64::from(MOST - 1) - all;
        if ((start - low_end) | (high - end) | (pages - 1) | fits) < 0 {
            return unusual();
        }
        let mut size = narrow(all);
        let mut repair = false;
        if low_end == start {
            if high == end {
                repair = leaf.will_be_to_join();
                leaf.remove(lanes, after);
            } else {
                size -= high_size;
            }
            leaf.size[below] = size;
        } else if high == end {
            size -= low_size;
            (leaf.size[entry], leaf.key[entry]) = (size, start);
        } else {
            if leaf.is_full() {
                return unusual();
            }
            size = narrow(pages);
            leaf.insert(lanes, after, Entry { size, key: start, value: () });
        }
        let most = &mut inner.size[slot];
        if size > *most {
            *most = size;
            self.root.raise(self.root.last.at, size);
        }
        if repair {
            self.after_removal(self.root.last.at, slot);
        }
        true
    }
}

/// What is refused is refused rarely: says so to the compiler, which else takes the end of a row of checks for rare.
#[cold]
#[inline(never)]
fn unusual() -> bool {
    false
}

/// Take an entry out; whether its leaf is to be repaired.
#[inline(always)]
fn removes(lanes: impl Lanes, leaf: &mut Leaf, entry: usize) -> bool {
    let repair = entry == 0 || leaf.will_be_to_join();
    leaf.remove(lanes, Place::new(entry));
    repair
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
            repair = removes(lanes, leaf, entry);
        }
        if lower_inner(lanes, &mut index.inners, leaf, (at.inner, at.slot), old) {
            index.lower_root(lanes, at.root as usize, old);
        }
        if repair {
            index.after_removal(at.root as usize, at.slot as usize);
        }
        true
    }
}
