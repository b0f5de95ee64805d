"""Which system calls a program may make: an allowlist, from what ordinary Python programs do.

What stands in no list does not exist for the program (ENOSYS), so that the C library falls back to what does.
"""

from __future__ import annotations

FREE = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek sendfile copy_file_range
    splice tee open openat creat close close_range dup dup2 dup3 fsync fdatasync sync_file_range
    ftruncate truncate fallocate fadvise64 readahead stat fstat lstat newfstatat statx statfs fstatfs access
    faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd chdir fchdir umask mkdir mkdirat rmdir
    unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat chmod fchmod fchmodat utime utimes
    utimensat futimesat mmap munmap mprotect mremap madvise msync brk mincore mlock munlock membarrier futex
    futex_waitv get_robust_list set_robust_list rseq set_tid_address exit exit_group sched_yield arch_prctl
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
    restart_syscall pause alarm setitimer getitimer timer_create timer_settime timer_gettime timer_getoverrun
    timer_delete timerfd_create timerfd_settime timerfd_gettime eventfd eventfd2 signalfd signalfd4 epoll_create
    epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6 pipe pipe2
    recvfrom recvmsg shutdown getsockopt getsockname getpeername nanosleep clock_nanosleep clock_gettime
    clock_getres gettimeofday time times getrusage getrandom getpid gettid getppid getuid geteuid getgid getegid
    getgroups getresuid getresgid getpgrp getpgid getsid capget uname sysinfo getcpu sched_getaffinity
    sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    getpriority getrlimit setrlimit wait4 waitid
"""
"""Allowed whatever the arguments: they reach the program's own memory, threads, files and clocks."""

GUARDED = "clone fcntl ioctl kill tgkill prctl prlimit64 sendto socketpair"
"""Allowed for some arguments; `seccomp.py` says which."""

REFUSED = """
    fork vfork execve execveat socket connect bind listen accept accept4 sendmsg sendmmsg recvmmsg setsockopt
    ptrace flock mount umount2 pivot_root chroot mknod mknodat unshare setns reboot swapon swapoff sethostname
    setdomainname init_module finit_module delete_module chown fchown lchown fchownat setuid setgid setreuid
    setregid setresuid setresgid setgroups setfsuid setfsgid capset memfd_create shmget shmat shmctl msgget
    semget tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal setpgid setsid sched_setaffinity
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    sched_setscheduler setpriority personality
"""
"""Known, and refused with EPERM, so that a program is told what it may not do rather than that it does not exist."""

WITHOUT_NAMESPACES = """
    chmod fchmod fchmodat utime utimes utimensat futimesat truncate
"""
"""Refused besides where a program can name the host's files: Landlock does not govern these, or not on every kernel."""

WITH_PROCESSES = "fork vfork execve setpgid setsid"
"""Allowed besides where a program may start others."""

MACHINE_REFUSED = """
    io_uring_setup io_uring_enter io_uring_register bpf perf_event_open userfaultfd keyctl add_key request_key
    kexec_load kexec_file_load open_by_handle_at name_to_handle_at quotactl open_tree move_mount fsopen fsconfig
    fsmount fspick mount_setattr mount umount2 pivot_root acct syslog fanotify_init lookup_dcookie iopl ioperm kcmp
    init_module finit_module delete_module swapon swapoff reboot
"""
"""Refused to a machine that an agent types on, which may do all that ordinary commands do."""
MACHINE_FAMILIES = (1, 2, 10, 16)
"""Sockets that a network namespace holds: AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; others may reach a hypervisor."""
