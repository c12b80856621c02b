//! Which way to compare does this machine have?

#![expect(clippy::inline_always, reason = "compiled again inside the task of each width")]

use crate::lanes::{Lanes, Place, Task};
use crate::scalar::Scalar;
#[cfg(target_arch = "aarch64")]
use crate::simd::neon;
#[cfg(target_arch = "x86_64")]
use crate::simd::{avx2::Avx2, avx512::Avx512, sse2};

/// The widest way to compare that this machine has; asked for once, then carried along.
#[derive(Clone, Copy, Debug)]
pub struct Machine(Way);

#[derive(Clone, Copy, Debug)]
enum Way {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Baseline,
}

impl Machine {
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx512) = Avx512::detect() {
            return Self(Way::Avx512(avx512));
        } else if let Some(avx2) = Avx2::detect() {
            return Self(Way::Avx2(avx2));
        }
        Self(Way::Baseline)
    }

    /// Every way that this machine has, down to that of one with no more than every one of its architecture.
    #[cfg(test)]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self(Way::Baseline)];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(Avx2::detect().map(|avx2| Self(Way::Avx2(avx2))));
            all.extend(Avx512::detect().map(|avx512| Self(Way::Avx512(avx512))));
        }
        all
    }

    #[inline(always)]
    pub fn run<T: Task>(self, task: T) -> T::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Way::Avx512(avx512) => avx512.run(task),
            #[cfg(target_arch = "x86_64")]
            Way::Avx2(avx2) => avx2.run(task),
            Way::Baseline => baseline(task),
        }
    }
}

/// What every machine of this architecture can do.
#[derive(Clone, Copy)]
struct Baseline;

impl Lanes for Baseline {
    #[inline(always)]
    fn at_least<const N: usize>(self, values: &[u32; N], need: u32) -> u64 {
        #[cfg(target_arch = "x86_64")]
        return sse2::at_least(values, need);
        #[cfg(target_arch = "aarch64")]
        return neon::at_least(values, need);
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        Scalar.at_least(values, need)
    }

    #[inline(always)]
    fn rank<const N: usize>(self, keys: &[i64; N], page: i64) -> usize {
        Scalar.rank(keys, page)
    }

    #[inline(always)]
    fn largest<const N: usize>(self, values: &[u32; N]) -> u32 {
        #[cfg(target_arch = "aarch64")]
        return neon::largest(values);
        #[cfg(not(target_arch = "aarch64"))]
        Scalar.largest(values)
    }

    #[inline(always)]
    fn open<const N: usize>(
        self,
        sizes: &mut [u32; N],
        keys: &mut [i64; N],
        at: Place,
        new: (u32, i64),
    ) {
        Scalar.open(sizes, keys, at, new);
    }

    #[inline(always)]
    fn close<const N: usize>(self, sizes: &mut [u32; N], keys: &mut [i64; N], at: Place) {
        Scalar.close(sizes, keys, at);
    }
}

/// Apart, so that the usual way stays short.
#[inline(never)]
fn baseline<T: Task>(task: T) -> T::Output {
    task.run(Baseline)
}

#[cfg(test)]
mod tests;
