//! What running a table of ops answers: a page per op, and every search on the way.

use std::collections::HashMap;
use std::ops::Range;

use crate::extents::PAGES_END;
use crate::objects::Objects;
use crate::rows::{Choice, Wish, choose};
use crate::search::{Row, round_up};
use crate::space::Space;
use crate::table::{Answer, Answers, Fault, Op, Outcome, Position};

/// Ops that run while the page of an object comes from memory.
const AHEAD: usize = 12;

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

    fn current(&self) -> &Space {
        &self.all[self.current]
    }

    /// Run `ops` in order; `into` takes an outcome for each, and every search.
    ///
    /// # Errors
    /// An id that is undefined or defined twice, or a row outside `rows`; the ops before it have run.
    pub fn run(&mut self, ops: &[Op], rows: &[Row], into: &mut impl Answers) -> Result<(), Fault> {
        for (index, op) in ops.iter().enumerate() {
            if let Some(anchor) = ops.get(index + AHEAD).and_then(Op::anchor) {
                self.objects.expect(anchor);
            }
            let mapped = self.current().extents.mapped();
            let outcome = self.step(op, rows, into);
            let outcome = outcome.map_err(|(what, id)| Fault { op: index, what, id })?;
            into.outcome(Outcome { mapped, ..outcome });
        }
        Ok(())
    }

    fn step(&mut self, op: &Op, rows: &[Row], into: &mut impl Answers) -> Result<Outcome, Refusal> {
        match op {
            Op::Fork { space } => self.fork(*space),
            Op::Enter { space } => Ok(self.enter(*space)),
            Op::Map { object, at, pages, guard, rows: range } => {
                self.check_new(*object)?;
                let choice = self.choose(*at, *pages, rows, range, into)?;
                let page = choice.winner.map(|(page, _)| page);
                if let Some(page) = page {
                    let range = page..page + pages;
                    let space = &mut self.all[self.current];
                    match &choice.gap {
                        Some(gap) => space.occupy_found(gap, &range, *guard),
                        None => space.occupy(&range, *guard),
                    }
                }
                self.define(*object, page);
                return Ok(choice.into());
            }
            Op::Probe { at, pages, rows: range } => {
                return self.choose(*at, *pages, rows, range, into).map(Outcome::from);
            }
            Op::Fix { object, at, pages, guard, align } => {
                self.check_new(*object)?;
                let start = self.page_of(*at)?.map(|page| round_up(page, align.0, align.1));
                let answer = within_pages(start, *pages);
                let page = answer.page();
                if let Some(page) = page {
                    self.all[self.current].occupy(&(page..page + pages), *guard);
                }
                self.define(*object, page);
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
            current.release(&(start..end));
        } else {
            current.release(&(start..end.min(spared.start)));
            current.release(&(start.max(spared.end)..end));
        }
        Ok(answer)
    }

    /// The object lies there from now on, or is lost.
    fn define(&mut self, object: u32, page: Option<i64>) {
        if object != 0 {
            self.objects.define(object, page);
        }
    }

    fn choose(
        &mut self,
        at: Position,
        pages: i64,
        rows: &[Row],
        range: &Range<u32>,
        into: &mut impl Answers,
    ) -> Result<Choice, Refusal> {
        let list = rows.get(range.start as usize..range.end as usize);
        let list = list.ok_or(("no row", range.end.saturating_sub(1)))?;
        let wish = Wish { hint: self.page_of(at)?, pages };
        Ok(choose(&mut self.all[self.current], &wish, list, range.start, into))
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

impl From<Choice> for Outcome {
    fn from(choice: Choice) -> Self {
        let Choice { winner, searches, steps, .. } = choice;
        Self {
            page: winner.map_or(Answer::NoFit, |(page, _)| Answer::Page(page)),
            row: winner.map(|(_, row)| row),
            mapped: 0,
            searches,
            steps,
        }
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
