//! How decisions of one bit become few bytes: each as long as its chance says, which the decisions before have taught.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "chances are below 2^16, and chances of one of sixteen below 2^15"
)]

use crate::Wrong;

/// What is expected of the next bit: learned in this order, slower and slower.
#[derive(Clone, Copy)]
pub(crate) struct Chance {
    /// That it is set, in parts of 2^`BIT_BITS`.
    set: u16,
    /// Bits that were seen, up to `MOST_SEEN`.
    seen: u16,
}

const BIT_BITS: u32 = 16;

/// More bits before do not make a chance learn slower.
const MOST_SEEN: u16 = 31;

/// No bit is surer than that.
const LEAST: i64 = 32;

/// How much of the way to a bit its chance goes, in parts of 65,536: `2^17 / (2 * seen + 3)`.
const SHARES: [u16; MOST_SEEN as usize + 1] = {
    let mut shares = [0; MOST_SEEN as usize + 1];
    let mut seen = 0;
    while seen <= MOST_SEEN {
        #[expect(clippy::cast_possible_truncation, reason = "a third of 2^17 and less")]
        let share = ((1 << 17) / (2 * seen as u32 + 3)) as u16;
        shares[seen as usize] = share;
        seen += 1;
    }
    shares
};

impl Chance {
    pub(crate) const EVEN: Self = Self { set: 1 << 15, seen: 0 };

    /// Without branches, which nothing could foretell.
    #[inline]
    fn learn(&mut self, bit: bool) {
        let share = i64::from(SHARES[usize::from(self.seen) % SHARES.len()]);
        let set = i64::from(self.set);
        let goal = -i64::from(bit) & 0xffff;
        let set = set + (((goal - set) * share) >> 16);
        self.set = set.clamp(LEAST, 0xffff - LEAST) as u16;
        self.seen = (self.seen + 1).min(MOST_SEEN);
    }
}

/// How many there are to choose from.
pub(crate) const ONES: usize = 16;
/// Chances of one of them are parts of this.
const ONE_BITS: u32 = 15;

/// What is expected of a choice of one of sixteen.
#[derive(Clone, Copy)]
pub(crate) struct Chances {
    /// For each one the chance that it is one before it; they never meet.
    before: [i16; ONES],
    seen: u16,
}

/// How many bits a chance's way to what came is shifted to the right, by how many came before.
const SHIFTS: [u16; 32] = {
    let mut shifts = [5; 32];
    let mut seen = 0;
    while seen < 22 {
        shifts[seen] = match seen {
            0 => 1,
            1..4 => 2,
            4..10 => 3,
            _ => 4,
        };
        seen += 1;
    }
    shifts
};

/// Where the chances go when one came: it takes all that the others do not need.
const GOALS: [[i16; ONES]; ONES] = {
    let mut goals = [[0; ONES]; ONES];
    let mut one = 0;
    while one < ONES {
        let mut index = 0;
        while index < ONES {
            let behind = if index > one { (1 << ONE_BITS) - ONES } else { 0 };
            goals[one][index] = (index + behind) as i16;
            index += 1;
        }
        one += 1;
    }
    goals
};

impl Chances {
    pub(crate) const EVEN: Self = {
        let mut before = [0; ONES];
        let mut one = 1;
        while one < ONES {
            before[one] = before[one - 1] + (1 << ONE_BITS >> 4) as i16;
            one += 1;
        }
        Self { before, seen: 0 }
    };

    /// Where in the whole the part of one begins, and how long it is.
    #[inline]
    fn part(&self, one: usize) -> (u32, u32) {
        let at = |one: usize| self.before.get(one).map_or(1 << ONE_BITS, |&at| at as u32);
        (at(one), at(one + 1) - at(one))
    }

    /// The one whose part has this place.
    #[inline]
    fn find(&self, place: i16) -> usize {
        let passed: i16 = self.before.iter().map(|&at| i16::from(at <= place)).sum();
        (passed - 1) as usize % ONES
    }

    #[inline]
    fn learn(&mut self, one: usize) {
        let shift = SHIFTS[usize::from(self.seen) % SHIFTS.len()];
        for (at, goal) in self.before.iter_mut().zip(&GOALS[one]) {
            *at += (goal - *at) >> shift;
        }
        self.seen = (self.seen + 1).min(MOST_SEEN);
    }
}

/// Writes or reads bits: a writer takes what it is given, a reader finds out what that was, and both return it.
pub(crate) trait Coder {
    /// True if what is given counts.
    const WRITES: bool;

    /// A bit that has a chance, which learns from it.
    fn bit(&mut self, chance: &mut Chance, bit: bool) -> bool;

    /// One of sixteen, which has a chance that learns from it.
    fn one(&mut self, chances: &mut Chances, one: usize) -> usize;

    /// Up to 16 bits that are noise.
    fn noise(&mut self, bits: u32, value: u64) -> u64;
}

/// What has been told is a number from here on; below it, the next bytes are taken in.
const LEAST_TOLD: u64 = 1 << 31;

/// The part of 2^`bits` that something takes.
#[derive(Clone, Copy)]
struct Part {
    start: u32,
    length: u32,
    bits: u32,
}

/// Keeps what it is given: what comes last must be put into the number first.
pub(crate) struct Writer {
    parts: Vec<Part>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { parts: Vec::new() }
    }

    /// The numbers that tell everything by turns, and behind them the words that did not fit into them.
    pub(crate) fn done(self) -> Vec<u8> {
        let mut told = [LEAST_TOLD; 2];
        let mut words = Vec::new();
        for (turn, &Part { start, length, bits }) in self.parts.iter().enumerate().rev() {
            let told = &mut told[turn % 2];
            if *told >> (63 - bits) >= u64::from(length) {
                words.push(told.to_le_bytes());
                *told >>= 32;
            }
            let [start, length] = [u64::from(start), u64::from(length)];
            *told = ((*told / length) << bits) + *told % length + start;
        }
        let mut bytes = told.map(u64::to_le_bytes).concat();
        for word in words.iter().rev() {
            bytes.extend_from_slice(&word[..4]);
        }
        bytes
    }
}

impl Coder for Writer {
    const WRITES: bool = true;

    fn bit(&mut self, chance: &mut Chance, bit: bool) -> bool {
        let set = u32::from(chance.set);
        let [start, length] = if bit { [0, set] } else { [set, (1 << BIT_BITS) - set] };
        self.parts.push(Part { start, length, bits: BIT_BITS });
        chance.learn(bit);
        bit
    }

    fn one(&mut self, chances: &mut Chances, one: usize) -> usize {
        let (start, length) = chances.part(one);
        self.parts.push(Part { start, length, bits: ONE_BITS });
        chances.learn(one);
        one
    }

    fn noise(&mut self, bits: u32, value: u64) -> u64 {
        self.parts.push(Part { start: value as u32, length: 1, bits });
        value
    }
}

/// Reads what a `Writer` wrote.
pub(crate) struct Reader<'a> {
    /// What is not yet taken in.
    words: &'a [[u8; 4]],
    /// What tells the next choice, and the one after it: the two need not wait for each other.
    told: u64,
    other: u64,
    is_cut: bool,
}

impl<'a> Reader<'a> {
    /// # Errors
    /// If these are not as many bytes as a writer writes.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Wrong> {
        let (numbers, rest) = bytes.split_at_checked(16).ok_or(CUT_OFF)?;
        let ([told, other], [], (words, [])) =
            (numbers.as_chunks().0, numbers.as_chunks::<8>().1, rest.as_chunks())
        else {
            return Err(CUT_OFF);
        };
        let [told, other] = [u64::from_le_bytes(*told), u64::from_le_bytes(*other)];
        Ok(Self { words, told, other, is_cut: false })
    }

    #[inline]
    fn go_on(&mut self, mut told: u64) {
        if told < LEAST_TOLD {
            if let Some((word, words)) = self.words.split_first() {
                told = told << 32 | u64::from(u32::from_le_bytes(*word));
                self.words = words;
            } else {
                self.is_cut = true;
            }
        }
        self.told = std::mem::replace(&mut self.other, told);
    }

    /// # Errors
    /// If not all was read that a writer wrote, or more.
    pub(crate) fn done(&self) -> Result<(), Wrong> {
        if self.words.is_empty() && !self.is_cut && [self.told, self.other] == [LEAST_TOLD; 2] {
            return Ok(());
        }
        Err(CUT_OFF)
    }
}

const CUT_OFF: Wrong = "addresses have not the bytes that they need";

impl Coder for Reader<'_> {
    const WRITES: bool = false;

    #[inline]
    fn bit(&mut self, chance: &mut Chance, _: bool) -> bool {
        let set = u64::from(chance.set);
        let place = self.told & ((1 << BIT_BITS) - 1);
        let bit = place < set;
        let unset = u64::from(bit).wrapping_sub(1);
        let length = set.wrapping_add(((1 << BIT_BITS) - 2 * set as i64) as u64 & unset);
        self.go_on(length * (self.told >> BIT_BITS) + place - (set & unset));
        chance.learn(bit);
        bit
    }

    #[inline]
    fn one(&mut self, chances: &mut Chances, _: usize) -> usize {
        let place = self.told & ((1 << ONE_BITS) - 1);
        let one = chances.find(place as i16);
        let (start, length) = chances.part(one);
        self.go_on(u64::from(length) * (self.told >> ONE_BITS) + place - u64::from(start));
        chances.learn(one);
        one
    }

    #[inline]
    fn noise(&mut self, bits: u32, _: u64) -> u64 {
        let value = self.told & ((1 << bits) - 1);
        self.go_on(self.told >> bits);
        value
    }
}
