//! Where each object lies.

use crate::simd::prefetch;

/// Page of each object, by id; dense, because ids count up.
#[derive(Debug)]
pub struct Objects {
    pages: Vec<i64>,
}

/// Objects whose pages a second-level cache holds beside the index.
const CACHED: usize = 1 << 16;

const UNDEFINED: i64 = -1;
const LOST: i64 = -2;

impl Objects {
    /// Only the origin: object 0, page 0.
    pub fn new() -> Self {
        Self { pages: vec![0] }
    }

    /// `None`: never defined. `Some(None)`: lost. Else its page.
    #[expect(clippy::option_option, reason = "an undefined id is an error, a lost one an answer")]
    pub fn get(&self, id: u32) -> Option<Option<i64>> {
        match self.pages.get(id as usize) {
            None | Some(&UNDEFINED) => None,
            Some(&LOST) => Some(None),
            Some(&page) => Some(Some(page)),
        }
    }

    /// The page will be asked for soon; worth a look only where caches do not hold them all.
    #[inline]
    pub fn expect(&self, id: u32) {
        if self.pages.len() > CACHED
            && let Some(page) = self.pages.get(id as usize)
        {
            prefetch(page);
        }
    }

    /// Define an object once; `None` for a lost one.
    pub fn define(&mut self, id: u32, page: Option<i64>) {
        let index = id as usize;
        if index >= self.pages.len() {
            self.pages.resize(index + 1, UNDEFINED);
        }
        self.pages[index] = page.unwrap_or(LOST);
    }
}
