//! How gaps of an index shrink, grow, come and go.
//!
//! Each edit touches one leaf. The largest sizes above it are repaired only if the old largest one changed: a size
//! that grows is compared with them, one that shrinks makes a node look again only if it was the largest there.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use std::ops::Range;

use crate::arena::Arena;
use crate::extents::Gap;
use crate::index::{GapIndex, Spot, saturated};
use crate::lanes::{LEAF, Lanes, MOST, Place, Task, WIDTH};
use crate::node::{Entry, Inner, Leaf};

impl GapIndex {
    /// Make a gap smaller.
    #[inline(always)]
    fn shrink(&mut self, lanes: impl Lanes, at: Spot, gap: &Gap) {
        let (old, size) = self.set(at, gap);
        if size < old {
            self.lower(lanes, at, old);
        }
    }

    /// Make a gap larger; its neighbours stay neighbours.
    #[inline(always)]
    pub(crate) fn grow(&mut self, at: Spot, gap: &Gap) {
        let (_, size) = self.set(at, gap);
        self.raise(at, size);
    }

    /// The old and the new size; the sizes above stay as they were.
    #[inline(always)]
    fn set(&mut self, at: Spot, gap: &Gap) -> (u32, u32) {
        let leaf = self.leaves.get_mut(at.leaf);
        let entry = at.entry as usize % LEAF;
        let size = saturated(gap.end - gap.start);
        let old = std::mem::replace(&mut leaf.size[entry], size);
        let start = std::mem::replace(&mut leaf.key[entry], gap.start);
        if old == MOST || size == MOST {
            self.change_wide(start, gap);
        }
        if entry == 0 && start != gap.start {
            self.set_key(at, gap.start);
        }
        (old, size)
    }

    /// Add a gap that neither overlaps nor touches another.
    pub fn insert(&mut self, gap: &Gap) {
        self.machine.run(Insert { index: self, gap });
    }

    /// Add a gap at the place of the first one above it, as `rank` tells it.
    #[inline(always)]
    pub(crate) fn insert_at(&mut self, lanes: impl Lanes, at: Spot, gap: &Gap) {
        let leaf = self.leaves.get_mut(at.leaf);
        if leaf.is_full() {
            return self.split_and_insert(at, gap);
        }
        let size = saturated(gap.end - gap.start);
        leaf.insert(
            lanes,
            Place::new(at.entry as usize),
            Entry { size, key: gap.start, value: () },
        );
        if size == MOST {
            self.change_wide(gap.start, gap);
        }
        if at.entry == 0 {
            self.set_key(at, gap.start);
        }
        self.raise(at, size);
    }

    #[cold]
    fn split_and_insert(&mut self, at: Spot, gap: &Gap) {
        self.split(at.root as usize, at.slot as usize);
        self.insert(gap);
    }

    /// Take a gap away.
    pub fn take(&mut self, at: Spot) {
        self.machine.run(Remove { index: self, at });
    }

    #[inline(always)]
    pub(crate) fn remove(&mut self, lanes: impl Lanes, at: Spot) {
        let leaf = self.leaves.get_mut(at.leaf);
        let entry = at.entry as usize % LEAF;
        let (old, start) = (leaf.size[entry], leaf.key[entry]);
        let repair = entry == 0 || leaf.will_be_to_join();
        leaf.remove(lanes, Place::new(entry));
        if old == MOST {
            self.change_wide(start, &(start..start));
        }
        self.lower(lanes, at, old);
        if repair {
            self.after_removal(at.root as usize, at.slot as usize);
        }
    }

    /// The first gap of a leaf is another one now, or the leaf has few.
    #[cold]
    #[inline(never)]
    pub(crate) fn after_removal(&mut self, root: usize, slot: usize) {
        let leaf = self.leaf(root, slot);
        if leaf.is_to_join() {
            self.join_leaf(root, slot);
        } else {
            self.set_key(self.spot(root, slot, 0), leaf.key[0]);
        }
    }

    /// The first gap of a leaf starts elsewhere now.
    pub(crate) fn set_key(&mut self, at: Spot, key: i64) {
        self.inners.get_mut(at.inner).key[at.slot as usize] = key;
        if at.slot == 0 {
            self.root.set_key(at.root as usize, key);
        }
    }

    /// A size in a leaf grew to `size`.
    #[inline(always)]
    pub(crate) fn raise(&mut self, at: Spot, size: u32) {
        let most = &mut self.inners.get_mut(at.inner).size[at.slot as usize % WIDTH];
        if size > *most {
            *most = size;
            self.root.raise(at.root as usize, size);
        }
    }

    /// A size in a leaf is smaller than `old` now, or gone.
    #[inline(always)]
    fn lower(&mut self, lanes: impl Lanes, at: Spot, old: u32) {
        let leaf = self.leaves.get(at.leaf);
        if lower_inner(lanes, &mut self.inners, leaf, (at.inner, at.slot), old) {
            self.lower_root(lanes, at.root as usize, old);
        }
    }

    #[inline(never)]
    pub(crate) fn lower_root(&mut self, lanes: impl Lanes, root: usize, old: u32) {
        if self.root.get(root).size == old {
            let largest = lanes.largest(&self.inner(root).size);
            self.root.set_size(root, largest);
        }
    }

    /// Take `range` out of the gap that holds it.
    #[inline(always)]
    pub(crate) fn cut(&mut self, lanes: impl Lanes, at: Spot, gap: &Gap, range: &Range<i64>) {
        let (below, above) = (gap.start..range.start, range.end..gap.end);
        if above.is_empty() {
            if below.is_empty() { self.remove(lanes, at) } else { self.shrink(lanes, at, &below) }
        } else if below.is_empty() {
            self.shrink(lanes, at, &above);
        } else {
            self.shrink(lanes, at, &below);
            self.insert_at(lanes, Spot { entry: at.entry + 1, ..at }, &above);
        }
    }
}

/// The largest size of a leaf, whose `old` one became smaller, as its inner node keeps it; whether it changed.
#[inline(always)]
pub(crate) fn lower_inner(
    lanes: impl Lanes,
    inners: &mut Arena<Inner>,
    leaf: &Leaf,
    (inner, slot): (u32, u8),
    old: u32,
) -> bool {
    let most = &mut inners.get_mut(inner).size[slot as usize % WIDTH];
    if old < *most {
        return false;
    }
    let largest = lanes.largest(&leaf.size);
    *most = largest;
    largest < old
}

/// Whether the largest size of a leaf is larger than all others: asked before it changes, since a vector is not soon read
/// where one entry was just written.
#[inline(always)]
pub(crate) fn is_alone(lanes: impl Lanes, leaf: &Leaf, most: u32) -> bool {
    lanes.at_least(&leaf.size, most).is_power_of_two()
}

struct Insert<'a> {
    index: &'a mut GapIndex,
    gap: &'a Gap,
}

impl Task for Insert<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        let at = self.index.rank(lanes, self.gap.start);
        self.index.insert_at(lanes, at, self.gap);
    }
}

struct Remove<'a> {
    index: &'a mut GapIndex,
    at: Spot,
}

impl Task for Remove<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        self.index.remove(lanes, self.at);
    }
}
