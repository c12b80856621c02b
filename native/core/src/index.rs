//! Where are the gaps of one window of pages: three levels of nodes that keep the largest size below them.

use std::ops::Range;

use crate::arena::{Arena, Root};
use crate::extents::Gap;
use crate::node::{Entry, FEW, Inner, Leaf};

/// All gaps of a window, ascending, neither overlapping nor touching.
///
/// Root: one entry per inner node, in vectors. The key of a leaf is the start of its first gap, that of an inner
/// node the key of its first leaf; the first key of all counts as minus infinity, so the last gap at or below any
/// page is always in the leaf that the keys lead to. Only the one leaf of an empty index is empty.
#[derive(Clone, Debug)]
pub struct GapIndex {
    pub(crate) root: Root,
    pub(crate) inners: Arena<Inner>,
    pub(crate) leaves: Arena<Leaf>,
}

/// A path to an entry: its place in the root, in the inner node and in the leaf. Any edit ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub(crate) root: usize,
    pub(crate) slot: usize,
    pub(crate) entry: usize,
}

/// The size of a gap as nodes keep it.
pub fn saturated(pages: i64) -> u32 {
    u32::try_from(pages).unwrap_or(u32::MAX)
}

impl GapIndex {
    /// No gap at all.
    pub fn new() -> Self {
        let mut index =
            Self { root: Root::default(), inners: Arena::default(), leaves: Arena::default() };
        let mut inner = Inner::new();
        let leaf = index.leaves.add(Leaf::new());
        inner.insert(0, Entry { size: 0, key: i64::MIN, value: leaf });
        let inner = index.inners.add(inner);
        index.root.insert(0, 0, i64::MIN, inner);
        index
    }

    #[inline]
    pub(crate) fn inner(&self, root: usize) -> &Inner {
        self.inners.get(self.root.inner[root])
    }

    #[inline]
    pub(crate) fn leaf(&self, root: usize, slot: usize) -> &Leaf {
        self.leaves.get(self.inner(root).value[slot])
    }

    /// Bytes of all nodes.
    pub fn bytes(&self) -> usize {
        self.leaves.bytes() + self.inners.bytes() + self.root.inner.len() * 16
    }

    /// The gap at a spot of this index.
    #[inline]
    pub fn gap(&self, at: Spot) -> Gap {
        let leaf = self.leaf(at.root, at.slot);
        leaf.key[at.entry]..leaf.value[at.entry]
    }

    /// The gap at a spot that may be none of this index's.
    pub fn gap_if_any(&self, at: Spot) -> Option<Gap> {
        let inner = self.inners.get(*self.root.inner.get(at.root)?);
        let leaf = (at.slot < inner.count).then(|| self.leaves.get(inner.value[at.slot]))?;
        (at.entry < leaf.count).then(|| leaf.key[at.entry]..leaf.value[at.entry])
    }

    /// The last gap that starts at or below `page`.
    #[inline]
    pub fn locate(&self, page: i64) -> Option<Spot> {
        let (root, slot, rank) = self.rank(page);
        rank.checked_sub(1).map(|entry| Spot { root, slot, entry })
    }

    /// Root, slot, and how many gaps of that leaf start at or below `page`.
    #[inline]
    fn rank(&self, page: i64) -> (usize, usize, usize) {
        let root = self.root.locate(page);
        let inner = self.inner(root);
        let slot = inner.rank(page).saturating_sub(1);
        (root, slot, self.leaves.get(inner.value[slot]).rank(page))
    }

    /// The next gap above.
    pub fn next(&self, at: Spot) -> Option<Spot> {
        let Spot { root, slot, entry } = at;
        let inner = self.inner(root);
        if entry + 1 < self.leaves.get(inner.value[slot]).count {
            Some(Spot { root, slot, entry: entry + 1 })
        } else if slot + 1 < inner.count {
            Some(Spot { root, slot: slot + 1, entry: 0 })
        } else if root + 1 < self.root.inner.len() {
            Some(Spot { root: root + 1, slot: 0, entry: 0 })
        } else {
            None
        }
    }

    /// The lowest gap.
    pub fn first(&self) -> Option<Spot> {
        let first = Spot { root: 0, slot: 0, entry: 0 };
        (self.leaf(0, 0).count > 0).then_some(first)
    }

    /// The highest gap.
    pub fn last(&self) -> Option<Spot> {
        let root = self.root.inner.len() - 1;
        let slot = self.inner(root).count - 1;
        self.leaf(root, slot).count.checked_sub(1).map(|entry| Spot { root, slot, entry })
    }

    /// Change a gap; its neighbours stay neighbours.
    pub fn set(&mut self, at: Spot, gap: &Range<i64>) {
        let id = self.inner(at.root).value[at.slot];
        let leaf = self.leaves.get_mut(id);
        let old = leaf.size[at.entry];
        let size = saturated(gap.end - gap.start);
        let moved = at.entry == 0 && leaf.key[0] != gap.start;
        leaf.set(at.entry, Entry { size, key: gap.start, value: gap.end });
        if moved {
            self.set_key(at.root, at.slot, gap.start);
        }
        self.resize(at.root, at.slot, old, size);
    }

    /// Add a gap that neither overlaps nor touches another.
    pub fn insert(&mut self, gap: &Range<i64>) {
        let (mut root, mut slot, mut rank) = self.rank(gap.start);
        if self.leaf(root, slot).is_full() {
            self.split(root, slot);
            (root, slot, rank) = self.rank(gap.start);
        }
        let size = saturated(gap.end - gap.start);
        let id = self.inner(root).value[slot];
        self.leaves.get_mut(id).insert(rank, Entry { size, key: gap.start, value: gap.end });
        if rank == 0 {
            self.set_key(root, slot, gap.start);
        }
        self.resize(root, slot, 0, size);
    }

    /// Take a gap away.
    pub fn remove(&mut self, at: Spot) {
        let Spot { root, slot, entry } = at;
        let id = self.inner(root).value[slot];
        let leaf = self.leaves.get_mut(id);
        let old = leaf.size[entry];
        leaf.remove(entry);
        let (count, first) = (leaf.count, leaf.key[0]);
        self.resize(root, slot, old, 0);
        if count < FEW {
            self.join_leaf(root, slot);
        } else if entry == 0 {
            self.set_key(root, slot, first);
        }
    }

    /// The first gap of a leaf starts elsewhere now.
    pub(crate) fn set_key(&mut self, root: usize, slot: usize, key: i64) {
        self.inners.get_mut(self.root.inner[root]).key[slot] = key;
        if slot == 0 {
            self.root.key[root] = key;
        }
    }

    /// A size in a leaf went from `old` to `new`: repair the largest sizes above it where that changes them.
    #[inline]
    fn resize(&mut self, root: usize, slot: usize, old: u32, new: u32) {
        let inner = self.inners.get_mut(self.root.inner[root]);
        let before = inner.size[slot];
        let after = match () {
            () if new >= before => new,
            () if old == before => self.leaves.get(inner.value[slot]).largest(),
            () => return,
        };
        if after != before {
            inner.size[slot] = after;
            self.resize_inner(root, before, after);
        }
    }

    fn resize_inner(&mut self, root: usize, old: u32, new: u32) {
        let before = self.root.size(root);
        if new >= before {
            self.root.set_size(root, new);
        } else if old == before {
            self.root.set_size(root, self.inner(root).largest());
        }
    }
}
