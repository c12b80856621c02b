//! Which addresses tasks named, in their order: an address is told by how many others have been named since.

use std::collections::HashMap;

/// An address, and the length of what began there; 0 for none.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) addr: i64,
    pub(crate) length: i64,
}

/// Where addresses were named last; only what writes asks.
type Places = HashMap<i64, usize>;

/// The names of one task, as places among those of all.
#[derive(Default)]
struct Task {
    named: Vec<u32>,
    places: Places,
}

/// What all tasks have named, and one of them that is at work.
#[derive(Default)]
pub(crate) struct Names {
    all: Vec<Named>,
    places: Places,
    tasks: Vec<Task>,
    task: usize,
}

/// What was named so many names ago.
fn ago<T: Copy>(named: &[T], ago: u64) -> Option<T> {
    let place = named.len().checked_sub(1 + usize::try_from(ago).ok()?)?;
    named.get(place).copied()
}

fn find(places: &Places, count: usize, addr: i64) -> Option<u64> {
    Some((count - 1 - places.get(&addr)?) as u64)
}

impl Names {
    /// Let a task be at work: one that was before, or the next one.
    pub(crate) fn turn_to(&mut self, task: usize) {
        self.task = task;
        if task == self.tasks.len() {
            self.tasks.push(Task::default());
        }
    }

    /// The last address that the task named, or any did.
    pub(crate) fn last(&self) -> Option<i64> {
        let of_task = self.tasks[self.task].named.last().map(|&place| self.all[place as usize]);
        of_task.or(self.all.last().copied()).map(|named| named.addr)
    }

    #[inline]
    pub(crate) fn ago(&self, names: u64) -> Option<Named> {
        ago(&self.all, names)
    }

    #[inline]
    pub(crate) fn task_ago(&self, names: u64) -> Option<Named> {
        ago(&self.tasks[self.task].named, names).map(|place| self.all[place as usize])
    }

    pub(crate) fn find(&self, addr: i64) -> Option<u64> {
        find(&self.places, self.all.len(), addr)
    }

    pub(crate) fn task_find(&self, addr: i64) -> Option<u64> {
        let Task { named, places } = &self.tasks[self.task];
        find(places, named.len(), addr)
    }

    /// Name an address. The last two names of a task are not named again: the older one becomes the last.
    #[inline]
    pub(crate) fn name(&mut self, addr: i64, length: i64, writes: bool) {
        let Task { named, places } = &mut self.tasks[self.task];
        let count = named.len();
        let known =
            named.iter().rev().take(2).position(|&place| self.all[place as usize].addr == addr);
        let Some(back) = known else {
            let place = self.all.len();
            named.push(u32::try_from(place).unwrap_or(u32::MAX));
            self.all.push(Named { addr, length });
            if writes {
                places.insert(addr, count);
                self.places.insert(addr, place);
            }
            return;
        };
        if back == 1 {
            named.swap(count - 2, count - 1);
            if writes {
                places.insert(self.all[named[count - 2] as usize].addr, count - 2);
                places.insert(addr, count - 1);
            }
        }
        if length != 0 {
            self.all[named[count - 1] as usize].length = length;
        }
    }
}
