//! Which row of an op's list wins.

use std::ops::Range;

use crate::exact::{search_exact, shift};
use crate::extents::PAGES_END;
use crate::index::FoundGap;
use crate::search::{Finish, Row, RowKind, round_down, round_up, search};
use crate::space::Space;
use crate::table::{Answers, Found};

/// An op's wish for room: the hint (`None` if its anchor is lost) and the pages to place.
pub struct Wish {
    pub hint: Option<i64>,
    pub pages: i64,
}

/// What became of a list of rows.
#[derive(Default)]
pub struct Choice {
    /// The page and the row that won or held it.
    pub winner: Option<(i64, u32)>,
    /// The gap that the last search found, the likely place.
    pub gap: Option<FoundGap>,
    pub searches: u32,
    pub steps: u64,
}

/// What one row says about the wish.
enum Verdict {
    Wins(i64),
    Rejects(i64),
    NoFit,
}

/// Run rows until one wins; `first` is the index of the first one in the table.
pub fn choose(
    space: &mut Space,
    wish: &Wish,
    rows: &[Row],
    first: u32,
    into: &mut impl Answers,
) -> Choice {
    let mut choice = Choice::default();
    let (mut held, mut rejected) = (None, None);
    for (index, row) in (first..).zip(rows) {
        if rejected == Some(row.attempt) || !row.passes_wall(wish.hint) {
            continue;
        }
        let verdict = match row.kind {
            RowKind::At => test_hint(space, wish, row),
            RowKind::Claim => test_claim(space, wish, row),
            RowKind::Down | RowKind::Up | RowKind::ExactDown | RowKind::ExactUp => {
                run_search(space, wish, row, index, &mut choice, into)
            }
        };
        match verdict {
            Verdict::Wins(page) | Verdict::Rejects(page) if page + wish.pages > PAGES_END => {}
            Verdict::Wins(page) => {
                choice.winner = Some((page, index));
                return choice;
            }
            Verdict::Rejects(page) => {
                rejected = Some(row.attempt);
                held = held.or(Some((page, index)));
            }
            Verdict::NoFit => {}
        }
    }
    choice.winner = held;
    choice
}

fn run_search(
    space: &mut Space,
    wish: &Wish,
    row: &Row,
    index: u32,
    choice: &mut Choice,
    into: &mut impl Answers,
) -> Verdict {
    if matches!(row.kind, RowKind::Down | RowKind::ExactDown) {
        space.extents.set_wall(row.high);
    }
    let result = match row.kind {
        RowKind::ExactDown | RowKind::ExactUp => search_exact(space, row, &mut choice.steps),
        _ => search(space, row, &mut choice.steps),
    };
    choice.searches += 1;
    let page = result.as_ref().map(|result| result.page);
    into.search(Found { row: index, page });
    choice.gap = result.map(|result| result.gap);
    match (page, &choice.gap) {
        (Some(page), Some(found)) if row.finish == Finish::Shift => {
            Verdict::Wins(shift(space, row, page, &found.gap))
        }
        (Some(page), _) => finish(page, wish.pages, row),
        (None, _) => Verdict::NoFit,
    }
}

fn in_window(range: &Range<i64>, row: &Row) -> bool {
    row.low.max(0) <= range.start && range.end <= row.high
}

fn test_hint(space: &Space, wish: &Wish, row: &Row) -> Verdict {
    let Some(hint) = wish.hint else { return Verdict::NoFit };
    let start = match row.finish {
        Finish::Up => round_up(hint, row.finish_mask, row.finish_offset),
        Finish::Down => round_down(hint, row.finish_mask, row.finish_offset),
        _ => hint,
    };
    let range = start..start + row.pages;
    if in_window(&range, row) && space.has_room(&range) {
        Verdict::Wins(start)
    } else {
        Verdict::NoFit
    }
}

fn test_claim(space: &Space, wish: &Wish, row: &Row) -> Verdict {
    let Some(start) = wish.hint else { return Verdict::NoFit };
    let end = start + wish.pages;
    let tail = end - row.pages..end;
    if in_window(&tail, row) && space.is_free(&tail) && space.is_mapped(&(start..tail.start)) {
        Verdict::Wins(start)
    } else {
        Verdict::NoFit
    }
}

fn finish(page: i64, pages: i64, row: &Row) -> Verdict {
    let up = round_up(page, row.finish_mask, row.finish_offset);
    match row.finish {
        Finish::Take | Finish::Down | Finish::Shift => Verdict::Wins(page),
        Finish::Up => Verdict::Wins(up),
        Finish::Above => Verdict::Wins(if up == page { up + row.finish_mask + 1 } else { up }),
        Finish::Cross => Verdict::Wins(if up < page + pages { up } else { page }),
        Finish::Test if up == page => Verdict::Wins(page),
        Finish::Test => Verdict::Rejects(page),
    }
}
