//! Random numbers from a seed (splitmix64), the same on every machine.

pub struct Dice(pub u64);

impl Dice {
    /// A number in `0..sides`.
    pub fn below(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) >> 1).expect("63 bits") % sides
    }

    pub fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(i64::try_from(count).expect("few"))).expect("in range")
    }

    /// 1 to 4 pages in half of the cases, up to twice as many in a quarter, and so on to 2^18.
    pub fn size(&mut self) -> i64 {
        let scale = self.below(1 << 16).trailing_zeros();
        1 + self.below(4 << scale.min(16))
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.index(at + 1));
        }
    }
}
