"""What an uploaded model may touch: libraries to read, one folder to write, and the system calls that computing takes.

Linux Landlock and seccomp, called directly since Python has no way to either. Both need no rights, hold for ever, and hold root too.
On a kernel without them the caller is told, and says so in the log.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import environments
from environments.platforms.tracebloc.training import system_calls

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


def can_confine() -> bool:
    """Whether this kernel can do what the functions below do."""
    return _system_call(_LANDLOCK_CREATE_RULESET, None, 0, _ASK_VERSION) >= 1 and system_calls.known_machine()


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


def confine_system_calls() -> bool:
    """From now on make only the calls that computing takes; False where the kernel cannot filter system calls."""
    if not system_calls.known_machine():
        return False
    program = system_calls.filter_program()
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


def _system_call(number: int, *arguments: object) -> int:
    called: int = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    return called
