//! What is above the inner nodes: the flat top level, one entry per inner node.

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::bits::{below, highest_bit, lowest_bit};
use crate::lanes::{Lanes, Place, WIDTH};
use crate::node::{Entry, Inner};
use crate::scalar::Scalar;

/// Entries in blocks, all but the last full; a scan looks at every block, since there are few. The only entry of a
/// small index has none.
#[derive(Clone, Debug)]
pub struct Root {
    only: Entry<u32>,
    pub blocks: Vec<Inner>,
    len: usize,
    pub last: Last,
}

/// The inner node that an edit went to, and the pages that lead there: from `start` on, so many.
#[derive(Clone, Copy, Debug)]
pub struct Last {
    pub start: i64,
    pub pages: u64,
    pub at: usize,
    pub inner: u32,
}

/// So many entries are compared without choosing some of them first: up to about 20,000 gaps.
const FEW: usize = 16;
/// Among so many there is one choice, else there are three.
const SOME: usize = 32;

impl Root {
    pub fn new(only: Entry<u32>) -> Self {
        let last = Last { start: 0, pages: u64::MAX, at: 0, inner: only.value };
        Self { only, blocks: Vec::new(), len: 1, last }
    }

    /// Number of inner nodes.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, at: usize) -> Entry<u32> {
        self.blocks.get(at / WIDTH).map_or(self.only, |block| block.get(at % WIDTH))
    }

    /// The id of an inner node.
    #[inline]
    pub fn inner(&self, at: usize) -> u32 {
        self.blocks.get(at / WIDTH).map_or(self.only.value, |block| block.value[at % WIDTH])
    }

    pub fn set_inner(&mut self, at: usize, inner: u32) {
        match self.blocks.get_mut(at / WIDTH) {
            Some(block) => block.value[at % WIDTH] = inner,
            None => self.only.value = inner,
        }
        self.forget();
    }

    #[inline]
    fn size_mut(&mut self, at: usize) -> &mut u32 {
        match self.blocks.get_mut(at / WIDTH) {
            Some(block) => &mut block.size[at % WIDTH],
            None => &mut self.only.size,
        }
    }

    pub fn set_size(&mut self, at: usize, size: u32) {
        *self.size_mut(at) = size;
    }

    pub fn set_key(&mut self, at: usize, key: i64) {
        match self.blocks.get_mut(at / WIDTH) {
            Some(block) => block.key[at % WIDTH] = key,
            None => self.only.key = key,
        }
        self.forget();
    }

    /// A size below the entry grew.
    pub fn raise(&mut self, at: usize, size: u32) {
        let most = self.size_mut(at);
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
        self.blocks = Vec::new();
        if let [only] = entries[..] {
            self.only = only;
        }
        self.forget();
        if self.len == 1 {
            return;
        }
        // A vector would make room for four blocks at first.
        self.blocks.reserve_exact(self.len.div_ceil(WIDTH));
        for chunk in entries.chunks(WIDTH) {
            let mut block = Inner::new();
            for (at, entry) in chunk.iter().enumerate() {
                block.insert(Scalar, Place::new(at), *entry);
            }
            self.blocks.push(block);
        }
    }

    /// The inner node that leads to `page`, and its id.
    #[inline(always)]
    pub fn locate(&self, lanes: impl Lanes, page: i64) -> (usize, u32) {
        let way = self.way(lanes, page);
        way.map_or((0, self.only.value), |(node, block, at)| (block + at, node.value[at]))
    }

    /// Make `last` lead to `page`; the id. For edits: many go where the one before went, the CPU guesses so, and waits for
    /// no key.
    #[inline(always)]
    pub fn lead(&mut self, lanes: impl Lanes, page: i64) -> u32 {
        if page.wrapping_sub(self.last.start).cast_unsigned() >= self.last.pages
            && let Some((node, block, at)) = self.way(lanes, page)
        {
            let (start, inner) = (node.key[at], node.value[at]);
            let end = node.key.get(at + 1).map_or(start, |&key| key);
            let pages = end.wrapping_sub(start).cast_unsigned();
            self.last = Last { start, pages, at: block + at, inner };
        }
        self.last.inner
    }

    /// The block that leads to `page`, where it begins, and the entry in it.
    #[inline(always)]
    fn way(&self, lanes: impl Lanes, page: i64) -> Option<(&Inner, usize, usize)> {
        let (mut node, others) = self.blocks.split_first()?;
        let mut start = 0;
        for next in others.iter().take_while(|next| next.key[0] <= page) {
            node = next;
            start += WIDTH;
        }
        let at = if self.len <= FEW {
            lanes.last_below(first_of::<FEW>(&node.key), page)
        } else if self.len <= SOME {
            lanes.last_below(first_of::<SOME>(&node.key), page)
        } else {
            lanes.last_below(&node.key, page)
        };
        Some((node, start, at % WIDTH))
    }

    /// Edits look for their way again; there is one if there is one inner node.
    fn forget(&mut self) {
        let pages = if self.len == 1 { u64::MAX } else { 0 };
        self.last = Last { start: 0, pages, at: 0, inner: self.only.value };
    }

    /// The last inner node with that size, and its id.
    #[inline(always)]
    pub fn last_with(&self, lanes: impl Lanes, size: u32) -> Option<(usize, u32)> {
        if self.len == 1 {
            return Some((0, self.only.value));
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
        if self.len == 1 {
            return (start == 0 && self.only.size >= size).then_some(0);
        }
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

/// Those of the keys of a block that are in use, and perhaps some more.
#[inline(always)]
fn first_of<const N: usize>(keys: &[i64; WIDTH]) -> &[i64; N] {
    keys.first_chunk().expect("at most WIDTH")
}
