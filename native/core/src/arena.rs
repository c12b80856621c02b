//! Where do nodes live: numbered slots, freed ones used again.

/// Nodes by index.
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
        if self.nodes.len() == self.nodes.capacity() {
            // An eighth more instead of twice as much: memory counts, and copies stay few.
            self.nodes.reserve_exact(self.nodes.len() / 8 + 1);
        }
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

    /// One node to change and another one to read.
    pub fn pair(&mut self, id: u32, other: u32) -> (&mut N, &N) {
        let pair = self.nodes.get_disjoint_mut([id as usize, other as usize]);
        let [node, other] = pair.expect("two nodes that exist");
        (node, other)
    }

    /// Slots in use, and free ones.
    pub fn counts(&self) -> (usize, usize) {
        (self.nodes.len() - self.free.len(), self.free.len())
    }

    /// Leave an empty arena with room for what is in use.
    pub fn replace_empty(&mut self) -> Self {
        let (used, _) = self.counts();
        std::mem::replace(self, Self { nodes: Vec::with_capacity(used), free: Vec::new() })
    }

    pub fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<N>() + self.free.capacity() * size_of::<u32>()
    }
}
