//! Which of 64 lengths are large enough, and which is the largest: the two inner loops, as wide as the machine allows.
//!
//! The only module with `unsafe`: vector loads from an array, and calls of functions whose CPU feature was detected.

/// Entries of a node.
pub const WIDTH: usize = 64;

/// The largest size that is compared; so signed comparisons, all that older CPUs have, are right.
pub const MOST: u32 = i32::MAX.cast_unsigned();

/// A way to compare.
pub trait Lanes: Copy {
    /// One bit per entry, bit 0 for the first: set where the entry is at least `need`. Nothing exceeds `MOST`.
    fn at_least(self, values: &[u32; WIDTH], need: u32) -> u64;

    /// How many keys, ascending, are at or below `page`.
    fn rank(self, keys: &[i64; WIDTH], page: i64) -> usize;
}

/// Work that is compiled once per way to compare; `run` must be `#[inline(always)]` to gain by it.
pub trait Task {
    type Output;
    fn run(self, lanes: impl Lanes) -> Self::Output;
}

/// What every machine of this architecture can do.
#[derive(Clone, Copy)]
struct Baseline;

impl Lanes for Baseline {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
    fn at_least(self, values: &[u32; WIDTH], need: u32) -> u64 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 CPU has SSE2.
        return unsafe { sse2::at_least(values, need) };
        #[cfg(target_arch = "aarch64")]
        return neon::at_least(values, need);
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        scalar::at_least(values, need)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
    fn rank(self, keys: &[i64; WIDTH], page: i64) -> usize {
        scalar::rank(keys, page)
    }
}

/// Run a task in the widest way that this machine has.
#[inline]
pub fn widest<T: Task>(task: T) -> T::Output {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the CPU has AVX2, as just detected.
        return unsafe { avx2::run(task) };
    }
    baseline(task)
}

/// Apart, so that the usual way stays short.
#[inline(never)]
fn baseline<T: Task>(task: T) -> T::Output {
    task.run(Baseline)
}

/// The largest entry.
#[inline]
pub fn largest(values: &[u32; WIDTH]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the CPU has AVX2, as just detected.
        return unsafe { avx2::largest(values) };
    }
    scalar::largest(values)
}

/// What the others must equal; also the way on machines without a vector unit that is known here.
#[cfg_attr(
    all(not(test), any(target_arch = "x86_64", target_arch = "aarch64")),
    expect(dead_code, reason = "a vector unit answers")
)]
mod scalar {
    use super::WIDTH;

    pub fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
        values.iter().rev().fold(0, |mask, &value| mask << 1 | u64::from(value >= need))
    }

    /// Halvings without a branch to guess.
    pub fn rank(keys: &[i64; WIDTH], page: i64) -> usize {
        let mut below = 0;
        for half in [32, 16, 8, 4, 2, 1] {
            below += if keys[(below + half - 1) % WIDTH] <= page { half } else { 0 };
        }
        below + usize::from(keys[below] <= page)
    }

    pub fn largest(values: &[u32; WIDTH]) -> u32 {
        values.iter().fold(0, |most, &value| most.max(value))
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm_add_epi64, _mm_cvtsi128_si32, _mm_max_epu32, _mm_shuffle_epi32,
        _mm_unpackhi_epi64, _mm256_add_epi64, _mm256_castsi256_si128, _mm256_cmpgt_epi32,
        _mm256_cmpgt_epi64, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_max_epu32,
        _mm256_movemask_epi8, _mm256_packs_epi16, _mm256_packs_epi32, _mm256_permutevar8x32_epi32,
        _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setr_epi32, _mm256_setzero_si256,
    };

    use super::{Lanes, Task, WIDTH};

    /// Lanes of one vector.
    const LANES: usize = 8;

    /// Made by `run` only, so wherever one exists the CPU has AVX2.
    #[derive(Clone, Copy)]
    struct Avx2(());

    impl Lanes for Avx2 {
        #[inline(always)]
        #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
        fn at_least(self, values: &[u32; WIDTH], need: u32) -> u64 {
            // SAFETY: the CPU has AVX2, or there would be no `self`.
            unsafe { at_least(values, need) }
        }

        #[inline(always)]
        #[expect(clippy::inline_always, reason = "compiled again inside the task of each width")]
        fn rank(self, keys: &[i64; WIDTH], page: i64) -> usize {
            // SAFETY: the CPU has AVX2, or there would be no `self`.
            unsafe { rank(keys, page) }
        }
    }

    #[target_feature(enable = "avx2")]
    pub fn run<T: Task>(task: T) -> T::Output {
        task.run(Avx2(()))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(values: &[u32; WIDTH], vector: usize) -> __m256i {
        let lanes: &[u32] = &values[vector * LANES..(vector + 1) * LANES];
        // SAFETY: `lanes` are 32 readable bytes; the load needs no alignment.
        unsafe { _mm256_loadu_si256(lanes.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
        let need = _mm256_set1_epi32(need.cast_signed());
        let less = |vector| _mm256_cmpgt_epi32(need, load(values, vector));
        // Packing interleaves the halves of its operands; the permutation puts groups of four back in order.
        let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        let half = |first| {
            let low = _mm256_packs_epi32(less(first), less(first + 1));
            let high = _mm256_packs_epi32(less(first + 2), less(first + 3));
            let bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
            u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
        };
        !(half(0) | half(4) << 32)
    }

    /// Reads all keys at once, where a binary search would wait for one cache line after the other.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn rank(keys: &[i64; WIDTH], page: i64) -> usize {
        let page = _mm256_set1_epi64x(page);
        let mut above = [_mm256_setzero_si256(); 2];
        for (index, four) in keys.as_chunks::<4>().0.iter().enumerate() {
            // SAFETY: `four` are 32 readable bytes; the load needs no alignment.
            let four = unsafe { _mm256_loadu_si256(four.as_ptr().cast()) };
            above[index % 2] = _mm256_add_epi64(above[index % 2], _mm256_cmpgt_epi64(four, page));
        }
        let four = _mm256_add_epi64(above[0], above[1]);
        let (low, high) = (_mm256_castsi256_si128(four), _mm256_extracti128_si256::<1>(four));
        let two = _mm_add_epi64(low, high);
        // Each lane counts down from 0, and no further than 64.
        let above = _mm_cvtsi128_si32(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
        WIDTH - above.unsigned_abs() as usize
    }

    #[target_feature(enable = "avx2")]
    pub fn largest(values: &[u32; WIDTH]) -> u32 {
        let mut most = load(values, 0);
        for vector in 1..WIDTH / LANES {
            most = _mm256_max_epu32(most, load(values, vector));
        }
        let four = _mm_max_epu32(_mm256_castsi256_si128(most), _mm256_extracti128_si256::<1>(most));
        let two = _mm_max_epu32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
        let one = _mm_max_epu32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two));
        _mm_cvtsi128_si32(one).cast_unsigned()
    }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::{
        _mm_castsi128_ps, _mm_cmplt_epi32, _mm_loadu_si128, _mm_movemask_ps, _mm_set1_epi32,
    };

    use super::WIDTH;

    #[target_feature(enable = "sse2")]
    pub fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
        let need = _mm_set1_epi32(need.cast_signed());
        let mut mask = 0;
        for lanes in values.rchunks_exact(4) {
            // SAFETY: `lanes` are 16 readable bytes; the load needs no alignment.
            let lanes = unsafe { _mm_loadu_si128(lanes.as_ptr().cast()) };
            let less = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmplt_epi32(lanes, need)));
            mask = mask << 4 | u64::from(!less.cast_unsigned() & 0xf);
        }
        mask
    }
}

#[cfg(target_arch = "aarch64")]
mod neon {
    use std::arch::aarch64::{vaddvq_u32, vandq_u32, vcgeq_u32, vdupq_n_u32, vld1q_u32};

    use super::WIDTH;

    /// Every arm64 CPU that Linux runs on has NEON.
    pub fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
        let weights = [1_u32, 2, 4, 8];
        let mut mask = 0;
        for lanes in values.rchunks_exact(4) {
            // SAFETY: NEON is part of the target; both arrays are 16 readable bytes.
            let bits = unsafe {
                let fits = vcgeq_u32(vld1q_u32(lanes.as_ptr()), vdupq_n_u32(need));
                vaddvq_u32(vandq_u32(fits, vld1q_u32(weights.as_ptr())))
            };
            mask = mask << 4 | u64::from(bits);
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::{Baseline, Lanes, MOST, Task, WIDTH, largest, scalar, widest};

    struct Compare<'a>(&'a [u32; WIDTH], u32);

    impl Task for Compare<'_> {
        type Output = u64;

        fn run(self, lanes: impl Lanes) -> u64 {
            lanes.at_least(self.0, self.1)
        }
    }

    /// Values from a seed, many of them equal or at the ends of the range.
    fn values(seed: u64) -> [u32; WIDTH] {
        let mut state = seed;
        std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let drawn = u32::try_from(state >> 32).expect("32 bits");
            match drawn % 5 {
                0 => 0,
                1 => MOST,
                2 => drawn % 7,
                3 => MOST - drawn % 3,
                _ => drawn % MOST,
            }
        })
    }

    struct Rank<'a>(&'a [i64; WIDTH], i64);

    impl Task for Rank<'_> {
        type Output = usize;

        fn run(self, lanes: impl Lanes) -> usize {
            lanes.rank(self.0, self.1)
        }
    }

    #[test]
    fn every_width_counts_keys_alike() {
        for count in 0..=WIDTH {
            let mut keys = [i64::MAX; WIDTH];
            for (key, page) in keys[..count].iter_mut().zip((i64::MIN..).step_by(1 << 58)) {
                *key = page / 7;
            }
            let probes = keys.into_iter().filter(|&key| key < i64::MAX);
            for page in probes.flat_map(|key| [key - 1, key, key + 1]).chain([0, 1 << 53]) {
                let expected = keys.iter().filter(|&&key| key <= page).count();
                assert_eq!(widest(Rank(&keys, page)), expected);
                assert_eq!(scalar::rank(&keys, page), expected);
            }
        }
    }

    #[test]
    fn every_width_agrees_with_the_scalar_twin() {
        for seed in 0..2_000 {
            let values = values(seed);
            assert_eq!(largest(&values), scalar::largest(&values));
            for need in values.into_iter().chain([0, 1, 3, MOST - 1, MOST]) {
                let expected = scalar::at_least(&values, need);
                assert_eq!(widest(Compare(&values, need)), expected, "seed {seed}, need {need}");
                assert_eq!(Baseline.at_least(&values, need), expected);
            }
        }
    }
}
