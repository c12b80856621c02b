//! How addresses, lengths and results of all events of a block are told, each by what its task and all tasks named before.

use std::collections::BTreeMap;

use crate::Wrong;
use crate::kinds::{BRK, KINDS, Known, NUMBERS, USES, end_of};
use crate::recent::Named;
use crate::tape::{Played, Tape, Writer};

/// Which columns events of one shape have, as places among those that are told.
#[derive(Clone, Copy, Default)]
pub struct Shape {
    /// The code of the kind of event; below 32.
    pub code: usize,
    /// Its events have a number in the column of tasks.
    pub has_task: bool,
    /// They have one in the column of flags of mmap.
    pub has_flags: bool,
    /// Where they ask for memory or change it.
    pub addr: Option<usize>,
    /// How much of it.
    pub length: Option<usize>,
    /// How much it shall be from then on.
    pub new_length: Option<usize>,
    /// The address that the kernel returned.
    pub result: Option<usize>,
}

/// The events of a block but for their addresses.
pub struct Events<'a> {
    /// The shapes that there are.
    pub shapes: &'a [Shape],
    /// For each event the place of its own.
    pub places: &'a [u16],
    /// The tasks of all events that have one.
    pub tasks: &'a [f64],
    /// The flags of all that have them.
    pub flags: &'a [f64],
    /// How many numbers each column has that is told.
    pub counts: &'a [usize],
}

/// A block has no more events; a damaged count must not fill the memory.
const MOST_EVENTS: usize = 1 << 16;
/// mmap at a fixed address, and of anonymous memory elsewhere, are kinds of their own.
const FIXED: (u64, usize) = (0x10, 29);
const ANONYMOUS: (u64, usize) = (0x20, 30);

/// The columns that are told: where in the numbers the next one of each is, and where it ends.
struct Cells<'a> {
    numbers: &'a mut [i64],
    next: Vec<usize>,
    ends: Vec<usize>,
}

impl<'a> Cells<'a> {
    fn new(numbers: &'a mut [i64], counts: &[usize]) -> Self {
        let ends: Vec<usize> = counts
            .iter()
            .scan(0, |end, count| {
                *end += count;
                Some(*end)
            })
            .collect();
        let next = ends.iter().zip(counts).map(|(end, count)| end - count).collect();
        Self { numbers, next, ends }
    }

    fn get(&self, column: usize) -> Result<i64, Wrong> {
        let place = *self.next.get(column).ok_or("a column that is not told")?;
        if place == self.ends[column] {
            return Err("a column is too short");
        }
        self.numbers.get(place).copied().ok_or("a column is too short")
    }

    /// Put what `get` was asked for, and go on to the next one.
    fn put(&mut self, column: usize, number: i64) -> Result<(), Wrong> {
        if !NUMBERS.contains(&number) {
            return Err("an address that no column holds");
        }
        self.numbers[self.next[column]] = number;
        self.next[column] += 1;
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.next == self.ends
    }
}

/// Tells the events of a block one after the other.
struct Teller<'a, T> {
    known: Known<T>,
    cells: Cells<'a>,
}

impl<T: Tape> Teller<'_, T> {
    fn event(&mut self, shape: &Shape, kind: usize) -> Result<(), Wrong> {
        let Self { known, cells } = self;
        let near = known.near(shape.code);
        let mut start = Named { addr: 0, length: 0 };
        if let Some(column) = shape.addr {
            start = known.address(kind, near, cells.get(column)?)?;
            cells.put(column, start.addr)?;
        }
        let mut length = None;
        if let Some(column) = shape.length {
            let told = known.length(kind, start, cells.get(column)?)?;
            cells.put(column, told)?;
            length = Some(told);
        }
        let old_end = end_of(start.addr, length.unwrap_or(0));
        if let (Some(column), Some(old)) = (shape.new_length, length) {
            let told = known.new_length(kind, old, cells.get(column)?)?;
            cells.put(column, told)?;
            length = Some(told);
        }
        let mut at = start.addr;
        if let Some(column) = shape.result {
            at = known.result(kind, (near, length), cells.get(column)?)?;
            cells.put(column, at)?;
            if shape.new_length.is_some() {
                known.name(old_end, 0);
                known.name(start.addr, 0);
            }
        }
        if shape.code == BRK {
            known.brk = at;
        }
        known.took(at, length);
        Ok(())
    }
}

/// The next number of a column.
fn next_of(column: &mut std::slice::Iter<'_, f64>) -> Result<f64, Wrong> {
    column.next().copied().ok_or("a column is too short")
}

fn tell<T: Tape>(events: &Events<'_>, tape: T, numbers: &mut [i64]) -> Result<T, Wrong> {
    if events.places.len() > MOST_EVENTS {
        return Err("too many events with addresses");
    }
    let cells = Cells::new(numbers, events.counts);
    let mut teller = Teller { known: Known::new(tape), cells };
    let mut tasks = BTreeMap::new();
    let [mut ids, mut flags] = [events.tasks.iter(), events.flags.iter()];
    let mut last = f64::NAN;
    for &place in events.places {
        let shape = events.shapes.get(usize::from(place)).ok_or("an event of no shape")?;
        let task = if shape.has_task { next_of(&mut ids)? } else { -1.0 };
        let flags = if shape.has_flags { next_of(&mut flags)? } else { 0.0 };
        if shape.addr.is_none() && shape.length.is_none() && shape.result.is_none() {
            continue;
        }
        if task.to_bits() != last.to_bits() {
            last = task;
            let next = tasks.len();
            teller.known.names.turn_to(*tasks.entry(task.to_bits()).or_insert(next));
        }
        teller.event(shape, kind_of(shape.code, flags))?;
    }
    if teller.cells.is_done() { Ok(teller.known.into_tape()) } else { Err("a column is too long") }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn kind_of(code: usize, flags: f64) -> usize {
    match flags as u64 {
        flags if flags & FIXED.0 != 0 => FIXED.1,
        flags if flags & ANONYMOUS.0 != 0 => ANONYMOUS.1,
        _ => code % KINDS,
    }
}

/// The bytes that tell the numbers of all columns, which stand one behind the other.
///
/// # Errors
/// If the events have not as many numbers as the columns, or one that no column holds.
pub fn write_addresses(events: &Events<'_>, numbers: &mut [i64]) -> Result<Vec<u8>, Wrong> {
    Ok(tell(events, Writer::new(USES), numbers)?.done())
}

/// The numbers that `write_addresses` was given.
///
/// # Errors
/// If no events can have written the bytes.
pub fn read_addresses(events: &Events<'_>, bytes: &[u8]) -> Result<Vec<i64>, Wrong> {
    let count = events.counts.iter().fold(0_usize, |sum, &count| sum.saturating_add(count));
    if count > 4 * MOST_EVENTS {
        return Err("too many addresses");
    }
    let mut numbers = vec![0; count];
    tell(events, Played::new(bytes, USES)?, &mut numbers)?.done()?;
    Ok(numbers)
}
