//! Which is the highest, or the lowest, gap with enough pages inside a window.

use std::ops::Range;

use crate::extents::Gap;
use crate::index::{GapIndex, Spot, saturated};
use crate::simd::{Lanes, Task, WIDTH, widest};

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
    #[inline]
    pub fn highest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<Spot> {
        let size = saturated(need);
        *steps += 3;
        let spot = widest(Last { index: self, size })?;
        let gap = self.gap(spot);
        if gap.end <= window.end && fits(&gap, window, need) {
            return Some(spot);
        }
        self.highest_from(spot, window, need, steps)
    }

    /// The candidate at `spot` is none, or another may be higher in the window.
    #[cold]
    fn highest_from(
        &self,
        spot: Spot,
        window: &Range<i64>,
        need: i64,
        steps: &mut u64,
    ) -> Option<Spot> {
        let (mut spot, size) = (spot, saturated(need));
        if self.gap(spot).end > window.end {
            *steps += 3;
            spot = self.locate(window.end - 1)?;
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
        let mut spot = self.first_above(0, size, steps)?;
        if self.gap(spot).start < window.start {
            *steps += 3;
            spot = self.locate(window.start)?;
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
        let Spot { root, slot, leaf, entry } = at;
        *steps += 1;
        let mask = at_least(&self.leaves.get(leaf).size, size) & below(entry as usize);
        if let Some(entry) = highest_bit(mask) {
            return Some(self.spot(root as usize, slot as usize, entry));
        }
        *steps += 1;
        let mask = at_least(&self.inner(root as usize).size, size) & below(slot as usize);
        if let Some(slot) = highest_bit(mask) {
            return self.last_in(root as usize, slot, size, steps);
        }
        let vectors = &self.root.size[..(root as usize).div_ceil(WIDTH)];
        for (vector, sizes) in vectors.iter().enumerate().rev() {
            *steps += 1;
            let start = vector * WIDTH;
            let mask = at_least(sizes, size) & below((root as usize - start).min(WIDTH));
            if let Some(bit) = highest_bit(mask) {
                *steps += 1;
                let slot = highest_bit(at_least(&self.inner(start + bit).size, size))?;
                return self.last_in(start + bit, slot, size, steps);
            }
        }
        None
    }

    fn last_in(&self, root: usize, slot: usize, size: u32, steps: &mut u64) -> Option<Spot> {
        *steps += 1;
        let mask = at_least(&self.leaf(root, slot).size, size);
        Some(self.spot(root, slot, highest_bit(mask)?))
    }

    /// The first gap after `at` with that size.
    fn first_after(&self, at: Spot, size: u32, steps: &mut u64) -> Option<Spot> {
        let Spot { root, slot, leaf, entry } = at;
        *steps += 1;
        let mask = at_least(&self.leaves.get(leaf).size, size) & !below(entry as usize + 1);
        if let Some(entry) = lowest_bit(mask) {
            return Some(self.spot(root as usize, slot as usize, entry));
        }
        *steps += 1;
        let mask = at_least(&self.inner(root as usize).size, size) & !below(slot as usize + 1);
        if let Some(slot) = lowest_bit(mask) {
            *steps += 1;
            let mask = at_least(&self.leaf(root as usize, slot).size, size);
            return Some(self.spot(root as usize, slot, lowest_bit(mask)?));
        }
        self.first_above(root as usize + 1, size, steps)
    }

    /// The first gap with that size below the inner nodes from `start` on.
    fn first_above(&self, start: usize, size: u32, steps: &mut u64) -> Option<Spot> {
        *steps += 3;
        widest(First { index: self, start, size })
    }
}

/// The last gap with that size.
struct Last<'a> {
    index: &'a GapIndex,
    size: u32,
}

impl Task for Last<'_> {
    type Output = Option<Spot>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
    fn run(self, lanes: impl Lanes) -> Option<Spot> {
        let Self { index, size } = self;
        let mut root = 0;
        if index.root.inner.len() > 1 {
            let mut vectors = index.root.size.iter().enumerate().rev();
            root = vectors.find_map(|(vector, sizes)| {
                highest_bit(lanes.at_least(sizes, size)).map(|bit| vector * WIDTH + bit)
            })?;
        }
        let slot = highest_bit(lanes.at_least(&index.inner(root).size, size))?;
        let entry = highest_bit(lanes.at_least(&index.leaf(root, slot).size, size))?;
        Some(index.spot(root, slot, entry))
    }
}

/// The first gap with that size below the inner nodes from `start` on.
struct First<'a> {
    index: &'a GapIndex,
    start: usize,
    size: u32,
}

impl Task for First<'_> {
    type Output = Option<Spot>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
    fn run(self, lanes: impl Lanes) -> Option<Spot> {
        let Self { index, start, size } = self;
        let mut skipped = below(start % WIDTH);
        let first = start / WIDTH;
        let root = index.root.size.iter().enumerate().skip(first).find_map(|(vector, sizes)| {
            let mask = lanes.at_least(sizes, size) & !std::mem::take(&mut skipped);
            lowest_bit(mask).map(|bit| vector * WIDTH + bit)
        })?;
        let slot = lowest_bit(lanes.at_least(&index.inner(root).size, size))?;
        let entry = lowest_bit(lanes.at_least(&index.leaf(root, slot).size, size))?;
        Some(index.spot(root, slot, entry))
    }
}

/// One comparison outside of a task.
struct Compare<'a>(&'a [u32; WIDTH], u32);

impl Task for Compare<'_> {
    type Output = u64;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
    fn run(self, lanes: impl Lanes) -> u64 {
        lanes.at_least(self.0, self.1)
    }
}

fn at_least(sizes: &[u32; WIDTH], size: u32) -> u64 {
    widest(Compare(sizes, size))
}
