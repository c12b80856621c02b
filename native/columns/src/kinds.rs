//! How an address or a length of one kind of event is told: by what was named before, or as a number.

use std::ops::Range;

use crate::Wrong;
use crate::recent::{Named, Names};
use crate::tape::{PAGE, Tape};

/// The code of brk, which moves one end.
pub(crate) const BRK: usize = 4;
/// Numbers that a column can hold.
pub(crate) const NUMBERS: Range<i64> = -(1 << 52)..1 << 53;
/// Kinds of events: the codes, and two of mmap.
pub(crate) const KINDS: usize = 32;
/// Lengths that are told by their place among those of the same kind.
const KEPT_LENGTHS: usize = 16;

/// What numbers of a kind are used for: addresses and results have three uses each.
mod uses {
    pub const ADDR: usize = 0;
    pub const RESULT: usize = 3;
    pub const END: usize = 6;
    pub const KEPT: usize = 7;
    pub const LENGTH_END: usize = 8;
    pub const LENGTH: usize = 9;
    pub const GROWTH: usize = 10;
    pub const COUNT: usize = 11;
    /// Of an address: how it is told, how many names of all ago it was named, and a number of bytes.
    pub const WAY: usize = 0;
    pub const OF_ALL: usize = 1;
    pub const NUMBER: usize = 2;
}

/// Uses of the numbers of all kinds.
pub(crate) const USES: usize = KINDS * uses::COUNT;

/// How addresses are told: as a number, as 0, by what any task has named or by what their own has, as many names ago as the last one so
/// told or, from here on, by how many.
const NUMBER: u64 = 0;
const ZERO: u64 = 1;
const BY_ALL: u64 = 2;
const AGAIN: u64 = 3;
const BY_TASK: u64 = 4;

/// Up to here it takes as much to tell how many names ago as that these are as many again.
const NEAR: u64 = 5;

/// How lengths are told: as that of what began at the address, as a number, or from here on by their place among those of their kind.
const SAME: u64 = 0;
const OTHER: u64 = 1;
const BY_PLACE: u64 = 2;

/// What was told of one kind of event.
#[derive(Clone, Default)]
pub(crate) struct Kind {
    /// How many names ago the last address was named, and the last result.
    addr_ago: u64,
    result_ago: u64,
    /// The last lengths, the last one first.
    lengths: Vec<i64>,
}

impl Kind {
    /// How a length is told, if what began there had another one or that one.
    fn way_to(&self, length: i64, began: i64) -> u64 {
        if began != 0 && length == began {
            return SAME;
        }
        let place = self.lengths.iter().position(|&kept| kept == length);
        place.map_or(OTHER, |place| place as u64 + BY_PLACE)
    }

    /// The length at a place, which becomes the last one.
    fn again(&mut self, place: u64) -> Result<i64, Wrong> {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let length = *self.lengths.get(place).ok_or("a length that is not kept")?;
        self.lengths[..=place].rotate_right(1);
        Ok(length)
    }
}

/// The end of memory that is told in bytes: a page that has begun counts.
pub(crate) fn end_of(start: i64, length: i64) -> i64 {
    start.wrapping_add(length.wrapping_add(PAGE - 1) & -PAGE)
}

const NO_NAME: Wrong = "an address that nothing has named";

/// Tells numbers by what tasks have named.
pub(crate) struct Known<T> {
    tape: T,
    kinds: Vec<Kind>,
    pub(crate) names: Names,
    /// The last address of brk.
    pub(crate) brk: i64,
}

impl<T: Tape> Known<T> {
    pub(crate) fn new(tape: T) -> Self {
        Self { tape, kinds: vec![Kind::default(); KINDS], names: Names::default(), brk: 0 }
    }

    pub(crate) fn into_tape(self) -> T {
        self.tape
    }

    /// What an address is near to that was never named.
    pub(crate) fn near(&self, code: usize) -> i64 {
        if code == BRK { self.brk } else { self.names.last().unwrap_or(0) }
    }

    /// Name an address that a column can hold: what is told from it on then has eight bytes at most.
    pub(crate) fn name(&mut self, addr: i64, length: i64) {
        if NUMBERS.contains(&addr) {
            self.names.name(addr, length, T::WRITES);
        }
    }

    /// Name what an event was about: its end, then its start; nothing is at 0.
    pub(crate) fn took(&mut self, at: i64, length: Option<i64>) {
        if at == 0 {
            return;
        }
        if let Some(length) = length {
            self.name(end_of(at, length), 0);
        }
        self.name(at, length.unwrap_or(0));
    }

    /// How an address is told, if the last one was named so many names ago.
    fn way_to(&self, addr: i64, last: u64) -> u64 {
        match self.names.task_find(addr) {
            _ if addr == 0 => ZERO,
            Some(ago) if ago == last && ago > NEAR => AGAIN,
            Some(ago) => ago + BY_TASK,
            None if self.names.find(addr).is_some() => BY_ALL,
            None => NUMBER,
        }
    }

    /// Tell an address; returns it with the length of what began there, or 0, and how many names ago that was.
    fn told(&mut self, of: usize, last: u64, near: i64, addr: i64) -> Result<(Named, u64), Wrong> {
        let way = if T::WRITES { self.way_to(addr, last) } else { 0 };
        let named = match self.tape.number(of + uses::WAY, way)? {
            NUMBER => {
                let way = self.tape.bytes(of + uses::NUMBER, addr.wrapping_sub(near))?;
                Named { addr: near.wrapping_add(way), length: 0 }
            }
            ZERO => Named { addr: 0, length: 0 },
            BY_ALL => {
                let ago = if T::WRITES { self.names.find(addr).unwrap_or(0) } else { 0 };
                let ago = self.tape.number(of + uses::OF_ALL, ago)?;
                self.names.ago(ago).ok_or(NO_NAME)?
            }
            way => {
                let ago = if way == AGAIN { last } else { way - BY_TASK };
                return Ok((self.names.task_ago(ago).ok_or(NO_NAME)?, ago));
            }
        };
        Ok((named, last))
    }

    /// Tell the address of an event.
    pub(crate) fn address(&mut self, kind: usize, near: i64, addr: i64) -> Result<Named, Wrong> {
        let last = self.kinds[kind].addr_ago;
        let (named, ago) = self.told(kind * uses::COUNT + uses::ADDR, last, near, addr)?;
        self.kinds[kind].addr_ago = ago;
        Ok(named)
    }

    /// Tell the address that the kernel returned for memory of a length, if it has one: its end first.
    pub(crate) fn result(
        &mut self,
        kind: usize,
        (near, length): (i64, Option<i64>),
        result: i64,
    ) -> Result<i64, Wrong> {
        if let Some(length) = length {
            let size = end_of(0, length);
            let end = self.near_by(kind * uses::COUNT + uses::END, result.wrapping_add(size))?;
            if let Some(end) = end {
                return Ok(end.wrapping_sub(size));
            }
        }
        let last = self.kinds[kind].result_ago;
        let (named, ago) = self.told(kind * uses::COUNT + uses::RESULT, last, near, result)?;
        self.kinds[kind].result_ago = ago;
        Ok(named.addr)
    }

    /// Tell an address by what the task has named; none if it has not, and then that is told.
    fn near_by(&mut self, of: usize, addr: i64) -> Result<Option<i64>, Wrong> {
        let place = if T::WRITES { self.names.task_find(addr).map_or(0, |ago| ago + 1) } else { 0 };
        match self.tape.number(of, place)? {
            0 => Ok(None),
            place => Ok(Some(self.names.task_ago(place - 1).ok_or(NO_NAME)?.addr)),
        }
    }

    /// Tell how long something is that begins at an address, and how long that was before.
    pub(crate) fn length(&mut self, kind: usize, start: Named, length: i64) -> Result<i64, Wrong> {
        let of = kind * uses::COUNT;
        let way = if T::WRITES { self.kinds[kind].way_to(length, start.length) } else { 0 };
        match self.tape.number(of + uses::KEPT, way)? {
            SAME => return Ok(start.length),
            OTHER => {}
            way => return self.kinds[kind].again(way - BY_PLACE),
        }
        let mut end = None;
        if start.addr != 0 {
            end = self.near_by(of + uses::LENGTH_END, start.addr.wrapping_add(length))?;
        }
        let length = match end {
            Some(end) => end.wrapping_sub(start.addr),
            None => self.tape.bytes(of + uses::LENGTH, length)?,
        };
        let lengths = &mut self.kinds[kind].lengths;
        lengths.truncate(KEPT_LENGTHS - 1);
        lengths.insert(0, length);
        Ok(length)
    }

    /// Tell how long something shall be that has a length: by how much longer.
    pub(crate) fn new_length(&mut self, kind: usize, old: i64, new: i64) -> Result<i64, Wrong> {
        let growth = self.tape.bytes(kind * uses::COUNT + uses::GROWTH, new.wrapping_sub(old))?;
        Ok(old.wrapping_add(growth))
    }
}
