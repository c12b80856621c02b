//! Where one gap search puts a range: `vm_unmapped_area()` with its guard retries, and what its caller makes of the result.

use crate::extents::{Gap, PAGES_END};
use crate::index::FoundGap;
use crate::space::Space;

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Search from the top (`unmapped_area_topdown()`).
    Down,
    /// Search from the bottom (`unmapped_area()`).
    Up,
    /// Search from the top for a gap that holds the aligned range, the length not inflated by the mask.
    ExactDown,
    /// The same from the bottom.
    ExactUp,
    /// Test the hint.
    At,
    /// Test the last pages of the op's range, the others being mapped.
    Claim,
}

/// How the page that a search found becomes the answer; on `At` rows how the hint is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The page itself.
    Take,
    /// The lowest congruent page that is not below.
    Up,
    /// The lowest congruent page above.
    Above,
    /// The page itself, rounded up if the op's range crosses a block there.
    Cross,
    /// The page itself if it is congruent; else it is held and the attempt ends.
    Test,
    /// The highest congruent page that is not above (hints only).
    Down,
    /// The nearest congruent page further into the gap, if the range still fits there; else the page itself.
    Shift,
}

/// One row of the `searches` table; pages. Masks are a power of two minus one.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What the row does.
    pub kind: RowKind,
    /// Rows of one attempt are consecutive.
    pub attempt: i64,
    /// Length that is searched or tested, above 0.
    pub pages: i64,
    /// The window starts here.
    pub low: i64,
    /// The window ends here.
    pub high: i64,
    /// Alignment inside the search.
    pub align_mask: i64,
    /// Congruence inside the search.
    pub align_offset: i64,
    /// Room below the result.
    pub start_gap: i64,
    /// What is made of the result.
    pub finish: Finish,
    /// Block of `finish`.
    pub finish_mask: i64,
    /// Congruence of `finish`.
    pub finish_offset: i64,
    /// 0: always; w: only if hint >= w; -w: only if hint < w.
    pub hint_wall: i64,
}

impl Row {
    /// Whether the row runs with this hint; an orphan hint (`None`) counts as below any wall.
    pub(crate) fn passes_wall(&self, hint: Option<i64>) -> bool {
        match self.hint_wall {
            0 => true,
            wall if wall > 0 => hint.is_some_and(|hint| hint >= wall),
            wall => hint.is_none_or(|hint| hint < -wall),
        }
    }
}

/// The lowest page `>= page` congruent to `offset` modulo `mask + 1`.
pub(crate) fn round_up(page: i64, mask: i64, offset: i64) -> i64 {
    page + ((offset - page) & mask)
}

/// The highest page `<= page` congruent to `offset` modulo `mask + 1`.
pub(crate) fn round_down(page: i64, mask: i64, offset: i64) -> i64 {
    page - ((page - offset) & mask)
}

/// What a search found: the page before `finish`, and the gap around it.
#[derive(Clone, Debug)]
pub struct FoundPage {
    /// The page before `finish`.
    pub page: i64,
    pub(crate) gap: FoundGap,
}

/// `vm_unmapped_area()` for a down or an up row; adds the nodes visited to `steps`.
pub fn search(space: &Space, row: &Row, steps: &mut u64) -> Option<FoundPage> {
    let need = row.pages + row.align_mask + row.start_gap;
    let mut window = row.low.max(0)..row.high.min(PAGES_END);
    while window.end - window.start >= need {
        if row.kind == RowKind::Up {
            let gap = space.extents.lowest_gap(&window, need, steps)?;
            let page = bottom_of(&gap.gap, window.start, row);
            if guard_of(space, &gap.gap).is_none_or(|guard| guard >= page + need) {
                return Some(FoundPage { page, gap });
            }
            window.start = space.extents.gap_from(gap.gap.end).start;
        } else {
            let gap = space.extents.highest_gap(&window, need, steps)?;
            let end = gap.gap.end.min(window.end);
            match guard_of(space, &gap.gap) {
                Some(guard) if guard < end => window.end = guard,
                _ => {
                    let page = round_down(end - row.pages, row.align_mask, row.align_offset);
                    return Some(FoundPage { page, gap });
                }
            }
        }
    }
    None
}

/// The lowest page in the gap: room below it first, then alignment.
fn bottom_of(gap: &Gap, low: i64, row: &Row) -> i64 {
    round_up(gap.start.max(low) + row.start_gap, row.align_mask, row.align_offset)
}

/// The first page that a guard above the gap keeps free, if there is such a guard.
fn guard_of(space: &Space, gap: &Gap) -> Option<i64> {
    let guard = space.guard_start(gap.end);
    (guard < gap.end).then_some(guard)
}
