//! Which of 64 lengths are large enough, and which is the largest: the two inner loops, as wide as the machine allows.
//!
//! The only module with `unsafe`: vector loads from an array, and calls of functions whose CPU feature was detected.

/// Entries of a node.
pub const WIDTH: usize = 64;

/// One bit per entry, bit 0 for the first: set where the entry is at least `need`.
#[inline]
pub fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the CPU has AVX2, as just detected.
            return unsafe { avx2::at_least(values, need) };
        }
        // SAFETY: every x86-64 CPU has SSE2.
        unsafe { sse2::at_least(values, need) }
    }
    #[cfg(target_arch = "aarch64")]
    return neon::at_least(values, need);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    scalar::at_least(values, need)
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

    pub fn largest(values: &[u32; WIDTH]) -> u32 {
        values.iter().fold(0, |most, &value| most.max(value))
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm_cvtsi128_si32, _mm_max_epu32, _mm_shuffle_epi32, _mm256_castsi256_si128,
        _mm256_cmpeq_epi32, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_max_epu32,
        _mm256_movemask_epi8, _mm256_packs_epi16, _mm256_packs_epi32, _mm256_permutevar8x32_epi32,
        _mm256_set1_epi32, _mm256_setr_epi32,
    };

    use super::WIDTH;

    /// Lanes of one vector.
    const LANES: usize = 8;

    #[target_feature(enable = "avx2")]
    fn load(values: &[u32; WIDTH], vector: usize) -> __m256i {
        let lanes: &[u32] = &values[vector * LANES..(vector + 1) * LANES];
        // SAFETY: `lanes` are 32 readable bytes; the load needs no alignment.
        unsafe { _mm256_loadu_si256(lanes.as_ptr().cast()) }
    }

    #[target_feature(enable = "avx2")]
    pub fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
        let need = _mm256_set1_epi32(need.cast_signed());
        let fits = |vector| {
            let lanes = load(values, vector);
            _mm256_cmpeq_epi32(_mm256_max_epu32(lanes, need), lanes)
        };
        // Packing interleaves the halves of its operands; the permutation puts groups of four back in order.
        let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        let half = |first| {
            let low = _mm256_packs_epi32(fits(first), fits(first + 1));
            let high = _mm256_packs_epi32(fits(first + 2), fits(first + 3));
            let bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
            u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
        };
        half(0) | half(4) << 32
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
        _mm_xor_si128,
    };

    use super::WIDTH;

    /// The comparison is signed, hence the flipped signs.
    #[target_feature(enable = "sse2")]
    pub fn at_least(values: &[u32; WIDTH], need: u32) -> u64 {
        let sign = _mm_set1_epi32(i32::MIN);
        let need = _mm_xor_si128(_mm_set1_epi32(need.cast_signed()), sign);
        let mut mask = 0;
        for lanes in values.rchunks_exact(4) {
            // SAFETY: `lanes` are 16 readable bytes; the load needs no alignment.
            let lanes = unsafe { _mm_loadu_si128(lanes.as_ptr().cast()) };
            let less = _mm_cmplt_epi32(_mm_xor_si128(lanes, sign), need);
            let bits = _mm_movemask_ps(_mm_castsi128_ps(less)).cast_unsigned();
            mask = mask << 4 | u64::from(!bits & 0xf);
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
    use super::{WIDTH, at_least, largest, scalar};

    /// Values from a seed, many of them equal or at the ends of the range.
    fn values(seed: u64) -> [u32; WIDTH] {
        let mut state = seed;
        std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let drawn = u32::try_from(state >> 32).expect("32 bits");
            match drawn % 5 {
                0 => 0,
                1 => u32::MAX,
                2 => drawn % 7,
                3 => i32::MAX.cast_unsigned() + drawn % 3,
                _ => drawn,
            }
        })
    }

    #[test]
    fn every_width_agrees_with_the_scalar_twin() {
        for seed in 0..2_000 {
            let values = values(seed);
            assert_eq!(largest(&values), scalar::largest(&values));
            for need in values.into_iter().chain([0, 1, 3, i32::MAX.cast_unsigned(), u32::MAX]) {
                let expected = scalar::at_least(&values, need);
                assert_eq!(at_least(&values, need), expected, "seed {seed}, need {need}");
                #[cfg(target_arch = "x86_64")]
                // SAFETY: every x86-64 CPU has SSE2.
                assert_eq!(unsafe { super::sse2::at_least(&values, need) }, expected);
            }
        }
    }
}
