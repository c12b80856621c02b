//! Which is the highest, or the lowest, gap with enough pages inside a window.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use std::ops::Range;

use crate::bits::{below, highest_bit, lowest_bit};
use crate::extents::Gap;
use crate::index::{FoundGap, GapIndex, Spot, saturated};
use crate::lanes::{Lanes, Task};

/// Whether the part of `gap` inside `window` has `need` pages.
#[inline]
pub fn fits(gap: &Gap, window: &Range<i64>, need: i64) -> bool {
    gap.end.min(window.end) - gap.start.max(window.start) >= need
}

impl GapIndex {
    /// The last gap of `need > 0` pages, if all of it lies inside the window: three comparisons, each of which leads to
    /// the next.
    #[inline(always)]
    pub fn last_inside(&self, window: &Range<i64>, need: i64) -> Option<FoundGap> {
        self.machine.run(Last { index: self, window, need })
    }

    /// The highest gap with `need > 0` pages inside `window`; adds the nodes it looked at to `steps`.
    ///
    /// Sizes alone lead to a candidate. Only if it reaches above the window are keys compared, once; only a gap too
    /// large for its size field, or one that the window cuts, is refused and the next candidate taken.
    pub fn highest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        let size = saturated(need);
        *steps += 3;
        let all = i64::MIN..i64::MAX;
        let FoundGap { mut spot, mut gap } = self.last_inside(&all, i64::from(size))?;
        if gap.end > window.end {
            *steps += 3;
            spot = self.locate(window.end - 1)?;
            gap = self.gap(spot);
        }
        loop {
            if fits(&gap, window, need) {
                return Some(FoundGap { gap, spot });
            }
            if gap.start <= window.start {
                return None;
            }
            spot = self.machine.run(Next { index: self, at: spot, size, down: true, steps })?;
            gap = self.gap(spot);
        }
    }

    /// The lowest gap with `need > 0` pages inside `window`: the mirror of `highest`.
    pub fn lowest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        let size = saturated(need);
        let mut spot = self.machine.run(First { index: self, size, steps })?;
        if self.gap(spot).start < window.start {
            *steps += 3;
            spot = self.locate(window.start)?;
        }
        loop {
            let gap = self.gap(spot);
            if fits(&gap, window, need) {
                return Some(FoundGap { gap, spot });
            }
            if gap.end >= window.end {
                return None;
            }
            spot = self.machine.run(Next { index: self, at: spot, size, down: false, steps })?;
        }
    }

    /// The last gap with that size.
    #[inline(always)]
    fn last_with(&self, lanes: impl Lanes, size: u32) -> Option<FoundGap> {
        let (root, inner_id) = self.root.last_with(lanes, size)?;
        let inner = self.inners.get(inner_id);
        let slot = highest_bit(lanes.at_least(&inner.size, size))?;
        let leaf_id = inner.value[slot];
        let leaf = self.leaves.get(leaf_id);
        let entry = highest_bit(lanes.at_least(&leaf.size, size))?;
        let gap = self.gap_in(leaf, entry);
        Some(FoundGap { gap, spot: Spot::new(root, inner_id, slot, leaf_id, entry) })
    }

    /// The last gap before `at` with that size.
    #[inline(always)]
    fn last_before(&self, lanes: impl Lanes, at: Spot, size: u32, steps: &mut u64) -> Option<Spot> {
        let (mut root, mut slot, entry) = at.places();
        *steps += 1;
        let mask = lanes.at_least(&self.leaves.get(at.leaf).size, size) & below(entry);
        if let Some(entry) = highest_bit(mask) {
            return Some(self.spot(root, slot, entry));
        }
        *steps += 1;
        let mask = lanes.at_least(&self.inner(root).size, size) & below(slot);
        if let Some(found) = highest_bit(mask) {
            slot = found;
        } else {
            root = self.root.last_before(lanes, root, size, steps)?;
            *steps += 1;
            slot = highest_bit(lanes.at_least(&self.inner(root).size, size))?;
        }
        *steps += 1;
        let entry = highest_bit(lanes.at_least(&self.leaf(root, slot).size, size))?;
        Some(self.spot(root, slot, entry))
    }

    /// The first gap after `at` with that size.
    #[inline(always)]
    fn first_after(&self, lanes: impl Lanes, at: Spot, size: u32, steps: &mut u64) -> Option<Spot> {
        let (root, slot, entry) = at.places();
        *steps += 1;
        let mask = lanes.at_least(&self.leaves.get(at.leaf).size, size) & !below(entry + 1);
        if let Some(entry) = lowest_bit(mask) {
            return Some(self.spot(root, slot, entry));
        }
        *steps += 1;
        let mask = lanes.at_least(&self.inner(root).size, size) & !below(slot + 1);
        if let Some(slot) = lowest_bit(mask) {
            *steps += 1;
            let entry = lowest_bit(lanes.at_least(&self.leaf(root, slot).size, size))?;
            return Some(self.spot(root, slot, entry));
        }
        self.first_above(lanes, root + 1, size, steps)
    }

    /// The first gap with that size below the inner nodes from `start` on.
    #[inline(always)]
    fn first_above(
        &self,
        lanes: impl Lanes,
        start: usize,
        size: u32,
        steps: &mut u64,
    ) -> Option<Spot> {
        *steps += 3;
        let root = self.root.first_from(lanes, start, size)?;
        let slot = lowest_bit(lanes.at_least(&self.inner(root).size, size))?;
        let entry = lowest_bit(lanes.at_least(&self.leaf(root, slot).size, size))?;
        Some(self.spot(root, slot, entry))
    }
}

/// The first gap with that size.
struct First<'a> {
    index: &'a GapIndex,
    size: u32,
    steps: &'a mut u64,
}

impl Task for First<'_> {
    type Output = Option<Spot>;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> Option<Spot> {
        self.index.first_above(lanes, 0, self.size, self.steps)
    }
}

/// The next gap with that size, downwards or upwards.
struct Next<'a> {
    index: &'a GapIndex,
    at: Spot,
    size: u32,
    down: bool,
    steps: &'a mut u64,
}

impl Task for Next<'_> {
    type Output = Option<Spot>;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> Option<Spot> {
        let Self { index, at, size, down, steps } = self;
        if down {
            index.last_before(lanes, at, size, steps)
        } else {
            index.first_after(lanes, at, size, steps)
        }
    }
}

/// `GapIndex::last_inside`.
struct Last<'a> {
    index: &'a GapIndex,
    window: &'a Range<i64>,
    need: i64,
}

impl Task for Last<'_> {
    type Output = Option<FoundGap>;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> Self::Output {
        let Self { index, window, need } = self;
        let found = index.last_with(lanes, saturated(need))?;
        let gap = &found.gap;
        let inside = gap.end <= window.end && gap.end - gap.start.max(window.start) >= need;
        inside.then_some(found)
    }
}
