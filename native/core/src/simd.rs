//! How is `lanes.rs` done in vectors, as wide as the machine allows?
//!
//! The only module with `unsafe`, here and in its folder: vector loads and stores in an array, prefetches, a look at numbers as bytes,
//! and calls of functions whose CPU features were detected.

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

/// Whether two tables hold the same bits: compared as bytes, which the C library does in vectors as wide as the CPU has.
#[must_use]
pub fn are_same(left: &[f64], right: &[f64]) -> bool {
    let [left, right] = [left, right].map(|table| {
        let bytes = size_of_val(table);
        // SAFETY: as many readable bytes; every one is a `u8`, and those of a double are all initialised.
        unsafe { std::slice::from_raw_parts(table.as_ptr().cast::<u8>(), bytes) }
    });
    left == right
}

/// Whether a key is at or below `page`, both at least 0: unsigned, the comparison leaves a carry, which one instruction counts.
#[cfg(target_arch = "x86_64")]
#[inline]
fn is_below(key: i64, page: i64) -> bool {
    key.cast_unsigned() <= page.cast_unsigned()
}

/// A mask per entry of a node: zeros below `at`, ones from there on.
#[cfg(target_arch = "x86_64")]
#[inline]
fn moves_from<const N: usize>(at: usize) -> &'static [i8; N] {
    use crate::lanes::WIDTH;

    static MASKS: [i8; 2 * WIDTH] = {
        let mut masks = [0; 2 * WIDTH];
        let mut at = WIDTH;
        while at < 2 * WIDTH {
            masks[at] = -1;
            at += 1;
        }
        masks
    };
    MASKS[WIDTH - at % N..].first_chunk().expect("N is at most WIDTH")
}

/// `Lanes` by the functions of the same names beside it, which need what the CPU of every such value has.
#[cfg(target_arch = "x86_64")]
macro_rules! lanes_of {
    ($way:ident) => {
        impl $way {
            #[inline(always)]
            pub fn run<T: Task>(self, task: T) -> T::Output {
                // SAFETY: the CPU has the features of the function, or there would be no `self`.
                unsafe { run(self, task) }
            }
        }

        impl Lanes for $way {
            #[inline(always)]
            fn at_least<const N: usize>(self, sizes: &[u32; N], need: u32) -> u64 {
                // SAFETY: as in `run`.
                unsafe { at_least(sizes, need) }
            }

            #[inline(always)]
            fn rank<const N: usize>(self, keys: &[i64; N], page: i64) -> usize {
                // SAFETY: as in `run`.
                unsafe { rank(keys, page) }
            }

            #[inline(always)]
            fn last_below<const N: usize>(self, keys: &[i64; N], page: i64) -> usize {
                // SAFETY: as in `run`.
                unsafe { last_below(keys, page) }
            }

            #[inline(always)]
            fn place<const N: usize>(self, keys: &[i64; N], page: i64) -> Place {
                // SAFETY: as in `run`.
                unsafe { place(keys, page) }
            }

            #[inline(always)]
            fn largest<const N: usize>(self, sizes: &[u32; N]) -> u32 {
                // SAFETY: as in `run`.
                unsafe { largest(sizes) }
            }

            #[inline(always)]
            fn open<const N: usize>(
                self,
                sizes: &mut [u32; N],
                keys: &mut [i64; N],
                at: Place,
                new: (u32, i64),
            ) {
                // SAFETY: as in `run`.
                unsafe { open(sizes, keys, at, new) }
            }

            #[inline(always)]
            fn close<const N: usize>(self, sizes: &mut [u32; N], keys: &mut [i64; N], at: Place) {
                // SAFETY: as in `run`.
                unsafe { close(sizes, keys, at) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;

#[cfg(target_arch = "x86_64")]
pub mod sse2 {
    #![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

    use std::arch::x86_64::{
        _mm_castsi128_ps, _mm_cmplt_epi32, _mm_loadu_si128, _mm_movemask_ps, _mm_set1_epi32,
    };

    #[inline(always)]
    pub fn at_least<const N: usize>(values: &[u32; N], need: u32) -> u64 {
        // SAFETY: every x86-64 CPU has SSE2.
        unsafe { compare(values, need) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn compare(values: &[u32], need: u32) -> u64 {
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

    /// Every arm64 CPU that Linux runs on has NEON.
    pub fn at_least<const N: usize>(values: &[u32; N], need: u32) -> u64 {
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

    pub fn largest<const N: usize>(values: &[u32; N]) -> u32 {
        // SAFETY: NEON is part of the target; each chunk is 16 readable bytes.
        unsafe {
            let load = |four: &[u32; 4]| vld1q_u32(four.as_ptr());
            let vectors = values.as_chunks().0.iter().map(load);
            vmaxvq_u32(vectors.fold(vdupq_n_u32(0), |a, b| vmaxq_u32(a, b)))
        }
    }
}
