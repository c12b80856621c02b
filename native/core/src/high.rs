//! Where are the gaps above the wall: a list while they are few, as in most spaces, else an index.

use std::ops::Range;

use crate::extents::Gap;
use crate::find::fits;
use crate::index::{FoundGap, GapIndex, Spot, saturated};

/// So many gaps are listed. They would be in one leaf of an index, and count the steps that it would.
const FEW: usize = 8;

/// Gaps, ascending, neither overlapping nor touching. An index for two of them would take 1.5 KB.
#[derive(Clone, Debug)]
pub enum High {
    Few(Vec<Gap>),
    Many(GapIndex),
}

impl High {
    /// No gap at all.
    pub fn new() -> Self {
        Self::Few(Vec::new())
    }

    /// The index, if there is one.
    #[inline]
    pub fn index(&mut self) -> Option<&mut GapIndex> {
        match self {
            Self::Few(_) => None,
            Self::Many(index) => Some(index),
        }
    }

    pub fn gaps(&self) -> Vec<Gap> {
        match self {
            Self::Few(gaps) => gaps.clone(),
            Self::Many(index) => index.gaps().collect(),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::Few(gaps) => gaps.capacity() * size_of::<Gap>(),
            Self::Many(index) => index.bytes(),
        }
    }

    /// The lowest gap.
    pub fn first(&self) -> Option<Gap> {
        match self {
            Self::Few(gaps) => gaps.first().cloned(),
            Self::Many(index) => index.first().map(|spot| index.gap(spot)),
        }
    }

    /// The first gap that ends above `page`.
    pub fn gap_from(&self, page: i64) -> Option<Gap> {
        match self {
            Self::Few(gaps) => gaps.iter().find(|gap| gap.end > page).cloned(),
            Self::Many(index) => index.gap_from(page),
        }
    }

    /// `GapIndex::highest`, step by step.
    pub fn highest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        let gaps = match self {
            Self::Few(gaps) => gaps,
            Self::Many(index) => return index.highest(window, need, steps),
        };
        *steps += 3;
        let mut at = gaps.iter().rposition(|gap| is_large(gap, need))?;
        if gaps[at].end > window.end {
            *steps += 3;
            at = gaps.iter().rposition(|gap| gap.start < window.end)?;
        }
        loop {
            if fits(&gaps[at], window, need) {
                return Some(found(gaps, at));
            }
            if gaps[at].start <= window.start {
                return None;
            }
            *steps += 1;
            let Some(next) = gaps[..at].iter().rposition(|gap| is_large(gap, need)) else {
                *steps += 1;
                return None;
            };
            at = next;
        }
    }

    /// `GapIndex::lowest`, step by step.
    pub fn lowest(&self, window: &Range<i64>, need: i64, steps: &mut u64) -> Option<FoundGap> {
        let gaps = match self {
            Self::Few(gaps) => gaps,
            Self::Many(index) => return index.lowest(window, need, steps),
        };
        *steps += 3;
        let mut at = gaps.iter().position(|gap| is_large(gap, need))?;
        if gaps[at].start < window.start {
            *steps += 3;
            at = gaps.iter().rposition(|gap| gap.start <= window.start)?;
        }
        loop {
            if fits(&gaps[at], window, need) {
                return Some(found(gaps, at));
            }
            if gaps[at].end >= window.end {
                return None;
            }
            *steps += 1;
            let Some(next) = gaps[at + 1..].iter().position(|gap| is_large(gap, need)) else {
                *steps += 4;
                return None;
            };
            at += 1 + next;
        }
    }

    /// Map a range; how many of its pages were free.
    pub fn occupy(&mut self, range: &Range<i64>) -> i64 {
        let gaps = match self {
            Self::Few(gaps) => gaps,
            Self::Many(index) => return index.occupy_anywhere(range),
        };
        let first = gaps.partition_point(|gap| gap.end <= range.start);
        let last = gaps.partition_point(|gap| gap.start < range.end);
        if first >= last || range.is_empty() {
            return 0;
        }
        let taken = gaps[first..last].iter().map(|gap| common(gap, range)).sum();
        let left = [gaps[first].start..range.start, range.end..gaps[last - 1].end];
        gaps.splice(first..last, left.into_iter().filter(|gap| !gap.is_empty()));
        self.grow();
        taken
    }

    /// Unmap a range; how many of its pages were mapped.
    pub fn release(&mut self, range: &Range<i64>) -> i64 {
        let gaps = match self {
            Self::Few(gaps) => gaps,
            Self::Many(index) => return index.release_anywhere(range),
        };
        if range.is_empty() {
            return 0;
        }
        let first = gaps.partition_point(|gap| gap.end < range.start);
        let last = gaps.partition_point(|gap| gap.start <= range.end);
        let touched = &gaps[first..last];
        let free: i64 = touched.iter().map(|gap| common(gap, range)).sum();
        let start = touched.first().map_or(range.start, |gap| gap.start.min(range.start));
        let end = touched.last().map_or(range.end, |gap| gap.end.max(range.end));
        gaps.splice(first..last, std::iter::once(start..end));
        self.grow();
        range.end - range.start - free
    }

    /// From a list to an index, once.
    fn grow(&mut self) {
        if let Self::Few(gaps) = self
            && gaps.len() > FEW
        {
            let mut index = GapIndex::new();
            for gap in gaps {
                index.insert(gap);
            }
            *self = Self::Many(index);
        }
    }
}

/// As an index compares sizes.
fn is_large(gap: &Gap, need: i64) -> bool {
    saturated(gap.end - gap.start) >= saturated(need)
}

fn found(gaps: &[Gap], at: usize) -> FoundGap {
    FoundGap { gap: gaps[at].clone(), spot: Spot::new(0, 0, 0, 0, at) }
}

/// Pages of a gap inside a range.
fn common(gap: &Gap, range: &Range<i64>) -> i64 {
    (gap.end.min(range.end) - gap.start.max(range.start)).max(0)
}

#[cfg(test)]
mod tests;
