"""The file system as a model process sees it: libraries, read-only, a folder of its own in memory, of limited size, and nothing else.

So there is no socket to connect to, no file whose times, rights or mere existence could be read or changed, and no disk to fill.
Source: our choice.
"""

import ctypes
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from environments.processes import mounts

_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000
_READ_ONLY, _NO_SETUID = 0x1, 0x2
_PROCESS = Path("/proc/self")
MOST_FILES = 4096


def enter(readable: Iterable[Path], folder: Path, folder_bytes: int) -> None:
    """See from now on these paths, where they exist, and an empty `folder` that takes so many bytes; raises OSError where that cannot be.

    The process must have one thread, a mount namespace that is its own, and all capabilities in there; afterwards it has none.
    """
    mounts.make_private()
    # the new root is built where the folder is, which disappears beneath it
    mounts.mount_memory(folder)
    for path in _outermost(readable):
        _show(path, folder)
    inside = folder / folder.relative_to("/")
    inside.mkdir(parents=True, exist_ok=True)
    _make_read_only(folder)
    mounts.mount_memory(inside, f"mode=700,size={folder_bytes},nr_inodes={MOST_FILES}")
    mounts.become_root(folder)
    # what was stood on until now is the folder beneath the new root
    os.chdir(folder)
    mounts.drop_capabilities()


def _outermost(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that exist and are beneath no other: as they are named, and where they really are."""
    named = {each for path in paths if path.exists() for each in (path, path if path == _PROCESS else path.resolve())}
    shown: list[Path] = []
    for path in sorted(named, key=lambda each: len(each.parts)):
        if not any(path.is_relative_to(above) for above in shown):
            shown.append(path)
            yield path


def _show(path: Path, root: Path) -> None:
    shown = root / path.relative_to("/")
    shown.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() and path != _PROCESS:
        shown.symlink_to(path.readlink())
        return
    if path.is_dir():
        shown.mkdir()
    else:
        shown.touch()
    mounts.bind(path.resolve(), shown)


def _make_read_only(root: Path) -> None:
    attributes = ctypes.create_string_buffer(struct.pack("=QQQQ", _READ_ONLY | _NO_SETUID, 0, 0, 0), 32)
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(ctypes.c_long(_MOUNT_SETATTR), _AT_FDCWD, os.fsencode(root), _AT_RECURSIVE, attributes, ctypes.c_size_t(32)) != 0:
        raise OSError(ctypes.get_errno(), f"the kernel cannot make mounts read-only: {os.strerror(ctypes.get_errno())}")
