//! Address spaces to search, each held three times over, and the streams of requests put to them.

use std::collections::BTreeMap;
use std::ops::Range;

use mmreplay_core::Extents;

use crate::dice::Dice;
use crate::treap::Treap;

/// Where top-down searches begin, above the largest space here: a 57-bit address has 45 bits of page number.
const TOP: i64 = 1 << 44;
/// The window of every search.
pub const WINDOW: Range<i64> = 16..TOP;
/// Above the window there is room and then the stack, as in every process.
const STACK: Range<i64> = TOP + (1 << 20)..TOP + (1 << 20) + 33;
/// Requests of one round.
pub const OPS: usize = 4096;
/// Pages that a PMD entry maps.
const PMD: i64 = 512;
/// In stairs each gap is so many pages larger than the one above it, and in `Adversarial` all gaps are.
const STEP: i64 = 16;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Every gap is as likely to answer, and to be cut and joined: gaps of all sizes, larger ones lower.
    Random,
    /// The same gaps one after the other.
    Sequential,
    /// The same gaps, whole 2 MiB and the slack to align them.
    Pmd,
    /// All gaps are one page too small, and the answer lies below all mappings.
    Adversarial,
    /// What a long run leaves: mappings of all sizes came, took the highest room, and left at random.
    Churn,
}

impl Stream {
    pub const ALL: [Self; 5] =
        [Self::Random, Self::Sequential, Self::Pmd, Self::Adversarial, Self::Churn];

    /// Whether it is put to the same space as `Random`.
    pub fn shares_space(self) -> bool {
        matches!(self, Self::Sequential | Self::Pmd)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Sequential => "sequential",
            Self::Pmd => "pmd-aligned",
            Self::Adversarial => "adversarial",
            Self::Churn => "churn",
        }
    }

    /// Sizes to search for, of one round.
    pub fn needs(self, vmas: usize, dice: &mut Dice) -> Vec<i64> {
        let most = i64::try_from(vmas).expect("few") * STEP;
        let ops = 0_i64..4096;
        match self {
            Self::Random => ops.map(|_| 1 + dice.below(most)).collect(),
            Self::Sequential => ops.map(|op| 1 + op * most / 4096).collect(),
            Self::Pmd => ops.map(|_| dice.below(most / PMD + 1) * PMD + 2 * PMD - 1).collect(),
            Self::Adversarial => ops.map(|_| STEP + 1).collect(),
            Self::Churn => ops.map(|_| dice.size()).collect(),
        }
    }
}

/// One space in three forms, made by the same calls in the same order.
pub struct Setting {
    pub extents: Extents,
    pub treap: Treap,
    pub scan: BTreeMap<i64, i64>,
    /// Ranges that can be mapped at once, each inside a gap of its own, ascending.
    pub places: Vec<Range<i64>>,
}

impl Setting {
    pub fn new(stream: Stream, vmas: usize) -> Self {
        let mut dice = Dice(1);
        let mut setting = Self::empty();
        if stream == Stream::Churn {
            setting.churn(vmas, &mut dice);
        } else {
            setting.stairs(vmas, stream, &mut dice);
        }
        setting.find_places(stream);
        setting
    }

    fn empty() -> Self {
        let mut extents = Extents::default();
        extents.set_wall(TOP);
        extents.occupy(&STACK);
        let mut treap = Treap::new();
        treap.store(&STACK);
        Self { extents, treap, scan: BTreeMap::new(), places: Vec::new() }
    }

    fn store(&mut self, range: &Range<i64>) {
        self.extents.occupy(range);
        self.treap.store(range);
        self.scan.insert(range.start, range.end);
    }

    fn erase(&mut self, range: &Range<i64>) {
        self.extents.release(range);
        self.treap.erase(range.start);
        self.scan.remove(&range.start);
    }

    fn churn(&mut self, vmas: usize, dice: &mut Dice) {
        let mut mapped: Vec<Range<i64>> = Vec::new();
        for turn in 0..vmas * 8 {
            if turn >= vmas * 4 && mapped.len() >= vmas || mapped.len() > vmas * 5 / 4 {
                let range = mapped.swap_remove(dice.index(mapped.len()));
                self.erase(&range);
            } else {
                let need = dice.size();
                let page = search(&self.extents, need);
                self.store(&(page..page + need));
                mapped.push(page..page + need);
            }
        }
    }

    fn stairs(&mut self, vmas: usize, stream: Stream, dice: &mut Dice) {
        let (mut mapped, mut top, mut gap) = (Vec::with_capacity(vmas), TOP, STEP);
        for _ in 0..vmas {
            let end = top - gap;
            top = end - 1 - dice.below(16);
            mapped.push(top..end);
            gap += if stream == Stream::Adversarial { 0 } else { STEP };
        }
        dice.shuffle(&mut mapped);
        for range in &mapped {
            self.store(range);
        }
    }

    /// Choose places for a stream that is put to this space.
    pub fn find_places(&mut self, stream: Stream) {
        let mut dice = Dice(6);
        let (mut places, mut gap_start) = (Vec::new(), WINDOW.start);
        for (&start, &end) in &self.scan {
            if stream == Stream::Pmd {
                let page = (gap_start + PMD) & -PMD;
                places.extend((page + PMD < start).then_some(page..page + PMD));
            } else if start - gap_start > 2 {
                let page = gap_start + 1 + dice.below(start - gap_start - 2);
                places.push(page..page + 1);
            }
            gap_start = end;
        }
        dice.shuffle(&mut places);
        places.truncate(OPS.min(places.len().div_ceil(2)));
        places.sort_by_key(|range| range.start);
        self.places = places;
    }
}

/// The highest page for `need` pages.
pub fn search(extents: &Extents, need: i64) -> i64 {
    let found = extents.highest_gap(&WINDOW, need, &mut 0);
    found.map_or(-1, |found| found.gap.end.min(WINDOW.end) - need)
}

/// The same from an ordered map, which has to look at one mapping after the other.
pub fn scan(mapped: &BTreeMap<i64, i64>, need: i64) -> i64 {
    let mut above = WINDOW.end;
    for (&start, &end) in mapped.iter().rev() {
        if above - end >= need {
            return above - need;
        }
        above = start;
    }
    if above - WINDOW.start >= need { above - need } else { -1 }
}
