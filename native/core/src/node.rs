//! What a leaf and an inner node of the gap index hold, and how entries enter, leave and move between two of them.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::lanes::{Lanes, WIDTH};
use crate::scalar::Scalar;

/// Key of an entry beyond `count`: above every page.
pub const UNUSED: i64 = i64::MAX;

/// 64 entries in ascending order of `key`; what is beyond `count` has size 0, so that no search finds it.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Node<T> {
    /// Leaf: pages of the gap. Inner: largest size in the child. Saturates at `MOST`.
    pub size: [u32; WIDTH],
    /// Leaf: start of the gap. Inner: key of the child's first entry.
    pub key: [i64; WIDTH],
    /// Inner: index of the child.
    pub value: [T; WIDTH],
    pub count: usize,
}

/// A node with fewer entries is joined with a neighbour if both fit into `JOINED`.
pub const FEW: usize = WIDTH / 2;
pub const JOINED: usize = WIDTH * 7 / 8;

/// Gaps; their ends follow from their sizes.
pub type Leaf = Node<()>;
/// Leaves.
pub type Inner = Node<u32>;

/// One entry of a node.
#[derive(Clone, Copy, Debug)]
pub struct Entry<T> {
    pub size: u32,
    pub key: i64,
    pub value: T,
}

impl<T: Copy + Default> Node<T> {
    pub fn new() -> Self {
        Self { count: 0, size: [0; WIDTH], key: [UNUSED; WIDTH], value: [T::default(); WIDTH] }
    }

    /// Whether it is time, after a removal, to look for a neighbour to join: with few entries, but not each time.
    #[inline(always)]
    pub fn is_to_join(&self) -> bool {
        self.count < FEW && self.count.is_multiple_of(8)
    }

    pub fn is_full(&self) -> bool {
        self.count == WIDTH
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
    pub fn insert(&mut self, lanes: impl Lanes, at: usize, entry: Entry<T>) {
        let end = self.count;
        lanes.open(&mut self.size, &mut self.key, at, end);
        if size_of::<T>() > 0 {
            self.value.copy_within(at..end, at + 1);
        }
        self.count = end + 1;
        self.set(at, entry);
    }

    #[inline(always)]
    fn set(&mut self, at: usize, entry: Entry<T>) {
        self.size[at] = entry.size;
        self.key[at] = entry.key;
        self.value[at] = entry.value;
    }

    #[inline(always)]
    pub fn remove(&mut self, lanes: impl Lanes, at: usize) {
        let end = self.count;
        lanes.close(&mut self.size, &mut self.key, at, end);
        if size_of::<T>() > 0 {
            self.value.copy_within(at + 1..end, at);
        }
        self.count = end - 1;
        self.size[end - 1] = 0;
        self.key[end - 1] = UNUSED;
    }

    /// Cut off everything from `at` on into a new node.
    pub fn split_off(&mut self, at: usize) -> Self {
        let mut upper = Self::new();
        let moved = self.count - at;
        upper.size[..moved].copy_from_slice(&self.size[at..self.count]);
        upper.key[..moved].copy_from_slice(&self.key[at..self.count]);
        upper.value[..moved].copy_from_slice(&self.value[at..self.count]);
        upper.count = moved;
        self.size[at..].fill(0);
        self.key[at..].fill(UNUSED);
        self.count = at;
        upper
    }

    /// Take over the entries of the next node; they fit.
    pub fn append(&mut self, upper: &Self) {
        let (start, end) = (self.count, self.count + upper.count);
        self.size[start..end].copy_from_slice(&upper.size[..upper.count]);
        self.key[start..end].copy_from_slice(&upper.key[..upper.count]);
        self.value[start..end].copy_from_slice(&upper.value[..upper.count]);
        self.count = end;
    }
}
