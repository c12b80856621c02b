//! Which numbers stand in the columns of an .mmtrace file, and how they are held in memory.
//!
//! The contract of the bytes is `docs/trace-format.md`; nothing here knows of events, or of what a number means.

#![forbid(unsafe_code)]

mod addresses;
mod bits;
mod coding;
mod decode;
mod hold;
mod kinds;
mod reader;
mod recent;
mod tape;

pub use addresses::{Events, Shape, read_addresses, write_addresses};
pub use coding::Coding;
pub use decode::{Column, LONGEST};
pub use hold::{Held, Holder, Kind};

/// Why bytes are no column.
pub type Wrong = &'static str;
