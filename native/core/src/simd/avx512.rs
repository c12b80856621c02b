//! Sixteen sizes or eight keys at once, in the vectors of AVX-512.

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m512i, _mm512_alignr_epi32, _mm512_alignr_epi64, _mm512_cmpge_epu32_mask,
    _mm512_cmpgt_epi64_mask, _mm512_cmple_epi64_mask, _mm512_loadu_si512,
    _mm512_maskz_alignr_epi64, _mm512_max_epi64, _mm512_max_epu32, _mm512_min_epi64,
    _mm512_movm_epi32, _mm512_reduce_max_epu32, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_storeu_si512, _mm512_ternarylogic_epi32,
};

use crate::lanes::{Lanes, Place, Task, UNUSED};
use crate::simd::{avx2::Avx2, is_below};

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

/// Of the sixteen keys that `page` leads to: where they start, and a bit for each at or below it. The first key of each
/// sixteen but the first tells which they are. Few masks are united, since that takes long.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn sixteen_around<const N: usize>(keys: &[i64; N], page: i64) -> (usize, u32) {
    let blocks = keys.as_chunks::<16>().0;
    let (_, others) = blocks.split_first().expect("more than 16 keys");
    let block: usize = others.iter().map(|block| usize::from(is_below(block[0], page))).sum();
    let keys = &blocks[block.min(N / 16 - 1)];
    let page = _mm512_set1_epi64(page);
    let [low, high] =
        [&keys[..8], &keys[8..]].map(|keys| _mm512_cmple_epi64_mask(load(keys), page));
    (16 * block, u32::from(low) | u32::from(high) << 8)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn rank<const N: usize>(keys: &[i64; N], page: i64) -> usize {
    let (start, below) = sixteen_around(keys, page);
    start + below.count_ones() as usize
}

/// Without the first one of its sixteen, which is below unless it is the first of all.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn last_below<const N: usize>(keys: &[i64; N], page: i64) -> usize {
    let (start, below) = sixteen_around(keys, page);
    start + (below >> 1).count_ones() as usize
}

/// All keys are compared: what moves is told by the same bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi1")]
fn place<const N: usize>(keys: &[i64; N], page: i64) -> Place {
    let page = _mm512_set1_epi64(page);
    let mut from = 0;
    for (at, keys) in keys.as_chunks::<8>().0.iter().enumerate() {
        from |= u64::from(_mm512_cmpgt_epi64_mask(load(keys), page)) << (8 * at);
    }
    let at = if N < 64 { from | 1 << (N % 64) } else { from }.trailing_zeros() as usize;
    Place { at, from }
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

/// `moved` where `from` has a bit, else `own`: not by a store under a mask, which a load soon after would have to wait for.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn blend(from: u16, moved: __m512i, own: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xca>(_mm512_movm_epi32(from), moved, own)
}

/// Keys, ascending, tell by themselves where the new one belongs.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn open<const N: usize>(
    sizes: &mut [u32; N],
    keys: &mut [i64; N],
    at: Place,
    (size, key): (u32, i64),
) {
    let vectors = sizes.as_chunks_mut::<16>().0;
    for i in (0..N / 16).rev() {
        let (own, below) = (load(&vectors[i]), load(&vectors[i.saturating_sub(1)]));
        let up = _mm512_alignr_epi32::<15>(own, below);
        store(&mut vectors[i], blend(sixteen(at, i), up, own));
    }
    sizes[at.at] = size;
    let vectors = keys.as_chunks_mut::<8>().0;
    let key = _mm512_set1_epi64(key);
    for i in (0..N / 8).rev() {
        let own = load(&vectors[i]);
        let below = if i > 0 { load(&vectors[i - 1]) } else { _mm512_set1_epi64(i64::MIN) };
        let up = _mm512_alignr_epi64::<7>(own, below);
        store(&mut vectors[i], _mm512_min_epi64(own, _mm512_max_epi64(up, key)));
    }
}

/// Keys ascend from 0, so that what comes down from above is the larger one, and what does not come down is 0.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn close<const N: usize>(sizes: &mut [u32; N], keys: &mut [i64; N], at: Place) {
    let vectors = sizes.as_chunks_mut::<16>().0;
    for i in 0..N / 16 {
        let own = load(&vectors[i]);
        let above = vectors.get(i + 1).map_or(_mm512_set1_epi32(0), |above| load(above));
        let down = _mm512_alignr_epi32::<1>(above, own);
        store(&mut vectors[i], blend(sixteen(at, i), down, own));
    }
    let vectors = keys.as_chunks_mut::<8>().0;
    for i in 0..N / 8 {
        let own = load(&vectors[i]);
        let above = vectors.get(i + 1).map_or(_mm512_set1_epi64(UNUSED), |above| load(above));
        let down = _mm512_maskz_alignr_epi64::<1>(eight(at, i), above, own);
        store(&mut vectors[i], _mm512_max_epi64(own, down));
    }
}

/// The bits of a place for sixteen entries.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "part of a mask")]
fn sixteen(at: Place, part: usize) -> u16 {
    (at.from >> (16 * part)) as u16
}

/// The same for eight entries.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "part of a mask")]
fn eight(at: Place, part: usize) -> u8 {
    (at.from >> (8 * part)) as u8
}
