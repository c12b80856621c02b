//! How results are printed: a line to read, or a line of JSON as `main.rs` describes it.

use mmreplay_core::Extents;

use crate::spaces::Stream;

/// Nanoseconds per operation, side by side.
pub struct Race {
    pub op: &'static str,
    pub stream: Stream,
    pub vmas: usize,
    pub peer: &'static str,
    pub ours: f64,
    pub theirs: f64,
    pub ratio: f64,
    pub rounds: usize,
}

/// The form of every line.
#[derive(Clone, Copy)]
pub enum Out {
    Text,
    Json,
}

/// How many times faster than the peer this is meant to be, at the sizes for which there is a target.
fn target(op: &str, peer: &str, vmas: usize) -> Option<u32> {
    Some(match (op, peer, vmas) {
        ("search", "treap", 65_536 | 10_000) => 5,
        ("search", "treap", 1_000) => 4,
        ("pair", "treap", 65_536) => 10,
        ("pair", "treap", 10_000) => 8,
        ("pair", "treap", 1_000) => 6,
        ("search" | "cycle", "scan", 65_536) => 1_000,
        _ => return None,
    })
}

impl Out {
    pub fn space(self, stream: Stream, vmas: usize, extents: &Extents) {
        let ((gaps, bytes), stream) = (extents.memory(), stream.name());
        match self {
            Self::Text => {
                println!("{stream}, {vmas} VMAs: {gaps} gaps, {} bytes per gap", bytes / gaps);
            }
            Self::Json => println!(
                r#"{{"kind":"space","stream":"{stream}","vmas":{vmas},"gaps":{gaps},"bytes":{bytes}}}"#
            ),
        }
    }

    pub fn race(self, race: &Race) {
        let Race { op, stream, vmas, peer, ours, theirs, ratio, rounds } = race;
        let (stream, target) = (stream.name(), target(op, peer, *vmas));
        match self {
            Self::Text => {
                let target = target.map_or(String::new(), |target| {
                    let verdict =
                        if *ratio >= f64::from(target) { "reached" } else { "not reached" };
                    format!(", target {target}x {verdict}")
                });
                println!(
                    "{stream:12} {op:6} {ours:8.1} ns, {peer:5} {theirs:9.1} ns: {ratio:7.1}x{target}"
                );
            }
            Self::Json => {
                let target = target.map_or("null".into(), |target| target.to_string());
                println!(
                    r#"{{"kind":"race","op":"{op}","stream":"{stream}","vmas":{vmas},"peer":"{peer}","ours":{ours:.2},"theirs":{theirs:.2},"ratio":{ratio:.3},"rounds":{rounds},"target":{target}}}"#
                );
            }
        }
    }
}
