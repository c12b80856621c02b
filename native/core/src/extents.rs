//! Which pages of a space are mapped, and where are the gaps between them.

use std::ops::Range;

use crate::find::fits;
use crate::index::{GapIndex, Spot};

/// One past the last page; every page is exact in a double.
pub const PAGES_END: i64 = 1 << 53;

/// A maximal free interval; `end` is the first mapped page above it, or [`PAGES_END`].
pub type Gap = Range<i64>;

/// A gap that a search found, and where it stands; the place holds until the next edit.
#[derive(Clone, Debug)]
pub struct FoundGap {
    /// The whole gap, not cut to the window.
    pub gap: Gap,
    place: Place,
}

/// A spot in one of the two indexes.
#[derive(Clone, Copy, Debug)]
struct Place {
    above: bool,
    spot: Spot,
}

/// The union of the mapped ranges of one space, kept as its gaps.
///
/// A wall divides the gaps into two indexes; a gap across it is in both. It stands where top-down searches begin,
/// so that what is free above, under the stack, is no candidate of theirs.
#[derive(Clone, Debug)]
pub struct Extents {
    low: GapIndex,
    high: GapIndex,
    wall: i64,
    mapped: i64,
}

impl Default for Extents {
    fn default() -> Self {
        let mut high = GapIndex::new();
        high.insert(&(0..PAGES_END));
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
        let count = |index: &GapIndex| {
            std::iter::successors(index.first(), |&spot| index.next(spot)).count()
        };
        (count(&self.low) + count(&self.high), self.low.bytes() + self.high.bytes())
    }

    /// Put the wall at `page`, once: where the first top-down search of the space begins.
    pub fn set_wall(&mut self, page: i64) {
        if self.wall != 0 || page <= 0 || page >= PAGES_END {
            return;
        }
        let all = std::mem::replace(&mut self.high, GapIndex::new());
        let mut next = all.first();
        while let Some(spot) = next {
            let Gap { start, end } = all.gap(spot);
            add(&mut self.low, &(start..end.min(page)));
            add(&mut self.high, &(start.max(page)..end));
            next = all.next(spot);
        }
        self.wall = page;
    }

    /// The gap that holds `page`, or, if `page` is mapped, the next one above it.
    #[must_use]
    pub fn gap_from(&self, page: i64) -> Gap {
        if page < self.wall
            && let Some(gap) = gap_from(&self.low, page)
        {
            return self.whole(gap);
        }
        gap_from(&self.high, page.max(self.wall))
            .map_or(PAGES_END..PAGES_END, |gap| self.whole(gap))
    }

    /// The highest gap with at least `need > 0` pages inside `window`; adds the nodes visited to `steps`.
    #[inline]
    pub fn highest_gap(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        if window.end > self.wall {
            return self.highest_above_wall(window, need, steps);
        }
        self.low.highest(window, need, steps).map(|spot| self.found(false, spot))
    }

    #[cold]
    fn highest_above_wall(
        &self,
        window: &Range<i64>,
        need: i64,
        steps: &mut u64,
    ) -> Option<FoundGap> {
        if let Some(spot) = self.high.highest(window, need, steps) {
            return Some(self.found(true, spot));
        }
        let across = self.across().filter(|across| fits(&across.gap, window, need));
        across.or_else(|| self.low.highest(window, need, steps).map(|spot| self.found(false, spot)))
    }

    /// The lowest gap with at least `need > 0` pages inside `window`; adds the nodes visited to `steps`.
    pub fn lowest_gap(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        if window.start < self.wall {
            if let Some(spot) = self.low.lowest(window, need, steps) {
                return Some(self.found(false, spot));
            }
            if let Some(found) = self.across().filter(|across| fits(&across.gap, window, need)) {
                return Some(found);
            }
        }
        self.high.lowest(window, need, steps).map(|spot| self.found(true, spot))
    }

    /// Map `range`, whatever is there already.
    pub fn occupy(&mut self, range: &Range<i64>) {
        let [low, high] = self.sides(range);
        self.mapped += occupy(&mut self.low, &low) + occupy(&mut self.high, &high);
    }

    /// Map `range` inside a gap that a search has just found; elsewhere if it lies elsewhere.
    #[inline]
    pub fn occupy_found(&mut self, found: &FoundGap, range: &Range<i64>) {
        let Place { above, spot } = found.place;
        let index = if above { &mut self.high } else { &mut self.low };
        let gap = index.gap(spot);
        if gap.start <= range.start && range.end <= gap.end {
            self.mapped += range.end - range.start;
            cut(index, spot, &gap, range);
        } else {
            self.occupy(range);
        }
    }

    /// Unmap `range`, whatever is there.
    pub fn release(&mut self, range: &Range<i64>) {
        let [low, high] = self.sides(range);
        self.mapped -= release(&mut self.low, &low) + release(&mut self.high, &high);
    }
}

impl Extents {
    fn found(&self, above: bool, spot: Spot) -> FoundGap {
        let index = if above { &self.high } else { &self.low };
        FoundGap { gap: self.whole(index.gap(spot)), place: Place { above, spot } }
    }

    /// The gap that goes across the wall.
    fn across(&self) -> Option<FoundGap> {
        let spot = self.low.last()?;
        let gap = self.low.gap(spot);
        let whole = self.whole(gap);
        let place = Place { above: false, spot };
        (whole.end > self.wall).then_some(FoundGap { gap: whole, place })
    }

    /// A gap with what belongs to it beyond the wall.
    #[inline]
    fn whole(&self, gap: Gap) -> Gap {
        if gap.start == self.wall || gap.end == self.wall { self.whole_at_wall(gap) } else { gap }
    }

    #[cold]
    fn whole_at_wall(&self, gap: Gap) -> Gap {
        let Gap { mut start, mut end } = gap;
        let upper = self.high.first().map(|spot| self.high.gap(spot));
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
}

fn add(index: &mut GapIndex, gap: &Gap) {
    if !gap.is_empty() {
        index.insert(gap);
    }
}

fn gap_from(index: &GapIndex, page: i64) -> Option<Gap> {
    let Some(spot) = index.locate(page) else {
        return index.first().map(|spot| index.gap(spot));
    };
    let gap = index.gap(spot);
    if gap.end > page { Some(gap) } else { index.next(spot).map(|spot| index.gap(spot)) }
}

/// Take `range` out of the gap that holds it.
#[inline]
fn cut(index: &mut GapIndex, spot: Spot, gap: &Gap, range: &Range<i64>) {
    let (below, above) = (gap.start..range.start, range.end..gap.end);
    match (below.is_empty(), above.is_empty()) {
        (true, true) => index.remove(spot),
        (true, false) => index.set(spot, &above),
        (false, true) => index.set(spot, &below),
        (false, false) => {
            index.set(spot, &below);
            index.insert_after(spot, &above);
        }
    }
}

/// Map a range; how many of its pages were free.
fn occupy(index: &mut GapIndex, range: &Range<i64>) -> i64 {
    let mut taken = 0;
    while !range.is_empty()
        && let Some(spot) = index.locate(range.end - 1)
        && let gap = index.gap(spot)
        && gap.end > range.start
    {
        let part = gap.start.max(range.start)..gap.end.min(range.end);
        taken += part.end - part.start;
        cut(index, spot, &gap, &part);
    }
    taken
}

/// Unmap a range; how many of its pages were mapped.
fn release(index: &mut GapIndex, range: &Range<i64>) -> i64 {
    if range.is_empty() {
        return 0;
    }
    let (start, end) = (range.start, range.end);
    let Some(below) = index.locate(start) else {
        return release_and_join(index, range);
    };
    let (low, above) = (index.gap(below), index.next(below));
    let high = above.map_or(i64::MAX..i64::MAX, |spot| index.gap(spot));
    if low.end > start || high.start < end {
        return release_and_join(index, range);
    }
    match (low.end == start, above.filter(|_| high.start == end)) {
        (true, Some(above)) => {
            index.set(below, &(low.start..high.end));
            index.remove(above);
        }
        (true, None) => index.set(below, &(low.start..end)),
        (false, Some(above)) => index.set(above, &(start..high.end)),
        (false, None) => index.insert_after(below, range),
    }
    end - start
}

/// Nothing is free below, or some of the pages are free already: join every gap that overlaps or touches the range.
fn release_and_join(index: &mut GapIndex, range: &Range<i64>) -> i64 {
    let mut mapped = range.end - range.start;
    let mut joined = range.clone();
    while let Some(spot) = index.locate(range.end)
        && let gap = index.gap(spot)
        && gap.end >= range.start
    {
        mapped -= (gap.end.min(range.end) - gap.start.max(range.start)).max(0);
        joined = joined.start.min(gap.start)..joined.end.max(gap.end);
        index.remove(spot);
    }
    index.insert(&joined);
    mapped
}
