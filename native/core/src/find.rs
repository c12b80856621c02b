//! Which is the highest, or the lowest, gap with enough pages inside a window.

use std::ops::Range;

use crate::extents::Gap;
use crate::index::{GapIndex, Spot, saturated};
use crate::simd::{WIDTH, at_least};

/// Whether the part of `gap` inside `window` has `need` pages.
pub fn fits(gap: &Gap, window: &Range<i64>, need: i64) -> bool {
    gap.end.min(window.end) - gap.start.max(window.start) >= need
}

/// Bits below `bit`, which may be 64.
fn below(bit: usize) -> u64 {
    u64::MAX.checked_shr(u32::try_from(WIDTH - bit).unwrap_or(0)).unwrap_or(0)
}

fn lowest_bit(mask: u64) -> Option<usize> {
    (mask != 0).then(|| mask.trailing_zeros() as usize)
}

fn highest_bit(mask: u64) -> Option<usize> {
    (mask != 0).then(|| 63 - mask.leading_zeros() as usize)
}

impl GapIndex {
    /// The highest gap with `need > 0` pages inside `window`; adds the nodes it looked at to `steps`.
    ///
    /// Sizes alone lead to a candidate. Only if it reaches above the window are keys compared, once; only a gap too
    /// large for its size field, or one that the window cuts, is refused and the next candidate taken.
    pub fn highest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<Spot> {
        let size = saturated(need);
        let mut spot = self.last_in_root(self.root.inner.len(), size, steps)?;
        if self.gap(spot).end > window.end {
            *steps += 3;
            let top = self.locate(window.end - 1)?;
            if fits(&self.gap(top), window, need) {
                return Some(top);
            }
            spot = self.last_before(top, size, steps)?;
        }
        loop {
            let gap = self.gap(spot);
            if fits(&gap, window, need) {
                return Some(spot);
            }
            if gap.start <= window.start {
                return None;
            }
            spot = self.last_before(spot, size, steps)?;
        }
    }

    /// The lowest gap with `need > 0` pages inside `window`: the mirror of `highest`.
    pub fn lowest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<Spot> {
        let size = saturated(need);
        let mut spot = self.first_in_root(0, size, steps)?;
        if self.gap(spot).start < window.start {
            *steps += 3;
            let bottom = self.locate(window.start)?;
            if fits(&self.gap(bottom), window, need) {
                return Some(bottom);
            }
            spot = self.first_after(bottom, size, steps)?;
        }
        loop {
            let gap = self.gap(spot);
            if fits(&gap, window, need) {
                return Some(spot);
            }
            if gap.end >= window.end {
                return None;
            }
            spot = self.first_after(spot, size, steps)?;
        }
    }

    /// The last gap before `at` with that size.
    fn last_before(&self, at: Spot, size: u32, steps: &mut u64) -> Option<Spot> {
        let Spot { root, slot, entry } = at;
        *steps += 2;
        let leaf = at_least(&self.leaf(root, slot).size, size) & below(entry);
        if let Some(entry) = highest_bit(leaf) {
            return Some(Spot { root, slot, entry });
        }
        if let Some(slot) = highest_bit(at_least(&self.inner(root).size, size) & below(slot)) {
            return self.last_in_leaf(root, slot, size, steps);
        }
        self.last_in_root(root, size, steps)
    }

    /// The last gap with that size below the first `count` inner nodes.
    #[inline]
    fn last_in_root(&self, count: usize, size: u32, steps: &mut u64) -> Option<Spot> {
        let mut end = count;
        while end > 0 {
            *steps += 1;
            let vector = (end - 1) / WIDTH;
            let mask = at_least(&self.root.size[vector], size) & below(end - vector * WIDTH);
            if let Some(bit) = highest_bit(mask) {
                let root = vector * WIDTH + bit;
                *steps += 1;
                let slot = highest_bit(at_least(&self.inner(root).size, size))?;
                return self.last_in_leaf(root, slot, size, steps);
            }
            end = vector * WIDTH;
        }
        None
    }

    #[inline]
    fn last_in_leaf(&self, root: usize, slot: usize, size: u32, steps: &mut u64) -> Option<Spot> {
        *steps += 1;
        let entry = highest_bit(at_least(&self.leaf(root, slot).size, size))?;
        Some(Spot { root, slot, entry })
    }

    /// The first gap after `at` with that size.
    fn first_after(&self, at: Spot, size: u32, steps: &mut u64) -> Option<Spot> {
        let Spot { root, slot, entry } = at;
        *steps += 2;
        let leaf = at_least(&self.leaf(root, slot).size, size) & !below(entry + 1);
        if let Some(entry) = lowest_bit(leaf) {
            return Some(Spot { root, slot, entry });
        }
        if let Some(slot) = lowest_bit(at_least(&self.inner(root).size, size) & !below(slot + 1)) {
            return self.first_in_leaf(root, slot, size, steps);
        }
        self.first_in_root(root + 1, size, steps)
    }

    /// The first gap with that size below the inner nodes from `start` on.
    fn first_in_root(&self, start: usize, size: u32, steps: &mut u64) -> Option<Spot> {
        let first = start / WIDTH;
        let mut skipped = below(start - first * WIDTH);
        for (vector, sizes) in self.root.size.iter().enumerate().skip(first) {
            *steps += 1;
            if let Some(bit) = lowest_bit(at_least(sizes, size) & !skipped) {
                let root = vector * WIDTH + bit;
                *steps += 1;
                let slot = lowest_bit(at_least(&self.inner(root).size, size))?;
                return self.first_in_leaf(root, slot, size, steps);
            }
            skipped = 0;
        }
        None
    }

    fn first_in_leaf(&self, root: usize, slot: usize, size: u32, steps: &mut u64) -> Option<Spot> {
        *steps += 1;
        let entry = lowest_bit(at_least(&self.leaf(root, slot).size, size))?;
        Some(Spot { root, slot, entry })
    }
}
