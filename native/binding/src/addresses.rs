//! The border of addresses: a row of numbers for each shape of events, and one for each column.

use mmreplay_columns::{Events, Shape};
use napi::bindgen_prelude::{
    ArrayBuffer, Float64ArraySlice, Uint8Array, Uint8ArraySlice, Uint16ArraySlice,
};
use napi::{Env, Result};
use napi_derive::napi;

use crate::columns::{HOLDER, Row, column, whole, write};
use crate::invalid;

/// What stands in a row of a shape, columns as their places plus 1, or 0. `src/trace/addresses.ts` has the same numbers.
mod shape {
    pub const CODE: usize = 0;
    pub const HAS_TASK: usize = 1;
    pub const HAS_FLAGS: usize = 2;
    pub const ADDR: usize = 3;
    pub const LENGTH: usize = 4;
    pub const NEW_LENGTH: usize = 5;
    pub const RESULT: usize = 6;
    pub const STRIDE: usize = 7;
}

fn shapes_of(rows: &[f64]) -> Vec<Shape> {
    let shape = |row: &[f64; shape::STRIDE]| Shape {
        code: whole(row[shape::CODE]),
        has_task: row[shape::HAS_TASK] > 0.0,
        has_flags: row[shape::HAS_FLAGS] > 0.0,
        addr: whole(row[shape::ADDR]).checked_sub(1),
        length: whole(row[shape::LENGTH]).checked_sub(1),
        new_length: whole(row[shape::NEW_LENGTH]).checked_sub(1),
        result: whole(row[shape::RESULT]).checked_sub(1),
    };
    rows.as_chunks().0.iter().map(shape).collect()
}

fn counts_of(rows: &[f64]) -> Vec<usize> {
    let rows: &[Row] = rows.as_chunks().0;
    rows.iter().map(|row| whole(row[column::COUNT])).collect()
}

/// The bytes that tell the numbers of the columns of `rows`, which stand one behind the other in `numbers`.
///
/// # Errors
/// Where the columns are not those of the events.
#[napi]
pub fn write_addresses(
    shapes: Float64ArraySlice<'_>,
    places: Uint16ArraySlice<'_>,
    tasks: Float64ArraySlice<'_>,
    flags: Float64ArraySlice<'_>,
    rows: Float64ArraySlice<'_>,
    numbers: Float64ArraySlice<'_>,
) -> Result<Uint8Array> {
    let (shapes, counts) = (shapes_of(&shapes), counts_of(&rows));
    let events =
        Events { shapes: &shapes, places: &places, tasks: &tasks, flags: &flags, counts: &counts };
    let mut numbers: Vec<i64> = numbers.iter().map(|&number| signed(number)).collect();
    let bytes = mmreplay_columns::write_addresses(&events, &mut numbers).map_err(invalid)?;
    Ok(bytes.into())
}

/// Decode the columns of `rows`. Returns the buffer with their numbers, and writes into the rows where in it they are.
///
/// # Errors
/// Where no such events can have written the bytes.
#[napi]
pub fn read_addresses<'env>(
    env: &'env Env,
    shapes: Float64ArraySlice<'env>,
    places: Uint16ArraySlice<'env>,
    tasks: Float64ArraySlice<'env>,
    flags: Float64ArraySlice<'env>,
    mut rows: Float64ArraySlice<'env>,
    bytes: Uint8ArraySlice<'env>,
) -> Result<ArrayBuffer<'env>> {
    let (shapes, counts) = (shapes_of(&shapes), counts_of(&rows));
    let events =
        Events { shapes: &shapes, places: &places, tasks: &tasks, flags: &flags, counts: &counts };
    let numbers = mmreplay_columns::read_addresses(&events, &bytes).map_err(invalid)?;
    let mut left = &numbers[..];
    // SAFETY: JavaScript waits for this call, and what is read is in other arrays.
    let rows: &mut [Row] = unsafe { rows.as_mut() }.as_chunks_mut().0;
    HOLDER.with_borrow_mut(|holder| {
        holder.clear();
        for (row, &count) in rows.iter_mut().zip(&counts) {
            let (column, rest) = left.split_at(count);
            write(row, &holder.numbers(column).map_err(invalid)?);
            left = rest;
        }
        ArrayBuffer::copy_from(env, holder.bytes())
    })
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn signed(cell: f64) -> i64 {
    cell as i64
}
