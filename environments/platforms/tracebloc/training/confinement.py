"""What an uploaded model may touch: libraries to read, one folder to write, and no process but its own.

Linux Landlock and seccomp, called directly since Python has no way to either. Both need no rights, hold for ever, and hold root too.
On a kernel without them the caller is told, and says so in the log.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import environments

_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
# what each version of the kernel's interface can withhold: the third one knows truncation
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}

SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/bin", "/sys/devices/system", "/proc/self", "/proc/sys")
SYSTEM_FILES = (
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/passwd"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/dev/random", "/dev/urandom", "/dev/zero"),
)
DEVICES_TO_WRITE = ("/dev/null",)

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_CLONE_THREAD, _X32_SYSCALL = 0x00010000, 0x40000000
# machine -> (its number in the kernel's audit, clone, clone3, the calls that can only make processes)
_SYSCALLS = {"x86_64": (0xC000003E, 56, 435, (57, 58)), "aarch64": (0xC00000B7, 220, 435, ())}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


def can_confine() -> bool:
    """Whether this kernel can do what the functions below do."""
    return _system_call(_LANDLOCK_CREATE_RULESET, None, 0, _ASK_VERSION) >= 1 and os.uname().machine in _SYSCALLS


def library_paths() -> list[Path]:
    """Everything that Python and its libraries are read from; of this project its services alone, not what lies beside them."""
    services = Path(environments.__file__ or "").resolve().parent
    search_path = (Path(entry) for entry in sys.path if entry and not services.is_relative_to(Path(entry).resolve()))
    return [Path(sys.prefix), Path(sys.base_prefix), services, *search_path, *map(Path, (*SYSTEM_FOLDERS, *SYSTEM_FILES))]


def confine_files(readable: Iterable[Path], writable: Path) -> bool:
    """From now on read `readable` only, and write `writable` only; False when the kernel has no Landlock."""
    version = _system_call(_LANDLOCK_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    rights = _RIGHTS[min(version, max(_RIGHTS))]
    rules = ctypes.create_string_buffer(struct.pack("=Q", rights), 8)
    ruleset = _system_call(_LANDLOCK_CREATE_RULESET, rules, 8, 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _permit(ruleset, path, _READ)
        for device in map(Path, DEVICES_TO_WRITE):
            _permit(ruleset, device, (_READ | _WRITE_FILE | _TRUNCATE) & rights)
        _permit(ruleset, writable, rights)
        return _system_call(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def forbid_processes() -> bool:
    """From now on start threads, but no process; False where the kernel cannot filter system calls."""
    numbers = _SYSCALLS.get(os.uname().machine)
    if numbers is None:
        return False
    program = b"".join(_instructions(*numbers))
    held = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("@HP", len(program) // 8, ctypes.addressof(held))
    code: int = ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(filters, len(filters)), 0, 0)
    return code == 0


def _permit(ruleset: int, path: Path, rights: int) -> None:
    with _opened(path) as descriptor:
        if descriptor is None:
            return
        allowed = rights if path.is_dir() else rights & _OF_FILES
        rule = struct.pack("=Qi", allowed, descriptor)
        _system_call(_LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there needs no permission
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _instructions(machine: int, clone: int, clone3: int, process_calls: tuple[int, ...]) -> Iterator[bytes]:
    """A filter in the kernel's own small language, one instruction of eight bytes each: code, jump if so, jump if not, operand."""

    def instruction(code: int, operand: int, so: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("=HBBI", code, so, otherwise, operand)

    refuse = instruction(_RETURN, _ERROR | errno.EPERM)
    yield instruction(_LOAD, _MACHINE)
    yield instruction(_EQUAL, machine, so=1)
    yield refuse  # calls of another machine's numbering would slip through
    yield instruction(_LOAD, _NUMBER)
    yield instruction(_AT_LEAST, _X32_SYSCALL, otherwise=1)
    yield refuse
    for number in process_calls:
        yield instruction(_EQUAL, number, otherwise=1)
        yield refuse
    # its flags are out of a filter's sight; told that it is not there, the C library takes clone for its threads
    yield instruction(_EQUAL, clone3, otherwise=1)
    yield instruction(_RETURN, _ERROR | errno.ENOSYS)
    yield instruction(_EQUAL, clone, otherwise=3)
    yield instruction(_LOAD, _FIRST_ARGUMENT)
    yield instruction(_ANY_BIT, _CLONE_THREAD, so=1)
    yield refuse
    yield instruction(_RETURN, _ALLOW)


def _system_call(number: int, *arguments: object) -> int:
    called: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    return called
