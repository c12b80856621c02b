//! How much faster is the gap index than a balanced tree of mappings and than a scan, and what do its operations take?
//!
//! `cargo bench -p mmreplay-core -- [--json] [VMAS...]` races, for each size (100 to 1,000,000 mappings) and each
//! stream of requests. With `--json` every line is an object:
//!
//! - `{"kind":"space","stream":s,"vmas":n,"gaps":n,"bytes":n}`: a space that is raced in; bytes of the index and
//!   everything in it.
//! - `{"kind":"race","op":o,"stream":s,"vmas":n,"peer":p,"ours":ns,"theirs":ns,"ratio":x,"rounds":n,"target":x|null}`:
//!   medians over the quieter half of the rounds (`race.rs`), per operation. `op` is `search`, `pair` (store a range and
//!   erase it) or `cycle` (search, store what was found, erase it); `peer` is `treap` (`treap.rs`) or `scan` (over a
//!   `BTreeMap` of the mappings); `ratio` is the median of `theirs / ours` of each round, to compare with `target`.
//!   Streams: `spaces.rs`.
//!
//! `BENCH count VMAS` does 4,096 searches, placements and releases each in the space of the stream `churn` and prints
//! `{"kind":"count","vmas":n,"ops":n,"steps":n,"gaps":n,"bytes":n}`: nodes that the searches visited, and the space
//! before them. `scripts/counts.mjs` holds that, and the instructions that valgrind counts, to `counts.json`.

mod count;
mod dice;
mod race;
mod report;
mod spaces;
mod treap;

use race::Races;
use report::Out;
use spaces::{Setting, Stream};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = |word: &String| word.parse().expect("a number of mappings");
    if let [word, vmas] = words.as_slice()
        && word == "count"
    {
        return count::count(number(vmas));
    }
    let json = words.iter().any(|word| word == "--json");
    let out = if json { Out::Json } else { Out::Text };
    let mut sizes: Vec<usize> = words.iter().filter(|word| *word != "--json").map(number).collect();
    if sizes.is_empty() {
        sizes = vec![100, 1_000, 10_000, 65_536, 1_000_000];
    }
    for vmas in sizes {
        let mut races: [Races; Stream::ALL.len()] = Default::default();
        for pass in 0..race::passes(vmas) {
            let mut setting = Setting::new(Stream::Random, vmas);
            for (stream, races) in Stream::ALL.into_iter().zip(&mut races) {
                if stream.shares_space() {
                    setting.find_places(stream);
                } else if stream != Stream::Random {
                    setting = Setting::new(stream, vmas);
                }
                if pass == 0 {
                    out.space(stream, vmas, &setting.extents);
                }
                races.run(&mut setting, stream, vmas, pass);
            }
        }
        for (stream, races) in Stream::ALL.into_iter().zip(&races) {
            races.report(stream, vmas, out);
        }
    }
}
