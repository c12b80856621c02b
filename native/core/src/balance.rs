//! When do nodes of the gap index split and join.

use crate::index::GapIndex;
use crate::node::{Entry, FEW, JOINED};
use crate::simd::WIDTH;

impl GapIndex {
    /// Halve a full leaf, and before it its inner node if that is full too. Ends every path.
    pub(crate) fn split(&mut self, root: usize, slot: usize) {
        let (mut root, mut slot) = (root, slot);
        if self.inner(root).is_full() {
            self.split_inner(root);
            if slot >= WIDTH / 2 {
                (root, slot) = (root + 1, slot - WIDTH / 2);
            }
        }
        let lower = self.inner(root).value[slot];
        let leaf = self.leaves.get_mut(lower);
        let upper = leaf.split_off(WIDTH / 2);
        let size = leaf.largest();
        let (upper_size, key) = (upper.largest(), upper.key[0]);
        let value = self.leaves.add(upper);
        let inner = self.inners.get_mut(self.root.inner[root]);
        inner.size[slot] = size;
        inner.insert(slot + 1, Entry { size: upper_size, key, value });
    }

    fn split_inner(&mut self, root: usize) {
        let inner = self.inners.get_mut(self.root.inner[root]);
        let upper = inner.split_off(WIDTH / 2);
        let size = inner.largest();
        self.root.set_size(root, size);
        let (upper_size, key) = (upper.largest(), upper.key[0]);
        let upper = self.inners.add(upper);
        self.root.insert(root + 1, upper_size, key, upper);
    }

    /// A leaf has few entries or none: join it with a neighbour below the same inner node if both fit into one.
    pub(crate) fn join_leaf(&mut self, root: usize, slot: usize) {
        let inner = self.inner(root);
        if inner.count == 1 {
            return self.drop_if_empty(root);
        }
        let at = if slot + 1 < inner.count { slot } else { slot - 1 };
        let (lower, upper) = (inner.value[at], inner.value[at + 1]);
        let (low, high) = (self.leaves.get(lower).count, self.leaves.get(upper).count);
        if low + high > JOINED && low > 0 && high > 0 {
            return self.set_key(root, slot, self.leaf(root, slot).key[0]);
        }
        let moved = self.leaves.get(upper).clone();
        self.leaves.give_back(upper);
        let leaf = self.leaves.get_mut(lower);
        leaf.append(&moved);
        let (size, key) = (leaf.largest(), leaf.key[0]);
        let inner = self.inners.get_mut(self.root.inner[root]);
        inner.remove(at + 1);
        inner.size[at] = size;
        let few = inner.count < FEW;
        self.set_key(root, at, key);
        if few {
            self.join_inner(root);
        }
    }

    /// The only leaf of an inner node lost entries; the last leaf of the index stays even if it is empty.
    fn drop_if_empty(&mut self, root: usize) {
        let leaf = self.leaf(root, 0);
        if leaf.count > 0 {
            return self.set_key(root, 0, leaf.key[0]);
        }
        if self.root.inner.len() > 1 {
            self.leaves.give_back(self.inner(root).value[0]);
            self.inners.give_back(self.root.inner[root]);
            self.root.remove(root);
        }
    }

    fn join_inner(&mut self, root: usize) {
        let count = self.root.inner.len();
        if count == 1 {
            return;
        }
        let at = if root + 1 < count { root } else { root - 1 };
        let upper = self.root.inner[at + 1];
        if self.inner(at).count + self.inner(at + 1).count > JOINED {
            return;
        }
        let moved = self.inners.get(upper).clone();
        self.inners.give_back(upper);
        let lower = self.inners.get_mut(self.root.inner[at]);
        lower.append(&moved);
        let size = lower.largest();
        self.root.remove(at + 1);
        self.root.set_size(at, size);
    }
}

#[cfg(test)]
mod tests {
    use crate::extents::Gap;
    use crate::index::{GapIndex, saturated};
    use crate::node::Node;
    use crate::simd::MOST;

    /// Every rule of the structure; the gaps in order.
    fn check(index: &GapIndex) -> Vec<(i64, i64)> {
        let mut gaps = Vec::new();
        let root = &index.root;
        assert_eq!(root.key.len(), root.inner.len());
        assert_eq!(root.size.len(), root.inner.len().div_ceil(64));
        assert!(root.size.concat()[root.inner.len()..].iter().all(|&size| size == 0));
        for at in 0..root.inner.len() {
            let inner = index.inner(at);
            check_padding(inner);
            assert!(inner.count > 0);
            assert_eq!(root.size(at), inner.largest());
            assert!(at == 0 || root.key[at] == inner.key[0]);
            for slot in 0..inner.count {
                let leaf = index.leaf(at, slot);
                check_padding(leaf);
                assert_eq!(inner.size[slot], leaf.largest());
                let leftmost = at == 0 && slot == 0;
                assert!(leftmost || inner.key[slot] == leaf.key[0]);
                assert!(leaf.count > 0 || (leftmost && inner.count == 1 && root.inner.len() == 1));
                for entry in 0..leaf.count {
                    let Gap { start, end } = index.gap(index.spot(at, slot, entry));
                    assert_eq!(leaf.size[entry], saturated(end - start));
                    gaps.push((start, end));
                }
            }
        }
        let wide = gaps.iter().copied().filter(|gap| gap.1 - gap.0 >= i64::from(MOST));
        assert!(wide.eq(index.wide.iter().map(|gap| (gap.start, gap.end))));
        assert!(gaps.is_sorted_by(|a, b| a.1 < b.0) && gaps.iter().all(|gap| gap.0 < gap.1));
        gaps
    }

    fn check_padding<T>(node: &Node<T>) {
        assert!(node.key[..node.count].is_sorted_by(|a, b| a < b));
        assert!(node.key[node.count..].iter().all(|&key| key == i64::MAX));
        assert!(node.size[node.count..].iter().all(|&size| size == 0));
    }

    /// A fixed shuffle of `0..count`, a prime.
    fn shuffled(count: i64) -> impl Iterator<Item = i64> {
        (0..count).map(move |index| index * 48_271 % count)
    }

    #[test]
    fn keeps_its_rules_while_it_fills_and_empties() {
        let count = 180_001;
        let gap = |place: i64| place * 10..place * 10 + 1 + place % 9;
        let mut index = GapIndex::new();
        for (turn, place) in shuffled(count).enumerate() {
            index.insert(&gap(place));
            if turn % 30_000 == 0 {
                check(&index);
            }
        }
        let all: Vec<_> = (0..count).map(|place| (gap(place).start, gap(place).end)).collect();
        assert_eq!(check(&index), all);
        assert!(index.root.inner.len() > 64);
        for (turn, place) in shuffled(count).enumerate() {
            let spot = index.locate(place * 10).expect("inserted above");
            assert_eq!(index.gap(spot), gap(place));
            index.remove(spot);
            if turn % 30_000 == 0 || turn > 179_900 {
                check(&index);
            }
        }
        assert_eq!(check(&index), []);
    }

    #[test]
    fn keeps_its_rules_while_gaps_grow_and_shrink() {
        let gap = |place: i64, turn: usize| {
            let turn = i64::try_from(turn).expect("few turns");
            let start = (place << 34) + turn % 20;
            start..start + 1 + turn % 40 + if turn % 50 == 0 { i64::from(MOST) } else { 0 }
        };
        let mut index = GapIndex::new();
        for place in shuffled(5_003) {
            index.insert(&gap(place, 0));
        }
        for (turn, place) in shuffled(5_003).chain(shuffled(5_003)).enumerate() {
            let spot = index.locate((place << 34) + 50).expect("inserted above");
            index.set(spot, &gap(place, turn));
            if turn % 500 == 0 {
                check(&index);
            }
            if turn % 7 == 0 {
                index.remove(index.locate((place << 34) + 50).expect("inserted above"));
                index.insert(&gap(place, turn / 7));
            }
        }
        assert_eq!(check(&index).len(), 5_003);
    }
}
