//! What is above the inner nodes: the flat top level, one entry per inner node.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::bits::{below, highest_bit, lowest_bit};
use crate::lanes::{Lanes, WIDTH};
use crate::node::{Entry, Inner, Node};
use crate::scalar::Scalar;

/// Entries in blocks, all but the last full; a scan looks at every block, since there are few.
#[derive(Clone, Debug, Default)]
pub struct Root {
    pub blocks: Vec<Inner>,
    len: usize,
}

impl Root {
    /// Number of inner nodes.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, at: usize) -> Entry<u32> {
        self.blocks[at / WIDTH].get(at % WIDTH)
    }

    /// The id of an inner node.
    #[inline]
    pub fn inner(&self, at: usize) -> u32 {
        self.blocks[at / WIDTH].value[at % WIDTH]
    }

    pub fn set_inner(&mut self, at: usize, inner: u32) {
        self.blocks[at / WIDTH].value[at % WIDTH] = inner;
    }

    pub fn set_size(&mut self, at: usize, size: u32) {
        self.blocks[at / WIDTH].size[at % WIDTH] = size;
    }

    pub fn set_key(&mut self, at: usize, key: i64) {
        self.blocks[at / WIDTH].key[at % WIDTH] = key;
    }

    /// A size below the entry grew.
    pub fn raise(&mut self, at: usize, size: u32) {
        let most = &mut self.blocks[at / WIDTH].size[at % WIDTH];
        *most = size.max(*most);
    }

    pub fn insert(&mut self, at: usize, entry: Entry<u32>) {
        self.rebuild(|entries| entries.insert(at, entry));
    }

    pub fn remove(&mut self, at: usize) {
        self.rebuild(|entries| {
            entries.remove(at);
        });
    }

    /// Rare: an inner node came or went.
    fn rebuild(&mut self, change: impl FnOnce(&mut Vec<Entry<u32>>)) {
        let mut entries: Vec<_> = (0..self.len).map(|at| self.get(at)).collect();
        change(&mut entries);
        self.len = entries.len();
        self.blocks.clear();
        // A vector would make room for four blocks at first, twice as much as all else in a small space.
        self.blocks.reserve_exact(self.len.div_ceil(WIDTH));
        for chunk in entries.chunks(WIDTH) {
            let mut block = Node::new();
            for (at, entry) in chunk.iter().enumerate() {
                block.insert(Scalar, at, *entry);
            }
            self.blocks.push(block);
        }
    }

    /// The inner node that leads to `page`, and its id.
    #[inline(always)]
    pub fn locate(&self, lanes: impl Lanes, page: i64) -> (usize, u32) {
        if self.len == 1 {
            return (0, self.blocks[0].value[0]);
        }
        let after = self.blocks[1..].iter().position(|block| block.key[0] > page);
        let block = after.unwrap_or(self.blocks.len() - 1);
        let node = &self.blocks[block];
        let at = lanes.rank(&node.key, page).saturating_sub(1);
        (block * WIDTH + at, node.value[at % WIDTH])
    }

    /// The last inner node with that size, and its id.
    #[inline(always)]
    pub fn last_with(&self, lanes: impl Lanes, size: u32) -> Option<(usize, u32)> {
        if self.len == 1 {
            return Some((0, self.blocks[0].value[0]));
        }
        let mut block = self.blocks.len();
        while block > 0 {
            block -= 1;
            let node = &self.blocks[block];
            if let Some(bit) = highest_bit(lanes.at_least(&node.size, size)) {
                return Some((block * WIDTH + bit, node.value[bit]));
            }
        }
        None
    }

    /// The last inner node before `end` with that size; adds the blocks it looked at to `steps`.
    #[inline(always)]
    pub fn last_before(
        &self,
        lanes: impl Lanes,
        end: usize,
        size: u32,
        steps: &mut u64,
    ) -> Option<usize> {
        let blocks = &self.blocks[..end.div_ceil(WIDTH)];
        blocks.iter().enumerate().rev().find_map(|(block, node)| {
            *steps += 1;
            let start = block * WIDTH;
            let mask = lanes.at_least(&node.size, size) & below((end - start).min(WIDTH));
            highest_bit(mask).map(|bit| start + bit)
        })
    }

    /// The first inner node from `start` on with that size.
    #[inline(always)]
    pub fn first_from(&self, lanes: impl Lanes, start: usize, size: u32) -> Option<usize> {
        let mut skipped = below(start % WIDTH);
        self.blocks.iter().enumerate().skip(start / WIDTH).find_map(|(block, node)| {
            let mask = lanes.at_least(&node.size, size) & !std::mem::take(&mut skipped);
            lowest_bit(mask).map(|bit| block * WIDTH + bit)
        })
    }

    pub fn bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<Inner>()
    }
}
