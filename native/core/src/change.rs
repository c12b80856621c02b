//! How mapping and unmapping any range changes the gaps of an index; `quick.rs` does the usual ones.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use std::ops::Range;

use crate::index::{GapIndex, Spot};
use crate::lanes::{Lanes, Task};

impl GapIndex {
    /// Map a range inside the gap at a spot; false if it lies elsewhere.
    #[inline(never)]
    pub fn occupy_anywhere_at(&mut self, at: &Spot, range: &Range<i64>) -> bool {
        self.machine.run(OccupyAt { index: self, at: *at, range })
    }

    /// Map a range; how many of its pages were free.
    #[inline(never)]
    pub fn occupy_anywhere(&mut self, range: &Range<i64>) -> i64 {
        self.machine.run(Occupy { index: self, range })
    }

    /// Unmap a range; how many of its pages were mapped.
    #[inline(never)]
    pub fn release_anywhere(&mut self, range: &Range<i64>) -> i64 {
        self.machine.run(Release { index: self, range })
    }

    /// Nothing is free below, or some of the pages are free already: join every gap that overlaps or touches the range.
    #[cold]
    #[inline(never)]
    fn release_and_join(&mut self, range: &Range<i64>) -> i64 {
        let mut mapped = range.end - range.start;
        let mut joined = range.clone();
        while let Some(spot) = self.locate(range.end)
            && let gap = self.gap(spot)
            && gap.end >= range.start
        {
            mapped -= (gap.end.min(range.end) - gap.start.max(range.start)).max(0);
            joined = joined.start.min(gap.start)..joined.end.max(gap.end);
            self.take(spot);
        }
        self.insert(&joined);
        mapped
    }
}

struct OccupyAt<'a> {
    index: &'a mut GapIndex,
    at: Spot,
    range: &'a Range<i64>,
}

impl Task for OccupyAt<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> bool {
        let Self { index, at, range } = self;
        let gap = index.gap(at);
        let inside = gap.start <= range.start && range.end <= gap.end;
        if inside {
            index.cut(lanes, at, &gap, range);
        }
        inside
    }
}

struct Occupy<'a> {
    index: &'a mut GapIndex,
    range: &'a Range<i64>,
}

impl Task for Occupy<'_> {
    type Output = i64;

    /// From the highest gap in the range down; mostly there is one.
    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> i64 {
        let Self { index, range } = self;
        let mut taken = 0;
        while !range.is_empty() {
            let after = index.rank(lanes, range.end - 1);
            let Some(entry) = after.entry.checked_sub(1) else { break };
            let spot = Spot { entry, ..after };
            let gap = index.gap(spot);
            let part = gap.start.max(range.start)..gap.end.min(range.end);
            if part.is_empty() {
                break;
            }
            taken += part.end - part.start;
            index.cut(lanes, spot, &gap, &part);
            if gap.start <= range.start {
                break;
            }
        }
        taken
    }
}

struct Release<'a> {
    index: &'a mut GapIndex,
    range: &'a Range<i64>,
}

impl Task for Release<'_> {
    type Output = i64;

    /// One look at the keys finds the gaps on both sides; the range joins none of them, either, or both.
    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> i64 {
        let Self { index, range } = self;
        let (start, end) = (range.start, range.end);
        if range.is_empty() {
            return 0;
        }
        let after = index.rank(lanes, start);
        let Some(entry) = after.entry.checked_sub(1) else {
            return index.release_and_join(range);
        };
        let below = Spot { entry, ..after };
        let low = index.gap(below);
        let high_start = index.start_at(after);
        if low.end > start || high_start < end {
            return index.release_and_join(range);
        }
        match (low.end == start, high_start == end) {
            (false, false) => index.insert_at(lanes, after, range),
            (true, false) => index.grow(below, &(low.start..end)),
            (joins, true) => {
                let high = index.normal(after).expect("it starts at the end of the range");
                let gap = if joins { low.start } else { start }..index.gap(high).end;
                if joins {
                    index.grow(below, &gap);
                    index.remove(lanes, high);
                } else {
                    index.grow(high, &gap);
                }
            }
        }
        end - start
    }
}
