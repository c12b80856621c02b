//! What a leaf and an inner node of the gap index hold, and how entries enter, leave and move between two of them.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::lanes::{LEAF, Lanes, Place, UNUSED, WIDTH};
use crate::scalar::Scalar;

/// Entries in ascending order of `key`; those that are not used have size 0, so that no search finds them.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Node<T, const N: usize> {
    /// Leaf: pages of the gap. Inner: largest size in the child. Saturates at `MOST`.
    pub size: [u32; N],
    /// Leaf: start of the gap. Inner: key of the child's first entry.
    pub key: [i64; N],
    /// Inner: index of the child.
    pub value: [T; N],
}

/// Gaps; their ends follow from their sizes.
pub type Leaf = Node<(), LEAF>;
/// Leaves.
pub type Inner = Node<u32, WIDTH>;

/// One entry of a node.
#[derive(Clone, Copy, Debug)]
pub struct Entry<T> {
    pub size: u32,
    pub key: i64,
    pub value: T,
}

impl<T: Copy + Default, const N: usize> Node<T, N> {
    pub fn new() -> Self {
        Self { size: [0; N], key: [UNUSED; N], value: [T::default(); N] }
    }

    /// Whether it is time, after a removal, to look for a neighbour to join: with few entries, but not each time.
    pub fn is_to_join(&self) -> bool {
        self.size[N / 4] == 0 && (self.size[N / 4 - 1] > 0 || self.size[0] == 0)
    }

    /// The same before the removal: what it moves is then not waited for. Mostly one look tells.
    #[inline(always)]
    pub fn will_be_to_join(&self) -> bool {
        self.size[N / 4 + 1] == 0 && (self.size[N / 4] > 0 || self.size[1] == 0)
    }

    /// Less than half of the entries are in use.
    pub fn has_few(&self) -> bool {
        self.key[N / 2 - 1] == UNUSED
    }

    pub fn is_full(&self) -> bool {
        self.size[N - 1] > 0
    }

    /// Whether two nodes with so many entries together become one, if one of them has few.
    pub fn may_hold(count: usize) -> bool {
        count <= N * 7 / 8
    }

    /// Entries in use.
    pub fn count(&self) -> usize {
        Scalar.rank(&self.key, UNUSED - 1)
    }

    /// For rare repairs; frequent ones compare in vectors.
    pub fn largest(&self) -> u32 {
        Scalar.largest(&self.size)
    }

    #[inline(always)]
    pub fn get(&self, at: usize) -> Entry<T> {
        Entry { size: self.size[at], key: self.key[at], value: self.value[at] }
    }

    #[inline(always)]
    pub fn insert(&mut self, lanes: impl Lanes, at: Place, entry: Entry<T>) {
        lanes.open(&mut self.size, &mut self.key, at, (entry.size, entry.key));
        if size_of::<T>() > 0 {
            self.value.copy_within(at.at..N - 1, at.at + 1);
            self.value[at.at] = entry.value;
        }
    }

    #[inline(always)]
    pub fn remove(&mut self, lanes: impl Lanes, at: Place) {
        lanes.close(&mut self.size, &mut self.key, at);
        if size_of::<T>() > 0 {
            self.value.copy_within(at.at + 1..N, at.at);
        }
    }

    /// Cut off everything from `at` on into a new node.
    pub fn split_off(&mut self, at: usize) -> Self {
        let mut upper = Self::new();
        upper.size[..N - at].copy_from_slice(&self.size[at..]);
        upper.key[..N - at].copy_from_slice(&self.key[at..]);
        upper.value[..N - at].copy_from_slice(&self.value[at..]);
        self.size[at..].fill(0);
        self.key[at..].fill(UNUSED);
        upper
    }

    /// Take over the entries of the next node; they fit.
    pub fn append(&mut self, upper: &Self) {
        let start = self.count();
        self.size[start..].copy_from_slice(&upper.size[..N - start]);
        self.key[start..].copy_from_slice(&upper.key[..N - start]);
        self.value[start..].copy_from_slice(&upper.value[..N - start]);
    }
}
