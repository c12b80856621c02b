//! The one device of a guest, for user space: what stands in for every device that a trace maps.

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::path::PathBuf;

/// Where the process that makes the calls finds the device.
pub const DESCRIPTOR: i32 = 9;

/// QEMU's pci-testdev, whose region 2 is memory of any size.
const VENDOR: &str = "0x1b36";
const DEVICE: &str = "0x0005";

/// linux/vfio.h: numbers of requests, and the second kind of the type 1 IOMMU.
const SET_IOMMU: libc::Ioctl = 0x3b66;
const GROUP_SET_CONTAINER: libc::Ioctl = 0x3b68;
const GROUP_GET_DEVICE_FD: libc::Ioctl = 0x3b6a;
const TYPE1_V2: libc::c_long = 3;

/// Give the device to vfio-pci and open it as `DESCRIPTOR`, for the processes that this one starts.
pub fn open() -> io::Result<()> {
    let path = find()?;
    let name = path.file_name().unwrap_or_default().display().to_string();
    fs::write(path.join("driver_override"), "vfio-pci")?;
    fs::write("/sys/bus/pci/drivers_probe", &name)?;
    let group = told(fs::read_link(path.join("iommu_group")), "the device has no IOMMU group")?;
    let group = group.file_name().unwrap_or_default().display().to_string();
    let open = |path: String| told(OpenOptions::new().read(true).write(true).open(&path), &path);
    let container: File = open("/dev/vfio/vfio".into())?;
    let group: File = open(format!("/dev/vfio/{group}"))?;
    let name = CString::new(name)?;
    // SAFETY: the container and the name live until the calls are over; the third takes a number.
    let device = unsafe {
        let holder = container.as_raw_fd();
        checked(libc::ioctl(group.as_raw_fd(), GROUP_SET_CONTAINER, &raw const holder))?;
        checked(libc::ioctl(holder, SET_IOMMU, TYPE1_V2))?;
        checked(libc::ioctl(group.as_raw_fd(), GROUP_GET_DEVICE_FD, name.as_ptr()))?
    };
    // SAFETY: both are numbers; nothing else of this process has the second.
    checked(unsafe { libc::dup2(device, DESCRIPTOR) })?;
    // They stay open with the device.
    let _ = (container.into_raw_fd(), group.into_raw_fd());
    Ok(())
}

fn find() -> io::Result<PathBuf> {
    let is = |path: &PathBuf, file: &str, id: &str| {
        fs::read_to_string(path.join(file)).is_ok_and(|text| text.trim() == id)
    };
    told(fs::read_dir("/sys/bus/pci/devices"), "no PCI")?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| is(path, "vendor", VENDOR) && is(path, "device", DEVICE))
        .ok_or_else(|| io::Error::other("no pci-testdev"))
}

fn checked(answer: i32) -> io::Result<i32> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

/// The result, its error with what it is about.
fn told<T>(result: io::Result<T>, what: &str) -> io::Result<T> {
    result.map_err(|error| io::Error::other(format!("{what}: {error}")))
}
