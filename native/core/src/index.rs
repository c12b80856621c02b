//! Where are the gaps of one window of pages: three levels of nodes that keep the largest size below them.

use std::ops::Range;

use crate::arena::{Arena, Root};
use crate::extents::Gap;
use crate::node::{Entry, FEW, Inner, Leaf};
use crate::simd::{Lanes, MOST, Task, WIDTH, widest};

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
    /// Gaps too large for their size field, ascending; few.
    pub(crate) wide: Vec<Gap>,
}

/// A path to an entry: its place in the root, in the inner node and in the leaf. Most edits end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub(crate) root: u32,
    pub(crate) slot: u32,
    pub(crate) leaf: u32,
    pub(crate) entry: u32,
}

/// The size of a gap as nodes keep it: exact below `MOST`.
#[inline]
pub fn saturated(pages: i64) -> u32 {
    u32::try_from(pages).unwrap_or(MOST).min(MOST)
}

impl GapIndex {
    /// No gap at all.
    pub fn new() -> Self {
        let mut index = Self {
            root: Root::default(),
            inners: Arena::default(),
            leaves: Arena::default(),
            wide: Vec::new(),
        };
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
        self.leaves.bytes()
            + self.inners.bytes()
            + self.root.inner.len() * 16
            + self.wide.len() * size_of::<Gap>()
    }

    /// The gap at a spot of this index.
    #[inline]
    pub fn gap(&self, at: Spot) -> Gap {
        let leaf = self.leaves.get(at.leaf);
        let entry = at.entry as usize % WIDTH;
        let (start, size) = (leaf.key[entry], leaf.size[entry]);
        if size < MOST { start..start + i64::from(size) } else { self.wide_gap(start) }
    }

    #[cold]
    fn wide_gap(&self, start: i64) -> Gap {
        self.wide[self.wide.partition_point(|gap| gap.start < start)].clone()
    }

    #[cold]
    fn drop_wide(&mut self, start: i64) {
        self.wide.remove(self.wide.partition_point(|gap| gap.start < start));
    }

    #[cold]
    fn add_wide(&mut self, gap: &Gap) {
        self.wide.insert(self.wide.partition_point(|wide| wide.start < gap.start), gap.clone());
    }

    /// The path to an entry; `root` and `slot` exist.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "ids and places are below 2^32")]
    pub(crate) fn spot(&self, root: usize, slot: usize, entry: usize) -> Spot {
        let leaf = self.inner(root).value[slot % WIDTH];
        let [root, slot, entry] = [root, slot, entry].map(|at| at as u32);
        Spot { root, slot, leaf, entry }
    }

    /// The last gap that starts at or below `page`.
    #[inline]
    pub fn locate(&self, page: i64) -> Option<Spot> {
        let after = self.rank(page);
        after.entry.checked_sub(1).map(|entry| Spot { entry, ..after })
    }

    /// Where a gap that starts above `page` would come into the leaf that the keys lead to.
    #[inline]
    fn rank(&self, page: i64) -> Spot {
        widest(Rank { index: self, page })
    }

    /// The next gap above.
    #[inline]
    pub fn next(&self, at: Spot) -> Option<Spot> {
        if (at.entry as usize) + 1 < self.leaves.get(at.leaf).count {
            return Some(Spot { entry: at.entry + 1, ..at });
        }
        let (root, slot) = (at.root as usize, at.slot as usize + 1);
        if slot < self.inner(root).count {
            Some(self.spot(root, slot, 0))
        } else if root + 1 < self.root.inner.len() {
            Some(self.spot(root + 1, 0, 0))
        } else {
            None
        }
    }

    /// The lowest gap.
    pub fn first(&self) -> Option<Spot> {
        (self.leaf(0, 0).count > 0).then(|| self.spot(0, 0, 0))
    }

    /// The highest gap.
    pub fn last(&self) -> Option<Spot> {
        let root = self.root.inner.len() - 1;
        let slot = self.inner(root).count - 1;
        let entry = self.leaf(root, slot).count.checked_sub(1)?;
        Some(self.spot(root, slot, entry))
    }

    /// Change a gap; its neighbours stay neighbours, and paths stay valid.
    #[inline]
    pub fn set(&mut self, at: Spot, gap: &Range<i64>) {
        let leaf = self.leaves.get_mut(at.leaf);
        let entry = at.entry as usize % WIDTH;
        let (old, old_start) = (leaf.size[entry], leaf.key[entry]);
        let size = saturated(gap.end - gap.start);
        leaf.set(entry, Entry { size, key: gap.start, value: () });
        if old == MOST {
            self.drop_wide(old_start);
        }
        if size == MOST {
            self.add_wide(gap);
        }
        if entry == 0 && old_start != gap.start {
            self.set_key(at.root as usize, at.slot as usize, gap.start);
        }
        self.resize(at, old, size);
    }

    /// Add a gap that neither overlaps nor touches another.
    pub fn insert(&mut self, gap: &Range<i64>) {
        self.insert_at(self.rank(gap.start), gap);
    }

    /// Add a gap that comes after the one at `at` and before the next.
    #[inline]
    pub fn insert_after(&mut self, at: Spot, gap: &Range<i64>) {
        self.insert_at(Spot { entry: at.entry + 1, ..at }, gap);
    }

    #[inline]
    fn insert_at(&mut self, at: Spot, gap: &Range<i64>) {
        if self.leaves.get(at.leaf).is_full() {
            self.split(at.root as usize, at.slot as usize);
            return self.insert(gap);
        }
        let size = saturated(gap.end - gap.start);
        if size == MOST {
            self.add_wide(gap);
        }
        let entry = Entry { size, key: gap.start, value: () };
        self.leaves.get_mut(at.leaf).insert(at.entry as usize, entry);
        if at.entry == 0 {
            self.set_key(at.root as usize, at.slot as usize, gap.start);
        }
        self.resize(at, 0, size);
    }

    /// Take a gap away.
    #[inline]
    pub fn remove(&mut self, at: Spot) {
        let leaf = self.leaves.get_mut(at.leaf);
        let (old, start) = (leaf.size[at.entry as usize], leaf.key[at.entry as usize]);
        leaf.remove(at.entry as usize);
        let (count, first) = (leaf.count, leaf.key[0]);
        if old == MOST {
            self.drop_wide(start);
        }
        self.resize(at, old, 0);
        if count < FEW {
            self.join_leaf(at.root as usize, at.slot as usize);
        } else if at.entry == 0 {
            self.set_key(at.root as usize, at.slot as usize, first);
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
    fn resize(&mut self, at: Spot, old: u32, new: u32) {
        let inner = self.inners.get_mut(self.root.inner[at.root as usize]);
        let before = inner.size[at.slot as usize % WIDTH];
        if new < before && old < before {
            return;
        }
        let after = if new >= before { new } else { self.leaves.get(at.leaf).largest() };
        if after != before {
            inner.size[at.slot as usize % WIDTH] = after;
            self.resize_inner(at.root as usize, before, after);
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

/// Where a gap that starts above `page` would come into the leaf that the keys lead to.
struct Rank<'a> {
    index: &'a GapIndex,
    page: i64,
}

impl Task for Rank<'_> {
    type Output = Spot;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
    fn run(self, lanes: impl Lanes) -> Spot {
        let Self { index, page } = self;
        let root = index.root.locate(page);
        let inner = index.inner(root);
        let slot = lanes.rank(&inner.key, page).saturating_sub(1);
        let leaf = index.leaves.get(inner.value[slot % WIDTH]);
        index.spot(root, slot, lanes.rank(&leaf.key, page))
    }
}
