"""A view of the file system that one process has for itself: folders appear where its program insists on having them.

Programs made for containers have paths built in, such as /data/shared. Here the process gets a root of its own, in which everything else
is where it was, so nothing is ever made at that path of the machine. Linux only; as root a mount namespace is enough, everybody else needs
a user namespace around it, which not every kernel gives. Source: our choice.
"""

import ctypes
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
READ_ONLY, REMOUNT, BIND, MOVE, RECURSIVE, UNBINDABLE, PRIVATE = 0x1, 0x20, 0x1000, 0x2000, 0x4000, 0x20000, 0x40000
# what the kernel does not let a user namespace change when it mounts a folder once more (the first three are the same in statvfs)
KEPT_FLAGS = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC
CAPABILITY_VERSION = 0x20080522
ROOT = Path("/")
WORKS = "it works"

_library = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Mount:
    """A folder of this machine, and where a process sees it too; both are absolute paths."""

    source: str
    target: str
    read_only: bool = False


def enter(mounts: Collection[Mount], workspace: Path) -> None:
    """Give this process, which must have one thread, the view with these mounts; it keeps its working folder.

    Args:
        mounts: what appears where.
        workspace: a folder that holds no source and is not beside a target; it is only stood on while the view is made.

    Raises:
        OSError: the kernel does not allow it.
    """
    as_root = os.geteuid() == 0
    _unshare(as_root)
    make_private()
    mount_memory(workspace)
    _show_all(ROOT, workspace, {Path(mount.target) for mount in mounts})
    for mount in mounts:
        _bind_as_asked(Path(mount.source), workspace / Path(mount.target).relative_to(ROOT), mount.read_only)
    become_root(workspace)
    if not as_root:
        drop_capabilities()


@cache
def why_not() -> str | None:
    """Why no process can have a view of its own on this machine, in words; None when it can. Tried once, in a process made for it."""
    # imported here: a fork server has to be there at once, and never asks
    import tempfile

    with tempfile.TemporaryDirectory() as source, tempfile.TemporaryDirectory() as workspace:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(writing, _try(Path(source), Path(workspace)).encode())
            os._exit(0)
        os.close(writing)
        with open(reading, encoding="utf-8") as said:  # noqa: PTH123 - a descriptor
            outcome = said.read()
        os.waitpid(pid, 0)
    return None if outcome == WORKS else outcome or "it was tried, and the process died"


def _try(source: Path, workspace: Path) -> str:
    seen = Path("/data/shared/seen")
    try:
        enter([Mount(str(source), str(seen.parent))], workspace)
        seen.touch()
    except OSError as error:
        return error.strerror or str(error)
    return WORKS


def make_private() -> None:
    """Keep what is mounted in this process's mount namespace from showing up outside of it."""
    _mount(None, ROOT, RECURSIVE | PRIVATE)


def mount_memory(folder: Path, options: str = "mode=755") -> None:
    """Mount an empty file system in memory; it is left out when the folders around it are shown again."""
    _mount("tmpfs", folder, 0, "tmpfs", options.encode())
    _mount(None, folder, UNBINDABLE)


def bind(source: Path, target: Path) -> None:
    """Show a file or folder, with all that is mounted in it, in another place too, which must be there."""
    _mount(str(source), target, BIND | RECURSIVE)


def become_root(folder: Path) -> None:
    """Make a folder that something is mounted on the root of this process, which keeps its working folder by name."""
    working = Path.cwd()
    os.chdir(folder)
    # moved over the old root, and not only entered: a process in a chroot may make no namespaces of its own
    _mount(str(folder), ROOT, MOVE)
    os.chroot(".")
    os.chdir(working)


def drop_capabilities() -> None:
    """Give up every power that root has, or the first process of a user namespace in there."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _succeed("capset", header, (ctypes.c_uint32 * 6)())


def map_own_user(user: int, group: int) -> None:
    """Be in the user namespace that this process has just entered who it was before, and nobody else."""
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(line)


def _unshare(as_root: bool) -> None:
    user, group = os.geteuid(), os.getegid()
    _succeed("unshare", CLONE_NEWNS if as_root else CLONE_NEWNS | CLONE_NEWUSER)
    if not as_root:
        map_own_user(user, group)


def _show_all(real: Path, shown: Path, targets: set[Path]) -> None:
    """Show what is in the folder `real` also in `shown`, except what is mounted over."""
    inside = {target.relative_to(real).parts[0] for target in targets if real in target.parents}
    for entry in _entries(real):
        if entry.name not in inside:
            _show(entry, shown / entry.name)
    for name in inside:
        (shown / name).mkdir()
        if real / name not in targets:
            _show_all(real / name, shown / name, targets)


def _entries(folder: Path) -> Iterable[os.DirEntry[str]]:
    return list(os.scandir(folder)) if folder.is_dir() else []


def _show(entry: os.DirEntry[str], shown: Path) -> None:
    if entry.is_symlink():
        shown.symlink_to(Path(entry.path).readlink())
        return
    if entry.is_dir():
        shown.mkdir()
    else:
        shown.touch()
    _mount(entry.path, shown, BIND | RECURSIVE)


def _bind_as_asked(source: Path, target: Path, read_only: bool) -> None:
    bind(source, target)
    if read_only:
        _mount(None, target, BIND | REMOUNT | READ_ONLY | os.statvfs(target).f_flag & KEPT_FLAGS)


def _mount(source: str | None, target: Path, flags: int, kind: str | None = None, options: bytes | None = None) -> None:
    _succeed("mount", _text(source), _text(str(target)), _text(kind), ctypes.c_ulong(flags), options, about=f" {target}")


def _text(text: str | None) -> bytes | None:
    return None if text is None else os.fsencode(text)


def _succeed(function: str, *arguments: object, about: str = "") -> None:
    if getattr(_library, function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel refuses {function}{about}: {os.strerror(number)}")
