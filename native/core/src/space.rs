//! What placement needs to know of one address space: its extents and the guards on them.

use std::ops::Range;

use crate::extents::Extents;
use crate::guards::Guards;
use crate::index::FoundGap;

/// One address space. Every mapped page carries a guard, nearly always 0.
#[derive(Clone, Debug, Default)]
pub struct Space {
    pub(crate) extents: Extents,
    pub(crate) guards: Guards,
}

impl Space {
    /// Map `range`, whatever is there, with `guard` pages to keep free below each of its pages.
    pub fn occupy(&mut self, range: &Range<i64>, guard: i64) {
        self.guards.set(range, guard);
        self.extents.occupy(range);
    }

    /// Map `range`, most likely inside the gap that the last search found.
    pub(crate) fn occupy_found(&mut self, found: &FoundGap, range: &Range<i64>, guard: i64) {
        self.guards.set(range, guard);
        self.extents.occupy_found(found, range);
    }

    /// Unmap `range`, whatever is there.
    pub fn release(&mut self, range: &Range<i64>) {
        self.guards.set(range, 0);
        self.extents.release(range);
    }

    /// True if `range` is free and ends below the guard of what is mapped next.
    #[must_use]
    pub fn has_room(&self, range: &Range<i64>) -> bool {
        let gap = self.extents.gap_from(range.start);
        gap.start <= range.start && range.end <= self.guard_start(gap.end)
    }

    /// True if `range` is free, guards ignored; nothing is free everywhere.
    #[must_use]
    pub fn is_free(&self, range: &Range<i64>) -> bool {
        if range.is_empty() {
            return true;
        }
        let gap = self.extents.gap_from(range.start);
        gap.start <= range.start && range.end <= gap.end
    }

    /// True if every page of `range` is mapped.
    #[must_use]
    pub fn is_mapped(&self, range: &Range<i64>) -> bool {
        range.is_empty() || self.extents.gap_from(range.start).start >= range.end
    }

    /// The first page that the mapping at `page` wants to keep free.
    pub(crate) fn guard_start(&self, page: i64) -> i64 {
        (page - self.guards.below(page)).max(0)
    }
}
