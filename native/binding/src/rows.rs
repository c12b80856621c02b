//! Which rows of `searches` a call uses, each converted once, and only if the calls before it did not.

use std::ops::Range;

use mmreplay_core::{Finish, Row, RowKind, are_same};

use crate::wire::{Wrong, read_row, search::STRIDE};

/// Rows of the table that the running call has seen; other entries are left from earlier calls.
#[derive(Default)]
pub struct Rows {
    list: Vec<Row>,
    /// What the rows were converted from: calls mostly pass the table of the one before, and comparing is cheaper.
    cells: Vec<f64>,
    /// By first row.
    seen: Vec<Seen>,
    call: u32,
}

/// A list of rows that ops name: the last call that did, its end, and the searches in it.
#[derive(Clone, Copy, Default)]
struct Seen {
    call: u32,
    end: u32,
    searches: u32,
}

/// Stands where no call has used a row yet, and what it would be converted from.
const UNUSED_CELLS: [f64; STRIDE] = [3.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
const UNUSED: Row = Row {
    kind: RowKind::At,
    attempt: 0,
    pages: 1,
    low: 0,
    high: 0,
    align_mask: 0,
    align_offset: 0,
    start_gap: 0,
    finish: Finish::Take,
    finish_mask: 0,
    finish_offset: 0,
    hint_wall: 0,
};

impl Rows {
    /// A new call with a table; what earlier calls passed is believed only where it is found again.
    pub fn begin(&mut self, table: &[f64], ops: usize) {
        let count = table.len() / STRIDE;
        let is_short = count <= ops;
        // Compared as a whole in less time than list by list.
        if is_short && are_same(table, &self.cells) {
            return;
        }
        self.list.resize(count, UNUSED);
        self.cells.truncate(count * STRIDE);
        while self.cells.len() < count * STRIDE {
            self.cells.extend_from_slice(&UNUSED_CELLS);
        }
        self.seen.resize(count, Seen::default());
        self.call = self.call.wrapping_add(1);
        if self.call == 0 {
            self.seen.fill(Seen::default());
            self.call = 1;
        }
        if is_short {
            self.adopt(table);
        }
    }

    /// Convert every row that is new and valid; one that is not is refused if an op names it.
    #[cold]
    fn adopt(&mut self, table: &[f64]) {
        for row in 0..self.list.len() {
            let cells = row * STRIDE..(row + 1) * STRIDE;
            if !are_same(&table[cells.clone()], &self.cells[cells]) {
                let _ = self.convert(table, row..row + 1);
            }
        }
    }

    /// Convert what is new in `range` and count the searches in it; on failure also the row's index.
    #[inline]
    pub fn read(&mut self, table: &[f64], range: &Range<u32>) -> Result<u32, (usize, Wrong)> {
        match self.seen.get(range.start as usize) {
            Some(seen) if seen.call == self.call && seen.end == range.end => Ok(seen.searches),
            _ => self.compare(table, range),
        }
    }

    #[inline(never)]
    fn compare(&mut self, table: &[f64], range: &Range<u32>) -> Result<u32, (usize, Wrong)> {
        let (start, end) = (range.start as usize, range.end as usize);
        let cells = start * STRIDE..end * STRIDE;
        if !are_same(&table[cells.clone()], &self.cells[cells]) {
            self.convert(table, start..end)?;
        }
        let searches = self.list[start..end].iter().map(|row| u32::from(searches(row.kind))).sum();
        if let Some(seen) = self.seen.get_mut(start) {
            *seen = Seen { call: self.call, end: range.end, searches };
        }
        Ok(searches)
    }

    fn convert(&mut self, table: &[f64], rows: Range<usize>) -> Result<(), (usize, Wrong)> {
        for index in rows {
            let cells = index * STRIDE..(index + 1) * STRIDE;
            self.list[index] = read_row(&table[cells.clone()]).map_err(|wrong| (index, wrong))?;
            self.cells[cells.clone()].copy_from_slice(&table[cells]);
        }
        Ok(())
    }

    pub fn as_slice(&self) -> &[Row] {
        &self.list
    }
}

/// Whether a row adds to `found`.
fn searches(kind: RowKind) -> bool {
    !matches!(kind, RowKind::At | RowKind::Claim)
}
