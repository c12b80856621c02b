//! Do all ways to compare agree with the plain one?

use super::Machine;
use crate::bits::below;
use crate::lanes::{LEAF, Lanes, MOST, Place, Task, UNUSED, WIDTH};
use crate::scalar::Scalar;

struct Compare<'a, const N: usize>(&'a [u32; N], u32);

impl<const N: usize> Task for Compare<'_, N> {
    type Output = u64;

    fn run(self, lanes: impl Lanes) -> u64 {
        lanes.at_least(self.0, self.1)
    }
}

/// Values from a seed, many of them equal or at the ends of the range.
fn values<const N: usize>(seed: u64) -> [u32; N] {
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

struct Largest<'a, const N: usize>(&'a [u32; N]);

impl<const N: usize> Task for Largest<'_, N> {
    type Output = u32;

    fn run(self, lanes: impl Lanes) -> u32 {
        lanes.largest(self.0)
    }
}

struct Rank<'a, const N: usize>(&'a [i64; N], i64);

impl<const N: usize> Task for Rank<'_, N> {
    type Output = (usize, usize, usize, u64);

    fn run(self, lanes: impl Lanes) -> Self::Output {
        let Self(keys, page) = self;
        let Place { at, from } = lanes.place(keys, page);
        (lanes.rank(keys, page), lanes.last_below(keys, page), at, from & below(N))
    }
}

/// What `Rank` says where so many keys are at or below the page.
fn told<const N: usize>(count: usize) -> (usize, usize, usize, u64) {
    (count, count.saturating_sub(1), count, below(N) & !below(count))
}

fn counts_keys_alike<const N: usize>() {
    for count in 0..=N {
        let mut keys = [UNUSED; N];
        for (key, page) in keys[..count].iter_mut().zip((1..).step_by(1 << 46)) {
            *key = page;
        }
        let probes = keys.into_iter().filter(|&key| key < UNUSED);
        for page in probes.flat_map(|key| [key - 1, key, key + 1]).chain([0, 1 << 53]) {
            let expected = keys.iter().filter(|&&key| key <= page).count();
            assert_eq!(Rank(&keys, page).run(Scalar), told::<N>(expected));
            for machine in Machine::all() {
                assert_eq!(machine.run(Rank(&keys, page)), told::<N>(expected), "{machine:?}");
            }
        }
    }
}

#[test]
fn every_width_counts_keys_alike() {
    counts_keys_alike::<WIDTH>();
    counts_keys_alike::<LEAF>();
}

fn agrees_with_the_scalar_twin<const N: usize>() {
    for seed in 0..2_000 {
        let values = values::<N>(seed);
        for machine in Machine::all() {
            assert_eq!(machine.run(Largest(&values)), Scalar.largest(&values), "{machine:?}");
        }
        for need in values.into_iter().chain([0, 1, 3, MOST - 1, MOST]) {
            let expected = Scalar.at_least(&values, need);
            for machine in Machine::all() {
                let mask = machine.run(Compare(&values, need));
                assert_eq!(mask, expected, "{machine:?}, seed {seed}, need {need}");
            }
        }
    }
}

#[test]
fn every_width_agrees_with_the_scalar_twin() {
    agrees_with_the_scalar_twin::<WIDTH>();
    agrees_with_the_scalar_twin::<LEAF>();
}

struct Move<'a, const N: usize> {
    sizes: &'a mut [u32; N],
    keys: &'a mut [i64; N],
    at: usize,
    opens: bool,
}

impl<const N: usize> Task for Move<'_, N> {
    type Output = ();

    fn run(self, lanes: impl Lanes) {
        let Self { sizes, keys, at, opens } = self;
        if opens {
            lanes.open(sizes, keys, Place::new(at), new_at(at));
        } else {
            lanes.close(sizes, keys, Place::new(at));
        }
    }
}

/// A size and a key between those that are there.
fn new_at(at: usize) -> (u32, i64) {
    let number = u32::try_from(2 * at + 1).expect("small");
    (number, i64::from(number))
}

fn makes_and_closes_room_alike<const N: usize>() {
    let number = |entry: usize| u32::try_from(2 * entry + 2).expect("small");
    let sizes: [u32; N] = std::array::from_fn(number);
    let keys = sizes.map(i64::from);
    for (at, opens) in (0..N).flat_map(|at| [(at, true), (at, false)]) {
        let mut plain = (sizes, keys);
        if opens {
            plain.0[at + 1..].copy_from_slice(&sizes[at..N - 1]);
            plain.1[at + 1..].copy_from_slice(&keys[at..N - 1]);
            (plain.0[at], plain.1[at]) = new_at(at);
        } else {
            plain.0[at..N - 1].copy_from_slice(&sizes[at + 1..]);
            plain.1[at..N - 1].copy_from_slice(&keys[at + 1..]);
            (plain.0[N - 1], plain.1[N - 1]) = (0, UNUSED);
        }
        let check = |own: ([u32; N], [i64; N]), who: &dyn std::fmt::Debug| {
            assert_eq!(own, plain, "{who:?}, opens {opens} at {at}");
        };
        for machine in Machine::all() {
            let mut own = (sizes, keys);
            machine.run(Move { sizes: &mut own.0, keys: &mut own.1, at, opens });
            check(own, &machine);
        }
        let mut own = (sizes, keys);
        Move { sizes: &mut own.0, keys: &mut own.1, at, opens }.run(Scalar);
        check(own, &"plain");
    }
}

#[test]
fn every_width_makes_and_closes_room_alike() {
    makes_and_closes_room_alike::<WIDTH>();
    makes_and_closes_room_alike::<LEAF>();
}
