/** With which command strace records everything that it can tell. */

export const straceCommand =
  "strace -f -yy --seccomp-bpf --absolute-timestamps=format:unix,precision:ns --syscall-times=ns -e trace=%memory,%process,openat,open,close,memfd_create,shmget,shmctl,prctl,personality,prlimit64 -e signal=all -o prog.strace -- CMD";
