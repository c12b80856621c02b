//! Does the index keep the rules of its structure, and the gaps that an ordered map has?

use std::collections::BTreeMap;
use std::ops::Range;

use crate::extents::Gap;
use crate::index::{FoundGap, GapIndex, saturated};
use crate::lanes::{Lanes, MOST, Task};
use crate::machine::Machine;
use crate::node::Node;
use crate::root::{Last, Root};
use crate::scalar::Scalar;

/// Every rule of the structure; the gaps in order.
fn check(index: &GapIndex) -> Vec<(i64, i64)> {
    let mut gaps = Vec::new();
    let root = &index.root;
    assert_eq!(root.blocks.len(), if root.len() == 1 { 0 } else { root.len().div_ceil(64) });
    for (at, block) in root.blocks.iter().enumerate() {
        check_padding(block);
        assert_eq!(block.count(), 64.min(root.len() - at * 64));
    }
    check_last(root);
    for at in 0..root.len() {
        let inner = index.inner(at);
        check_padding(inner);
        assert!(inner.count() > 0);
        assert_eq!(root.get(at).size, inner.largest());
        assert!(at == 0 || root.get(at).key == inner.key[0]);
        for slot in 0..inner.count() {
            let leaf = index.leaf(at, slot);
            check_padding(leaf);
            assert_eq!(inner.size[slot], leaf.largest());
            let leftmost = at == 0 && slot == 0;
            assert!(leftmost || inner.key[slot] == leaf.key[0]);
            assert!(leaf.count() > 0 || (leftmost && inner.count() == 1 && root.len() == 1));
            for entry in 0..leaf.count() {
                let Gap { start, end } = index.gap(index.spot(at, slot, entry));
                assert_eq!(leaf.size[entry], saturated(end - start));
                gaps.push((start, end));
            }
        }
    }
    let wide = gaps.iter().copied().filter(|gap| gap.1 - gap.0 >= i64::from(MOST));
    assert!(wide.eq(index.wide.iter().map(|gap| (gap.start, gap.end))));
    assert!(gaps.is_sorted_by(|a, b| a.1 < b.0) && gaps.iter().all(|gap| gap.0 < gap.1));
    gaps
}

/// What is remembered of the last edit leads where the keys lead.
fn check_last(root: &Root) {
    let Last { start, pages, at, inner } = root.last;
    if root.len() == 1 {
        assert_eq!((pages, at, inner), (u64::MAX, 0, root.inner(0)));
    } else if pages > 0 {
        for page in [start, start.checked_add_unsigned(pages).expect("a range of pages") - 1] {
            assert_eq!(root.locate(Scalar, page), (at, inner));
        }
    }
}

fn check_padding<T: Copy + Default, const N: usize>(node: &Node<T, N>) {
    assert!(node.key[..node.count()].is_sorted_by(|a, b| a < b));
    assert!(node.key[node.count()..].iter().all(|&key| key == i64::MAX));
    assert!(node.size[node.count()..].iter().all(|&size| size == 0));
}

/// A fixed shuffle of `0..count`, a prime.
fn shuffled(count: i64) -> impl Iterator<Item = i64> {
    (0..count).map(move |index| index * 48_271 % count)
}

#[test]
fn keeps_its_rules_while_it_fills_and_empties() {
    let count = 180_001;
    let gap = |place: i64| place * 10..place * 10 + 1 + place % 9;
    let mut index = GapIndex::new();
    for (turn, place) in shuffled(count).enumerate() {
        change(&mut index, &gap(place), false);
        if turn % 30_000 == 0 {
            check(&index);
        }
    }
    let all: Vec<_> = (0..count).map(|place| (gap(place).start, gap(place).end)).collect();
    assert_eq!(check(&index), all);
    assert!(index.root.len() > 128);
    for (turn, place) in shuffled(count).enumerate() {
        let spot = index.locate(place * 10).expect("inserted above");
        assert_eq!(index.gap(spot), gap(place));
        change(&mut index, &gap(place), true);
        if turn % 30_000 == 0 || turn > 179_900 {
            check(&index);
        }
    }
    assert_eq!(check(&index), []);
}

#[test]
fn packs_half_full_leaves_before_it_splits_what_is_above_them() {
    let mut index = GapIndex::new();
    let add = |index: &mut GapIndex, places: Range<i64>| {
        places.for_each(|place| change(index, &(place * 4..place * 4 + 1 + place % 3), false));
    };
    add(&mut index, 0..1_200);
    assert_eq!(index.root.len(), 1, "a leaf that fills from its end splits when it is full");
    assert!(index.leaves.counts().1 <= 8, "what packing spares is used or given back");
    check(&index);
    add(&mut index, 1_200..20_000);
    assert_eq!(check(&index).len(), 20_000);
    assert!(index.leaves.counts().0 <= 1_200, "{:?}", index.leaves.counts());
}

/// Gaps as an ordered map has them, changed page range by page range.
#[derive(Default)]
struct Model(BTreeMap<i64, i64>);

impl Model {
    fn cut(&mut self, range: &Range<i64>) {
        let below = self.0.range(..range.end).rev().map(|(&start, &end)| start..end);
        for gap in below.take_while(|gap| gap.end > range.start).collect::<Vec<_>>() {
            self.0.remove(&gap.start);
            for part in [gap.start..range.start, range.end..gap.end] {
                if part.start < part.end {
                    self.0.insert(part.start, part.end);
                }
            }
        }
    }

    fn join(&mut self, range: &Range<i64>) {
        self.cut(range);
        let (mut start, mut end) = (range.start, range.end);
        if let Some((&before, &stop)) = self.0.range(..start).next_back()
            && stop == start
        {
            start = before;
        }
        end = self.0.remove(&end).unwrap_or(end);
        self.0.insert(start, end);
    }

    fn highest(&self, need: i64) -> Option<Range<i64>> {
        let fits = |gap: &Range<i64>| gap.end - gap.start >= need;
        self.0.iter().rev().map(|(&start, &end)| start..end).find(fits)
    }
}

/// Map or unmap a range.
struct Change<'a> {
    index: &'a mut GapIndex,
    range: &'a Range<i64>,
    maps: bool,
}

impl Task for Change<'_> {
    type Output = i64;

    fn run(self, lanes: impl Lanes) -> i64 {
        let Self { index, range, maps } = self;
        if maps { index.occupy(lanes, range) } else { index.release(lanes, range) }
    }
}

fn change(index: &mut GapIndex, range: &Range<i64>, maps: bool) {
    index.machine.run(Change { index, range, maps });
    check_last(&index.root);
}

/// Map and unmap at random, and on top of what a search found; sizes below and above what a size field holds.
fn run(machine: Machine, turns: usize, scale: i64, expected_gaps: usize) {
    let mut index = GapIndex::new();
    index.machine = machine;
    let mut model = Model::default();
    let mut state = 1_u64;
    let mut below = |sides: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from(state >> 33).expect("31 bits") % sides
    };
    let window = 0..i64::try_from(expected_gaps).expect("few") * 8 * scale;
    change(&mut index, &window, false);
    model.join(&window);
    for turn in 0..turns {
        let start = below(window.end / scale) * scale + below(3);
        let range = start..start + 1 + below(4) * scale + below(5);
        match below(5) {
            0 | 1 => {
                change(&mut index, &range, true);
                model.cut(&range);
            }
            2 | 3 => {
                change(&mut index, &range, false);
                model.join(&range);
            }
            _ => {
                let need = range.end - range.start;
                let found = index.highest(&(i64::MIN..i64::MAX), need, &mut 0);
                if turn % 64 == 0 {
                    let gap = found.as_ref().map(|found| found.gap.clone());
                    assert_eq!(gap, model.highest(need));
                }
                let Some(FoundGap { gap, spot }) = found else { continue };
                let end = gap.end - below(2) * below(gap.end - gap.start - need + 1);
                let placed = end - need..end;
                assert!(index.occupy_at(&spot, &placed));
                model.cut(&placed);
            }
        }
        if turn % 997 == 0 {
            check(&index);
        }
    }
    let all: Vec<_> = model.0.into_iter().collect();
    assert!(all.len() > expected_gaps, "{} gaps", all.len());
    assert_eq!(check(&index), all);
}

#[test]
fn keeps_its_rules_while_ranges_are_mapped_and_unmapped() {
    for machine in Machine::all() {
        run(machine, 120_000, 16, 9_000);
        run(machine, 20_000, 1 << 31, 1_000);
        run(machine, 20_000, 1 << 30, 1_000);
    }
}
