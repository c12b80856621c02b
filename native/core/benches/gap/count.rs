//! Operations to count instructions of: the same requests in every run, each kind in a function that a tool can watch.

use std::hint::black_box;
use std::ops::Range;

use mmreplay_core::Extents;

use crate::dice::Dice;
use crate::spaces::{OPS, Setting, Stream, WINDOW, search};

#[inline(never)]
fn count_search(extents: &Extents, needs: &[i64]) -> i64 {
    needs.iter().map(|&need| search(extents, need)).sum()
}

fn steps(extents: &Extents, needs: &[i64]) -> u64 {
    let mut steps = 0;
    for &need in needs {
        black_box(extents.highest_gap(&WINDOW, need, &mut steps));
    }
    steps
}

/// Search and place in what was found, as a `map` op does.
#[inline(never)]
fn count_place(extents: &mut Extents, needs: &[i64]) {
    for &need in needs {
        let found = extents.highest_gap(&WINDOW, need, &mut 0);
        if let Some(found) = &found {
            let end = found.gap.end.min(WINDOW.end);
            extents.occupy_found(found, &(end - need..end));
        }
    }
}

#[inline(never)]
fn count_release(extents: &mut Extents, ranges: &[Range<i64>]) {
    for range in ranges {
        extents.release(range);
    }
}

/// Search, place and release in the space that a long run leaves; prints what can be counted without a tool.
pub fn count(vmas: usize) {
    let Setting { mut extents, scan, .. } = Setting::new(Stream::Churn, vmas);
    let needs = Stream::Churn.needs(vmas, &mut Dice(2));
    let (gaps, bytes) = extents.memory();
    let steps = steps(&extents, &needs);
    println!(
        r#"{{"kind":"count","vmas":{vmas},"ops":{OPS},"steps":{steps},"gaps":{gaps},"bytes":{bytes}}}"#
    );
    black_box(count_search(&extents, &needs));
    let before = extents.mapped();
    count_place(&mut extents, &needs);
    assert_eq!(extents.mapped() - before, needs.iter().sum(), "all are placed");
    let mut mapped: Vec<_> = scan.into_iter().map(|(start, end)| start..end).collect();
    Dice(2).shuffle(&mut mapped);
    mapped.truncate(OPS);
    count_release(&mut extents, &mapped);
    black_box(extents.mapped());
}
