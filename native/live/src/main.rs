//! What the running kernel answers to a table of memory calls, and how long it takes for all of them.
//!
//! Standard input: rows of eight little-endian doubles that are whole numbers, as `src/live/table.ts` writes them. Standard output:
//! nanoseconds, the lengths of `/proc/self/maps` before and after, the break, one answer per row (an address, a negative
//! errno, or `NOT_MADE`), then both maps. Nothing is allocated and no page of a mapping is touched between the two maps.

mod device;
mod guest;

use std::fs;
use std::io::{self, Read, Write};
use std::time::Instant;

/// `kind, object, anchor, offset, length, a, b, c`; the address is that of `anchor` plus `offset` bytes.
type Row = [i64; 8];

/// Columns `a, b, c`: protection, flags, and file offset or -1.
const MAP: i64 = 1;
const UNMAP: i64 = 2;
/// Column `a`: protection.
const PROTECT: i64 = 3;
/// Columns `a, b`: new length, flags.
const REMAP: i64 = 4;
/// As `MAP`, of the device of a guest.
const MAP_DEVICE: i64 = 5;

/// The object that the row stands on has no address.
const NOT_MADE: i64 = -(1 << 32);
/// Bytes of the file that stands in for every file: offsets of recorded files lie below.
const FILE_BYTES: i64 = 1 << 43;

/// Bytes of the maps before the first call, and of what a call adds: two areas of the stand-in, whose name is short.
const ROOM: usize = 1 << 16;
const ROOM_PER_CALL: usize = 256;

fn main() -> io::Result<()> {
    if std::process::id() == 1 {
        guest::run();
    }
    answer_table()
}

fn answer_table() -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let rows: Vec<Row> = input.chunks_exact(64).map(row).collect();
    let objects = rows.iter().map(|row| row[1].max(row[2])).max().unwrap_or(0);
    let mut base = vec![NOT_MADE; usize::try_from(objects).unwrap_or(0) + 1];
    base[0] = 0;
    let mut answers = vec![NOT_MADE; rows.len()];
    let file = stand_in()?;
    let heap_end = call(libc::SYS_brk, [0; 6]);
    let mut before = Vec::with_capacity(ROOM);
    // A vector that grows while the maps are read would grow the heap in them.
    let mut after = Vec::with_capacity(ROOM + rows.len() * ROOM_PER_CALL);
    fs::File::open("/proc/self/maps")?.read_to_end(&mut before)?;
    let started = Instant::now();
    for (row, answer) in rows.iter().zip(&mut answers) {
        *answer = make(row, &mut base, file);
    }
    let taken = i64::try_from(started.elapsed().as_nanos()).unwrap_or(i64::MAX);
    fs::File::open("/proc/self/maps")?.read_to_end(&mut after)?;
    let mut out = io::stdout().lock();
    let header = [taken, bytes_of(&before), bytes_of(&after), heap_end];
    for number in header.iter().chain(&answers) {
        out.write_all(&double(*number).to_le_bytes())?;
    }
    out.write_all(&before)?;
    out.write_all(&after)
}

fn bytes_of(text: &[u8]) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "addresses and lengths are below 2^53")]
fn double(whole: i64) -> f64 {
    whole as f64
}

#[expect(clippy::cast_possible_truncation, reason = "the cells are whole numbers below 2^53")]
fn row(bytes: &[u8]) -> Row {
    std::array::from_fn(|column| {
        let cell = bytes[column * 8..].first_chunk();
        cell.map_or(0, |cell| f64::from_le_bytes(*cell) as i64)
    })
}

/// A file without pages: what is mapped of it is never touched.
fn stand_in() -> io::Result<i64> {
    // SAFETY: the name is a string that ends in zero; both calls touch no memory of this process.
    let file = unsafe { libc::memfd_create(c"mmreplay".as_ptr(), libc::MFD_CLOEXEC) };
    // SAFETY: as above.
    let sized = file >= 0 && unsafe { libc::ftruncate(file, FILE_BYTES) } == 0;
    if sized { Ok(file.into()) } else { Err(io::Error::last_os_error()) }
}

fn make(row: &Row, base: &mut [i64], file: i64) -> i64 {
    let [kind, object, anchor, offset, length, a, b, c] = *row;
    let from = base[usize::try_from(anchor).unwrap_or(0)];
    if from == NOT_MADE {
        return NOT_MADE;
    }
    let at = from + offset;
    let answer = match kind {
        MAP if c < 0 => call(libc::SYS_mmap, [at, length, a, b, -1, 0]),
        MAP => call(libc::SYS_mmap, [at, length, a, b, file, c]),
        // SAFETY: asks whether there is such a descriptor.
        MAP_DEVICE if unsafe { libc::fcntl(device::DESCRIPTOR, libc::F_GETFD) } < 0 => {
            return NOT_MADE;
        }
        MAP_DEVICE => call(libc::SYS_mmap, [at, length, a, b, device::DESCRIPTOR.into(), c]),
        UNMAP => call(libc::SYS_munmap, [at, length, 0, 0, 0, 0]),
        PROTECT => call(libc::SYS_mprotect, [at, length, a, 0, 0, 0]),
        REMAP => call(libc::SYS_mremap, [at, length, a, b, 0, 0]),
        _ => return NOT_MADE,
    };
    if object > 0 && answer >= 0 {
        base[usize::try_from(object).unwrap_or(0)] = answer;
    }
    answer
}

fn call(number: libc::c_long, args: [i64; 6]) -> i64 {
    // SAFETY: the rows name only what earlier rows mapped, and no page of that is used; a table that is wrong ends this
    // process, which holds nothing.
    let answer =
        unsafe { libc::syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]) };
    if answer >= 0 {
        return answer;
    }
    -i64::from(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL))
}
