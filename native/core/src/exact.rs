//! Where an aligned range fits as it is: searches that do not inflate the length, and the shift inside a found gap.

use std::ops::Range;

use crate::extents::{Gap, PAGES_END};
use crate::search::{FoundPage, Row, RowKind, round_down, round_up};
use crate::space::Space;

/// The highest (lowest) aligned range of `row.pages` in the window that is free and clear of guards.
///
/// No kernel has it: `vm_unmapped_area()` asks for the mask in addition. Looks at every gap of `row.pages`, one by one.
pub fn search_exact(space: &Space, row: &Row, steps: &mut u64) -> Option<FoundPage> {
    let need = row.pages + row.start_gap;
    let mut window = row.low.max(0)..row.high.min(PAGES_END);
    while window.end - window.start >= need {
        if row.kind == RowKind::ExactUp {
            let gap = space.extents.lowest_gap(&window, need, steps)?;
            let free = room(space, row, &gap.gap, &window);
            let page = round_up(free.start, row.align_mask, row.align_offset);
            if page + row.pages <= free.end {
                return Some(FoundPage { page, gap });
            }
            window.start = gap.gap.end;
        } else {
            let gap = space.extents.highest_gap(&window, need, steps)?;
            let free = room(space, row, &gap.gap, &window);
            let page = round_down(free.end - row.pages, row.align_mask, row.align_offset);
            if page >= free.start {
                return Some(FoundPage { page, gap });
            }
            window.end = gap.gap.start;
        }
    }
    None
}

/// The congruent page nearest to `page` further into its gap, if the range still fits there; else `page`.
pub fn shift(space: &Space, row: &Row, page: i64, gap: &Gap) -> i64 {
    let free = room(space, row, gap, &(row.low.max(0)..row.high.min(PAGES_END)));
    if matches!(row.kind, RowKind::Up | RowKind::ExactUp) {
        let up = round_up(page, row.finish_mask, row.finish_offset);
        if up + row.pages <= free.end { up } else { page }
    } else {
        let down = round_down(page, row.finish_mask, row.finish_offset);
        if down >= free.start { down } else { page }
    }
}

/// What a row may use of a gap: inside the window, above the room below, below the guard of what comes next.
fn room(space: &Space, row: &Row, gap: &Gap, window: &Range<i64>) -> Range<i64> {
    let start = gap.start.max(window.start) + row.start_gap;
    start..space.guard_start(gap.end).min(window.end)
}
