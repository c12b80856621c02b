//! What the first process of a booted kernel does: it lets a process of its own make the calls, and writes down the answers
//! and the settings of the kernel on the console, as `src/lab/console.ts` reads them.

use crate::device;
use std::ffi::CStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};

/// Files of the initramfs: the rows, and one path to be sent on each line; `*` in a path is every name there.
const TABLE: &str = "/table";
const WANTED: &str = "/wanted";
/// Modules to load, in the order of their names; nothing is opened for user space unless there is the folder.
const MODULES: &str = "/modules";

/// Emergencies alone: anything else on the console would stand between the answers.
const QUIET: i32 = 1;
/// `SYSLOG_ACTION_CONSOLE_LEVEL` of syslog(2).
const CONSOLE_LEVEL: i32 = 8;

/// Send everything and end the machine; what fails is told on the console.
pub fn run() {
    if let Err(error) = answer() {
        eprintln!("mmreplay: {error}");
    }
    // SAFETY: these calls take a number each.
    unsafe {
        libc::tcdrain(io::stdout().as_raw_fd());
        libc::reboot(libc::RB_AUTOBOOT);
    }
}

fn answer() -> io::Result<()> {
    mount(c"proc", c"/proc")?;
    mount(c"sysfs", c"/sys")?;
    let device = if fs::exists(MODULES)? { open_device() } else { Ok(()) };
    // What goes wrong there belongs on the console.
    let calls = Command::new("/init")
        .stdin(File::open(TABLE)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()?;
    if !calls.status.success() {
        return Err(io::Error::other(format!(
            "the process that made the calls ended with {}",
            calls.status
        )));
    }
    let mut out = binary_console()?;
    out.write_all(b"\nmmreplay-lab\n")?;
    for path in fs::read_to_string(WANTED)?.lines().flat_map(paths) {
        if let Ok(bytes) = bytes_of(&path) {
            send(&mut out, &path, &bytes)?;
        }
    }
    if let Err(error) = device {
        send(&mut out, "no-device", error.to_string().as_bytes())?;
    }
    send(&mut out, "answers", &calls.stdout)?;
    send(&mut out, "end", &[])?;
    out.flush()
}

fn open_device() -> io::Result<()> {
    mount(c"devtmpfs", c"/dev")?;
    let mut modules: Vec<_> = fs::read_dir(MODULES)?.flatten().map(|entry| entry.path()).collect();
    modules.sort();
    for module in modules {
        let file = File::open(&module)?;
        // SAFETY: the descriptor is open, the parameters are a string that ends in zero.
        let loaded =
            unsafe { libc::syscall(libc::SYS_finit_module, file.as_raw_fd(), c"".as_ptr(), 0) };
        if loaded != 0 {
            let name = module.file_name().unwrap_or_default().display();
            return Err(io::Error::other(format!("{name}: {}", io::Error::last_os_error())));
        }
    }
    device::open()
}

fn mount(kind: &CStr, at: &CStr) -> io::Result<()> {
    // SAFETY: all are strings that end in zero; these filesystems take no data.
    let done =
        unsafe { libc::mount(kind.as_ptr(), at.as_ptr(), kind.as_ptr(), 0, std::ptr::null()) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Standard output, which is the console, with nothing else on it and every byte as it is.
fn binary_console() -> io::Result<impl Write> {
    let out = io::stdout();
    // SAFETY: `settings` is a whole structure that the first call fills; the last one takes numbers.
    unsafe {
        let mut settings = std::mem::zeroed();
        if libc::tcgetattr(out.as_raw_fd(), &raw mut settings) == 0 {
            libc::cfmakeraw(&raw mut settings);
            libc::tcsetattr(out.as_raw_fd(), libc::TCSADRAIN, &raw const settings);
        }
        libc::klogctl(CONSOLE_LEVEL, std::ptr::null_mut(), QUIET);
    }
    Ok(io::BufWriter::with_capacity(1 << 16, File::options().write(true).open("/dev/console")?))
}

fn paths(pattern: &str) -> Vec<String> {
    let Some((folder, rest)) = pattern.split_once('*') else { return vec![pattern.into()] };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| format!("{folder}{}{rest}", entry.file_name().display())).collect()
}

fn bytes_of(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn send(out: &mut impl Write, name: &str, bytes: &[u8]) -> io::Result<()> {
    writeln!(out, "{name} {}", bytes.len())?;
    out.write_all(bytes)?;
    out.write_all(b"\n")
}
