//! The kernel's former shape: a balanced tree of mappings, each with the gap before it and the largest gap below it.

const NONE: u32 = u32::MAX;

struct Node {
    start: i64,
    /// Pages between the mapping before and this one.
    gap: i64,
    largest: i64,
    priority: u32,
    left: u32,
    right: u32,
}

/// Mappings that neither overlap nor touch, and a last one at the end of the window.
pub struct Treap {
    nodes: Vec<Node>,
    free: Vec<u32>,
    root: u32,
    random: u32,
}

impl Treap {
    pub fn new(window_end: i64) -> Self {
        let mut treap = Self { nodes: Vec::new(), free: Vec::new(), root: NONE, random: 1 };
        treap.store(window_end, window_end + 1, 0);
        treap
    }

    /// The highest page for `need` pages.
    pub fn search(&self, need: i64) -> Option<i64> {
        let mut at = self.root;
        if self.largest(at) < need {
            return None;
        }
        loop {
            let node = &self.nodes[at as usize];
            if self.largest(node.right) >= need {
                at = node.right;
            } else if node.gap >= need {
                return Some(node.start - need);
            } else {
                at = node.left;
            }
        }
    }

    /// Map `start..end`, which lies in the gap that starts at `gap_start`.
    pub fn store(&mut self, start: i64, end: i64, gap_start: i64) {
        let gap = start - gap_start;
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        let priority = self.random;
        let node = Node { start, gap, largest: gap, priority, left: NONE, right: NONE };
        let id = if let Some(id) = self.free.pop() {
            self.nodes[id as usize] = node;
            id
        } else {
            self.nodes.push(node);
            u32::try_from(self.nodes.len() - 1).expect("few nodes")
        };
        self.set_gap_after(self.root, start, end);
        self.root = self.insert(self.root, id);
    }

    /// Unmap the mapping at `start`.
    pub fn erase(&mut self, start: i64) {
        let (root, id) = self.remove(self.root, start);
        self.root = root;
        let before = self.nodes[id as usize].start - self.nodes[id as usize].gap;
        self.free.push(id);
        self.set_gap_after(self.root, start, before);
    }

    /// Where the gap before the mapping after `page` starts.
    pub fn gap_start(&self, page: i64) -> i64 {
        let (mut at, mut start) = (self.root, 0);
        while at != NONE {
            let node = &self.nodes[at as usize];
            if node.start > page {
                start = node.start - node.gap;
                at = node.left;
            } else {
                at = node.right;
            }
        }
        start
    }

    fn largest(&self, at: u32) -> i64 {
        if at == NONE { -1 } else { self.nodes[at as usize].largest }
    }

    fn pull(&mut self, at: u32) {
        let node = &self.nodes[at as usize];
        let largest = node.gap.max(self.largest(node.left)).max(self.largest(node.right));
        self.nodes[at as usize].largest = largest;
    }

    /// The first mapping after `page` has its gap start at `gap_start` from now on.
    fn set_gap_after(&mut self, at: u32, page: i64, gap_start: i64) -> bool {
        if at == NONE {
            return false;
        }
        let (left, right) = (self.nodes[at as usize].left, self.nodes[at as usize].right);
        if self.nodes[at as usize].start <= page {
            let changed = self.set_gap_after(right, page, gap_start);
            self.pull(at);
            return changed;
        }
        if !self.set_gap_after(left, page, gap_start) {
            let node = &mut self.nodes[at as usize];
            node.gap = node.start - gap_start;
        }
        self.pull(at);
        true
    }

    fn insert(&mut self, at: u32, id: u32) -> u32 {
        if at == NONE {
            return id;
        }
        if self.nodes[id as usize].priority > self.nodes[at as usize].priority {
            let (left, right) = self.split(at, self.nodes[id as usize].start);
            self.nodes[id as usize].left = left;
            self.nodes[id as usize].right = right;
            self.pull(id);
            return id;
        }
        if self.nodes[id as usize].start < self.nodes[at as usize].start {
            let child = self.insert(self.nodes[at as usize].left, id);
            self.nodes[at as usize].left = child;
        } else {
            let child = self.insert(self.nodes[at as usize].right, id);
            self.nodes[at as usize].right = child;
        }
        self.pull(at);
        at
    }

    fn split(&mut self, at: u32, start: i64) -> (u32, u32) {
        if at == NONE {
            return (NONE, NONE);
        }
        if self.nodes[at as usize].start < start {
            let (left, right) = self.split(self.nodes[at as usize].right, start);
            self.nodes[at as usize].right = left;
            self.pull(at);
            (at, right)
        } else {
            let (left, right) = self.split(self.nodes[at as usize].left, start);
            self.nodes[at as usize].left = right;
            self.pull(at);
            (left, at)
        }
    }

    fn remove(&mut self, at: u32, start: i64) -> (u32, u32) {
        let node = &self.nodes[at as usize];
        if node.start == start {
            return (self.merge(node.left, node.right), at);
        }
        let (left, right) = (node.left, node.right);
        let id = if start < node.start {
            let (child, id) = self.remove(left, start);
            self.nodes[at as usize].left = child;
            id
        } else {
            let (child, id) = self.remove(right, start);
            self.nodes[at as usize].right = child;
            id
        };
        self.pull(at);
        (at, id)
    }

    fn merge(&mut self, left: u32, right: u32) -> u32 {
        if left == NONE || right == NONE {
            return if left == NONE { right } else { left };
        }
        if self.nodes[left as usize].priority > self.nodes[right as usize].priority {
            let child = self.merge(self.nodes[left as usize].right, right);
            self.nodes[left as usize].right = child;
            self.pull(left);
            left
        } else {
            let child = self.merge(left, self.nodes[right as usize].left);
            self.nodes[right as usize].left = child;
            self.pull(right);
            right
        }
    }
}
