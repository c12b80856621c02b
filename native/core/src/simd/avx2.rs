//! Eight sizes or four keys at once, in the vectors of AVX2.

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, _mm_cvtsi128_si32, _mm_loadu_si32, _mm_loadu_si64, _mm_max_epu32, _mm_shuffle_epi32,
    _mm256_blendv_epi8, _mm256_castsi256_si128, _mm256_cmpgt_epi32, _mm256_cmpgt_epi64,
    _mm256_cvtepi8_epi32, _mm256_cvtepi8_epi64, _mm256_extracti128_si256, _mm256_loadu_si256,
    _mm256_max_epu32, _mm256_movemask_epi8, _mm256_packs_epi16, _mm256_packs_epi32,
    _mm256_permute4x64_epi64, _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_setr_epi32, _mm256_storeu_si256,
};

use crate::lanes::{Lanes, Place, Task, UNUSED};
use crate::scalar::Scalar;
use crate::simd::{is_below, moves_from};

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
}

lanes_of!(Avx2);

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
fn store<T>(values: &mut [T], vector: __m256i) {
    assert!(size_of_val(values) == size_of::<__m256i>());
    // SAFETY: `values` are 32 writable bytes, as just asserted; the store needs no alignment.
    unsafe { _mm256_storeu_si256(values.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn at_least<const N: usize>(sizes: &[u32; N], need: u32) -> u64 {
    let need = _mm256_set1_epi32(need.cast_signed());
    // Packing interleaves the halves of its operands; the permutation puts groups of four back in order.
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let mut mask = 0;
    for (at, sizes) in sizes.as_chunks::<32>().0.iter().enumerate() {
        let less = |vector: usize| _mm256_cmpgt_epi32(need, load(&sizes[vector * 8..][..8]));
        let low = _mm256_packs_epi32(less(0), less(1));
        let high = _mm256_packs_epi32(less(2), less(3));
        let bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
        mask |= u64::from(!_mm256_movemask_epi8(bytes).cast_unsigned()) << (32 * at);
    }
    mask
}

/// The first key of each sixteen but the first tells which, the keys of which are compared at once.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn rank<const N: usize>(keys: &[i64; N], page: i64) -> usize {
    let blocks = keys.as_chunks::<16>().0;
    let (_, others) = blocks.split_first().expect("more than 16 keys");
    let block: usize = others.iter().map(|block| usize::from(is_below(block[0], page))).sum();
    let keys = &blocks[block.min(N / 16 - 1)];
    let pages = _mm256_set1_epi64x(page);
    let above = |vector: usize| _mm256_cmpgt_epi64(load(&keys[vector * 4..][..4]), pages);
    let low = _mm256_packs_epi32(above(0), above(1));
    let high = _mm256_packs_epi32(above(2), above(3));
    // Two bits per key, in whatever order.
    let bits = _mm256_movemask_epi8(_mm256_packs_epi16(low, high));
    16 * (block + 1) - bits.count_ones() as usize / 2
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn last_below<const N: usize>(keys: &[i64; N], page: i64) -> usize {
    rank(keys, page).saturating_sub(1)
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn place<const N: usize>(keys: &[i64; N], page: i64) -> Place {
    Place::new(rank(keys, page))
}

#[inline]
#[target_feature(enable = "avx2")]
fn largest<const N: usize>(sizes: &[u32; N]) -> u32 {
    let mut most = load(&sizes[..8]);
    for vector in 1..N / 8 {
        most = _mm256_max_epu32(most, load(&sizes[vector * 8..][..8]));
    }
    let four = _mm_max_epu32(_mm256_castsi256_si128(most), _mm256_extracti128_si256::<1>(most));
    let two = _mm_max_epu32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
    let one = _mm_max_epu32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two));
    _mm_cvtsi128_si32(one).cast_unsigned()
}

/// Where each of eight sizes moves, of the masks that `moves_from` gives.
#[inline]
#[target_feature(enable = "avx2")]
fn eight(masks: &[i8], from: usize) -> __m256i {
    let masks = masks[from..from + 8].as_ptr();
    // SAFETY: eight readable bytes, as just sliced.
    _mm256_cvtepi8_epi32(unsafe { _mm_loadu_si64(masks.cast()) })
}

/// The same of four keys.
#[inline]
#[target_feature(enable = "avx2")]
fn four(masks: &[i8], from: usize) -> __m256i {
    let masks = masks[from..from + 4].as_ptr();
    // SAFETY: four readable bytes, as just sliced.
    _mm256_cvtepi8_epi64(unsafe { _mm_loadu_si32(masks.cast()) })
}

#[inline]
#[target_feature(enable = "avx2")]
fn open<const N: usize>(sizes: &mut [u32; N], keys: &mut [i64; N], at: Place, new: (u32, i64)) {
    let masks = moves_from::<N>(at.at);
    for from in (8..N).step_by(8).rev() {
        let (own, below) = (load(&sizes[from..from + 8]), load(&sizes[from - 1..from + 7]));
        store(&mut sizes[from..from + 8], _mm256_blendv_epi8(own, below, eight(masks, from)));
    }
    let first = load(&sizes[..8]);
    let moved = _mm256_permutevar8x32_epi32(first, _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6));
    store(&mut sizes[..8], _mm256_blendv_epi8(first, moved, eight(masks, 0)));
    for from in (4..N).step_by(4).rev() {
        let (own, below) = (load(&keys[from..from + 4]), load(&keys[from - 1..from + 3]));
        store(&mut keys[from..from + 4], _mm256_blendv_epi8(own, below, four(masks, from)));
    }
    let first = load(&keys[..4]);
    let moved = _mm256_permute4x64_epi64::<0b10_01_00_00>(first);
    store(&mut keys[..4], _mm256_blendv_epi8(first, moved, four(masks, 0)));
    (sizes[at.at], keys[at.at]) = new;
}

/// Eight entries at a time, as far as entries are used: half the instructions of `open`, for a branch to guess.
#[inline]
#[target_feature(enable = "avx2")]
fn close<const N: usize>(sizes: &mut [u32; N], keys: &mut [i64; N], at: Place) {
    let mut to = at.at;
    while to + 8 < N {
        if keys[to] == UNUSED {
            return;
        }
        let above = load(&sizes[to + 1..to + 9]);
        let (low, high) = (load(&keys[to + 1..to + 5]), load(&keys[to + 5..to + 9]));
        store(&mut sizes[to..to + 8], above);
        store(&mut keys[to..to + 4], low);
        store(&mut keys[to + 4..to + 8], high);
        to += 8;
    }
    if to < N && keys[to] < UNUSED {
        Scalar.close(sizes, keys, Place::new(to));
    }
}
