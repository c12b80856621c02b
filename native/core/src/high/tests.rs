//! Does a list of few gaps say what an index of them says, and in as many steps?

use super::{FEW, High};
use crate::index::{FoundGap, GapIndex};

/// Numbers from a seed.
fn numbers(seed: u64) -> impl FnMut(i64) -> i64 {
    let mut state = seed;
    move |sides| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from(state >> 33).expect("31 bits") % sides
    }
}

fn told(found: Option<FoundGap>, steps: u64) -> (Option<std::ops::Range<i64>>, u64) {
    (found.map(|found| found.gap), steps)
}

fn compare(list: &High, index: &GapIndex, below: &mut impl FnMut(i64) -> i64, scale: i64) {
    let need = 1 + below(9) * scale;
    let start = below(60) * scale;
    let window = start..start + 1 + below(60) * scale;
    let (mut own, mut other) = (0, 0);
    let answers = [list.highest(&window, need, &mut own), index.highest(&window, need, &mut other)];
    let [left, right] = answers;
    assert_eq!(told(left, own), told(right, other), "highest {need} in {window:?}: {list:?}");
    let (mut own, mut other) = (0, 0);
    let answers = [list.lowest(&window, need, &mut own), index.lowest(&window, need, &mut other)];
    let [left, right] = answers;
    assert_eq!(told(left, own), told(right, other), "lowest {need} in {window:?}: {list:?}");
    assert_eq!(list.gap_from(start), index.gap_from(start), "from {start}: {list:?}");
    assert_eq!(list.first(), index.gaps().next());
    assert_eq!(list.gaps(), index.gaps().collect::<Vec<_>>());
}

#[test]
fn a_list_of_few_gaps_answers_as_an_index_does() {
    let mut most = 0;
    for (seed, scale) in (0..400).zip([1, 3, 1 << 31].into_iter().cycle()) {
        let mut below = numbers(seed);
        let (mut list, mut index) = (High::new(), GapIndex::new());
        for _ in 0..200 {
            let start = below(60) * scale;
            let range = start..start + below(6) * scale;
            if below(2) == 0 {
                assert_eq!(list.occupy(&range), index.occupy_anywhere(&range));
            } else {
                assert_eq!(list.release(&range), index.release_anywhere(&range));
            }
            compare(&list, &index, &mut below, scale);
            if let High::Few(gaps) = &list {
                most = most.max(gaps.len());
            }
        }
    }
    assert_eq!(most, FEW, "lists as long as they get are among them");
}
