//! What the rows of the op table say, and what is answered per op.

use std::fmt;
use std::ops::Range;

/// A position: pages from the start of an object; object 0 is page 0.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// Object id.
    pub anchor: u32,
    /// Pages, may be negative.
    pub offset: i64,
}

/// One row of the `ops` table; pages.
#[derive(Clone, Debug)]
pub enum Op {
    /// A new space becomes a copy of the current one, which stays current.
    Fork {
        /// Id of the new space.
        space: u32,
    },
    /// A space becomes current; empty if it is new.
    Enter {
        /// Id of the space.
        space: u32,
    },
    /// Run rows, then map what they found.
    Map {
        /// Object that this defines, 0 for none.
        object: u32,
        /// Hint, or where the growing object lies.
        at: Position,
        /// Pages of the object.
        pages: i64,
        /// Pages to keep free below it.
        guard: i64,
        /// Rows to run, as indices into the table.
        rows: Range<u32>,
    },
    /// Run rows, change nothing.
    Probe {
        /// As in `Map`.
        at: Position,
        /// As in `Map`.
        pages: i64,
        /// As in `Map`.
        rows: Range<u32>,
    },
    /// Map at a position, whatever is there.
    Fix {
        /// Object that this defines, 0 for none.
        object: u32,
        /// Position before rounding.
        at: Position,
        /// Pages of the object.
        pages: i64,
        /// Pages to keep free below it.
        guard: i64,
        /// The position is rounded up to this congruence: a power of two minus one, and the offset.
        align: (i64, i64),
    },
    /// Unmap a range except where the spared object lies.
    Release {
        /// Start of the range.
        at: Position,
        /// Length of the range.
        pages: i64,
        /// Spared object (0 for none) and how many of its pages.
        spare: (u32, i64),
    },
}

impl Op {
    /// The object whose page it starts from, if any.
    pub(crate) fn anchor(&self) -> Option<u32> {
        match self {
            Self::Fork { .. } | Self::Enter { .. } => None,
            Self::Map { at, .. }
            | Self::Probe { at, .. }
            | Self::Fix { at, .. }
            | Self::Release { at, .. } => Some(at.anchor),
        }
    }
}

/// What one op did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where it took effect; 0 for `Fork` and `Enter`.
    pub page: Answer,
    /// The row that won or held the page.
    pub row: Option<u32>,
    /// Pages mapped in the space before the op.
    pub mapped: i64,
    /// Down and up rows that ran.
    pub searches: u32,
    /// Nodes visited.
    pub steps: u64,
}

/// Where an op took effect, or why it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// At this page.
    Page(i64),
    /// No room, or refused.
    NoFit,
    /// Its anchor was lost.
    Orphan,
}

impl Answer {
    /// The page, if the op took effect.
    #[must_use]
    pub fn page(self) -> Option<i64> {
        match self {
            Self::Page(page) => Some(page),
            Self::NoFit | Self::Orphan => None,
        }
    }
}

/// One search that ran: its row, and the page before `finish`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Index into the table of rows.
    pub row: u32,
    /// `None`: no fit.
    pub page: Option<i64>,
}

/// Takes what ops answer, as they run.
pub trait Answers {
    /// Of the next op.
    fn outcome(&mut self, outcome: Outcome);
    /// A search of the op that runs.
    fn search(&mut self, found: Found);
}

/// Why a table is not valid; the ops before have run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Index of the op.
    pub op: usize,
    /// What is wrong with it.
    pub what: &'static str,
    /// The id or row that it is wrong about.
    pub id: u32,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {}: {} {}", self.op, self.what, self.id)
    }
}

impl std::error::Error for Fault {}
