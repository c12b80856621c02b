//! The border between Node and the gap search: four arrays of doubles, one handle.

mod rows;
mod wire;

use mmreplay_core as core;
use napi::bindgen_prelude::Float64ArraySlice;
use napi::{Error, Result, Status};
use napi_derive::napi;

use rows::Rows;
use wire::{Wrong, found, op, out, read_op, search, write_found, write_outcome};

/// The address spaces of one trace under one policy.
#[napi]
#[derive(Default)]
pub struct Spaces {
    state: Option<Box<State>>,
}

/// The spaces, and tables that keep their memory between calls.
#[derive(Default)]
struct State {
    spaces: core::Spaces,
    ops: Vec<core::Op>,
    rows: Rows,
    out: Vec<core::Outcome>,
    found: Vec<core::Found>,
}

#[napi]
impl Spaces {
    /// One empty space with id 0, current; no objects.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self { state: Some(Box::default()) }
    }

    /// Run `ops` with the rows of `searches`, fill `out` and `found`, return the number of searches run.
    ///
    /// # Errors
    /// An array of a wrong size, a cell that is no whole number or outside its range, an id that is undefined or
    /// defined twice. Cells are checked before anything runs; ops before a wrong id have run.
    #[napi(catch_unwind)]
    pub fn run(
        &mut self,
        ops: Float64ArraySlice<'_>,
        searches: Float64ArraySlice<'_>,
        mut out: Float64ArraySlice<'_>,
        mut found: Float64ArraySlice<'_>,
    ) -> Result<u32> {
        let state = self.state.as_mut().ok_or_else(|| invalid("the spaces are freed"))?;
        check_apart(&ops, &searches, &out, &found)?;
        let most = state.read(&ops, &searches)?;
        check_room("out", &out, state.ops.len(), out::STRIDE)?;
        check_room("found", &found, most, found::STRIDE)?;
        state.run()?;
        // SAFETY: the arrays overlap no other one (checked above), and JavaScript waits for this call.
        let (out, found) = unsafe { (out.as_mut(), found.as_mut()) };
        state.write(out, found)
    }

    /// Give the memory back; `run` fails from now on.
    #[napi]
    pub fn free(&mut self) {
        self.state = None;
    }
}

impl State {
    /// Convert what this call uses; how many searches it may run.
    fn read(&mut self, ops: &[f64], searches: &[f64]) -> Result<usize> {
        check_shape("ops", ops, op::STRIDE)?;
        check_shape("searches", searches, search::STRIDE)?;
        let count = searches.len() / search::STRIDE;
        let mut most = 0;
        self.ops.clear();
        self.rows.begin(count);
        for (index, cells) in ops.chunks_exact(op::STRIDE).enumerate() {
            let op = read_op(cells, count).map_err(|wrong| cell("op", index, wrong))?;
            if let core::Op::Map { rows, .. } | core::Op::Probe { rows, .. } = &op {
                let read = self.rows.read(searches, rows);
                most += read.map_err(|(row, wrong)| cell("search", row, wrong))? as usize;
            }
            self.ops.push(op);
        }
        Ok(most)
    }

    fn run(&mut self) -> Result<()> {
        self.out.clear();
        self.found.clear();
        self.spaces
            .run(&self.ops, self.rows.as_slice(), &mut self.out, &mut self.found)
            .map_err(|fault| invalid(fault.to_string()))
    }

    fn write(&self, out: &mut [f64], found: &mut [f64]) -> Result<u32> {
        for (outcome, cells) in self.out.iter().zip(out.chunks_exact_mut(out::STRIDE)) {
            write_outcome(outcome, cells);
        }
        for (search, cells) in self.found.iter().zip(found.chunks_exact_mut(found::STRIDE)) {
            write_found(search, cells);
        }
        u32::try_from(self.found.len()).map_err(|_| invalid("too many searches in one call"))
    }
}

fn check_shape(name: &str, table: &[f64], stride: usize) -> Result<()> {
    if table.len().is_multiple_of(stride) {
        return Ok(());
    }
    Err(invalid(format!("{name} has {} cells, which are no rows of {stride}", table.len())))
}

fn check_room(name: &str, table: &[f64], rows: usize, stride: usize) -> Result<()> {
    if table.len() >= rows * stride {
        return Ok(());
    }
    Err(invalid(format!("{name} has {} cells and needs {}", table.len(), rows * stride)))
}

/// The answers must not lie in each other or in the questions.
fn check_apart(ops: &[f64], searches: &[f64], out: &[f64], found: &[f64]) -> Result<()> {
    let overlap = |a: &[f64], b: &[f64]| {
        let (a, b) = (a.as_ptr_range(), b.as_ptr_range());
        a.start < b.end && b.start < a.end
    };
    let shared = overlap(out, found)
        || [ops, searches].iter().any(|table| overlap(table, out) || overlap(table, found));
    if shared { Err(invalid("out and found must be arrays of their own")) } else { Ok(()) }
}

fn cell(table: &str, row: usize, (column, value, why): Wrong) -> Error {
    invalid(format!("{table} {row}, column {column}: {value} is {why}"))
}

fn invalid(reason: impl Into<String>) -> Error {
    Error::new(Status::InvalidArg, reason.into())
}
