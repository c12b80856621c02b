//! Which pages of a space are mapped, and where are the gaps between them.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use std::ops::Range;

use crate::find::fits;
use crate::high::High;
use crate::index::{FoundGap, GapIndex, Spot};
use crate::lanes::{Lanes, Task};

/// One past the last page; every page is exact in a double.
pub const PAGES_END: i64 = 1 << 53;

/// A maximal free interval; `end` is the first mapped page above it, or [`PAGES_END`].
pub type Gap = Range<i64>;

/// The union of the mapped ranges of one space, kept as its gaps.
///
/// A wall divides the gaps in two; a gap across it is in both parts. It stands where top-down searches begin,
/// so that what is free above, under the stack, is no candidate of theirs.
#[derive(Clone, Debug)]
pub struct Extents {
    low: GapIndex,
    high: High,
    wall: i64,
    mapped: i64,
}

impl Default for Extents {
    fn default() -> Self {
        let mut high = High::new();
        high.release(&(0..PAGES_END));
        Self { low: GapIndex::new(), high, wall: 0, mapped: 0 }
    }
}

impl Extents {
    /// Mapped pages.
    #[must_use]
    pub fn mapped(&self) -> i64 {
        self.mapped
    }

    /// Gaps and the bytes that their index takes.
    #[must_use]
    pub fn memory(&self) -> (usize, usize) {
        let count = self.low.gaps().count() + self.high.gaps().len();
        (count, self.low.bytes() + self.high.bytes())
    }

    /// Put the wall at `page`, once: where the first top-down search of the space begins.
    pub fn set_wall(&mut self, page: i64) {
        if self.wall != 0 || page <= 0 || page >= PAGES_END {
            return;
        }
        let all = std::mem::replace(&mut self.high, High::new());
        for Gap { start, end } in all.gaps() {
            self.low.release_anywhere(&(start..end.min(page)));
            self.high.release(&(start.max(page)..end));
        }
        self.wall = page;
    }

    /// The gap that holds `page`, or, if `page` is mapped, the next one above it.
    #[must_use]
    pub fn gap_from(&self, page: i64) -> Gap {
        if page < self.wall
            && let Some(gap) = self.low.gap_from(page)
        {
            return self.whole(gap);
        }
        self.high.gap_from(page.max(self.wall)).map_or(PAGES_END..PAGES_END, |gap| self.whole(gap))
    }

    /// The highest gap with at least `need > 0` pages inside `window`; adds the nodes visited to `steps`.
    #[must_use]
    #[inline(always)]
    pub fn highest_gap(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        if window.end > self.wall {
            return self.highest_with_care(window, need, steps);
        }
        let inside = window.start..window.end.min(self.wall - 1);
        let mut found = self.low.last_inside(&inside, need);
        if found.is_some() {
            *steps += 3;
        } else {
            // Into the same place: a copy of what was just written in parts would wait for all of them.
            found = self.highest_with_care(window, need, steps);
        }
        found
    }

    /// The window ends above the wall, or it cuts the candidate, or the wall does, or there is none.
    #[cold]
    #[inline(never)]
    fn highest_with_care(
        &self,
        window: &Range<i64>,
        need: i64,
        steps: &mut u64,
    ) -> Option<FoundGap> {
        if window.end > self.wall {
            if let Some(found) = self.high.highest(window, need, steps) {
                return Some(self.found(true, found));
            }
            if let Some(across) = self.across().filter(|across| fits(&across.gap, window, need)) {
                return Some(across);
            }
        }
        self.low.highest(window, need, steps).map(|found| self.found(false, found))
    }

    /// The lowest gap with at least `need > 0` pages inside `window`; adds the nodes visited to `steps`.
    pub fn lowest_gap(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        if window.start < self.wall {
            if let Some(found) = self.low.lowest(window, need, steps) {
                return Some(self.found(false, found));
            }
            if let Some(found) = self.across().filter(|across| fits(&across.gap, window, need)) {
                return Some(found);
            }
        }
        self.high.lowest(window, need, steps).map(|found| self.found(true, found))
    }

    /// Map `range`, whatever is there already.
    #[inline]
    pub fn occupy(&mut self, range: &Range<i64>) {
        self.low.machine.run(Occupy { extents: self, range });
    }

    /// Map `range` inside a gap that a search has just found; elsewhere if it lies elsewhere.
    #[inline(always)]
    pub fn occupy_found(&mut self, found: &FoundGap, range: &Range<i64>) {
        if found.spot.high {
            self.occupy_found_high(found, range);
        } else if self.low.occupy_at(&found.spot, range) {
            self.mapped += range.end - range.start;
        } else {
            self.occupy(range);
        }
    }

    #[cold]
    #[inline(never)]
    fn occupy_found_high(&mut self, found: &FoundGap, range: &Range<i64>) {
        if self.high.index().is_some_and(|index| index.occupy_at(&found.spot, range)) {
            self.mapped += range.end - range.start;
        } else {
            self.occupy(range);
        }
    }

    /// Unmap `range`, whatever is there.
    #[inline]
    pub fn release(&mut self, range: &Range<i64>) {
        self.low.machine.run(Release { extents: self, range });
    }
}

impl Extents {
    #[inline]
    fn found(&self, high: bool, FoundGap { gap, spot }: FoundGap) -> FoundGap {
        FoundGap { gap: self.whole(gap), spot: Spot { high, ..spot } }
    }

    /// The gap that goes across the wall.
    fn across(&self) -> Option<FoundGap> {
        let spot = self.low.last()?;
        let gap = self.low.gap(spot);
        let whole = self.whole(gap);
        (whole.end > self.wall).then_some(FoundGap { gap: whole, spot })
    }

    /// A gap with what belongs to it beyond the wall.
    #[inline]
    fn whole(&self, gap: Gap) -> Gap {
        if gap.start == self.wall || gap.end == self.wall { self.whole_at_wall(gap) } else { gap }
    }

    #[cold]
    fn whole_at_wall(&self, gap: Gap) -> Gap {
        let Gap { mut start, mut end } = gap;
        let upper = self.high.first();
        let lower = self.low.last().map(|spot| self.low.gap(spot));
        if let (Some(lower), Some(upper)) = (lower, upper)
            && lower.end == upper.start
        {
            (start, end) = (start.min(lower.start), end.max(upper.end));
        }
        start..end
    }

    /// The parts of `range` below and above the wall.
    fn sides(&self, range: &Range<i64>) -> [Range<i64>; 2] {
        [range.start..range.end.min(self.wall), range.start.max(self.wall)..range.end]
    }

    /// The index of a range, unless the range crosses the wall or lies where gaps are few.
    #[inline]
    fn side(&mut self, range: &Range<i64>) -> Option<&mut GapIndex> {
        if range.end <= self.wall {
            Some(&mut self.low)
        } else if range.start >= self.wall {
            self.high.index()
        } else {
            None
        }
    }

    #[cold]
    #[inline(never)]
    fn occupy_apart(&mut self, range: &Range<i64>) -> i64 {
        let [low, high] = self.sides(range);
        self.low.occupy_anywhere(&low) + self.high.occupy(&high)
    }

    #[cold]
    #[inline(never)]
    fn release_apart(&mut self, range: &Range<i64>) -> i64 {
        let [low, high] = self.sides(range);
        self.low.release_anywhere(&low) + self.high.release(&high)
    }
}

/// `Extents::occupy`: the whole of it is compiled per width.
struct Occupy<'a> {
    extents: &'a mut Extents,
    range: &'a Range<i64>,
}

impl Task for Occupy<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        let Self { extents, range } = self;
        extents.mapped += match extents.side(range) {
            Some(index) => index.occupy(lanes, range),
            None => extents.occupy_apart(range),
        };
    }
}

/// `Extents::release`, likewise.
struct Release<'a> {
    extents: &'a mut Extents,
    range: &'a Range<i64>,
}

impl Task for Release<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        let Self { extents, range } = self;
        extents.mapped -= match extents.side(range) {
            Some(index) => index.release(lanes, range),
            None => extents.release_apart(range),
        };
    }
}
