//! How small and large numbers are told: the first digits as guesses and the last ones as noise.

#![expect(
    clippy::cast_possible_truncation,
    reason = "what is told in one choice or counts binary digits is small"
)]

use crate::chances::{Chance, Chances, Coder, ONES};

/// Noise of any length.
#[inline]
fn noise(coder: &mut impl Coder, bits: u32, value: u64) -> u64 {
    let mut read = 0;
    let mut left = bits;
    while left > 0 {
        let taken = left.min(16);
        left -= taken;
        read = read << taken | coder.noise(taken, value >> left & ((1 << taken) - 1));
    }
    read
}

/// Binary digits behind the leading one that are guessed.
const GUESSED: u32 = 4;

/// A number of at least one with so many binary digits behind the leading one.
#[inline]
fn digits(coder: &mut impl Coder, first: &mut Chances, behind: u32, value: u64) -> u64 {
    if behind == 0 {
        return 1;
    }
    let guessed = behind.min(GUESSED);
    let rest = behind - guessed;
    let head = value >> rest & ((1 << guessed) - 1);
    let head = coder.one(first, head as usize) as u64 | 1 << guessed;
    head << rest | noise(coder, rest, value & ((1 << rest) - 1))
}

/// Numbers from 0 up, of which the smallest are the most frequent ones.
pub(crate) struct Small {
    few: Chances,
    many: Chances,
    first: [Chances; LOGS],
}

/// Numbers from here on are told by their length, those of `LONG` binary digits and more in a second step.
const MANY: usize = 10;
const LONG: usize = ONES - 1 - MANY;
const LOGS: usize = LONG + ONES;

impl Small {
    pub(crate) const NEW: Self =
        Self { few: Chances::EVEN, many: Chances::EVEN, first: [Chances::EVEN; LOGS] };

    #[inline]
    pub(crate) fn code(&mut self, coder: &mut impl Coder, value: u64) -> u64 {
        let more = (value + 1).saturating_sub(MANY as u64).max(1);
        let log = more.ilog2() as usize;
        let few = if value < MANY as u64 { value as usize } else { MANY + log.min(LONG) };
        let few = coder.one(&mut self.few, few);
        if few < MANY {
            return few as u64;
        }
        let mut told_log = few - MANY;
        if told_log == LONG {
            told_log += coder.one(&mut self.many, log.saturating_sub(LONG));
        }
        digits(coder, &mut self.first[told_log % LOGS], told_log as u32, more) + MANY as u64 - 1
    }
}

/// Whole numbers of one unit: their size in binary digits, their sign and the digits behind the leading one.
struct Sized {
    /// In steps of up to 15.
    size: [Chances; 4],
    sign: Chance,
    first: [Chances; 64],
}

impl Sized {
    const NEW: Self =
        Self { size: [Chances::EVEN; 4], sign: Chance::EVEN, first: [Chances::EVEN; 64] };

    fn code(&mut self, coder: &mut impl Coder, value: i64) -> i64 {
        let amount = value.unsigned_abs();
        let mut left = (64 - amount.leading_zeros()) as usize;
        let mut size = 0;
        for step in &mut self.size {
            let taken = coder.one(step, left.min(ONES - 1));
            size += taken;
            left -= taken.min(left);
            if taken < ONES - 1 {
                break;
            }
        }
        if size == 0 {
            return 0;
        }
        let is_negative = coder.bit(&mut self.sign, value < 0);
        let amount = digits(coder, &mut self.first[size % 64], size as u32 - 1, amount);
        if is_negative { -amount.cast_signed() } else { amount.cast_signed() }
    }
}

/// Bytes of the smallest page.
pub(crate) const PAGE: i64 = 4096;

/// Numbers of bytes, of which most are whole pages; each of both is learned when the first one comes.
pub(crate) struct Bytes {
    is_pages: Chance,
    pages: Option<Box<Sized>>,
    odd: Option<Box<Sized>>,
}

impl Bytes {
    pub(crate) const NEW: Self = Self { is_pages: Chance::EVEN, pages: None, odd: None };

    pub(crate) fn code(&mut self, coder: &mut impl Coder, value: i64) -> i64 {
        let are_pages = coder.bit(&mut self.is_pages, value % PAGE == 0);
        let unit = if are_pages { PAGE } else { 1 };
        let sized = if are_pages { &mut self.pages } else { &mut self.odd };
        let sized = sized.get_or_insert_with(|| Box::new(Sized::NEW));
        sized.code(coder, value / unit).wrapping_mul(unit)
    }
}
