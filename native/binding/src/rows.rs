//! Which rows of `searches` a call uses, each converted once.

use std::ops::Range;

use mmreplay_core::{Finish, Row, RowKind};

use crate::wire::{Wrong, read_row, search::STRIDE};

/// Rows of the table that the running call has seen; other entries are left from earlier calls.
#[derive(Default)]
pub struct Rows {
    list: Vec<Row>,
    seen_in: Vec<u32>,
    call: u32,
}

/// Stands where no call has used a row yet.
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
    /// Forget what earlier calls passed.
    pub fn begin(&mut self, count: usize) {
        self.list.resize(count, UNUSED);
        self.seen_in.resize(count, 0);
        self.call = self.call.wrapping_add(1);
        if self.call == 0 {
            self.seen_in.fill(0);
            self.call = 1;
        }
    }

    /// Convert what is new in `range` and count the searches in it; on failure also the row's index.
    pub fn read(&mut self, table: &[f64], range: Range<u32>) -> Result<usize, (usize, Wrong)> {
        let mut searches = 0;
        for index in range.start as usize..range.end as usize {
            if self.seen_in[index] != self.call {
                let cells = &table[index * STRIDE..(index + 1) * STRIDE];
                self.list[index] = read_row(cells).map_err(|wrong| (index, wrong))?;
                self.seen_in[index] = self.call;
            }
            searches += usize::from(matches!(self.list[index].kind, RowKind::Down | RowKind::Up));
        }
        Ok(searches)
    }

    pub fn as_slice(&self) -> &[Row] {
        &self.list
    }
}
