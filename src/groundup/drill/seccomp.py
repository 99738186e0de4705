"""Which system calls a runner may make: those that computing with arrays needs, and no others.

The filter is a program of the kernel's classic BPF. It allows by name, so that what a later kernel adds is refused.
What is refused fails with an error, as if by permission; calls younger than those here fail as on a kernel that lacks
them, for which libraries are prepared.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from groundup.drill import kernel

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""

_X86, _ARM = "x86_64", "aarch64"

_ARCHITECTURES: Final = {_X86: 0xC000003E, _ARM: 0xC00000B7}
_SECCOMP: Final = {_X86: 317, _ARM: 277}
_SET_FILTER, _ACTION_AVAILABLE = 1, 2
_GET_SECCOMP: Final = 21

_LOAD, _EQUAL, _GREATER, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000

_YOUNG: Final = 424
"""The first number that all architectures share; what is not listed from here on is answered with ENOSYS."""


class _Numbers(NamedTuple):
    x86_64: int | None
    aarch64: int | None


def _table(text: str) -> dict[str, _Numbers]:
    rows = (row.split() for row in text.strip().replace(",", "\n").splitlines() if row.strip())
    return {name: _Numbers(*(None if number == "-" else int(number) for number in numbers)) for name, *numbers in rows}


# Each call has its number on x86_64 and on aarch64.
_ALWAYS: Final = _table("""
    brk 12 214, mprotect 10 226, munmap 11 215, mremap 25 216, madvise 28 233, mincore 27 232, msync 26 227
    mlock 149 228, munlock 150 229, mlock2 325 284, pkey_alloc 330 289, pkey_free 331 290, pkey_mprotect 329 288
    membarrier 324 283, get_mempolicy 239 236, map_shadow_stack 453 453, mseal 462 462

    read 0 63, write 1 64, close 3 57, stat 4 -, fstat 5 80, lstat 6 -, lseek 8 62, pread64 17 67, pwrite64 18 68
    readv 19 65, writev 20 66, preadv 295 69, pwritev 296 70, preadv2 327 286, pwritev2 328 287, access 21 -
    faccessat 269 48, faccessat2 439 439, newfstatat 262 79, statx 332 291, statfs 137 43, fstatfs 138 44
    getdents 78 -, getdents64 217 61, getcwd 79 17, readlink 89 -, readlinkat 267 78, fadvise64 221 223
    readahead 187 213, fsync 74 82, fdatasync 75 83, ftruncate 77 46, dup 32 23, dup2 33 -, dup3 292 24
    close_range 436 436, umask 95 166, cachestat 451 451

    poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72, epoll_create 213 -, epoll_create1 291 20, epoll_ctl 233 21
    epoll_wait 232 -, epoll_pwait 281 22, epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19
    timerfd_create 283 85, timerfd_settime 286 86, timerfd_gettime 287 87, signalfd 282 -, signalfd4 289 74
    pipe 22 -, pipe2 293 59, pause 34 -, nanosleep 35 101, clock_nanosleep 230 115

    sendto 44 206, recvfrom 45 207, sendmsg 46 211, recvmsg 47 212, sendmmsg 307 269, recvmmsg 299 243
    shutdown 48 210, getsockname 51 204, getpeername 52 205, getsockopt 55 209

    futex 202 98, futex_waitv 449 449, futex_wake 454 454, futex_wait 455 455, futex_requeue 456 456
    set_robust_list 273 99, get_robust_list 274 100, set_tid_address 218 96, rseq 334 293, sched_yield 24 124
    sched_getaffinity 204 123, sched_getparam 143 121, sched_getscheduler 145 120, sched_get_priority_max 146 125
    sched_get_priority_min 147 126, sched_rr_get_interval 148 127, sched_getattr 315 275, getcpu 309 168
    gettid 186 178, arch_prctl 158 -, exit 60 93, exit_group 231 94

    rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136, rt_sigtimedwait 128 137
    rt_sigsuspend 130 133, sigaltstack 131 132, restart_syscall 219 128, alarm 37 -, getitimer 36 102
    setitimer 38 103, timer_create 222 107, timer_settime 223 110, timer_gettime 224 108, timer_getoverrun 225 109
    timer_delete 226 111, wait4 61 260, waitid 247 95

    getpid 39 172, getppid 110 173, getpgrp 111 -, getpgid 121 155, getsid 124 156, getuid 102 174, geteuid 107 175
    getgid 104 176, getegid 108 177, getgroups 115 158, getresuid 118 148, getresgid 120 150, getpriority 140 141
    getrlimit 97 163, getrusage 98 165, times 100 153, time 201 -, gettimeofday 96 169, clock_gettime 228 113
    clock_getres 229 114, uname 63 160, sysinfo 99 179, getrandom 318 278, capget 125 90
""")

# Its driver listens on a socket that only descendants could reach, and chooses where its pages lie.
_FOR_CUDA: Final = _table("""
    socketpair 53 199, bind 49 200, listen 50 201, accept 43 202, accept4 288 242, setsockopt 54 208
    mbind 237 235, set_mempolicy 238 237, set_mempolicy_home_node 450 450, mlockall 151 230, munlockall 152 231
""")

# These depend on their arguments; see `_conditions`.
_SOMETIMES: Final = _table("""
    open 2 -, openat 257 56, mmap 9 222, ioctl 16 29, fcntl 72 25, clone 56 220, clone3 435 435, tgkill 234 131
    prctl 157 167, prlimit64 302 261, sched_setaffinity 203 122, socket 41 198
    symlink 88 -, symlinkat 266 36, unlink 87 -, unlinkat 263 35
""")

_WRITING: Final = 0o3 | 0o100 | 0o1000  # any access but reading, O_CREAT, O_TRUNC
_MAP_SHARED, _MAP_GROWS_DOWN = 0x01, 0x100
_CLONE_THREAD: Final = 0x10000
_CLONE_NAMESPACES: Final = 0x7E020000
_UNIX: Final = 1
# F_DUPFD to F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS. F_SETOWN could have signals sent.
_FCNTL: Final = (0, 1, 2, 3, 4, 1030, 1032, 1034)
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
_IOCTL: Final = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# TIOCSTI and TIOCLINUX type into a terminal; FIOSETOWN, SIOCSPGRP and FIOASYNC have signals sent.
_IOCTL_NEVER: Final = (0x5412, 0x541C, 0x8901, 0x8902, 0x5452)
# PR_GET_PDEATHSIG, GET_DUMPABLE, SET_NAME, GET_NAME, GET_SECCOMP, CAPBSET_READ, GET_NO_NEW_PRIVS, SET_VMA.
_PRCTL: Final = (2, 3, 15, 16, 21, 23, 39, 0x53564D41)


def there() -> bool:
    """Whether this kernel takes filters from unprivileged processes, and we know its numbers."""
    if not kernel.KNOWN:
        return False
    try:
        kernel.prctl(_GET_SECCOMP)
        action = ctypes.create_string_buffer(struct.pack("=I", _ERROR), 4)
        kernel.call(_SECCOMP[kernel.MACHINE], _ACTION_AVAILABLE, 0, action)
    except OSError:
        return False
    return True


def install(program: bytes) -> None:
    """Hold this process, which must have one thread and no new privileges, to a filter.

    Raises:
        OSError: the kernel refused.
    """
    instructions = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    kernel.call(_SECCOMP[kernel.MACHINE], _SET_FILTER, 0, ctypes.create_string_buffer(head, len(head)))


def program(*, threads: bool, cuda: bool, pid: int, machine: str = kernel.MACHINE) -> bytes:
    """The filter as the kernel reads it.

    Args:
        threads: Whether threads may be started.
        cuda: Whether what CUDA's driver needs is allowed.
        pid: Of the process that will be confined: the only one whose threads it may signal.
        machine: x86_64 or aarch64.
    """
    code = [_load(_ARCHITECTURE_AT), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), _end(_KILL), _load(_NUMBER_AT)]
    if machine == _X86:
        code += [(_AT_LEAST, 0, 1, 0x40000000), _fail(errno.ENOSYS)]  # the x32 twins of all calls
    for name, answer in _conditions(threads, cuda, pid).items():
        number = getattr(_SOMETIMES[name], machine)
        if number is not None:
            code += [(_EQUAL, 0, len(answer), number), *answer]
    names = {**_ALWAYS, **(_FOR_CUDA if cuda else {})}
    for first, last in _ranges([number for each in names.values() if (number := getattr(each, machine)) is not None]):
        code += [(_AT_LEAST, 0, 2, first), (_GREATER, 1, 0, last), _end(_ALLOW)]
    code += [(_AT_LEAST, 0, 1, _YOUNG), _fail(errno.ENOSYS), _fail(errno.EPERM)]
    return b"".join(struct.pack("=HBBI", *each) for each in code)


def _conditions(threads: bool, cuda: bool, pid: int) -> dict[str, list[Instruction]]:
    """What answers a call, by its name; each ends the program."""
    no, yes = _fail(errno.EPERM), _end(_ALLOW)
    only_reading = [yes] if cuda else [(_ANY_BIT, 0, 1, _WRITING), _fail(errno.EACCES), yes]
    # Shared memory, and memory that grows downwards, count towards no limit.
    private = [_argument(3), (_ANY_BIT, 0, 1, _MAP_SHARED | _MAP_GROWS_DOWN), _fail(errno.ENOMEM), yes]
    thread = [
        _argument(0),
        *((_ANY_BIT, 1, 0, _CLONE_THREAD), no),
        *((_ANY_BIT, 0, 1, _CLONE_NAMESPACES), no),
        yes,
    ]
    # The driver tries to link its devices in /dev/char. "No such folder" it takes; at "not allowed" it gives up.
    nowhere = [_fail(errno.ENOENT)] if cuda else [no]
    reading_limits = [
        *(_argument(0), (_EQUAL, 1, 0, 0), no),
        *(_argument(2), (_EQUAL, 1, 0, 0), no),
        *(_argument(2, high=True), (_EQUAL, 1, 0, 0), no),
        yes,
    ]
    return {
        "mmap": [yes] if cuda else private,
        "openat": [_argument(2), *only_reading],
        "open": [_argument(1), *only_reading],
        "ioctl": [_argument(1), *_none_of(_IOCTL_NEVER)] if cuda else [_argument(1), *_one_of(_IOCTL)],
        "fcntl": [_argument(1), *_one_of(_FCNTL)],
        "clone": thread if threads else [no],
        "clone3": [_fail(errno.ENOSYS)],  # its flags lie in memory, where no filter sees them; libraries use clone then
        "tgkill": [_argument(0), *_one_of([pid])],
        "prctl": [_argument(0), *_one_of(_PRCTL)],
        "prlimit64": reading_limits,
        "sched_setaffinity": [_argument(0), *_one_of([0])],
        "socket": [_argument(0), *_one_of([_UNIX])] if cuda else [no],
        **dict.fromkeys(("symlink", "symlinkat", "unlink", "unlinkat"), nowhere),
    }


def _load(offset: int) -> Instruction:
    return _LOAD, 0, 0, offset


def _argument(index: int, *, high: bool = False) -> Instruction:
    """Load the lower half of an argument: all of it where the kernel takes an int."""
    return _load(_ARGUMENTS_AT + 8 * index + 4 * high)


def _end(answer: int) -> Instruction:
    return _RETURN, 0, 0, answer


def _fail(number: int) -> Instruction:
    return _end(_ERROR | number)


def _one_of(values: Sequence[int]) -> list[Instruction]:
    tests = [(_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    return [*tests, _fail(errno.EPERM), _end(_ALLOW)]


def _none_of(values: Sequence[int]) -> list[Instruction]:
    tests = [(_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    return [*tests, _end(_ALLOW), _fail(errno.EPERM)]


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours as one range each."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = ranges[-1][0], number
        else:
            ranges.append((number, number))
    return ranges
