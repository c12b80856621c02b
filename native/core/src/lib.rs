//! Which page the kernel's gap search gives to each op of a table.
//!
//! All quantities are whole pages in `[0, PAGES_END)`. The contract of ops and rows is
//! `docs/architecture.md`; nothing here knows of VMAs, files or policies.

#![deny(unsafe_code)]

mod arena;
mod balance;
mod bits;
mod change;
mod edit;
mod exact;
mod extents;
mod find;
mod guards;
mod high;
mod index;
mod lanes;
mod machine;
mod node;
mod objects;
mod program;
mod quick;
mod root;
mod rows;
mod scalar;
mod search;
#[expect(
    unsafe_code,
    reason = "vector loads and stores, calls of functions whose CPU features were detected, prefetches"
)]
mod simd;
mod space;
mod table;

pub use extents::{Extents, Gap, PAGES_END};
pub use index::FoundGap;
pub use program::Spaces;
pub use search::{Finish, Row, RowKind};
pub use simd::{are_same, prefetch};
pub use table::{Answer, Answers, Fault, Found, Op, Outcome, Position};
