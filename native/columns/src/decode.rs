//! How the bytes of a column become its numbers again.

use crate::Wrong;
use crate::bits::{Ranged, add_low, bytes_of};
use crate::coding::{Coding, Mode};
use crate::reader::Reader;

/// Lists longer than this need more bytes for places than they save.
const LONGEST_LIST: usize = 1024;
/// No column is longer; a damaged count must not fill the memory.
pub const LONGEST: usize = 1 << 24;

/// A column as it stands in a block.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// How the bytes are to be read.
    pub coding: Coding,
    /// The bytes of the column.
    pub data: &'a [u8],
    /// Its part of the block of low bits.
    pub low: &'a [u8],
    /// How many numbers it has.
    pub count: usize,
}

/// What a column has been read into.
pub(crate) enum Numbers<'a> {
    /// The numbers are in the array that was given; none is below the first of these, or above the second.
    Read(i64, i64),
    /// They are still to be read.
    Ranged(Box<Ranged<'a>>),
}

impl<'a> Column<'a> {
    /// Read the numbers, each divided by the unit, into an array if they are not in ranges.
    pub(crate) fn read(&self, values: &mut Vec<i64>) -> Result<Numbers<'a>, Wrong> {
        if self.count > LONGEST {
            return Err("a column is too long");
        }
        let mode = self.coding.mode();
        if mode == Mode::Doubles {
            return Err("a column has an unknown coding");
        }
        let mut reader = Reader::new(self.data);
        let list = if mode == Mode::List { read_list(&mut reader)? } else { Vec::new() };
        values.resize(self.count, 0);
        if self.coding.ranges() > 0 {
            let ranged = self.ranged(&mut reader)?;
            if mode == Mode::Plain {
                return Ok(Numbers::Ranged(Box::new(ranged)));
            }
            ranged.fill(values, |number| number)?;
        } else {
            self.stored(&mut reader, values)?;
        }
        if !reader.is_done() {
            return Err("a column has bytes left");
        }
        let (least, most) = match mode {
            Mode::Differences => add_up(values),
            Mode::List => look_up(&list, values)?,
            _ => bounds(values),
        };
        Ok(Numbers::Read(least, most))
    }

    fn ranged(&self, reader: &mut Reader<'a>) -> Result<Ranged<'a>, Wrong> {
        if self.coding.has_runs() || self.coding.apart() + self.coding.inside() > 0 {
            return Err("a column has an unknown coding");
        }
        let ranged = Ranged::read(reader, self.coding.ranges(), self.low, self.count)?;
        if reader.is_done() { Ok(ranged) } else { Err("a column has bytes left") }
    }

    /// Values, differences or places.
    fn stored(&self, reader: &mut Reader<'_>, values: &mut [i64]) -> Result<(), Wrong> {
        let [apart, inside] = [self.coding.apart(), self.coding.inside()];
        if self.coding.has_runs() && apart + inside == 0 {
            return read_runs(reader, values);
        }
        let middle = bytes_of(values.len(), inside);
        if self.coding.has_runs() {
            let middle = reader.take_back(middle)?;
            read_exceptions(reader, values)?;
            add_low(middle, inside, values)?;
        } else {
            for value in &mut *values {
                *value = reader.signed()?;
            }
            add_low(reader.take(middle)?, inside, values)?;
        }
        add_low(self.low, apart, values)
    }

    /// The bytes of a column of doubles.
    pub(crate) fn doubles(&self) -> Result<&'a [u8], Wrong> {
        if self.count > LONGEST {
            return Err("a column is too long");
        }
        if self.data.len() == 8 * self.count { Ok(self.data) } else { Err("doubles are cut off") }
    }
}

fn read_list(reader: &mut Reader<'_>) -> Result<Vec<i64>, Wrong> {
    let length = reader.count()?;
    if length > LONGEST_LIST {
        return Err("a list is too long");
    }
    (0..length).map(|_| reader.signed()).collect()
}

/// Numbers that are each followed by how often they come again.
fn read_runs(reader: &mut Reader<'_>, mut values: &mut [i64]) -> Result<(), Wrong> {
    while !values.is_empty() {
        let number = reader.signed()?;
        let more = reader.count()?;
        let (run, rest) =
            values.split_at_mut_checked(more.saturating_add(1)).ok_or("a run is too long")?;
        for value in run {
            *value = number;
        }
        values = rest;
    }
    Ok(())
}

/// The few numbers that are not 0, each behind the number of zeros before it.
fn read_exceptions(reader: &mut Reader<'_>, mut values: &mut [i64]) -> Result<(), Wrong> {
    values.fill(0);
    for _ in 0..reader.unsigned()? {
        let skipped = reader.count()?;
        let (value, rest) = values
            .get_mut(skipped..)
            .and_then(<[i64]>::split_first_mut)
            .ok_or("a number behind the end of its column")?;
        *value = reader.signed()?;
        values = rest;
    }
    Ok(())
}

/// The smallest and the largest number; 0 of none.
pub(crate) fn bounds(values: &[i64]) -> (i64, i64) {
    let first = values.first().copied().unwrap_or(0);
    let wider = |(least, most): (i64, i64), &value| (least.min(value), most.max(value));
    values.iter().fold((first, first), wider)
}

fn add_up(values: &mut [i64]) -> (i64, i64) {
    let mut sum = 0_i64;
    let (mut least, mut most) = (i64::MAX, i64::MIN);
    for value in &mut *values {
        sum = sum.wrapping_add(*value);
        *value = sum;
        least = least.min(sum);
        most = most.max(sum);
    }
    if values.is_empty() { (0, 0) } else { (least, most) }
}

fn look_up(list: &[i64], values: &mut [i64]) -> Result<(i64, i64), Wrong> {
    for value in values {
        let place = usize::try_from(*value).ok();
        *value =
            *place.and_then(|place| list.get(place)).ok_or("a place is outside of its list")?;
    }
    Ok(bounds(list))
}
