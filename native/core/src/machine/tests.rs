//! Do all ways to compare agree with the plain one?

use super::{Baseline, Machine};
use crate::lanes::{Keys, Lanes, MOST, Sizes, Task, WIDTH};
use crate::scalar::Scalar;

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

struct Largest<'a>(&'a [u32; WIDTH]);

impl Task for Largest<'_> {
    type Output = u32;

    fn run(self, lanes: impl Lanes) -> u32 {
        lanes.largest(self.0)
    }
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
            assert_eq!(Machine::detect().run(Rank(&keys, page)), expected);
            assert_eq!(Scalar.rank(&keys, page), expected);
        }
    }
}

#[test]
fn every_width_agrees_with_the_scalar_twin() {
    for seed in 0..2_000 {
        let values = values(seed);
        assert_eq!(Machine::detect().run(Largest(&values)), Scalar.largest(&values));
        assert_eq!(Baseline.largest(&values), Scalar.largest(&values));
        for need in values.into_iter().chain([0, 1, 3, MOST - 1, MOST]) {
            let expected = Scalar.at_least(&values, need);
            assert_eq!(
                Machine::detect().run(Compare(&values, need)),
                expected,
                "seed {seed}, need {need}"
            );
            assert_eq!(Baseline.at_least(&values, need), expected);
        }
    }
}

struct Move<'a> {
    sizes: &'a mut Sizes,
    keys: &'a mut Keys,
    at: usize,
    count: usize,
    opens: bool,
}

impl Task for Move<'_> {
    type Output = ();

    fn run(self, lanes: impl Lanes) {
        let Self { sizes, keys, at, count, opens } = self;
        if opens {
            lanes.open(sizes, keys, at, count);
        } else {
            lanes.close(sizes, keys, at, count);
        }
    }
}

#[test]
fn every_width_makes_and_closes_room_alike() {
    for count in 0..=WIDTH {
        for (at, opens) in (0..=count).flat_map(|at| [(at, true), (at, false)]) {
            if count == if opens { WIDTH } else { at } {
                continue;
            }
            let used = |entry: usize| entry < count;
            let number = |entry: usize| u32::try_from(entry + 1).expect("small");
            let sizes: Sizes = std::array::from_fn(|at| if used(at) { number(at) } else { 0 });
            let keys: Keys = sizes.map(|size| if size > 0 { -i64::from(size) } else { i64::MAX });
            let (mut own, mut plain) = ((sizes, keys), (sizes, keys));
            let (sizes, keys) = (&mut own.0, &mut own.1);
            Machine::detect().run(Move { sizes, keys, at, count, opens });
            Move { sizes: &mut plain.0, keys: &mut plain.1, at, count, opens }.run(Scalar);
            let (end, free) = if opens { (count + 1, at) } else { (count - 1, WIDTH) };
            for entry in (0..end).filter(|&entry| entry != free) {
                let [own, plain] = [&own, &plain].map(|list| (list.0[entry], list.1[entry]));
                assert_eq!(own, plain, "{count} entries, opens {opens} at {at}");
            }
            let rest = if opens { end } else { count };
            assert!(own.0[rest..].iter().all(|&size| size == 0));
            assert!(own.1[rest..].iter().all(|&key| key == i64::MAX));
        }
    }
}
