//! How packed bits are read: low bits below numbers, and numbers as one of a few ranges and a place in it.

use crate::Wrong;
use crate::reader::Reader;

/// Bytes that so many numbers of these bits take.
pub(crate) fn bytes_of(count: usize, bits: u32) -> usize {
    (count * bits as usize).div_ceil(8)
}

/// Up to 56 bits from a place on; behind the last byte there are zeros.
#[inline]
fn bits_at(bytes: &[u8], place: usize, mask: u64) -> i64 {
    let from = bytes.get(place / 8..).unwrap_or_default();
    let word = match from.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => word_of(from),
    };
    (word >> (place % 8) & mask).cast_signed()
}

fn check(bytes: &[u8], bits: u32, count: usize) -> Result<(), Wrong> {
    if bytes.len() == bytes_of(count, bits) {
        return Ok(());
    }
    Err("a column has not a row of low bits for each number")
}

/// Numbers whose bits are whole bytes together.
const GROUP: usize = 8;

/// The bytes as one number; there are at most eight.
fn word_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Put low bits, at most 15, below the values.
pub(crate) fn add_low(bytes: &[u8], bits: u32, values: &mut [i64]) -> Result<(), Wrong> {
    check(bytes, bits, values.len())?;
    let mask = (1 << bits) - 1;
    match bits {
        0 => {}
        1..=8 => {
            let groups = bytes.chunks(bits as usize).zip(values.chunks_mut(GROUP));
            for (bytes, values) in groups {
                let mut word = word_of(bytes);
                for value in values {
                    *value = *value << bits | (word & mask).cast_signed();
                    word >>= bits;
                }
            }
        }
        _ => {
            for (index, value) in values.iter_mut().enumerate() {
                *value = *value << bits | bits_at(bytes, index * bits as usize, mask);
            }
        }
    }
    Ok(())
}

/// Wider ranges say too little to pay.
const WIDEST: usize = 48;
/// A place of a range has at most four bits.
const MOST_BITS: u32 = 4;
const MOST_RANGES: usize = 1 << MOST_BITS;

/// Whole numbers from `start` on, of as many bits as `width` says.
#[derive(Clone, Copy, Default)]
struct NumberRange {
    start: i64,
    width: usize,
    mask: u64,
}

/// Numbers as a range each, and a place in it.
pub(crate) struct Ranged<'a> {
    ranges: [NumberRange; MOST_RANGES],
    count: usize,
    bits: u32,
    places: &'a [u8],
    low: &'a [u8],
}

impl<'a> Ranged<'a> {
    /// Of so many numbers; `bits` say the range of each, and its place in that is in `low`.
    pub(crate) fn read(
        reader: &mut Reader<'a>,
        bits: u32,
        low: &'a [u8],
        numbers: usize,
    ) -> Result<Self, Wrong> {
        let count = reader.count()?;
        if bits > MOST_BITS || count > 1 << bits {
            return Err("more ranges than a place can say");
        }
        let mut ranges = [NumberRange::default(); MOST_RANGES];
        for range in &mut ranges[..count] {
            let start = reader.signed()?;
            let width = reader.count()?;
            if width > WIDEST {
                return Err("a range is too wide");
            }
            *range = NumberRange { start, width, mask: (1 << width) - 1 };
        }
        Ok(Self { ranges, count, bits, places: reader.take(bytes_of(numbers, bits))?, low })
    }

    /// The smallest number that can be, and the largest; 0 if there are none.
    pub(crate) fn bounds(&self) -> (i64, i64) {
        let ranges = &self.ranges[..self.count];
        let least = ranges.iter().map(|range| range.start).min();
        let most = ranges.iter().map(|range| range.start + range.mask.cast_signed()).max();
        (least.unwrap_or(0), most.unwrap_or(0))
    }

    /// Put each number, made into something, to its place.
    pub(crate) fn fill<T>(&self, values: &mut [T], make: impl Fn(i64) -> T) -> Result<(), Wrong> {
        let mask = (1 << self.bits) - 1;
        let [mut place, mut most] = [0, 0];
        let groups = self.places.chunks(self.bits as usize).zip(values.chunks_mut(GROUP));
        for (bytes, values) in groups {
            let mut word = word_of(bytes);
            for value in values {
                let range = usize::from((word & mask).to_le_bytes()[0]) % MOST_RANGES;
                word >>= self.bits;
                most = most.max(range);
                let NumberRange { start, width, mask } = self.ranges[range];
                *value = make(start + bits_at(self.low, place, mask));
                place += width;
            }
        }
        if !values.is_empty() && most >= self.count {
            return Err("a number of no range");
        }
        if place.div_ceil(8) != self.low.len() {
            return Err("a column has not the low bits of its ranges");
        }
        Ok(())
    }
}
