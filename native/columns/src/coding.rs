//! What the coding of a column says; `src/trace/coding.ts` has the same numbers.

/// What stands in a column's bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Differences,
    List,
    Doubles,
}

/// Numbers are `(rest * 2^inside + middle) * 2^apart + low`; or, where `ranges` is not 0, in one of up to `2^ranges` ranges.
#[derive(Clone, Copy)]
pub struct Coding(u32);

/// The whole coding of doubles.
const DOUBLES: u32 = 3;

impl Coding {
    /// Takes any number: what a column cannot be is found when it is decoded.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// True if the values are doubles.
    #[must_use]
    pub fn is_doubles(self) -> bool {
        self.0 == DOUBLES
    }

    pub(crate) fn mode(self) -> Mode {
        match self.0 & 3 {
            0 => Mode::Plain,
            1 => Mode::Differences,
            2 => Mode::List,
            _ => Mode::Doubles,
        }
    }

    /// Each number is followed by how often it comes again.
    pub(crate) fn has_runs(self) -> bool {
        self.0 & 4 != 0
    }

    /// What the numbers are multiples of.
    pub(crate) fn unit(self) -> f64 {
        if self.is_doubles() { 1.0 } else { 2f64.powi(self.field(3, 63).cast_signed()) }
    }

    pub(crate) fn apart(self) -> u32 {
        self.field(9, 15)
    }

    pub(crate) fn inside(self) -> u32 {
        self.field(13, 15)
    }

    pub(crate) fn ranges(self) -> u32 {
        self.field(17, 7)
    }

    fn field(self, bit: u32, mask: u32) -> u32 {
        self.0 >> bit & mask
    }
}
