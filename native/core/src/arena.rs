//! Where do nodes live, and what is above them: numbered slots, and the flat top level.

use crate::simd::WIDTH;

/// The top level; `size` is padded with zeros to whole vectors.
#[derive(Clone, Debug, Default)]
pub struct Root {
    pub size: Vec<[u32; WIDTH]>,
    pub key: Vec<i64>,
    pub inner: Vec<u32>,
}

/// Nodes by index; freed ones are used again.
#[derive(Clone, Debug)]
pub struct Arena<N> {
    nodes: Vec<N>,
    free: Vec<u32>,
}

impl<N> Default for Arena<N> {
    fn default() -> Self {
        Self { nodes: Vec::new(), free: Vec::new() }
    }
}

impl<N> Arena<N> {
    pub fn add(&mut self, node: N) -> u32 {
        if let Some(id) = self.free.pop() {
            self.nodes[id as usize] = node;
            return id;
        }
        let id = u32::try_from(self.nodes.len()).expect("fewer nodes than memory has room for");
        self.nodes.push(node);
        id
    }

    /// The slot is used again; what it holds stays until then.
    pub fn give_back(&mut self, id: u32) {
        self.free.push(id);
    }

    #[inline]
    pub fn get(&self, id: u32) -> &N {
        &self.nodes[id as usize]
    }

    #[inline]
    pub fn get_mut(&mut self, id: u32) -> &mut N {
        &mut self.nodes[id as usize]
    }

    pub fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<N>() + self.free.len() * size_of::<u32>()
    }
}

impl Root {
    pub fn size(&self, at: usize) -> u32 {
        self.size[at / WIDTH][at % WIDTH]
    }

    pub fn set_size(&mut self, at: usize, size: u32) {
        self.size[at / WIDTH][at % WIDTH] = size;
    }

    pub fn insert(&mut self, at: usize, size: u32, key: i64, inner: u32) {
        self.key.insert(at, key);
        self.inner.insert(at, inner);
        self.change_sizes(|sizes| sizes.insert(at, size));
    }

    pub fn remove(&mut self, at: usize) {
        self.key.remove(at);
        self.inner.remove(at);
        self.change_sizes(|sizes| {
            sizes.remove(at);
        });
    }

    /// Rare: an inner node came or went.
    fn change_sizes(&mut self, change: impl FnOnce(&mut Vec<u32>)) {
        let mut sizes = self.size.concat();
        change(&mut sizes);
        sizes.resize(self.inner.len().next_multiple_of(WIDTH), 0);
        self.size = sizes.as_chunks().0.to_vec();
    }

    /// The inner node that leads to `page`.
    #[inline]
    pub fn locate(&self, page: i64) -> usize {
        self.key[1..].partition_point(|&key| key <= page)
    }
}
