//! How the numbers of many uses become bytes that compress well: those of a use stand together, in their order.

use crate::Wrong;
use crate::reader::{Reader, unzigzag};

/// Bytes of the smallest page.
pub(crate) const PAGE: i64 = 4096;

/// Writes or reads numbers: a writer takes what it is given, a reader finds out what that was, and both return it.
pub(crate) trait Tape {
    /// True if what is given counts.
    const WRITES: bool;

    /// The next number of a use.
    ///
    /// # Errors
    /// If there is none.
    fn number(&mut self, of: usize, value: u64) -> Result<u64, Wrong>;

    /// The next number of bytes of a use: of pages of 4,096, or odd ones.
    fn bytes(&mut self, of: usize, value: i64) -> Result<i64, Wrong> {
        let (unit, odd) = if value % PAGE == 0 { (PAGE, 0) } else { (1, 1) };
        let told = self.number(of, zigzag(value / unit) << 1 | odd)?;
        let unit = if told & 1 == 0 { PAGE } else { 1 };
        Ok(unzigzag(told >> 1).wrapping_mul(unit))
    }
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

const LOW: u64 = 0x7f;

#[expect(clippy::cast_possible_truncation, reason = "seven bits")]
fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value > LOW {
        bytes.push((value & LOW) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// The numbers of each use as varints.
pub(crate) struct Writer {
    uses: Vec<Vec<u8>>,
}

impl Writer {
    pub(crate) fn new(uses: usize) -> Self {
        Self { uses: vec![Vec::new(); uses] }
    }

    /// How many uses have numbers; for each how many have none since the last one, and its bytes; then these.
    pub(crate) fn done(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, self.uses.iter().filter(|numbers| !numbers.is_empty()).count() as u64);
        let mut passed = 0;
        for numbers in &self.uses {
            if numbers.is_empty() {
                passed += 1;
                continue;
            }
            put(&mut bytes, passed);
            put(&mut bytes, numbers.len() as u64);
            passed = 0;
        }
        bytes.extend(self.uses.concat());
        bytes
    }
}

impl Tape for Writer {
    const WRITES: bool = true;

    fn number(&mut self, of: usize, value: u64) -> Result<u64, Wrong> {
        put(&mut self.uses[of], value);
        Ok(value)
    }
}

/// Reads what a `Writer` wrote.
pub(crate) struct Played<'a> {
    uses: Vec<Reader<'a>>,
}

impl<'a> Played<'a> {
    /// # Errors
    /// If these are not the bytes of so many uses.
    pub(crate) fn new(bytes: &'a [u8], uses: usize) -> Result<Self, Wrong> {
        let mut bytes = Reader::new(bytes);
        let mut lengths = vec![0; uses];
        let mut next = 0;
        for _ in 0..bytes.unsigned()? {
            next += bytes.count()?.min(uses);
            *lengths.get_mut(next).ok_or("numbers of no use")? = bytes.count()?;
            next += 1;
        }
        let uses = lengths.into_iter().map(|length| bytes.take(length).map(Reader::new));
        let uses = uses.collect::<Result<_, _>>()?;
        if bytes.is_done() { Ok(Self { uses }) } else { Err(LEFT_OVER) }
    }

    /// # Errors
    /// If not all was read that a writer wrote.
    pub(crate) fn done(&self) -> Result<(), Wrong> {
        if self.uses.iter().all(Reader::is_done) { Ok(()) } else { Err(LEFT_OVER) }
    }
}

const LEFT_OVER: Wrong = "addresses have more bytes than they need";

impl Tape for Played<'_> {
    const WRITES: bool = false;

    #[inline]
    fn number(&mut self, of: usize, _: u64) -> Result<u64, Wrong> {
        self.uses[of].unsigned()
    }
}
