//! Where are the gaps of one window of pages: three levels of nodes that keep the largest size below them.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::arena::Arena;
use crate::extents::Gap;
use crate::lanes::{LEAF, Lanes, MOST, Place, Task, UNUSED, WIDTH};
use crate::machine::Machine;
use crate::node::{Entry, Inner, Leaf};
use crate::root::Root;
use crate::scalar::Scalar;

/// All gaps of a window, ascending, neither overlapping nor touching.
///
/// Root: one entry per inner node, in blocks of 64 if there are several. The key of a leaf is the start of its first
/// gap, that of an inner node the key of its first leaf; the first key of all counts as minus infinity, so the last gap
/// at or below any page is always in the leaf that the keys lead to, and the first one above it starts at the next key
/// if it is not.
/// Only the one leaf of an empty index is empty. Searches and edits look at one node per level and at the neighbours
/// of an entry; each 64 leaves add an entry to the root, which is scanned.
#[derive(Clone, Debug)]
pub struct GapIndex {
    pub(crate) machine: Machine,
    pub(crate) root: Root,
    pub(crate) inners: Arena<Inner>,
    pub(crate) leaves: Arena<Leaf>,
    /// Gaps too large for their size field, ascending; few.
    pub(crate) wide: Vec<Gap>,
}

/// A path to an entry: its place in the root, in the inner node and in the leaf, and the ids of both. Most edits end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub(crate) root: u32,
    pub(crate) inner: u32,
    pub(crate) leaf: u32,
    pub(crate) slot: u8,
    pub(crate) entry: u8,
    /// Above the wall, for those who have one.
    pub(crate) high: bool,
}

impl Spot {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "ids are below 2^32, places at most WIDTH")]
    pub(crate) fn new(root: usize, inner: u32, slot: usize, leaf: u32, entry: usize) -> Self {
        let (root, slot, entry) = (root as u32, slot as u8, entry as u8);
        Self { root, inner, leaf, slot, entry, high: false }
    }

    /// In the root, in the inner node, in the leaf.
    #[inline(always)]
    pub(crate) fn places(self) -> (usize, usize, usize) {
        (self.root as usize, self.slot as usize % WIDTH, self.entry as usize % LEAF)
    }
}

/// A gap that a search found, and where it stands; the place holds until the next edit.
#[derive(Clone, Debug)]
pub struct FoundGap {
    /// The whole gap, not cut to the window.
    pub gap: Gap,
    pub(crate) spot: Spot,
}

/// The size of a gap, above 0, as nodes keep it: exact below `MOST`.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most MOST")]
pub fn saturated(pages: i64) -> u32 {
    pages.min(i64::from(MOST)).cast_unsigned() as u32
}

impl GapIndex {
    /// No gap at all.
    pub fn new() -> Self {
        let mut index = Self {
            machine: Machine::detect(),
            root: Root::new(Entry { size: 0, key: i64::MIN, value: 0 }),
            inners: Arena::default(),
            leaves: Arena::default(),
            wide: Vec::new(),
        };
        let mut inner = Inner::new();
        let leaf = index.leaves.add(Leaf::new());
        inner.insert(Scalar, Place::new(0), Entry { size: 0, key: i64::MIN, value: leaf });
        let inner = index.inners.add(inner);
        index.root.set_inner(0, inner);
        index
    }

    #[inline]
    pub(crate) fn inner(&self, root: usize) -> &Inner {
        self.inners.get(self.root.inner(root))
    }

    #[inline]
    pub(crate) fn leaf(&self, root: usize, slot: usize) -> &Leaf {
        self.leaves.get(self.inner(root).value[slot])
    }

    /// Bytes of all nodes.
    pub fn bytes(&self) -> usize {
        let wide = self.wide.capacity() * size_of::<Gap>();
        self.leaves.bytes() + self.inners.bytes() + self.root.bytes() + wide
    }

    /// The gap at a spot of this index.
    #[inline(always)]
    pub fn gap(&self, at: Spot) -> Gap {
        self.gap_in(self.leaves.get(at.leaf), at.entry as usize)
    }

    #[inline(always)]
    pub(crate) fn gap_in(&self, leaf: &Leaf, entry: usize) -> Gap {
        let (start, size) = (leaf.key[entry % LEAF], leaf.size[entry % LEAF]);
        if size < MOST { start..start + i64::from(size) } else { self.wide_gap(start) }
    }

    /// In place, because in a young space most mappings are cut from a wide gap.
    #[inline(always)]
    fn wide_gap(&self, start: i64) -> Gap {
        let wide = self.wide.iter().rfind(|gap| gap.start == start);
        wide.map_or(start..start, Gap::clone)
    }

    /// The gap that started at `start` is `gap` now, empty if it is gone; one of the two is wide.
    #[cold]
    pub(crate) fn change_wide(&mut self, start: i64, gap: &Gap) {
        let at = self.wide.partition_point(|wide| wide.start < start);
        let old = self.wide.get(at).is_some_and(|wide| wide.start == start);
        match (old, saturated(gap.end - gap.start) == MOST) {
            (true, true) => self.wide[at] = gap.clone(),
            (true, false) => drop(self.wide.remove(at)),
            (false, true) => self.wide.insert(at, gap.clone()),
            (false, false) => {}
        }
    }

    /// The path to an entry; `root` and `slot` exist.
    #[inline]
    pub(crate) fn spot(&self, root: usize, slot: usize, entry: usize) -> Spot {
        let inner = self.root.inner(root);
        Spot::new(root, inner, slot, self.inners.get(inner).value[slot % WIDTH], entry)
    }

    /// The last gap that starts at or below `page`.
    #[inline]
    pub fn locate(&self, page: i64) -> Option<Spot> {
        if page < 0 {
            return None;
        }
        let after = self.machine.run(Rank { index: self, page });
        after.entry.checked_sub(1).map(|entry| Spot { entry, ..after })
    }

    /// Where a gap that starts above `page >= 0` would come into the leaf that the keys lead to.
    #[inline(always)]
    pub(crate) fn rank(&self, lanes: impl Lanes, page: i64) -> Spot {
        let at = self.leaf_of(lanes, page);
        let entry = lanes.rank(&self.leaves.get(at.leaf).key, page);
        Spot::new(at.root as usize, at.inner, at.slot as usize, at.leaf, entry)
    }

    /// The first entry of the leaf that the keys lead to.
    #[inline(always)]
    fn leaf_of(&self, lanes: impl Lanes, page: i64) -> Spot {
        let (root, inner_id) = self.root.locate(lanes, page);
        let inner = self.inners.get(inner_id);
        let slot = lanes.last_below(&inner.key, page);
        Spot::new(root, inner_id, slot, inner.value[slot % WIDTH], 0)
    }

    /// Where the gap starts that `rank` leads to, the first above; `UNUSED` if there is none.
    #[inline(always)]
    pub(crate) fn start_at(&self, after: Spot) -> i64 {
        match self.leaves.get(after.leaf).key.get(after.entry as usize) {
            Some(&start) if start < UNUSED => start,
            _ => self.start_of_next_leaf(after),
        }
    }

    /// The keys tell, without a look at the leaf.
    pub(crate) fn start_of_next_leaf(&self, at: Spot) -> i64 {
        let inner = self.inners.get(at.inner);
        let (root, slot) = (at.root as usize + 1, at.slot as usize + 1);
        if slot < WIDTH && inner.key[slot] < UNUSED {
            inner.key[slot]
        } else if root < self.root.len() {
            self.root.get(root).key
        } else {
            UNUSED
        }
    }

    /// The spot itself, or the first of the next leaf if it is one past the end of its leaf.
    #[inline]
    pub(crate) fn normal(&self, at: Spot) -> Option<Spot> {
        if self.leaves.get(at.leaf).key.get(at.entry as usize).is_some_and(|&key| key < UNUSED) {
            return Some(at);
        }
        let (root, slot) = (at.root as usize, at.slot as usize + 1);
        if slot < self.inner(root).count() {
            Some(self.spot(root, slot, 0))
        } else if root + 1 < self.root.len() {
            Some(self.spot(root + 1, 0, 0))
        } else {
            None
        }
    }

    /// The next gap above.
    #[inline]
    pub fn next(&self, at: Spot) -> Option<Spot> {
        self.normal(Spot { entry: at.entry + 1, ..at })
    }

    /// All gaps, ascending.
    pub fn gaps(&self) -> impl Iterator<Item = Gap> {
        std::iter::successors(self.first(), |&spot| self.next(spot)).map(|spot| self.gap(spot))
    }

    /// The first gap that ends above `page`.
    pub fn gap_from(&self, page: i64) -> Option<Gap> {
        let Some(spot) = self.locate(page) else {
            return self.first().map(|spot| self.gap(spot));
        };
        let gap = self.gap(spot);
        if gap.end > page { Some(gap) } else { self.next(spot).map(|spot| self.gap(spot)) }
    }

    /// The lowest gap.
    pub fn first(&self) -> Option<Spot> {
        (self.leaf(0, 0).count() > 0).then(|| self.spot(0, 0, 0))
    }

    /// The highest gap.
    pub fn last(&self) -> Option<Spot> {
        let root = self.root.len() - 1;
        let slot = self.inner(root).count() - 1;
        let entry = self.leaf(root, slot).count().checked_sub(1)?;
        Some(self.spot(root, slot, entry))
    }
}

/// `GapIndex::rank` apart from a task.
struct Rank<'a> {
    index: &'a GapIndex,
    page: i64,
}

impl Task for Rank<'_> {
    type Output = Spot;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> Spot {
        self.index.rank(lanes, self.page)
    }
}
