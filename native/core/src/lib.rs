//! Which page the kernel's gap search gives to each op of a table.
//!
//! All quantities are whole pages in `[0, PAGES_END)`. The contract of ops and rows is
//! `docs/architecture.md`; nothing here knows of VMAs, files or policies.

#![forbid(unsafe_code)]

mod extents;
mod guards;
mod objects;
mod program;
mod search;
mod space;
mod table;

pub use extents::{Extents, Gap, PAGES_END};
pub use program::Spaces;
pub use search::{Finish, Row, RowKind};
pub use space::Space;
pub use table::{Answer, Fault, Found, Op, Outcome, Position};
