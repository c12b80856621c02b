//! Does the core answer as a bitmap of pages does, over programs with thousands of gaps?

use std::ops::Range;

use mmreplay_core::{Answer, Answers, Finish, Found, Op, Outcome, Position, Row, RowKind, Spaces};

const PAGES: i64 = 1 << 16;

/// Random numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = sides.unsigned_abs();
        i64::try_from((mixed ^ (mixed >> 31)) % sides).expect("below sides")
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// Mostly below `few`, rarely (in `percent` of the cases) below `many`.
    fn rarely(&mut self, percent: i64, many: i64, few: i64) -> i64 {
        let sides = if self.chance(percent) { many } else { few };
        self.below(sides)
    }
}

/// The guard of each mapped page, -1 for a free one.
struct Bitmap(Vec<i8>);

const FREE: i8 = -1;

impl Bitmap {
    fn at(&self, page: i64) -> i8 {
        usize::try_from(page).ok().and_then(|page| self.0.get(page).copied()).unwrap_or(FREE)
    }

    fn set(&mut self, range: Range<i64>, guard: i8) {
        let [start, end] = [range.start, range.end].map(|page| usize::try_from(page).unwrap());
        self.0[start..end].fill(guard);
    }

    fn mapped(&self) -> i64 {
        i64::try_from(self.0.iter().filter(|&&guard| guard != FREE).count()).unwrap()
    }

    /// The end of the free or mapped run that starts at `page`.
    fn run_end(&self, page: i64) -> i64 {
        let free = self.at(page) == FREE;
        (page..PAGES).find(|&next| (self.at(next) == FREE) != free).unwrap_or(PAGES)
    }

    /// Gaps from the bottom; the part of the last one above the bitmap is never in a window.
    fn gaps(&self) -> Vec<Range<i64>> {
        let mut gaps = Vec::new();
        let mut page = 0;
        while page < PAGES {
            let end = self.run_end(page);
            if self.at(page) == FREE {
                gaps.push(page..end);
            }
            page = end;
        }
        gaps
    }

    /// The first page that the mapping at `page` keeps free, if it guards any.
    fn guard_start(&self, page: i64) -> Option<i64> {
        Some(self.at(page)).filter(|&guard| guard > 0).map(|guard| (page - i64::from(guard)).max(0))
    }

    fn search(&self, row: &Row) -> Option<i64> {
        let need = row.pages + row.align_mask + row.start_gap;
        let (mut low, mut high) = (row.low, row.high);
        let gaps = self.gaps();
        let room = |gap: &Range<i64>, low, high| gap.end.min(high) - gap.start.max(low);
        loop {
            if row.kind == RowKind::Down {
                let gap = gaps.iter().rfind(|gap| room(gap, low, high) >= need)?;
                let end = gap.end.min(high);
                match self.guard_start(gap.end) {
                    Some(guard) if guard < end => high = guard,
                    _ => return (end - need..=end - row.pages).rev().find(|p| congruent(*p, row)),
                }
            } else {
                let gap = gaps.iter().find(|gap| room(gap, low, high) >= need)?;
                let start = gap.start.max(low) + row.start_gap;
                let page = (start..=start + row.align_mask).find(|p| congruent(*p, row))?;
                match self.guard_start(gap.end) {
                    Some(guard) if guard < page + need => low = self.run_end(gap.end),
                    _ => return Some(page),
                }
            }
        }
    }
}

fn congruent(page: i64, row: &Row) -> bool {
    (page - row.align_offset).rem_euclid(row.align_mask + 1) == 0
}

fn random_row(dice: &mut Dice) -> Row {
    Row {
        kind: if dice.chance(60) { RowKind::Down } else { RowKind::Up },
        attempt: 0,
        pages: 1 + dice.rarely(20, 40, 6),
        low: dice.rarely(30, PAGES, 1),
        high: PAGES - dice.rarely(30, PAGES, 1),
        align_mask: (1 << dice.rarely(20, 6, 1)) - 1,
        align_offset: dice.below(64),
        start_gap: dice.rarely(10, 3, 1),
        finish: Finish::Take,
        finish_mask: 0,
        finish_offset: 0,
        hint_wall: 0,
    }
}

fn absolute(page: i64) -> Position {
    Position { anchor: 0, offset: page }
}

/// A search, a fix or a release somewhere; `searches` of 100 search.
fn random_op(dice: &mut Dice, bitmap: &Bitmap, rows: &[Row], searches: i64) -> Op {
    let pages = 1 + dice.rarely(3, 300, 6);
    let at = absolute(dice.below(PAGES - pages));
    let guard = dice.rarely(10, 9, 1);
    let row = dice.below(200);
    match dice.below(100) {
        roll if roll < searches => {
            let pages = rows[usize::try_from(row).unwrap()].pages;
            let row = u32::try_from(row).unwrap();
            Op::Map { object: 0, at, pages, guard, rows: row..row + 1 }
        }
        roll if roll < searches + 10 => Op::Fix { object: 0, at, pages, guard, align: (0, 0) },
        _ => {
            let whole = dice.chance(60) && bitmap.at(at.offset) != FREE;
            let run = bitmap.run_end(at.offset) - at.offset;
            Op::Release { at, pages: if whole { run.min(40) } else { pages }, spare: (0, 0) }
        }
    }
}

/// What one op answers.
#[derive(Default)]
struct Lists {
    out: Vec<Outcome>,
    found: Vec<Found>,
}

impl Answers for Lists {
    fn outcome(&mut self, outcome: Outcome) {
        self.out.push(outcome);
    }

    fn search(&mut self, found: Found) {
        self.found.push(found);
    }
}

/// Run one op on both sides and compare what they say.
fn check_op(spaces: &mut Spaces, bitmap: &mut Bitmap, op: &Op, rows: &[Row]) {
    let mut lists = Lists::default();
    let mapped = bitmap.mapped();
    spaces.run(std::slice::from_ref(op), rows, &mut lists).expect("a valid op");
    let Lists { out, found } = lists;
    assert_eq!(out[0].mapped, mapped);
    match op {
        Op::Map { pages, guard, rows: range, .. } => {
            let row = &rows[range.start as usize];
            let page = bitmap.search(row);
            assert_eq!(found[0].page, page, "{row:?}");
            if let Some(page) = page {
                bitmap.set(page..page + pages, i8::try_from(*guard).unwrap());
            }
        }
        Op::Fix { at, pages, guard, .. } => {
            assert_eq!(out[0].page, Answer::Page(at.offset));
            bitmap.set(at.offset..at.offset + pages, i8::try_from(*guard).unwrap());
        }
        Op::Release { at, pages, .. } => {
            assert_eq!(out[0].page, Answer::Page(at.offset));
            bitmap.set(at.offset..at.offset + pages, FREE);
        }
        _ => unreachable!("not made here"),
    }
}

#[test]
fn answers_as_a_bitmap_does() {
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let (mut spaces, mut bitmap) = (Spaces::new(), Bitmap(vec![FREE; 1 << 16]));
        let rows: Vec<Row> = (0..200).map(|_| random_row(&mut dice)).collect();
        let mut page = 0;
        while page < PAGES - 16 {
            let pages = 1 + dice.below(4);
            let fix = Op::Fix { object: 0, at: absolute(page), pages, guard: 0, align: (0, 0) };
            check_op(&mut spaces, &mut bitmap, &fix, &rows);
            page += pages + 1 + dice.below(4);
        }
        for index in 0..8_000 {
            let op = random_op(&mut dice, &bitmap, &rows, if index < 5_000 { 60 } else { 15 });
            check_op(&mut spaces, &mut bitmap, &op, &rows);
        }
    }
}
