//! The border of columns: a row of numbers for each, their bytes, and one buffer with what they hold.

use std::cell::RefCell;

use mmreplay_columns::{Coding, Column, Held, Holder, Kind, Wrong};
use napi::bindgen_prelude::{ArrayBuffer, Float64ArraySlice, Uint8ArraySlice};
use napi::{Env, Result};
use napi_derive::napi;

use crate::invalid;

/// What stands in a row: of the column up to `WANT`, of what it holds from `KIND` on. `src/trace/column-reader.ts` has the same numbers.
pub mod column {
    pub const CODING: usize = 0;
    pub const COUNT: usize = 1;
    pub const DATA_AT: usize = 2;
    pub const DATA_LENGTH: usize = 3;
    pub const LOW_AT: usize = 4;
    pub const LOW_LENGTH: usize = 5;
    pub const WANT: usize = 6;
    pub const KIND: usize = 7;
    pub const AT: usize = 8;
    pub const LENGTH: usize = 9;
    pub const BASE: usize = 10;
    pub const UNIT: usize = 11;
    pub const MOST: usize = 12;
    pub const LIST_AT: usize = 13;
    pub const LIST_LENGTH: usize = 14;
    pub const STRIDE: usize = 15;
}

/// How numbers are wanted: as narrow as they can be, as doubles, or as places in a list.
pub mod column_want {
    pub const NARROW: usize = 0;
    pub const WIDE: usize = 1;
    pub const LISTED: usize = 2;
}

/// What numbers are stored as.
pub mod column_kind {
    pub const BYTES: u32 = 0;
    pub const SHORTS: u32 = 1;
    pub const WORDS: u32 = 2;
    pub const DOUBLES: u32 = 3;
}

pub type Row = [f64; column::STRIDE];

thread_local! {
    pub static HOLDER: RefCell<Holder> = RefCell::default();
}

/// Decode the columns that `rows` tell of. Returns the buffer with their numbers, and writes into the rows where in it they are.
///
/// # Errors
/// Where bytes are no column.
#[napi]
pub fn read_columns<'env>(
    env: &'env Env,
    mut rows: Float64ArraySlice<'env>,
    data: Uint8ArraySlice<'env>,
    low: Uint8ArraySlice<'env>,
) -> Result<ArrayBuffer<'env>> {
    // SAFETY: JavaScript waits for this call, and the bytes are in other arrays.
    let rows = unsafe { rows.as_mut() };
    HOLDER.with_borrow_mut(|holder| {
        holder.clear();
        for row in rows.as_chunks_mut().0 {
            read(holder, row, &data, &low).map_err(invalid)?;
        }
        ArrayBuffer::copy_from(env, holder.bytes())
    })
}

fn read(
    holder: &mut Holder,
    row: &mut Row,
    data: &[u8],
    low: &[u8],
) -> std::result::Result<(), Wrong> {
    let asked = Column {
        coding: Coding::new(u32::try_from(whole(row[column::CODING])).unwrap_or(u32::MAX)),
        count: whole(row[column::COUNT]),
        data: part(data, row[column::DATA_AT], row[column::DATA_LENGTH])?,
        low: part(low, row[column::LOW_AT], row[column::LOW_LENGTH])?,
    };
    match whole(row[column::WANT]) {
        column_want::NARROW => write(row, &holder.narrow(&asked)?),
        column_want::WIDE => write(row, &holder.wide(&asked)?),
        column_want::LISTED => {
            let [list, places] = holder.listed(&asked)?;
            write(row, &places);
            row[column::LIST_AT] = double(list.at);
            row[column::LIST_LENGTH] = double(list.length);
        }
        _ => return Err("numbers are wanted as nothing that there is"),
    }
    Ok(())
}

fn part(bytes: &[u8], at: f64, length: f64) -> std::result::Result<&[u8], Wrong> {
    let rest = bytes.get(whole(at)..).ok_or("bytes are cut off")?;
    rest.get(..whole(length)).ok_or("bytes are cut off")
}

pub fn write(row: &mut Row, held: &Held) {
    row[column::KIND] = f64::from(match held.kind {
        Kind::Bytes => column_kind::BYTES,
        Kind::Shorts => column_kind::SHORTS,
        Kind::Words => column_kind::WORDS,
        Kind::Doubles => column_kind::DOUBLES,
    });
    row[column::AT] = double(held.at);
    row[column::LENGTH] = double(held.length);
    row[column::BASE] = held.base;
    row[column::UNIT] = held.unit;
    row[column::MOST] = held.most;
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
pub fn whole(cell: f64) -> usize {
    cell as usize
}

#[expect(clippy::cast_precision_loss, reason = "places in a buffer are below 2^53")]
fn double(place: usize) -> f64 {
    place as f64
}
