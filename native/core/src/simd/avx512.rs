//! Sixteen sizes or eight keys at once, in the vectors of AVX-512.

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m512i, _mm_loadu_si64, _mm_loadu_si128, _mm512_alignr_epi32, _mm512_alignr_epi64,
    _mm512_cmpge_epu32_mask, _mm512_cmple_epi64_mask, _mm512_cvtepi8_epi32, _mm512_cvtepi8_epi64,
    _mm512_loadu_si512, _mm512_max_epu32, _mm512_reduce_max_epu32, _mm512_set1_epi32,
    _mm512_set1_epi64, _mm512_storeu_si512, _mm512_ternarylogic_epi32, _mm512_ternarylogic_epi64,
};

use crate::lanes::{Lanes, Task, UNUSED};
use crate::simd::{avx2::Avx2, moves_from};

/// Made by `detect` only, so wherever one exists the CPU has what `run` needs.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Avx512 {
    pub fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        (all && Avx2::detect().is_some()).then_some(Self(()))
    }
}

lanes_of!(Avx512);

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run<T: Task>(lanes: Avx512, task: T) -> T::Output {
    task.run(lanes)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load<T>(values: &[T]) -> __m512i {
    assert!(size_of_val(values) == size_of::<__m512i>());
    // SAFETY: `values` are 64 readable bytes, as just asserted; the load needs no alignment.
    unsafe { _mm512_loadu_si512(values.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store<T>(values: &mut [T], vector: __m512i) {
    assert!(size_of_val(values) == size_of::<__m512i>());
    // SAFETY: `values` are 64 writable bytes, as just asserted; the store needs no alignment.
    unsafe { _mm512_storeu_si512(values.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn at_least<const N: usize>(sizes: &[u32; N], need: u32) -> u64 {
    let need = _mm512_set1_epi32(need.cast_signed());
    let mut mask = 0;
    for (at, sizes) in sizes.as_chunks::<16>().0.iter().enumerate() {
        mask |= u64::from(_mm512_cmpge_epu32_mask(load(sizes), need)) << (16 * at);
    }
    mask
}

/// The last key of each sixteen but the last tells which, the keys of which are compared at once.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn rank<const N: usize>(keys: &[i64; N], page: i64) -> usize {
    let blocks = keys.as_chunks::<16>().0;
    let (_, but_last) = blocks.split_last().expect("more than 16 keys");
    let block: usize = but_last.iter().map(|block| usize::from(block[15] <= page)).sum();
    let keys = &blocks[block.min(N / 16 - 1)];
    let page = _mm512_set1_epi64(page);
    let [low, high] =
        [&keys[..8], &keys[8..]].map(|keys| _mm512_cmple_epi64_mask(load(keys), page));
    16 * block + (u32::from(low) | u32::from(high) << 8).count_ones() as usize
}

#[inline]
#[target_feature(enable = "avx512f")]
fn largest<const N: usize>(sizes: &[u32; N]) -> u32 {
    let mut most = load(&sizes[..16]);
    for from in (16..N).step_by(16) {
        most = _mm512_max_epu32(most, load(&sizes[from..from + 16]));
    }
    _mm512_reduce_max_epu32(most)
}

/// `moved` where the masks that `moves_from` gives are set, else `own`, for sixteen sizes.
#[inline]
#[target_feature(enable = "avx512f")]
fn sixteen(masks: &[i8], moved: __m512i, own: __m512i) -> __m512i {
    let masks = masks[..16].as_ptr();
    // SAFETY: sixteen readable bytes, as just sliced.
    let masks = _mm512_cvtepi8_epi32(unsafe { _mm_loadu_si128(masks.cast()) });
    _mm512_ternarylogic_epi32::<0xca>(masks, moved, own)
}

/// The same for eight keys.
#[inline]
#[target_feature(enable = "avx512f")]
fn eight(masks: &[i8], moved: __m512i, own: __m512i) -> __m512i {
    let masks = masks[..8].as_ptr();
    // SAFETY: eight readable bytes, as just sliced.
    let masks = _mm512_cvtepi8_epi64(unsafe { _mm_loadu_si64(masks.cast()) });
    _mm512_ternarylogic_epi64::<0xca>(masks, moved, own)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn open<const N: usize>(sizes: &mut [u32; N], keys: &mut [i64; N], at: usize) {
    let masks = moves_from::<N>(at);
    let vectors = sizes.as_chunks_mut::<16>().0;
    for i in (0..N / 16).rev() {
        let (own, below) = (load(&vectors[i]), load(&vectors[i.saturating_sub(1)]));
        let up = _mm512_alignr_epi32::<15>(own, below);
        store(&mut vectors[i], sixteen(&masks[16 * i..], up, own));
    }
    let vectors = keys.as_chunks_mut::<8>().0;
    for i in (0..N / 8).rev() {
        let (own, below) = (load(&vectors[i]), load(&vectors[i.saturating_sub(1)]));
        let up = _mm512_alignr_epi64::<7>(own, below);
        store(&mut vectors[i], eight(&masks[8 * i..], up, own));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn close<const N: usize>(sizes: &mut [u32; N], keys: &mut [i64; N], at: usize) {
    let masks = moves_from::<N>(at);
    let vectors = sizes.as_chunks_mut::<16>().0;
    for i in 0..N / 16 {
        let own = load(&vectors[i]);
        let above = vectors.get(i + 1).map_or(_mm512_set1_epi32(0), |above| load(above));
        let down = _mm512_alignr_epi32::<1>(above, own);
        store(&mut vectors[i], sixteen(&masks[16 * i..], down, own));
    }
    let vectors = keys.as_chunks_mut::<8>().0;
    for i in 0..N / 8 {
        let own = load(&vectors[i]);
        let above = vectors.get(i + 1).map_or(_mm512_set1_epi64(UNUSED), |above| load(above));
        let down = _mm512_alignr_epi64::<1>(above, own);
        store(&mut vectors[i], eight(&masks[8 * i..], down, own));
    }
}
