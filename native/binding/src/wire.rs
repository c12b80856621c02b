//! What the numbers of the tables mean: columns, strides, kinds, and their checked conversion.
//! The same numbers stand in `src/place/wire.ts`; a test compares them.

use mmreplay_core::{Answer, Answers, Finish, Found, Op, Outcome, Position, Row, RowKind};

/// Columns of `ops`.
pub mod op {
    pub const KIND: usize = 0;
    pub const OBJECT: usize = 1;
    pub const ANCHOR: usize = 2;
    pub const OFFSET: usize = 3;
    pub const PAGES: usize = 4;
    pub const GUARD: usize = 5;
    pub const X: usize = 6;
    pub const Y: usize = 7;
    pub const STRIDE: usize = 8;
}

/// Columns of `searches`.
pub mod search {
    pub const KIND: usize = 0;
    pub const ATTEMPT: usize = 1;
    pub const PAGES: usize = 2;
    pub const LOW_LIMIT: usize = 3;
    pub const HIGH_LIMIT: usize = 4;
    pub const ALIGN_MASK: usize = 5;
    pub const ALIGN_OFFSET: usize = 6;
    pub const START_GAP: usize = 7;
    pub const FINISH: usize = 8;
    pub const FINISH_MASK: usize = 9;
    pub const FINISH_OFFSET: usize = 10;
    pub const HINT_WALL: usize = 11;
    pub const STRIDE: usize = 12;
}

/// Columns of `out`.
pub mod out {
    pub const PAGE: usize = 0;
    pub const ROW: usize = 1;
    pub const MAPPED: usize = 2;
    pub const SEARCHES: usize = 3;
    pub const STEPS: usize = 4;
    pub const STRIDE: usize = 5;
}

/// Columns of `found`.
pub mod found {
    pub const ROW: usize = 0;
    pub const PAGE: usize = 1;
    pub const STRIDE: usize = 2;
}

/// Kinds of ops.
pub mod op_kind {
    pub const FORK: i64 = 1;
    pub const ENTER: i64 = 2;
    pub const MAP: i64 = 3;
    pub const PROBE: i64 = 4;
    pub const FIX: i64 = 5;
    pub const RELEASE: i64 = 6;
}

/// Kinds of rows.
pub mod row_kind {
    pub const DOWN: i64 = 1;
    pub const UP: i64 = 2;
    pub const AT: i64 = 3;
    pub const CLAIM: i64 = 4;
    pub const EXACT_DOWN: i64 = 5;
    pub const EXACT_UP: i64 = 6;
}

/// Kinds of `finish`.
pub mod finish_kind {
    pub const TAKE: i64 = 0;
    pub const UP: i64 = 1;
    pub const ABOVE: i64 = 2;
    pub const CROSS: i64 = 3;
    pub const TEST: i64 = 4;
    pub const DOWN: i64 = 5;
    pub const SHIFT: i64 = 6;
}

/// Ids index dense arrays, so they end somewhere.
const IDS: i64 = 1 << 28;

/// Largest whole number that a double holds exactly together with its neighbours.
const EXACT: i64 = (1 << 53) - 1;

/// What a cell holds and why that is wrong.
pub type Wrong = (usize, f64, &'static str);

/// One row of a table, and its numbers if all are whole.
struct Cells<'a> {
    cells: &'a [f64],
    numbers: Option<[i64; op::STRIDE]>,
}

/// All numbers of a row of ops in a few instructions, if they are whole and below 2^51, which nearly all are.
///
/// A number that is added to 1.5 * 2^52 stands in the low bits of the sum: neighbours there are 1 apart.
fn all_whole(cells: &[f64; op::STRIDE]) -> Option<[i64; op::STRIDE]> {
    const BASE: f64 = 6_755_399_441_055_744.0;
    const EXPONENT: u64 = 0xfff << 52;
    let sums = cells.map(|cell| cell + BASE);
    let wrong = cells.iter().zip(&sums).fold(0, |wrong, (cell, sum)| {
        let other = (sum - BASE).to_bits() ^ cell.to_bits();
        wrong | other | ((sum.to_bits() ^ BASE.to_bits()) & EXPONENT)
    });
    let numbers = sums.map(|sum| sum.to_bits().wrapping_sub(BASE.to_bits()).cast_signed());
    (wrong == 0).then_some(numbers)
}

impl Cells<'_> {
    #[inline]
    fn whole(&self, column: usize) -> Result<i64, Wrong> {
        if let Some(numbers) = &self.numbers {
            return Ok(numbers[column]);
        }
        self.whole_alone(column)
    }

    #[expect(clippy::cast_possible_truncation, reason = "compared with the double below")]
    #[expect(clippy::cast_precision_loss, reason = "exact inside the limits below")]
    #[expect(clippy::float_cmp, reason = "exactness is the question")]
    #[cold]
    fn whole_alone(&self, column: usize) -> Result<i64, Wrong> {
        let value = self.cells[column];
        let whole = value as i64;
        if whole as f64 == value && (-EXACT..=EXACT).contains(&whole) {
            Ok(whole)
        } else {
            Err((column, value, "not a whole number below 2^53"))
        }
    }

    fn at_least(&self, column: usize, least: i64) -> Result<i64, Wrong> {
        let whole = self.whole(column)?;
        if whole >= least { Ok(whole) } else { Err(self.wrong(column, "too small")) }
    }

    fn mask(&self, column: usize) -> Result<i64, Wrong> {
        let mask = self.at_least(column, 0)?;
        if mask & (mask + 1) == 0 {
            Ok(mask)
        } else {
            Err(self.wrong(column, "not a power of two minus one"))
        }
    }

    fn id(&self, column: usize) -> Result<u32, Wrong> {
        let id = self.at_least(column, 0)?;
        if id >= IDS {
            return Err(self.wrong(column, "not an id below 2^28"));
        }
        Ok(u32::try_from(id).unwrap_or(u32::MAX))
    }

    fn wrong(&self, column: usize, why: &'static str) -> Wrong {
        (column, self.cells[column], why)
    }
}

/// Read one row of `ops`; `rows` is the number of rows in `searches`.
pub fn read_op(cells: &[f64; op::STRIDE], rows: usize) -> Result<Op, Wrong> {
    let cells = Cells { cells, numbers: all_whole(cells) };
    let kind = cells.whole(op::KIND)?;
    if kind == op_kind::FORK || kind == op_kind::ENTER {
        let space = cells.id(op::OBJECT)?;
        return Ok(if kind == op_kind::FORK { Op::Fork { space } } else { Op::Enter { space } });
    }
    let at = Position { anchor: cells.id(op::ANCHOR)?, offset: cells.whole(op::OFFSET)? };
    let pages = cells.at_least(op::PAGES, 0)?;
    let object = || cells.id(op::OBJECT);
    let guard = || cells.at_least(op::GUARD, 0);
    let range = || {
        let (first, count) = (cells.id(op::X)?, cells.id(op::Y)?);
        let end = first + count;
        if end as usize <= rows { Ok(first..end) } else { Err(cells.wrong(op::X, "out of range")) }
    };
    match kind {
        op_kind::MAP => {
            Ok(Op::Map { object: object()?, at, pages, guard: guard()?, rows: range()? })
        }
        op_kind::PROBE => Ok(Op::Probe { at, pages, rows: range()? }),
        op_kind::FIX => {
            let align = (cells.mask(op::X)?, cells.whole(op::Y)?);
            Ok(Op::Fix { object: object()?, at, pages, guard: guard()?, align })
        }
        op_kind::RELEASE => {
            let spare = (cells.id(op::X)?, cells.at_least(op::Y, 0)?);
            Ok(Op::Release { at, pages, spare })
        }
        _ => Err(cells.wrong(op::KIND, "not a kind of op")),
    }
}

/// Read one row of `searches`.
pub fn read_row(cells: &[f64]) -> Result<Row, Wrong> {
    let cells = Cells { cells, numbers: None };
    let kind = match cells.whole(search::KIND)? {
        row_kind::DOWN => RowKind::Down,
        row_kind::UP => RowKind::Up,
        row_kind::AT => RowKind::At,
        row_kind::CLAIM => RowKind::Claim,
        row_kind::EXACT_DOWN => RowKind::ExactDown,
        row_kind::EXACT_UP => RowKind::ExactUp,
        _ => return Err(cells.wrong(search::KIND, "not a kind of row")),
    };
    let finish = match cells.whole(search::FINISH)? {
        finish_kind::TAKE => Finish::Take,
        finish_kind::UP => Finish::Up,
        finish_kind::ABOVE => Finish::Above,
        finish_kind::CROSS => Finish::Cross,
        finish_kind::TEST => Finish::Test,
        finish_kind::DOWN => Finish::Down,
        finish_kind::SHIFT => Finish::Shift,
        _ => return Err(cells.wrong(search::FINISH, "not a finish")),
    };
    let suits = match kind {
        RowKind::At => matches!(finish, Finish::Take | Finish::Up | Finish::Down),
        RowKind::Claim => finish == Finish::Take,
        _ => finish != Finish::Down,
    };
    if !suits {
        return Err(cells.wrong(search::FINISH, "not a finish of this kind of row"));
    }
    Ok(Row {
        kind,
        attempt: cells.whole(search::ATTEMPT)?,
        // With larger pages than recorded an mremap may grow by none.
        pages: cells.at_least(search::PAGES, i64::from(kind != RowKind::Claim))?,
        low: cells.whole(search::LOW_LIMIT)?,
        high: cells.whole(search::HIGH_LIMIT)?,
        align_mask: cells.mask(search::ALIGN_MASK)?,
        align_offset: cells.whole(search::ALIGN_OFFSET)?,
        start_gap: cells.at_least(search::START_GAP, 0)?,
        finish,
        finish_mask: cells.mask(search::FINISH_MASK)?,
        finish_offset: cells.whole(search::FINISH_OFFSET)?,
        hint_wall: cells.whole(search::HINT_WALL)?,
    })
}

/// The tables of answers, with room for all of them.
pub struct Written<'a> {
    out: std::slice::IterMut<'a, [f64; out::STRIDE]>,
    found: std::slice::IterMut<'a, [f64; found::STRIDE]>,
    room: usize,
}

impl<'a> Written<'a> {
    pub fn new(out: &'a mut [f64], found: &'a mut [f64]) -> Self {
        let (out, found) = (out.as_chunks_mut().0, found.as_chunks_mut().0);
        Self { room: found.len(), out: out.iter_mut(), found: found.iter_mut() }
    }

    /// Searches that were written.
    pub fn searches(&self) -> usize {
        self.room - self.found.len()
    }
}

impl Answers for Written<'_> {
    #[expect(clippy::cast_precision_loss, reason = "pages and counts are below 2^53")]
    #[inline]
    fn outcome(&mut self, outcome: Outcome) {
        let Some(cells) = self.out.next() else { return };
        cells[out::PAGE] = match outcome.page {
            Answer::Page(page) => page as f64,
            Answer::NoFit => -1.0,
            Answer::Orphan => -2.0,
        };
        cells[out::ROW] = outcome.row.map_or(-1.0, f64::from);
        cells[out::MAPPED] = outcome.mapped as f64;
        cells[out::SEARCHES] = f64::from(outcome.searches);
        cells[out::STEPS] = outcome.steps as f64;
    }

    #[expect(clippy::cast_precision_loss, reason = "pages are below 2^53")]
    #[inline]
    fn search(&mut self, search: Found) {
        let Some(cells) = self.found.next() else { return };
        cells[found::ROW] = f64::from(search.row);
        cells[found::PAGE] = search.page.map_or(-1.0, |page| page as f64);
    }
}
