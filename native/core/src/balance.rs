//! When do nodes of the gap index split and join, and when does it move together.

use crate::index::GapIndex;
use crate::lanes::{LEAF, Place, WIDTH};
use crate::node::{Entry, Inner, Leaf};
use crate::scalar::Scalar;

/// Entries of a leaf after packing: room for changes, not for many.
const PACKED: usize = LEAF * 5 / 8;

impl GapIndex {
    /// Make room in or beside a full leaf: halve it, and before it its inner node if that is full of leaves that could
    /// not be packed. Ends every path.
    pub(crate) fn split(&mut self, root: usize, slot: usize) {
        let (mut root, mut slot) = (root, slot);
        if self.inner(root).is_full() {
            if self.pack(root) {
                return;
            }
            self.split_inner(root);
            if slot >= WIDTH / 2 {
                (root, slot) = (root + 1, slot - WIDTH / 2);
            }
        }
        let lower = self.inner(root).value[slot];
        let leaf = self.leaves.get_mut(lower);
        let upper = leaf.split_off(LEAF / 2);
        let size = leaf.largest();
        let (upper_size, key) = (upper.largest(), upper.key[0]);
        let value = self.leaves.add(upper);
        let inner = self.inners.get_mut(self.root.inner(root));
        inner.size[slot] = size;
        inner.insert(Scalar, Place::new(slot + 1), Entry { size: upper_size, key, value });
    }

    /// Put the entries of a full inner node into fewer leaves, if that spares one in six; splits leave them half full.
    fn pack(&mut self, root: usize) -> bool {
        let old = self.inner(root).value;
        let leaves = || old.iter().map(|&id| self.leaves.get(id));
        let total: usize = leaves().map(Leaf::count).sum();
        let count = total.div_ceil(PACKED);
        if count > WIDTH * 5 / 6 {
            return false;
        }
        let entries: Vec<_> =
            leaves().flat_map(|leaf| (0..leaf.count()).map(|at| leaf.get(at))).collect();
        for id in old {
            self.leaves.give_back(id);
        }
        let mut packed = Inner::new();
        for (slot, chunk) in entries.chunks(total.div_ceil(count)).enumerate() {
            let mut leaf = Leaf::new();
            for (at, entry) in chunk.iter().enumerate() {
                (leaf.size[at], leaf.key[at]) = (entry.size, entry.key);
            }
            let (size, key) = (leaf.largest(), leaf.key[0]);
            let value = self.leaves.add(leaf);
            packed.insert(Scalar, Place::new(slot), Entry { size, key, value });
        }
        *self.inners.get_mut(self.root.inner(root)) = packed;
        self.give_back_unused();
        true
    }

    fn split_inner(&mut self, root: usize) {
        let inner = self.inners.get_mut(self.root.inner(root));
        let upper = inner.split_off(WIDTH / 2);
        self.root.set_size(root, inner.largest());
        let (size, key) = (upper.largest(), upper.key[0]);
        let value = self.inners.add(upper);
        self.root.insert(root + 1, Entry { size, key, value });
    }

    /// A leaf has few entries or none: join it with a neighbour below the same inner node if both fit into one.
    #[cold]
    #[inline(never)]
    pub(crate) fn join_leaf(&mut self, root: usize, slot: usize) {
        let inner = self.inner(root);
        let count = |at: usize| self.leaves.get(inner.value[at]).count();
        let joins = |lower: usize| {
            let (low, high) = (count(lower), count(lower + 1));
            Leaf::may_hold(low + high) || low == 0 || high == 0
        };
        if slot + 1 < inner.count() && joins(slot) {
            self.join_leaves(root, slot);
        } else if slot > 0 && joins(slot - 1) {
            self.join_leaves(root, slot - 1);
        } else if count(slot) > 0 {
            self.set_key(self.spot(root, slot, 0), self.leaf(root, slot).key[0]);
        } else if self.root.len() > 1 {
            self.drop_empty(root);
        }
    }

    /// Join a leaf and the one above it. Ends every path.
    fn join_leaves(&mut self, root: usize, slot: usize) {
        let inner = self.inner(root);
        let (lower, upper) = (inner.value[slot], inner.value[slot + 1]);
        let (leaf, moved) = self.leaves.pair(lower, upper);
        leaf.append(moved);
        let key = leaf.key[0];
        self.leaves.give_back(upper);
        let inner = self.inners.get_mut(self.root.inner(root));
        inner.size[slot] = inner.size[slot].max(inner.size[slot + 1]);
        inner.remove(Scalar, Place::new(slot + 1));
        let few = inner.has_few();
        self.set_key(self.spot(root, slot, 0), key);
        if few {
            self.join_inner(root);
        }
        self.give_back_unused();
    }

    /// Keep few unused leaves: in a small index they would take more than those in use.
    fn give_back_unused(&mut self) {
        let (used, free) = self.leaves.counts();
        if free > if used > WIDTH { used / 2 } else { used / 8 + 1 } {
            self.move_together();
        }
    }

    /// The only leaf of an inner node lost its last entry; the last leaf of the index stays.
    fn drop_empty(&mut self, root: usize) {
        self.leaves.give_back(self.inner(root).value[0]);
        self.inners.give_back(self.root.inner(root));
        self.root.remove(root);
    }

    fn join_inner(&mut self, root: usize) {
        let count = self.root.len();
        if count == 1 {
            return;
        }
        let at = if root + 1 < count { root } else { root - 1 };
        let upper = self.root.inner(at + 1);
        if !Inner::may_hold(self.inner(at).count() + self.inner(at + 1).count()) {
            return;
        }
        let size = self.root.get(at + 1).size;
        let (inner, moved) = self.inners.pair(self.root.inner(at), upper);
        inner.append(moved);
        self.inners.give_back(upper);
        self.root.raise(at, size);
        self.root.remove(at + 1);
    }

    /// Give back the memory of unused nodes: leaves and inner nodes in new arenas, in their order.
    fn move_together(&mut self) {
        let leaves = self.leaves.replace_empty();
        let inners = self.inners.replace_empty();
        for root in 0..self.root.len() {
            let mut inner = inners.get(self.root.inner(root)).clone();
            for at in 0..inner.count() {
                inner.value[at] = self.leaves.add(leaves.get(inner.value[at]).clone());
            }
            self.root.set_inner(root, self.inners.add(inner));
        }
    }
}

#[cfg(test)]
mod tests;
