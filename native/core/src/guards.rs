//! How many pages below a mapped page must stay free (`stack_guard_start_gap()` of the kernel).

use std::ops::Range;

/// Ranges of pages whose lowest page keeps others away; few, and neither overlapping nor empty.
#[derive(Clone, Debug, Default)]
pub struct Guards {
    /// Ascending by range; a range and the pages to keep free below it.
    list: Vec<(Range<i64>, i64)>,
}

impl Guards {
    /// The pages to keep free below `page`: 0 unless it belongs to a guarded range.
    #[must_use]
    #[inline]
    pub fn below(&self, page: i64) -> i64 {
        if self.list.is_empty() {
            return 0;
        }
        let next = self.list.partition_point(|(range, _)| range.end <= page);
        match self.list.get(next) {
            Some((range, guard)) if range.contains(&page) => *guard,
            _ => 0,
        }
    }

    /// Give every page of `range` the guard `guard`; 0 takes it away.
    pub fn set(&mut self, range: &Range<i64>, guard: i64) {
        if range.is_empty() || (guard == 0 && self.list.is_empty()) {
            return;
        }
        let first = self.list.partition_point(|(old, _)| old.end <= range.start);
        let last = self.list.partition_point(|(old, _)| old.start < range.end);
        let mut pieces = Vec::with_capacity(3);
        if let Some((old, below)) = self.list[first..last].first() {
            pieces.push((old.start..range.start, *below));
        }
        pieces.push((range.clone(), guard));
        if let Some((old, below)) = self.list[first..last].last() {
            pieces.push((range.end..old.end, *below));
        }
        pieces.retain(|(piece, below)| !piece.is_empty() && *below > 0);
        self.list.splice(first..last, pieces);
    }
}
