//! How numbers of seven bits a byte are read, least first, the sign in the lowest bit.

use crate::Wrong;

const CUT_OFF: Wrong = "a number is cut off";

const TOO_LONG: Wrong = "a number has too many digits";

/// The bits of eight bytes that say that more follow.
const TOPS: u64 = 0x8080_8080_8080_8080;

/// Digits of seven bits, least first, without the bits above them: pairs, then pairs of pairs, are moved together.
fn digits(word: u64) -> u64 {
    let digits = word & !TOPS;
    let two = digits & 0x00ff_00ff_00ff_00ff | (digits & 0xff00_ff00_ff00_ff00) >> 1;
    let four = two & 0x0000_ffff_0000_ffff | (two & 0xffff_0000_ffff_0000) >> 2;
    four & 0xffff_ffff | (four >> 32) << 28
}

/// A number whose sign is its lowest bit.
pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Bytes that are read from the front.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.bytes.is_empty()
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, Wrong> {
        let (&first, rest) = self.bytes.split_first().ok_or(CUT_OFF)?;
        self.bytes = rest;
        Ok(first)
    }

    /// A number of at most eight bytes.
    #[inline]
    pub(crate) fn unsigned(&mut self) -> Result<u64, Wrong> {
        let first = self.byte()?;
        if first < 128 { Ok(u64::from(first)) } else { self.longer(first) }
    }

    /// A number whose first byte is taken.
    #[inline]
    fn longer(&mut self, first: u8) -> Result<u64, Wrong> {
        let low = u64::from(first & 127);
        let Some(chunk) = self.bytes.first_chunk() else { return self.longest(low) };
        let word = u64::from_le_bytes(*chunk);
        let length = (!word & TOPS).trailing_zeros() / 8 + 1;
        if length > 7 {
            return Err(TOO_LONG);
        }
        self.bytes = &self.bytes[length as usize..];
        Ok(low | digits(word & ((1 << (8 * length)) - 1)) << 7)
    }

    /// The same near the end of the bytes.
    #[cold]
    fn longest(&mut self, low: u64) -> Result<u64, Wrong> {
        let mut value = low;
        for shift in (7..56).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(TOO_LONG)
    }

    #[inline]
    pub(crate) fn signed(&mut self) -> Result<i64, Wrong> {
        self.unsigned().map(unzigzag)
    }

    /// A number that counts something in memory.
    pub(crate) fn count(&mut self) -> Result<usize, Wrong> {
        Ok(usize::try_from(self.unsigned()?).unwrap_or(usize::MAX))
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Wrong> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or("bytes are cut off")?;
        self.bytes = rest;
        Ok(taken)
    }

    /// The last bytes, which are then no longer among those that are left.
    pub(crate) fn take_back(&mut self, length: usize) -> Result<&'a [u8], Wrong> {
        let front = self.bytes.len().checked_sub(length).ok_or("bytes are cut off")?;
        let (rest, taken) = self.bytes.split_at(front);
        self.bytes = rest;
        Ok(taken)
    }
}
