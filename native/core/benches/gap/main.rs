//! How much faster is the gap index than a balanced tree of mappings and than a scan, and how many instructions does it take?
//!
//! `cargo bench` compares, interleaved in one process; addresses must agree before a time counts.
//! `valgrind --tool=callgrind --toggle-collect='*count_search*' BENCH count 65536` (also `count_place`,
//! `count_release`) counts what `OPS` operations take.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;

use mmreplay_core::Extents;

mod treap;

use treap::Treap;

const OPS: usize = 4096;
const ROUNDS: usize = 60;

/// Random numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) >> 1).expect("63 bits") % sides
    }

    fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(i64::try_from(count).expect("few"))).expect("in range")
    }

    /// 1 to 4 pages in half of the cases, up to twice as many in a quarter, and so on to 2^18.
    fn size(&mut self) -> i64 {
        let scale = self.below(1 << 16).trailing_zeros();
        1 + self.below(4 << scale.min(16))
    }

    /// 1 to 2^18 pages.
    fn magnitude(&mut self) -> i64 {
        let most = 1 << self.below(19);
        1 + self.below(most)
    }
}

/// One space in three forms, and what to ask it.
struct Setting {
    extents: Extents,
    treap: Treap,
    scan: BTreeMap<i64, i64>,
    needs: Vec<i64>,
    /// Single pages, each inside a gap of its own.
    places: Vec<i64>,
}

/// Where top-down searches begin.
const TOP: i64 = 1 << 34;

impl Setting {
    /// A space as it is after a long run: mappings of all sizes came, found the highest room, and left at random.
    fn new(vmas: usize) -> Self {
        let mut dice = Dice(1);
        let mut extents = Extents::default();
        extents.set_wall(TOP);
        let mut mapped: Vec<Range<i64>> = Vec::new();
        for turn in 0..vmas * 8 {
            if turn >= vmas * 4 && mapped.len() >= vmas || mapped.len() > vmas * 5 / 4 {
                extents.release(&mapped.swap_remove(dice.index(mapped.len())));
            } else {
                let need = dice.size();
                let page = search(&extents, need);
                extents.occupy(&(page..page + need));
                mapped.push(page..page + need);
            }
        }
        Self::of(extents, mapped, &mut dice)
    }

    /// A space in which the answer depends on every page of the size: larger gaps lie lower, no two alike.
    fn stairs(vmas: usize) -> Self {
        let mut dice = Dice(1);
        let mut extents = Extents::default();
        extents.set_wall(TOP);
        let (mut mapped, mut top) = (Vec::new(), TOP);
        for gap in (2..).step_by(2).take(vmas) {
            let start = top - gap - 1 - dice.below(16);
            mapped.push(start..top - gap);
            top = start;
        }
        for _ in 0..vmas {
            let (a, b) = (dice.index(vmas), dice.index(vmas));
            mapped.swap(a, b);
        }
        for range in &mapped {
            extents.occupy(range);
        }
        Self::of(extents, mapped, &mut dice)
    }

    fn of(extents: Extents, mut mapped: Vec<Range<i64>>, dice: &mut Dice) -> Self {
        mapped.sort_by_key(|range| range.start);
        let mut setting = Self {
            extents,
            treap: Treap::new(TOP),
            scan: BTreeMap::from([(TOP, TOP + 1)]),
            needs: (0..OPS).map(|_| dice.size()).collect(),
            places: Vec::new(),
        };
        let (mut inside, mut gap_start) = (Vec::new(), 0);
        for Range { start, end } in mapped {
            if start - gap_start > 2 {
                inside.push(gap_start + 1 + dice.below(start - gap_start - 2));
            }
            setting.treap.store(start, end, gap_start);
            setting.scan.insert(start, end);
            gap_start = end;
        }
        for _ in 0..OPS.min(inside.len() / 2) {
            setting.places.push(inside.swap_remove(dice.index(inside.len())));
        }
        setting
    }
}

fn search(extents: &Extents, need: i64) -> i64 {
    let found = extents.highest_gap(&(0..TOP), need, &mut 0);
    found.map_or(-1, |found| found.gap.end.min(TOP) - need)
}

fn scan(mapped: &BTreeMap<i64, i64>, need: i64) -> i64 {
    let mut above = None;
    for (&start, &end) in mapped.iter().rev() {
        if let Some(top) = above
            && top - end >= need
        {
            return top - need;
        }
        above = Some(start);
    }
    above.map_or(-1, |top| top - need)
}

/// Store pages in batches, erase each batch in another order.
fn pairs(places: &[i64], mut change: impl FnMut(i64, bool)) {
    for batch in places.chunks(64) {
        for &page in batch {
            change(page, true);
        }
        for &page in batch.iter().step_by(2).chain(batch.iter().skip(1).step_by(2)) {
            change(page, false);
        }
    }
}

/// Nanoseconds per op, one value per round.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn take(&mut self, ops: usize, run: impl FnOnce() -> i64) -> i64 {
        let start = Instant::now();
        let sum = black_box(run());
        let ops = f64::from(u32::try_from(ops).expect("few ops"));
        self.0.push(start.elapsed().as_secs_f64() * 1e9 / ops);
        sum
    }

    fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }
}

fn report(what: &str, ours: &Times, other: &str, theirs: &Times) {
    let (ours, theirs) = (ours.median(), theirs.median());
    println!("  {what:32} {ours:8.1} ns, {other:5} {theirs:9.1} ns: {:7.1}x", theirs / ours);
}

/// Searches for fresh sizes in every round, so that no branch predictor knows them by heart.
fn compare_searches(setting: &Setting, what: &str, mut size: impl FnMut() -> i64) {
    let Setting { extents, treap, scan: mapped, .. } = setting;
    let [mut ours, mut tree, mut slow] = [Times::default(), Times::default(), Times::default()];
    for _ in 0..ROUNDS {
        let needs: Vec<i64> = (0..OPS).map(|_| size()).collect();
        let few = &needs[..64];
        let sum = ours.take(OPS, || needs.iter().map(|&need| search(extents, need)).sum());
        let treaps = || needs.iter().map(|&need| treap.search(need).unwrap_or(-1)).sum();
        assert_eq!(tree.take(OPS, treaps), sum, "addresses differ");
        let scans = slow.take(few.len(), || few.iter().map(|&need| scan(mapped, need)).sum());
        assert_eq!(scans, few.iter().map(|&need| search(extents, need)).sum(), "addresses differ");
    }
    report(what, &ours, "treap", &tree);
    report(what, &ours, "scan", &slow);
}

fn compare_pairs(setting: &mut Setting) {
    let Setting { extents, treap, places, .. } = setting;
    let (mut ours, mut tree) = (Times::default(), Times::default());
    let mut dice = Dice(3);
    for _ in 0..ROUNDS {
        for at in (1..places.len()).rev() {
            places.swap(at, dice.index(at + 1));
        }
        ours.take(places.len(), || {
            pairs(places, |page, store| {
                let range = page..page + 1;
                if store { extents.occupy(&range) } else { extents.release(&range) }
            });
            extents.mapped()
        });
        tree.take(places.len(), || {
            pairs(places, |page, store| {
                if store {
                    treap.store(page, page + 1, treap.gap_start(page));
                } else {
                    treap.erase(page);
                }
            });
            0
        });
    }
    report("store and erase", &ours, "treap", &tree);
}

fn compare(vmas: usize) {
    let (mut dice, mut other) = (Dice(4), Dice(5));
    let mut churned = Setting::new(vmas);
    describe(vmas, "after a long run", &churned.extents);
    compare_searches(&churned, "search, sizes as mapped", || dice.size());
    compare_searches(&churned, "search, all magnitudes alike", || other.magnitude());
    compare_pairs(&mut churned);
    let mut stairs = Setting::stairs(vmas);
    describe(vmas, "as stairs", &stairs.extents);
    let most = i64::try_from(vmas).expect("few") * 2;
    compare_searches(&stairs, "search, every gap as likely", || 1 + dice.below(most));
    compare_pairs(&mut stairs);
}

fn describe(vmas: usize, what: &str, extents: &Extents) {
    let (gaps, bytes) = extents.memory();
    println!("{vmas} mappings {what}: {gaps} gaps, {} bytes per gap", bytes / gaps);
}

#[inline(never)]
fn count_search(extents: &Extents, needs: &[i64]) -> i64 {
    needs.iter().map(|&need| search(extents, need)).sum()
}

/// Search and place in what was found, as a `map` op does.
#[inline(never)]
fn count_place(extents: &mut Extents, needs: &[i64], placed: &mut Vec<Range<i64>>) {
    for &need in needs {
        if let Some(found) = extents.highest_gap(&(0..TOP), need, &mut 0) {
            let top = found.gap.end.min(TOP);
            extents.occupy_found(&found, &(top - need..top));
            placed.push(top - need..top);
        }
    }
}

#[inline(never)]
fn count_release(extents: &mut Extents, ranges: &[Range<i64>]) {
    for range in ranges {
        extents.release(range);
    }
}

fn count(vmas: usize) {
    let Setting { mut extents, needs, scan, .. } = Setting::new(vmas);
    black_box(count_search(&extents, &needs));
    let mut placed = Vec::with_capacity(needs.len());
    count_place(&mut extents, &needs, &mut placed);
    let mut dice = Dice(2);
    let mut mapped: Vec<_> = scan.into_iter().filter(|&(start, _)| start < TOP).collect();
    let ranges: Vec<_> = (0..OPS.min(mapped.len() / 2))
        .map(|_| {
            let (start, end) = mapped.swap_remove(dice.index(mapped.len()));
            start..end
        })
        .collect();
    count_release(&mut extents, &ranges);
    println!("{} searches, {} placed, {} released", needs.len(), placed.len(), ranges.len());
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.as_slice() {
        [word, vmas] if word == "count" => count(vmas.parse().expect("a number of mappings")),
        _ => [65_536, 10_000, 1_000].into_iter().for_each(compare),
    }
}
