//! How is `lanes.rs` done in vectors, as wide as the machine allows?
//!
//! The only module with `unsafe`: vector loads and stores in an array, prefetches, and calls of functions whose CPU
//! features were detected.

/// Have a value on its way to the cache; does nothing where stable Rust has no name for that.
#[inline]
pub fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, without effect on what the program computes, about an address that may be read.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

#[cfg(target_arch = "x86_64")]
pub mod avx2 {
    #![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

    use std::arch::is_x86_feature_detected;
    use std::arch::x86_64::{
        __m256i, _mm_cvtsi128_si32, _mm_max_epu32, _mm_shuffle_epi32, _mm256_castsi256_si128,
        _mm256_cmpgt_epi32, _mm256_cmpgt_epi64, _mm256_extracti128_si256, _mm256_loadu_si256,
        _mm256_max_epu32, _mm256_movemask_epi8, _mm256_packs_epi16, _mm256_packs_epi32,
        _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setr_epi32,
        _mm256_storeu_si256,
    };

    use crate::lanes::{Keys, Lanes, Sizes, Task, WIDTH};
    use crate::scalar::Scalar;

    /// Made by `detect` only, so wherever one exists the CPU has what `run` needs.
    #[derive(Clone, Copy, Debug)]
    pub struct Avx2(());

    impl Avx2 {
        /// The four others came with AVX2 in every CPU, but a virtual machine may hide one.
        pub fn detect() -> Option<Self> {
            let others = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
            let counts = is_x86_feature_detected!("lzcnt") && is_x86_feature_detected!("popcnt");
            (is_x86_feature_detected!("avx2") && others && counts).then_some(Self(()))
        }

        #[inline(always)]
        pub fn run<T: Task>(self, task: T) -> T::Output {
            // SAFETY: the CPU has all of these features, or there would be no `self`.
            unsafe { run(self, task) }
        }
    }

    impl Lanes for Avx2 {
        #[inline(always)]
        fn at_least(self, values: &Sizes, need: u32) -> u64 {
            // SAFETY: the CPU has AVX2, or there would be no `self`.
            unsafe { at_least(values, need) }
        }

        #[inline(always)]
        fn rank(self, keys: &Keys, page: i64) -> usize {
            // SAFETY: the CPU has AVX2 and POPCNT, or there would be no `self`.
            unsafe { rank(keys, page) }
        }

        #[inline(always)]
        fn largest(self, values: &Sizes) -> u32 {
            // SAFETY: the CPU has AVX2, or there would be no `self`.
            unsafe { largest(values) }
        }

        #[inline(always)]
        fn open(self, sizes: &mut Sizes, keys: &mut Keys, at: usize, count: usize) {
            if at < count && count < WIDTH - 8 {
                // SAFETY: the CPU has AVX2, or there would be no `self`.
                unsafe { open(sizes, keys, at, count) }
            } else {
                Scalar.open(sizes, keys, at, count);
            }
        }

        #[inline(always)]
        fn close(self, sizes: &mut Sizes, keys: &mut Keys, at: usize, count: usize) {
            if at < count && count <= WIDTH - 8 {
                // SAFETY: the CPU has AVX2, or there would be no `self`.
                unsafe { close(sizes, keys, at, count) }
            } else {
                Scalar.close(sizes, keys, at, count);
            }
        }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn run<T: Task>(avx2: Avx2, task: T) -> T::Output {
        task.run(avx2)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load<T>(values: &[T]) -> __m256i {
        assert!(size_of_val(values) == size_of::<__m256i>());
        // SAFETY: `values` are 32 readable bytes, as just asserted; the load needs no alignment.
        unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn at_least(values: &Sizes, need: u32) -> u64 {
        let need = _mm256_set1_epi32(need.cast_signed());
        let less = |vector: usize| _mm256_cmpgt_epi32(need, load(&values[vector * 8..][..8]));
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

    /// Three keys tell which quarter, the 16 keys of which are compared at once.
    #[inline]
    #[target_feature(enable = "avx2,popcnt")]
    fn rank(keys: &Keys, page: i64) -> usize {
        let quarter = [15, 31, 47].into_iter().map(|last| usize::from(keys[last] <= page)).sum();
        let (quarters, _) = keys.as_chunks::<16>();
        let keys = &quarters[usize::min(quarter, 3)];
        let pages = _mm256_set1_epi64x(page);
        let above = |vector: usize| _mm256_cmpgt_epi64(load(&keys[vector * 4..][..4]), pages);
        let low = _mm256_packs_epi32(above(0), above(1));
        let high = _mm256_packs_epi32(above(2), above(3));
        // Two bits per key, in whatever order.
        let bits = _mm256_movemask_epi8(_mm256_packs_epi16(low, high));
        16 * (quarter + 1) - bits.count_ones() as usize / 2
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn largest(values: &Sizes) -> u32 {
        let mut most = load(&values[..8]);
        for vector in 1..WIDTH / 8 {
            most = _mm256_max_epu32(most, load(&values[vector * 8..][..8]));
        }
        let four = _mm_max_epu32(_mm256_castsi256_si128(most), _mm256_extracti128_si256::<1>(most));
        let two = _mm_max_epu32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
        let one = _mm_max_epu32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two));
        _mm_cvtsi128_si32(one).cast_unsigned()
    }

    /// Eight entries at a time from the end, none of which is overwritten before it is read; `count < WIDTH - 8`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn open(sizes: &mut Sizes, keys: &mut Keys, at: usize, count: usize) {
        assert!(at < count && count < WIDTH - 8);
        let mut from = at + (count - 1 - at) / 8 * 8;
        loop {
            // SAFETY: `from < count`, so `from + 9 < WIDTH`.
            unsafe { shift(sizes, keys, from, from + 1) };
            if from == at {
                return;
            }
            from -= 8;
        }
    }

    /// The same from the beginning; `count <= WIDTH - 8`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn close(sizes: &mut Sizes, keys: &mut Keys, at: usize, count: usize) {
        assert!(count <= WIDTH - 8);
        let mut to = at;
        while to < count {
            // SAFETY: `to < count`, so `to + 9 <= WIDTH`.
            unsafe { shift(sizes, keys, to + 1, to) };
            to += 8;
        }
    }

    /// Copy eight entries.
    ///
    /// # Safety
    /// `from + 8` and `to + 8` must not exceed `WIDTH`.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn shift(sizes: &mut Sizes, keys: &mut Keys, from: usize, to: usize) {
        let (sizes, keys) = (sizes.as_mut_ptr(), keys.as_mut_ptr());
        // SAFETY: the caller keeps both places inside the arrays; all is read before anything is written.
        unsafe {
            let size = _mm256_loadu_si256(sizes.add(from).cast());
            let low = _mm256_loadu_si256(keys.add(from).cast());
            let high = _mm256_loadu_si256(keys.add(from + 4).cast());
            _mm256_storeu_si256(sizes.add(to).cast(), size);
            _mm256_storeu_si256(keys.add(to).cast(), low);
            _mm256_storeu_si256(keys.add(to + 4).cast(), high);
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub mod sse2 {
    #![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

    use std::arch::x86_64::{
        _mm_castsi128_ps, _mm_cmplt_epi32, _mm_loadu_si128, _mm_movemask_ps, _mm_set1_epi32,
    };

    use crate::lanes::Sizes;

    #[inline(always)]
    pub fn at_least(values: &Sizes, need: u32) -> u64 {
        // SAFETY: every x86-64 CPU has SSE2.
        unsafe { compare(values, need) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn compare(values: &Sizes, need: u32) -> u64 {
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
pub mod neon {
    use std::arch::aarch64::{
        vaddvq_u32, vandq_u32, vcgeq_u32, vdupq_n_u32, vld1q_u32, vmaxq_u32, vmaxvq_u32,
    };

    use crate::lanes::Sizes;

    /// Every arm64 CPU that Linux runs on has NEON.
    pub fn at_least(values: &Sizes, need: u32) -> u64 {
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

    pub fn largest(values: &Sizes) -> u32 {
        // SAFETY: NEON is part of the target; each chunk is 16 readable bytes.
        unsafe {
            let load = |four: &[u32; 4]| vld1q_u32(four.as_ptr());
            let vectors = values.as_chunks().0.iter().map(load);
            vmaxvq_u32(vectors.fold(vdupq_n_u32(0), |a, b| vmaxq_u32(a, b)))
        }
    }
}
