//! Which pages of a space are mapped, and where are the gaps between them.

use std::collections::BTreeMap;
use std::ops::Range;

/// One past the last page; every page is exact in a double.
pub const PAGES_END: i64 = 1 << 53;

/// A maximal free interval; `end` is the first mapped page above it, or [`PAGES_END`].
pub type Gap = Range<i64>;

/// The union of the mapped ranges of one space.
#[derive(Clone, Debug, Default)]
pub struct Extents {
    /// Start to end; neither overlapping nor touching.
    ranges: BTreeMap<i64, i64>,
    mapped: i64,
}

impl Extents {
    /// Mapped pages.
    #[must_use]
    pub fn mapped(&self) -> i64 {
        self.mapped
    }

    /// Map `range`, whatever is there already.
    pub fn occupy(&mut self, range: Range<i64>) {
        if range.is_empty() {
            return;
        }
        let Range { mut start, mut end } = range;
        while let Some((&from, &to)) = self.ranges.range(..=end).next_back()
            && to >= start
        {
            self.remove(from, to);
            start = start.min(from);
            end = end.max(to);
        }
        self.insert(start, end);
    }

    /// Unmap `range`, whatever is there.
    pub fn release(&mut self, range: Range<i64>) {
        if range.is_empty() {
            return;
        }
        while let Some((&from, &to)) = self.ranges.range(..range.end).next_back()
            && to > range.start
        {
            self.remove(from, to);
            self.insert(from, range.start);
            self.insert(range.end, to);
        }
    }

    /// The gap that holds `page`, or, if `page` is mapped, the next one above it.
    #[must_use]
    pub fn gap_from(&self, page: i64) -> Gap {
        let start = self.ranges.range(..=page).next_back().map_or(0, |(_, &to)| to);
        start..self.next_start(start)
    }

    /// The highest gap with at least `need > 0` pages inside `window`; counts the gaps it looks at.
    pub fn highest_gap(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<Gap> {
        let mut end = self.next_start(window.end);
        for (&from, &to) in self.ranges.range(..window.end).rev() {
            *steps += 1;
            if fits(&(to..end), window, need) {
                return Some(to..end);
            }
            end = from;
        }
        *steps += 1;
        fits(&(0..end), window, need).then_some(0..end)
    }

    /// The lowest gap with at least `need > 0` pages inside `window`; counts the gaps it looks at.
    pub fn lowest_gap(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<Gap> {
        let mut gap = self.gap_from(window.start);
        loop {
            *steps += 1;
            if fits(&gap, window, need) {
                return Some(gap);
            }
            if gap.end >= window.end {
                return None;
            }
            gap = self.gap_from(gap.end);
        }
    }

    fn next_start(&self, page: i64) -> i64 {
        self.ranges.range(page..).next().map_or(PAGES_END, |(&from, _)| from)
    }

    fn insert(&mut self, from: i64, to: i64) {
        if from < to {
            self.ranges.insert(from, to);
            self.mapped += to - from;
        }
    }

    fn remove(&mut self, from: i64, to: i64) {
        self.ranges.remove(&from);
        self.mapped -= to - from;
    }
}

fn fits(gap: &Gap, window: &Range<i64>, need: i64) -> bool {
    gap.end.min(window.end) - gap.start.max(window.start) >= need
}
