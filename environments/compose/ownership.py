"""Whom containers run as: this user, or for root a user without rights, who is given the folders that containers write to."""

import contextlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

WITHOUT_RIGHTS = 65532
"""No user of usual machines has this number. Source: our choice, as in distroless images."""


@dataclass(frozen=True)
class Owner:
    """The user and group of all containers."""

    user: int
    group: int

    @classmethod
    def of_containers(cls) -> "Owner":
        """This user; for root, one without rights."""
        if os.geteuid() == 0:
            return cls(WITHOUT_RIGHTS, WITHOUT_RIGHTS)
        return cls(os.geteuid(), os.getegid())

    def __str__(self) -> str:
        return f"{self.user}:{self.group}"

    def make_folder(self, path: Path) -> Path:
        """A folder that belongs to it, made if it is not there."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.take(path)
        return path

    def make_shared_folder(self, path: Path) -> Path:
        """The same; whatever root puts into it later belongs to the containers, too, as far as its mode lets anybody but root have it."""
        self.make_folder(path)
        if os.geteuid() == 0:
            # where the file system knows no such lists, containers can read what scenarios write, and not change it
            with contextlib.suppress(OSError):
                os.setxattr(path, "system.posix_acl_default", _default_access(self.user))
        return path

    def write(self, path: Path, text: str) -> Path:
        """A new file that nobody else can read."""
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        self.take(path)
        return path

    def take(self, path: Path) -> None:
        """Own a file or folder."""
        if os.geteuid() == 0:
            os.chown(path, self.user, self.group)


def _default_access(user: int) -> bytes:
    """What a new file grants: everything to its owner and a user; its mode is as usual. Source: acl(5), posix_acl_xattr.h."""
    version, nobody, everything, looking = 2, 0xFFFFFFFF, 0o7, 0o5
    owner, named_user, group, mask, others = 0x01, 0x02, 0x04, 0x10, 0x20
    entries = [
        (owner, everything, nobody),
        (named_user, everything, user),
        (group, looking, nobody),
        (mask, everything, nobody),
        (others, looking, nobody),
    ]
    return struct.pack("<I", version) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
