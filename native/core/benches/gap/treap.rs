//! The peer: a balanced tree of mappings with the largest gap below each, the shape that mm/mmap.c had before Linux 6.1.
//!
//! It is given what the kernel's tree had: links to the parent, repairs that stop at the first maximum that stays, no
//! recursion, and the early ends of `unmapped_area_topdown()`. It is given more: nodes of 48 bytes in one array, where
//! a `vm_area_struct` had 200 of its own, and each gap in its node instead of behind `vm_prev`.

use std::ops::Range;

const NONE: u32 = u32::MAX;

struct Node {
    start: i64,
    /// Pages between the mapping before and this one.
    gap: i64,
    /// The largest gap in this subtree.
    largest: i64,
    end: i64,
    priority: u32,
    left: u32,
    right: u32,
    parent: u32,
}

/// Mappings that do not overlap.
pub struct Treap {
    nodes: Vec<Node>,
    free: Vec<u32>,
    root: u32,
    random: u32,
}

impl Treap {
    pub fn new() -> Self {
        Self { nodes: Vec::new(), free: Vec::new(), root: NONE, random: 1 }
    }

    /// The highest page for `need` pages in a window that is at least as long.
    pub fn search(&self, window: &Range<i64>, need: i64) -> Option<i64> {
        let (highest, lowest) = (window.end - need, window.start + need);
        if self.largest(self.root) < need {
            return None;
        }
        let mut at = self.root;
        let mut rising = false;
        loop {
            let node = &self.nodes[at as usize];
            let gap_start = node.start - node.gap;
            if !rising && gap_start <= highest && self.largest(node.right) >= need {
                at = node.right;
                continue;
            }
            if node.start < lowest {
                return None;
            }
            if gap_start <= highest && node.gap >= need {
                return Some(node.start.min(window.end) - need);
            }
            rising = self.largest(node.left) < need;
            at = if rising { self.rise(at)? } else { node.left };
        }
    }

    /// The nearest node above to whose right `at` lies.
    fn rise(&self, mut at: u32) -> Option<u32> {
        loop {
            let below = at;
            at = self.nodes[at as usize].parent;
            if at == NONE {
                return None;
            }
            if self.nodes[at as usize].right == below {
                return Some(at);
            }
        }
    }

    /// Map a free range.
    pub fn store(&mut self, range: &Range<i64>) {
        let (mut parent, mut at) = (NONE, self.root);
        let (mut before, mut after) = (NONE, NONE);
        while at != NONE {
            parent = at;
            if range.start < self.nodes[at as usize].start {
                after = at;
                at = self.nodes[at as usize].left;
            } else {
                before = at;
                at = self.nodes[at as usize].right;
            }
        }
        let gap = range.start - if before == NONE { 0 } else { self.nodes[before as usize].end };
        let id = self.add(range, gap, parent);
        if parent == NONE {
            self.root = id;
        } else if after == parent {
            self.nodes[parent as usize].left = id;
        } else {
            self.nodes[parent as usize].right = id;
        }
        self.repair(parent);
        while self.outranks(id, self.nodes[id as usize].parent) {
            self.rotate_up(id);
        }
        self.set_gap(after, range.end);
    }

    fn add(&mut self, range: &Range<i64>, gap: i64, parent: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        let Range { start, end } = *range;
        let (left, right, priority) = (NONE, NONE, self.random);
        let node = Node { start, end, gap, largest: gap, priority, left, right, parent };
        if let Some(id) = self.free.pop() {
            self.nodes[id as usize] = node;
            return id;
        }
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).expect("few nodes")
    }

    /// Unmap the mapping at `start`.
    pub fn erase(&mut self, start: i64) {
        let (mut id, mut after) = (self.root, NONE);
        while self.nodes[id as usize].start != start {
            if start < self.nodes[id as usize].start {
                after = id;
                id = self.nodes[id as usize].left;
            } else {
                id = self.nodes[id as usize].right;
            }
        }
        let mut next = self.nodes[id as usize].right;
        while next != NONE {
            after = next;
            next = self.nodes[next as usize].left;
        }
        loop {
            let (left, right) = (self.nodes[id as usize].left, self.nodes[id as usize].right);
            match (left, right) {
                (NONE, child) | (child, NONE) => {
                    self.replace(id, child);
                    break;
                }
                _ if self.outranks(left, right) => self.rotate_up(left),
                _ => self.rotate_up(right),
            }
        }
        self.repair(self.nodes[id as usize].parent);
        self.free.push(id);
        self.set_gap(after, start - self.nodes[id as usize].gap);
    }

    /// Whether `a` must stand above `b`.
    fn outranks(&self, a: u32, b: u32) -> bool {
        b != NONE && self.nodes[a as usize].priority > self.nodes[b as usize].priority
    }

    /// `child` takes the place of `id` below its parent.
    fn replace(&mut self, id: u32, child: u32) {
        let parent = self.nodes[id as usize].parent;
        if child != NONE {
            self.nodes[child as usize].parent = parent;
        }
        if parent == NONE {
            self.root = child;
        } else if self.nodes[parent as usize].left == id {
            self.nodes[parent as usize].left = child;
        } else {
            self.nodes[parent as usize].right = child;
        }
    }

    /// Exchange a node with its parent; what lies below both stays the same.
    fn rotate_up(&mut self, id: u32) {
        let parent = self.nodes[id as usize].parent;
        self.replace(parent, id);
        let inner = if self.nodes[parent as usize].left == id {
            let inner = std::mem::replace(&mut self.nodes[id as usize].right, parent);
            self.nodes[parent as usize].left = inner;
            inner
        } else {
            let inner = std::mem::replace(&mut self.nodes[id as usize].left, parent);
            self.nodes[parent as usize].right = inner;
            inner
        };
        if inner != NONE {
            self.nodes[inner as usize].parent = parent;
        }
        self.nodes[parent as usize].parent = id;
        self.nodes[id as usize].largest = self.nodes[parent as usize].largest;
        self.nodes[parent as usize].largest = self.largest_below(parent);
    }

    /// The gap before `id` starts at `gap_start` from now on.
    fn set_gap(&mut self, id: u32, gap_start: i64) {
        if id != NONE {
            let node = &mut self.nodes[id as usize];
            node.gap = node.start - gap_start;
            self.repair(id);
        }
    }

    fn largest(&self, at: u32) -> i64 {
        if at == NONE { -1 } else { self.nodes[at as usize].largest }
    }

    fn largest_below(&self, at: u32) -> i64 {
        let node = &self.nodes[at as usize];
        node.gap.max(self.largest(node.left)).max(self.largest(node.right))
    }

    /// Repair the maxima from `at` upwards, to the first that is right already.
    fn repair(&mut self, mut at: u32) {
        while at != NONE {
            let largest = self.largest_below(at);
            let node = &mut self.nodes[at as usize];
            if node.largest == largest {
                return;
            }
            node.largest = largest;
            at = node.parent;
        }
    }
}
