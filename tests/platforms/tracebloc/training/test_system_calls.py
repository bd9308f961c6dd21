"""Every system call there is, tried from inside the sandbox: what is not known to be harmless is refused."""

import errno
import json
from pathlib import Path

import pytest

from environments.platforms.tracebloc.training import system_calls
from tests.platforms.tracebloc.training.test_sandbox import seen

pytestmark = pytest.mark.skipif(not system_calls.known_machine(), reason="the numbers of this machine's system calls are not known")
MOST = 1024
# how the kernel's own probes come back (x86_64: uretprobe, uprobe); it lets no filter see them, and outside of a probe they do nothing
PROBES = {335, 336}
# no arguments make sense of any call that gets through
TRY_ALL = """
import ctypes, json
library = ctypes.CDLL(None, use_errno=True)
def told(number, *arguments):
    ctypes.set_errno(0)
    return ctypes.get_errno() if library.syscall(ctypes.c_long(number), *arguments) < 0 else 0
seen = json.dumps({{number: told(number, *[ctypes.c_long(-1)] * 6) for number in {numbers}}})
"""
FAMILIES = """
import json, socket
seen = []
for family in range(64):
    for kind in (1, 2, 3, 4, 5, 10):
        for make in (socket.socket, socket.socketpair):
            try:
                made = make(family, kind)
                seen.append((family, kind, make.__name__))
            except PermissionError:
                pass
            except OSError as error:
                seen.append((family, kind, make.__name__, error.errno))
seen = json.dumps(seen)
"""


def test_all_calls_but_those_of_computing_are_refused(tmp_path: Path) -> None:
    harmless = {*system_calls.allowed().values(), *system_calls.allowed_with_some_arguments().values()}
    numbers = sorted(set(range(MOST)) - harmless - PROBES)
    told = {int(number): code for number, code in json.loads(seen(TRY_ALL.format(numbers=numbers), tmp_path)).items()}
    assert len(told) > 800
    expected = {number: errno.EPERM if number <= system_calls.NEWEST_KNOWN else errno.ENOSYS for number in numbers}
    assert told == expected


def test_calls_that_some_arguments_make_dangerous_are_refused_with_others(tmp_path: Path) -> None:
    numbers = sorted(system_calls.allowed_with_some_arguments().values())
    told = json.loads(seen(TRY_ALL.format(numbers=[*numbers]), tmp_path))
    names = {number: name for name, number in system_calls.allowed_with_some_arguments().items()}
    # a clone of -1 asks for a thread, among others, in a way that makes no sense
    expected = dict.fromkeys(names.values(), errno.EPERM) | {"clone3": errno.ENOSYS, "clone": errno.EINVAL}
    assert {names[int(number)]: code for number, code in told.items()} == expected


def test_no_family_of_sockets_can_be_made(tmp_path: Path) -> None:
    assert json.loads(seen(FAMILIES, tmp_path)) == []
