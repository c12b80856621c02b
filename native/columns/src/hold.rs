//! How the numbers of columns are held: one after the other in one buffer, each column as narrow as its range allows.

use std::collections::HashMap;

use crate::Wrong;
use crate::decode::{Column, Numbers, bounds};

/// What numbers are stored as, least byte first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One byte.
    Bytes,
    /// Two.
    Shorts,
    /// Four.
    Words,
    /// Doubles of eight.
    Doubles,
}

/// Where the numbers of a column are: value = base + unit * stored.
pub struct Held {
    /// As what.
    pub kind: Kind,
    /// Where in the buffer, a multiple of eight bytes.
    pub at: usize,
    /// How many are stored: one if all are equal.
    pub length: usize,
    /// No value is smaller, or 0 where values are stored as they are.
    pub base: f64,
    /// What values are multiples of, or 1 where they are stored as they are.
    pub unit: f64,
    /// No value is larger; no number where nobody asks.
    pub most: f64,
}

impl Held {
    fn doubles(at: usize, length: usize, most: f64) -> Self {
        Self { kind: Kind::Doubles, at, length, base: 0.0, unit: 1.0, most }
    }
}

/// More distinct numbers than that are no kinds.
const MOST_DISTINCT: usize = 1024;
/// Places of so many numbers are bytes.
const IN_BYTES: usize = 256;
/// Numbers below this are found in a table, others in a map.
const SMALL: usize = 1 << 16;

/// All columns of a block have no more bytes, as its message has not; a damaged count must not fill the memory.
const MOST_BYTES: usize = 1 << 28;

/// Memory that is kept: enough for blocks of usual size.
const KEPT_BYTES: usize = 1 << 22;
const KEPT_NUMBERS: usize = 1 << 17;

/// Holds columns; its memory is used again.
#[derive(Default)]
pub struct Holder {
    bytes: Vec<u8>,
    values: Vec<i64>,
    places: Places,
}

impl Holder {
    /// Forget the columns, and give large memory back.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.values.clear();
        self.bytes.shrink_to(KEPT_BYTES);
        self.values.shrink_to(KEPT_NUMBERS);
    }

    /// All columns since the last `clear`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hold a column as narrow as its bounds allow.
    ///
    /// # Errors
    /// If its bytes are no column.
    pub fn narrow(&mut self, column: &Column<'_>) -> Result<Held, Wrong> {
        if column.coding.is_doubles() {
            return self.wide(column);
        }
        let numbers = column.read(&mut self.values)?;
        let (least, most) = match &numbers {
            Numbers::Read(least, most) => (*least, *most),
            Numbers::Ranged(ranged) => ranged.bounds(),
        };
        self.hold_narrow(&numbers, least, most, column.coding.unit())
    }

    fn hold_narrow(
        &mut self,
        numbers: &Numbers<'_>,
        least: i64,
        most: i64,
        unit: f64,
    ) -> Result<Held, Wrong> {
        let width = most.wrapping_sub(least).cast_unsigned();
        let bounds = [as_double(least) * unit, as_double(most) * unit];
        Ok(match width {
            0 => {
                if let Numbers::Ranged(ranged) = numbers {
                    ranged.fill(&mut self.values, |number| number)?;
                }
                self.values.clear();
                self.values.push(least);
                self.hold(&Numbers::Read(least, least), Kind::Bytes, least, unit, bounds)?
            }
            1..0x100 => self.hold(numbers, Kind::Bytes, least, unit, bounds)?,
            0x100..0x1_0000 => self.hold(numbers, Kind::Shorts, least, unit, bounds)?,
            0x1_0000..0x1_0000_0000 => self.hold(numbers, Kind::Words, least, unit, bounds)?,
            _ => self.hold_doubles(numbers, unit, bounds[1])?,
        })
    }

    /// Hold numbers as narrow as their bounds and the largest power of two that divides them all allow.
    ///
    /// # Errors
    /// If there are too many of them.
    pub fn numbers(&mut self, numbers: &[i64]) -> Result<Held, Wrong> {
        let shift = numbers.iter().fold(0, |bits, number| bits | number).trailing_zeros() % 64;
        self.values.clear();
        self.values.extend(numbers.iter().map(|number| number >> shift));
        let (least, most) = bounds(&self.values);
        let unit = 2f64.powi(shift.cast_signed());
        self.hold_narrow(&Numbers::Read(least, most), least, most, unit)
    }

    /// Hold the values of a column as doubles, whatever they are.
    ///
    /// # Errors
    /// If its bytes are no column.
    pub fn wide(&mut self, column: &Column<'_>) -> Result<Held, Wrong> {
        if column.coding.is_doubles() {
            let doubles = column.doubles()?;
            let at = self.room(doubles.len())?;
            self.bytes[at..].copy_from_slice(doubles);
            return Ok(Held::doubles(at, column.count, f64::NAN));
        }
        let numbers = column.read(&mut self.values)?;
        self.hold_doubles(&numbers, column.coding.unit(), f64::NAN)
    }

    /// Hold the distinct numbers of a column, as doubles in the order of their first use, and for each the place of its own among them.
    ///
    /// # Errors
    /// If its bytes are no column, or there are more than 1024 of them.
    pub fn listed(&mut self, column: &Column<'_>) -> Result<[Held; 2], Wrong> {
        if let Numbers::Ranged(ranged) = column.read(&mut self.values)? {
            ranged.fill(&mut self.values, |number| number)?;
        }
        let distinct = self.places.put_for(&mut self.values)?;
        let kind = if distinct.len() > IN_BYTES { Kind::Shorts } else { Kind::Bytes };
        let read = Numbers::Read(0, 0);
        let places = std::mem::replace(&mut self.values, distinct);
        let list = self.hold_doubles(&read, column.coding.unit(), f64::NAN)?;
        self.values = places;
        Ok([list, self.hold(&read, kind, 0, 1.0, [0.0, 0.0])?])
    }

    /// Room for so many bytes at the end of the buffer; returns where it begins.
    fn room(&mut self, bytes: usize) -> Result<usize, Wrong> {
        let at = self.bytes.len().next_multiple_of(8);
        if at + bytes > MOST_BYTES {
            return Err("columns are too long");
        }
        self.bytes.resize(at + bytes, 0);
        Ok(at)
    }

    /// Hold the numbers less the smallest one.
    fn hold(
        &mut self,
        numbers: &Numbers<'_>,
        kind: Kind,
        least: i64,
        unit: f64,
        [base, most]: [f64; 2],
    ) -> Result<Held, Wrong> {
        let bytes = |value: i64| value.wrapping_sub(least).to_le_bytes();
        let at = match kind {
            Kind::Bytes => self.put(numbers, |value| [bytes(value)[0]])?,
            Kind::Shorts => self.put(numbers, |value| [bytes(value)[0], bytes(value)[1]])?,
            _ => self.put(numbers, |value| {
                let [a, b, c, d, ..] = bytes(value);
                [a, b, c, d]
            })?,
        };
        Ok(Held { kind, at, length: self.values.len(), base, unit, most })
    }

    fn hold_doubles(&mut self, numbers: &Numbers<'_>, unit: f64, most: f64) -> Result<Held, Wrong> {
        let at = self.put(numbers, |value| (as_double(value) * unit).to_le_bytes())?;
        Ok(Held::doubles(at, self.values.len(), most))
    }

    /// Put all numbers, each as so many bytes, to the end of the buffer; returns where they begin.
    fn put<const N: usize>(
        &mut self,
        numbers: &Numbers<'_>,
        bytes: impl Fn(i64) -> [u8; N],
    ) -> Result<usize, Wrong> {
        let at = self.room(N * self.values.len())?;
        let (rooms, _) = self.bytes[at..].as_chunks_mut::<N>();
        match numbers {
            Numbers::Ranged(ranged) => ranged.fill(rooms, bytes)?,
            Numbers::Read(..) => {
                for (room, &value) in rooms.iter_mut().zip(&self.values) {
                    *room = bytes(value);
                }
            }
        }
        Ok(at)
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of a column that is none may be too large")]
fn as_double(value: i64) -> f64 {
    value as f64
}

/// For each small number its place among the distinct ones plus 1, and 0 between calls.
#[derive(Default)]
struct Places(Vec<u16>);

impl Places {
    /// Put places for the numbers; returns the distinct ones.
    fn put_for(&mut self, values: &mut [i64]) -> Result<Vec<i64>, Wrong> {
        self.0.resize(SMALL, 0);
        let mut distinct = Vec::new();
        let mut others = HashMap::new();
        for value in values {
            let place = match self.small(*value) {
                Some(place) => place,
                None => others.entry(*value).or_insert(0),
            };
            if *place == 0 {
                distinct.push(*value);
                if distinct.len() > MOST_DISTINCT {
                    break;
                }
                *place = u16::try_from(distinct.len()).unwrap_or(u16::MAX);
            }
            *value = i64::from(*place) - 1;
        }
        for &value in &distinct {
            if let Some(place) = self.small(value) {
                *place = 0;
            }
        }
        if distinct.len() > MOST_DISTINCT {
            return Err("a column has too many distinct values");
        }
        Ok(distinct)
    }

    fn small(&mut self, value: i64) -> Option<&mut u16> {
        self.0.get_mut(usize::try_from(value).ok()?)
    }
}
