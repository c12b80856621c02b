//! How much faster is the gap index: operations timed beside those of a peer, in turns, answers compared first.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;

use mmreplay_core::Extents;

use crate::dice::Dice;
use crate::report::{Out, Race};
use crate::spaces::{OPS, Setting, Stream, WINDOW, scan, search};

/// Mappings that the scans of one round may look at.
const SCANNED: usize = 1 << 20;

/// How often all streams are raced: other work on a machine, or on its memory, lasts longer than one race.
pub fn passes(vmas: usize) -> usize {
    if vmas > 100_000 { 1 } else { 4 }
}

/// Of one pass. More than a hundred thousand mappings take seconds per round with scans.
fn rounds(vmas: usize) -> usize {
    if vmas > 100_000 { 11 } else { 24 }
}

/// Nanoseconds per operation, one value per round.
#[derive(Default)]
struct Times {
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

/// Nanoseconds per operation, and the sum of the answers.
fn per_op(ops: usize, run: impl FnOnce() -> i64) -> (f64, i64) {
    let start = Instant::now();
    let sum = black_box(run());
    let ops = f64::from(u32::try_from(ops).expect("few ops"));
    (start.elapsed().as_secs_f64() * 1e9 / ops, sum)
}

impl Times {
    /// One round of as many operations of both; who goes first alternates.
    fn round(&mut self, ops: usize, ours: impl FnOnce() -> i64, theirs: impl FnOnce() -> i64) {
        let (own, other) = if self.ours.len().is_multiple_of(2) {
            let first = per_op(ops, ours);
            (first, per_op(ops, theirs))
        } else {
            let first = per_op(ops, theirs);
            (per_op(ops, ours), first)
        };
        self.add(own.0, other.0, own.1 == other.1);
    }

    fn add(&mut self, own: f64, other: f64, alike: bool) {
        assert!(alike, "the answers differ");
        self.ours.push(own);
        self.theirs.push(other);
    }

    /// Medians of the quieter half of the rounds; the ratio is the median of the rounds' ratios.
    ///
    /// What else runs on a machine does not hit both alike: a loop that fills the CPU loses half to a neighbour on the
    /// same core, one that waits for its memory less; where memory is short it is the other way round. A round is as
    /// loud as both of its times together are above their medians, so that neither chooses.
    fn medians(&self) -> (f64, f64, f64) {
        let (ours, theirs) = (median(&self.ours), median(&self.theirs));
        let mut rounds: Vec<_> =
            self.ours.iter().copied().zip(self.theirs.iter().copied()).collect();
        let loudness = |&(own, other): &(f64, f64)| own / ours + other / theirs;
        rounds.sort_by(|a, b| loudness(a).total_cmp(&loudness(b)));
        rounds.truncate(rounds.len().div_ceil(2));
        let of =
            |value: fn(&(f64, f64)) -> f64| median(&rounds.iter().map(value).collect::<Vec<_>>());
        (of(|round| round.0), of(|round| round.1), of(|round| round.1 / round.0))
    }
}

fn median(list: &[f64]) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// All races of one stream in a space of `vmas` mappings.
#[derive(Default)]
pub struct Races {
    search: Times,
    pair: Times,
    scan: Times,
    cycle: Times,
}

impl Races {
    /// The rounds of one pass.
    pub fn run(&mut self, setting: &mut Setting, stream: Stream, vmas: usize, pass: usize) {
        let few = (SCANNED / vmas).clamp(1, 64);
        let seed = u64::try_from(pass).expect("few") << 32;
        searches(&mut self.search, setting, stream, vmas, Dice(4 + seed));
        pairs(&mut self.pair, setting, stream, vmas, Dice(3 + seed));
        scans(&mut self.scan, setting, stream, vmas, few, Dice(4 + seed));
        cycles(&mut self.cycle, setting, stream, vmas, few, Dice(4 + seed));
    }

    pub fn report(&self, stream: Stream, vmas: usize, out: Out) {
        let all = [
            ("search", "treap", &self.search),
            ("pair", "treap", &self.pair),
            ("search", "scan", &self.scan),
            ("cycle", "scan", &self.cycle),
        ];
        for (op, peer, times) in all {
            let (ours, theirs, ratio) = times.medians();
            let rounds = times.ours.len();
            out.race(&Race { op, stream, vmas, peer, ours, theirs, ratio, rounds });
        }
    }
}

/// Searches for fresh sizes in every round, so that no branch predictor knows them by heart.
fn searches(times: &mut Times, setting: &Setting, stream: Stream, vmas: usize, mut dice: Dice) {
    let Setting { extents, treap, .. } = setting;
    for _ in 0..rounds(vmas) {
        let needs = stream.needs(vmas, &mut dice);
        times.round(
            OPS,
            || needs.iter().map(|&need| search(extents, need)).sum(),
            || needs.iter().map(|&need| treap.search(&WINDOW, need).unwrap_or(-1)).sum(),
        );
    }
}

/// The peer scans for `few` of the sizes only; the others would take minutes.
fn scans(
    times: &mut Times,
    setting: &Setting,
    stream: Stream,
    vmas: usize,
    few: usize,
    mut dice: Dice,
) {
    let Setting { extents, scan: mapped, .. } = setting;
    for _ in 0..rounds(vmas) {
        let needs = stream.needs(vmas, &mut dice);
        let sample = || needs.iter().skip(OPS / few / 2).step_by(OPS / few).take(few);
        let expected: i64 = sample().map(|&need| search(extents, need)).sum();
        let own = per_op(OPS, || needs.iter().map(|&need| search(extents, need)).sum());
        let other = per_op(few, || sample().map(|&need| scan(mapped, need)).sum());
        times.add(own.0, other.0, expected == other.1);
    }
}

/// Store ranges in batches, erase each batch in another order.
fn pairs(times: &mut Times, setting: &mut Setting, stream: Stream, vmas: usize, mut dice: Dice) {
    let Setting { extents, treap, places, .. } = setting;
    for _ in 0..rounds(vmas) {
        if stream != Stream::Sequential {
            dice.shuffle(places);
        }
        times.round(
            places.len(),
            || {
                in_batches(places, |range, store| {
                    if store { extents.occupy(range) } else { extents.release(range) }
                })
            },
            || {
                in_batches(places, |range, store| {
                    if store { treap.store(range) } else { treap.erase(range.start) }
                })
            },
        );
    }
}

fn in_batches(places: &[Range<i64>], mut change: impl FnMut(&Range<i64>, bool)) -> i64 {
    for batch in places.chunks(64) {
        for range in batch {
            change(range, true);
        }
        for range in batch.iter().step_by(2).chain(batch.iter().skip(1).step_by(2)) {
            change(range, false);
        }
    }
    0
}

/// Search, store what was found, erase it; as in `scans`, the peer does so for `few` of the sizes.
fn cycles(
    times: &mut Times,
    setting: &mut Setting,
    stream: Stream,
    vmas: usize,
    few: usize,
    mut dice: Dice,
) {
    let Setting { extents, scan: mapped, .. } = setting;
    for _ in 0..rounds(vmas) {
        let needs = stream.needs(vmas, &mut dice);
        let sample = || needs.iter().skip(OPS / few / 2).step_by(OPS / few).take(few);
        let expected: i64 = sample().map(|&need| cycle(extents, need)).sum();
        let own = per_op(OPS, || needs.iter().map(|&need| cycle(extents, need)).sum());
        let other = per_op(few, || sample().map(|&need| scan_cycle(mapped, need)).sum());
        times.add(own.0, other.0, expected == other.1);
    }
}

fn cycle(extents: &mut Extents, need: i64) -> i64 {
    let found = extents.highest_gap(&WINDOW, need, &mut 0);
    let Some(found) = &found else { return -1 };
    let end = found.gap.end.min(WINDOW.end);
    extents.occupy_found(found, &(end - need..end));
    extents.release(&(end - need..end));
    end - need
}

fn scan_cycle(mapped: &mut BTreeMap<i64, i64>, need: i64) -> i64 {
    let page = scan(mapped, need);
    mapped.insert(page, page + need);
    mapped.remove(&page);
    page
}
