//! How an address or a length of one kind of event is told: by what was named before, or as a number.

use crate::Wrong;
use crate::chances::{Chance, Coder};
use crate::guesses::{Bytes, PAGE, Small};
use crate::recent::{Named, Names};

/// The code of brk, which moves one end.
pub(crate) const BRK: usize = 4;
/// Lengths that are told by their place among those of the same kind.
const KEPT_LENGTHS: usize = 16;

/// How addresses are told: as a number, as 0, by what any task has named or by what their own has, as many names ago as the last one so
/// told or, from here on, by how many.
const NUMBER: u64 = 0;
const ZERO: u64 = 1;
const BY_ALL: u64 = 2;
const AGAIN: u64 = 3;
const BY_TASK: u64 = 4;

/// Up to here it takes as much to tell how many names ago as that these are as many again.
const NEAR: u64 = 5;

/// How addresses of one use are told.
struct Address {
    /// By how the last one was told: by no names of its task, as many again, the last name, or another one.
    of_task: [Small; 4],
    of_all: Small,
    number: Bytes,
    before: usize,
    ago: u64,
}

impl Address {
    const NEW: Self = Self {
        of_task: [Small::NEW; 4],
        of_all: Small::NEW,
        number: Bytes::NEW,
        before: 0,
        ago: 0,
    };
}

/// What is expected of one kind of event.
pub(crate) struct Kind {
    addr: Address,
    result: Option<Box<Address>>,
    end: Small,
    is_same: Chance,
    kept: Small,
    length_end: Small,
    length: Bytes,
    is_kept: Chance,
    growth: Bytes,
    /// The last lengths, the last one first.
    lengths: Vec<i64>,
}

impl Kind {
    pub(crate) const NEW: Self = Self {
        addr: Address::NEW,
        result: None,
        end: Small::NEW,
        is_same: Chance::EVEN,
        kept: Small::NEW,
        length_end: Small::NEW,
        length: Bytes::NEW,
        is_kept: Chance::EVEN,
        growth: Bytes::NEW,
        lengths: Vec::new(),
    };

    /// The place of a length among the last ones plus 1, or 0.
    fn place_of(&self, length: i64) -> u64 {
        self.lengths.iter().position(|&kept| kept == length).map_or(0, |place| place as u64 + 1)
    }

    /// The length at a place plus 1, which becomes the last one.
    fn again(&mut self, place: u64) -> Result<i64, Wrong> {
        let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
        let length = *self.lengths.get(place).ok_or("a length that is not kept")?;
        self.lengths[..=place].rotate_right(1);
        Ok(length)
    }

    /// Tell how long something shall be that has a length.
    pub(crate) fn new_length(&mut self, coder: &mut impl Coder, old: i64, new: i64) -> i64 {
        if coder.bit(&mut self.is_kept, new == old) {
            return old;
        }
        old.wrapping_add(self.growth.code(coder, new.wrapping_sub(old)))
    }
}

/// The end of memory that is told in bytes: a page that has begun counts.
pub(crate) fn end_of(start: i64, length: i64) -> i64 {
    start.wrapping_add(length.wrapping_add(PAGE - 1) & -PAGE)
}

const NO_NAME: Wrong = "an address that nothing has named";

/// Tells numbers by what tasks have named.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) names: Names,
    /// The last address of brk.
    pub(crate) brk: i64,
}

impl Known {
    /// What an address is near to that was never named.
    pub(crate) fn near(&self, code: usize) -> i64 {
        if code == BRK { self.brk } else { self.names.last().unwrap_or(0) }
    }

    /// Name what an event was about: its end, then its start; nothing is at 0.
    pub(crate) fn took(&mut self, at: i64, length: Option<i64>, writes: bool) {
        if at == 0 {
            return;
        }
        if let Some(length) = length {
            self.names.name(end_of(at, length), 0, writes);
        }
        self.names.name(at, length.unwrap_or(0), writes);
    }

    /// How an address is told, if the last one was named so many names ago.
    fn place_of(&self, addr: i64, last: u64) -> u64 {
        match self.names.task_find(addr) {
            _ if addr == 0 => ZERO,
            Some(ago) if ago == last && ago > NEAR => AGAIN,
            Some(ago) => ago + BY_TASK,
            None if self.names.find(addr).is_some() => BY_ALL,
            None => NUMBER,
        }
    }

    /// Tell an address; returns it with the length of what began there, or 0.
    fn told<C: Coder>(
        &self,
        coder: &mut C,
        told: &mut Address,
        near: i64,
        addr: i64,
    ) -> Result<Named, Wrong> {
        let place = if C::WRITES { self.place_of(addr, told.ago) } else { 0 };
        let place = told.of_task[told.before].code(coder, place);
        told.before = usize::try_from(place.saturating_sub(BY_ALL)).unwrap_or(3).min(3);
        match place {
            NUMBER => {
                let way = told.number.code(coder, addr.wrapping_sub(near));
                Ok(Named { addr: near.wrapping_add(way), length: 0 })
            }
            ZERO => Ok(Named { addr: 0, length: 0 }),
            BY_ALL => {
                let ago = if C::WRITES { self.names.find(addr).unwrap_or(0) } else { 0 };
                self.names.ago(told.of_all.code(coder, ago)).ok_or(NO_NAME)
            }
            _ => {
                if place > AGAIN {
                    told.ago = place - BY_TASK;
                }
                self.names.task_ago(told.ago).ok_or(NO_NAME)
            }
        }
    }

    /// Tell the address of an event, as `told`.
    pub(crate) fn address<C: Coder>(
        &self,
        coder: &mut C,
        kind: &mut Kind,
        near: i64,
        addr: i64,
    ) -> Result<Named, Wrong> {
        self.told(coder, &mut kind.addr, near, addr)
    }

    /// Tell the address that the kernel returned for memory of a length, if it has one: its end first.
    pub(crate) fn result<C: Coder>(
        &self,
        coder: &mut C,
        kind: &mut Kind,
        (near, length): (i64, Option<i64>),
        result: i64,
    ) -> Result<i64, Wrong> {
        if let Some(length) = length {
            let size = end_of(0, length);
            let end = self.near_by(coder, &mut kind.end, result.wrapping_add(size))?;
            if let Some(end) = end {
                return Ok(end.wrapping_sub(size));
            }
        }
        let told = kind.result.get_or_insert_with(|| Box::new(Address::NEW));
        Ok(self.told(coder, told, near, result)?.addr)
    }

    /// Tell an address by what the task has named; none if it has not, and then that is told.
    fn near_by<C: Coder>(
        &self,
        coder: &mut C,
        told: &mut Small,
        addr: i64,
    ) -> Result<Option<i64>, Wrong> {
        let place = if C::WRITES { self.names.task_find(addr).map_or(0, |ago| ago + 1) } else { 0 };
        match told.code(coder, place) {
            0 => Ok(None),
            place => Ok(Some(self.names.task_ago(place - 1).ok_or(NO_NAME)?.addr)),
        }
    }

    /// Tell how long something is that begins at an address, and how long that was before.
    pub(crate) fn length<C: Coder>(
        &self,
        coder: &mut C,
        kind: &mut Kind,
        start: Named,
        length: i64,
    ) -> Result<i64, Wrong> {
        if start.length != 0 && coder.bit(&mut kind.is_same, length == start.length) {
            return Ok(start.length);
        }
        let kept = if C::WRITES { kind.place_of(length) } else { 0 };
        let kept = kind.kept.code(coder, kept);
        if kept > 0 {
            return kind.again(kept);
        }
        let mut end = None;
        if start.addr != 0 {
            end = self.near_by(coder, &mut kind.length_end, start.addr.wrapping_add(length))?;
        }
        let length = match end {
            Some(end) => end.wrapping_sub(start.addr),
            None => kind.length.code(coder, length),
        };
        kind.lengths.truncate(KEPT_LENGTHS - 1);
        kind.lengths.insert(0, length);
        Ok(length)
    }
}
