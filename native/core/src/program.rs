//! What running a table of ops answers: a page per op, and every search on the way.

use std::collections::HashMap;
use std::ops::Range;

use crate::extents::PAGES_END;
use crate::objects::Objects;
use crate::search::{Finish, Row, RowKind, round_down, round_up, search};
use crate::space::Space;
use crate::table::{Answer, Fault, Found, Op, Outcome, Position};

/// The address spaces of a trace and its objects. Space 0 exists from the start and is current.
#[derive(Debug)]
pub struct Spaces {
    all: Vec<Space>,
    by_id: HashMap<u32, usize>,
    current: usize,
    objects: Objects,
}

/// What an op may be refused for, before its index is known.
type Refusal = (&'static str, u32);

/// What one row says about the op.
enum Verdict {
    Wins(i64),
    Rejects(i64),
    NoFit,
}

/// An op's wish for room: the hint (`None` if its anchor is lost) and the pages to place.
struct Wish {
    hint: Option<i64>,
    pages: i64,
}

impl Default for Spaces {
    fn default() -> Self {
        Self::new()
    }
}

impl Spaces {
    /// One empty space, no objects.
    #[must_use]
    pub fn new() -> Self {
        Self {
            all: vec![Space::default()],
            by_id: HashMap::from([(0, 0)]),
            current: 0,
            objects: Objects::new(),
        }
    }

    /// The space that ops work on now.
    #[must_use]
    pub fn current(&self) -> &Space {
        &self.all[self.current]
    }

    /// Run `ops` in order: one outcome each, and one entry of `found` per search.
    ///
    /// # Errors
    /// An id that is undefined or defined twice, or a row outside `rows`; the ops before it have run.
    pub fn run(
        &mut self,
        ops: &[Op],
        rows: &[Row],
        out: &mut Vec<Outcome>,
        found: &mut Vec<Found>,
    ) -> Result<(), Fault> {
        for (index, op) in ops.iter().enumerate() {
            let mapped = self.current().extents.mapped();
            let outcome = self.step(op, rows, found);
            let outcome = outcome.map_err(|(what, id)| Fault { op: index, what, id })?;
            out.push(Outcome { mapped, ..outcome });
        }
        Ok(())
    }

    fn step(&mut self, op: &Op, rows: &[Row], found: &mut Vec<Found>) -> Result<Outcome, Refusal> {
        match op {
            Op::Fork { space } => self.fork(*space),
            Op::Enter { space } => Ok(self.enter(*space)),
            Op::Map { object, at, pages, guard, rows: range } => {
                self.check_new(*object)?;
                let wish = Wish { hint: self.page_of(*at)?, pages: *pages };
                let outcome = self.choose(&wish, rows, range, found)?;
                self.place(*object, outcome.page, *pages, *guard);
                return Ok(outcome);
            }
            Op::Probe { at, pages, rows: range } => {
                let wish = Wish { hint: self.page_of(*at)?, pages: *pages };
                return self.choose(&wish, rows, range, found);
            }
            Op::Fix { object, at, pages, guard, align } => {
                self.check_new(*object)?;
                let start = self.page_of(*at)?.map(|page| round_up(page, align.0, align.1));
                let answer = within_pages(start, *pages);
                self.place(*object, answer, *pages, *guard);
                Ok(answer)
            }
            Op::Release { at, pages, spare } => self.release(*at, *pages, *spare),
        }
        .map(settled)
    }

    fn fork(&mut self, space: u32) -> Result<Answer, Refusal> {
        if self.by_id.contains_key(&space) {
            return Err(("there is already a space", space));
        }
        self.by_id.insert(space, self.all.len());
        self.all.push(self.current().clone());
        Ok(Answer::Page(0))
    }

    fn enter(&mut self, space: u32) -> Answer {
        let next = self.all.len();
        self.current = *self.by_id.entry(space).or_insert(next);
        if self.current == next {
            self.all.push(Space::default());
        }
        Answer::Page(0)
    }

    fn release(&mut self, at: Position, pages: i64, spare: (u32, i64)) -> Result<Answer, Refusal> {
        let answer = within_pages(self.page_of(at)?, pages);
        let spared = match spare {
            (0, _) => Some(0..0),
            (object, pages) => {
                let page = self.objects.get(object).ok_or(("undefined object", object))?;
                page.map(|page| page..page + pages)
            }
        };
        let Answer::Page(start) = answer else { return Ok(answer) };
        let Some(spared) = spared else { return Ok(Answer::NoFit) };
        let end = start + pages;
        let current = &mut self.all[self.current];
        if spared.is_empty() {
            current.release(start..end);
        } else {
            current.release(start..end.min(spared.start));
            current.release(start.max(spared.end)..end);
        }
        Ok(answer)
    }

    /// Map what was placed, or lose the object.
    fn place(&mut self, object: u32, answer: Answer, pages: i64, guard: i64) {
        let page = match answer {
            Answer::Page(page) => Some(page),
            Answer::NoFit | Answer::Orphan => None,
        };
        if let Some(page) = page {
            self.all[self.current].occupy(page..page + pages, guard);
        }
        if object != 0 {
            self.objects.define(object, page);
        }
    }

    /// Run the rows of one op until one wins.
    fn choose(
        &self,
        wish: &Wish,
        rows: &[Row],
        range: &Range<u32>,
        found: &mut Vec<Found>,
    ) -> Result<Outcome, Refusal> {
        let list = rows.get(range.start as usize..range.end as usize);
        let list = list.ok_or(("no row", range.end.saturating_sub(1)))?;
        let before = found.len();
        let (mut held, mut rejected, mut steps) = (None, None, 0);
        let mut winner = None;
        for (index, row) in range.clone().zip(list) {
            if rejected == Some(row.attempt) || !row.passes_wall(wish.hint) {
                continue;
            }
            match self.try_row(wish, row, index, found, &mut steps) {
                Verdict::Wins(page) => {
                    winner = Some((page, index));
                    break;
                }
                Verdict::Rejects(page) => {
                    rejected = Some(row.attempt);
                    held = held.or(Some((page, index)));
                }
                Verdict::NoFit => {}
            }
        }
        let winner = winner.or(held);
        Ok(Outcome {
            page: winner.map_or(Answer::NoFit, |(page, _)| Answer::Page(page)),
            row: winner.map(|(_, row)| row),
            mapped: 0,
            searches: u32::try_from(found.len() - before).unwrap_or(u32::MAX),
            steps,
        })
    }

    fn try_row(
        &self,
        wish: &Wish,
        row: &Row,
        index: u32,
        found: &mut Vec<Found>,
        steps: &mut u64,
    ) -> Verdict {
        let space = self.current();
        let verdict = match row.kind {
            RowKind::At => test_hint(space, wish, row),
            RowKind::Claim => test_claim(space, wish, row),
            RowKind::Down | RowKind::Up => {
                let page = search(space, row, steps);
                found.push(Found { row: index, page });
                page.map_or(Verdict::NoFit, |page| finish(page, wish.pages, row))
            }
        };
        match verdict {
            Verdict::Wins(page) | Verdict::Rejects(page) if page + wish.pages > PAGES_END => {
                Verdict::NoFit
            }
            verdict => verdict,
        }
    }

    fn page_of(&self, at: Position) -> Result<Option<i64>, Refusal> {
        let page = self.objects.get(at.anchor).ok_or(("undefined object", at.anchor))?;
        Ok(page.map(|page| page + at.offset))
    }

    fn check_new(&self, object: u32) -> Result<(), Refusal> {
        if object != 0 && self.objects.get(object).is_some() {
            return Err(("there is already an object", object));
        }
        Ok(())
    }
}

/// The outcome of an op that searches nothing.
fn settled(page: Answer) -> Outcome {
    Outcome { page, row: None, mapped: 0, searches: 0, steps: 0 }
}

/// A position is refused if its range leaves the pages there are, as `munmap()` refuses it.
fn within_pages(page: Option<i64>, pages: i64) -> Answer {
    match page {
        None => Answer::Orphan,
        Some(page) if page < 0 || page + pages > PAGES_END => Answer::NoFit,
        Some(page) => Answer::Page(page),
    }
}

fn in_window(range: &Range<i64>, row: &Row) -> bool {
    row.low.max(0) <= range.start && range.end <= row.high
}

fn test_hint(space: &Space, wish: &Wish, row: &Row) -> Verdict {
    let Some(hint) = wish.hint else { return Verdict::NoFit };
    let start = match row.finish {
        Finish::Up => round_up(hint, row.finish_mask, row.finish_offset),
        Finish::Down => round_down(hint, row.finish_mask, row.finish_offset),
        _ => hint,
    };
    let range = start..start + row.pages;
    if in_window(&range, row) && space.has_room(&range) {
        Verdict::Wins(start)
    } else {
        Verdict::NoFit
    }
}

fn test_claim(space: &Space, wish: &Wish, row: &Row) -> Verdict {
    let Some(start) = wish.hint else { return Verdict::NoFit };
    let end = start + wish.pages;
    let tail = end - row.pages..end;
    if in_window(&tail, row) && space.is_free(&tail) && space.is_mapped(&(start..tail.start)) {
        Verdict::Wins(start)
    } else {
        Verdict::NoFit
    }
}

fn finish(page: i64, pages: i64, row: &Row) -> Verdict {
    let up = round_up(page, row.finish_mask, row.finish_offset);
    match row.finish {
        Finish::Take | Finish::Down => Verdict::Wins(page),
        Finish::Up => Verdict::Wins(up),
        Finish::Above => Verdict::Wins(if up == page { up + row.finish_mask + 1 } else { up }),
        Finish::Cross => Verdict::Wins(if up < page + pages { up } else { page }),
        Finish::Test if up == page => Verdict::Wins(page),
        Finish::Test => Verdict::Rejects(page),
    }
}
