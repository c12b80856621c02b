//! The border between Node and the gap search: four arrays of doubles, one handle; and that of the columns of trace files.

mod addresses;
mod columns;
mod rows;
mod wire;

use std::cell::RefCell;
use std::rc::Rc;

use mmreplay_core as core;
use napi::bindgen_prelude::{Float64ArraySlice, FunctionCallContext, Object};
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

pub use addresses::{read_addresses, write_addresses};
pub use columns::read_columns;
use rows::Rows;
use wire::{Written, Wrong, found, op, out, read_op, search};

/// Ops that are read while one comes from memory.
const AHEAD: usize = 16;

/// The spaces, and questions that keep their memory between calls.
#[derive(Default)]
struct State {
    spaces: core::Spaces,
    ops: Vec<core::Op>,
    rows: Rows,
}

/// What a handle holds until it is freed.
type Held = RefCell<Option<Box<State>>>;

/// The address spaces of one trace under one policy: one empty space with id 0, current; no objects.
///
/// The handle has closures instead of methods, which take 210 ns more per call to find their object and to watch over it.
///
/// # Errors
/// Those of Node when it makes an object.
#[napi(js_name = "Spaces", ts_return_type = "{ run: Function; free: Function }")]
pub fn spaces(env: &Env) -> Result<Object<'_>> {
    let held = Rc::new(Held::new(Some(Box::default())));
    let freed = Rc::clone(&held);
    let mut handle = Object::new(env)?;
    let run = env.create_function_from_closure::<(), _, _>("run", move |call| run(&held, &call))?;
    let free = env.create_function_from_closure::<(), _, _>("free", move |_| {
        freed.take();
        Ok(())
    })?;
    handle.set("run", run)?;
    handle.set("free", free)?;
    Ok(handle)
}

/// Run ops with the rows of searches, fill `out` and `found`, return the number of searches run.
///
/// Refuses an array of a wrong size, a cell that is no whole number or outside its range, an id that is undefined or
/// defined twice. Cells are checked before anything runs; ops before a wrong id have run.
fn run(held: &Held, call: &FunctionCallContext<'_>) -> Result<u32> {
    let [ops, searches, mut out, mut found] =
        [array(call, 0)?, array(call, 1)?, array(call, 2)?, array(call, 3)?];
    let mut state = held.borrow_mut();
    let state = state.as_mut().ok_or_else(|| invalid("the spaces are freed"))?;
    check_apart(&ops, &searches, &out, &found)?;
    let most = state.read(&ops, &searches)?;
    check_room("out", &out, state.ops.len(), out::STRIDE)?;
    check_room("found", &found, most, found::STRIDE)?;
    // SAFETY: the arrays overlap no other one (checked above), and JavaScript waits for this call.
    let mut written = unsafe { Written::new(out.as_mut(), found.as_mut()) };
    let run = state.spaces.run(&state.ops, state.rows.as_slice(), &mut written);
    run.map_err(|fault| invalid(fault.to_string()))?;
    u32::try_from(written.searches()).map_err(|_| invalid("too many searches in one call"))
}

/// An argument of `run`, which has four.
fn array<'a>(call: &'a FunctionCallContext<'_>, index: usize) -> Result<Float64ArraySlice<'a>> {
    call.get(index).map_err(|_| invalid(format!("argument {index} is no Float64Array")))
}

impl State {
    /// Convert what this call uses; how many searches it may run.
    fn read(&mut self, ops: &[f64], searches: &[f64]) -> Result<usize> {
        check_shape("ops", ops, op::STRIDE)?;
        check_shape("searches", searches, search::STRIDE)?;
        let count = searches.len() / search::STRIDE;
        let mut most = 0;
        self.ops.clear();
        let ops = ops.as_chunks::<{ op::STRIDE }>().0;
        ops.iter().take(AHEAD).for_each(core::prefetch);
        self.rows.begin(searches, ops.len());
        for (index, cells) in ops.iter().enumerate() {
            if let Some(ahead) = ops.get(index + AHEAD) {
                core::prefetch(ahead);
            }
            let op = read_op(cells, count).map_err(|wrong| cell("op", index, wrong))?;
            if let core::Op::Map { rows, .. } | core::Op::Probe { rows, .. } = &op {
                let read = self.rows.read(searches, rows);
                most += read.map_err(|(row, wrong)| cell("search", row, wrong))? as usize;
            }
            self.ops.push(op);
        }
        Ok(most)
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
