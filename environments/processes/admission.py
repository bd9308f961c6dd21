"""Who may use a fork server: whoever proves to know its key, runs as the same user (or the one named) and was not started by it.

The server sends a fresh challenge to each caller, who answers with a keyed digest of it: what has been said once opens nothing. The key
comes in a file, which the server removes, and no process that it forks inherits it. Source: our choice.
"""

import hmac
import mmap
import os
import secrets
import socket
import struct
from pathlib import Path

from environments.processes.process_table import row_of

KEY_BYTES = 32
_CREDENTIALS = struct.Struct("3i")


def new_key() -> bytes:
    """A key that nobody knows yet."""
    return secrets.token_bytes(KEY_BYTES)


def hand_over(key: bytes, file: Path) -> None:
    """Write a key into a new file that only this user can read; raises OSError."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(key)


def proof(key: bytes | memoryview, challenge: str) -> str:
    """What shows that one knows the key."""
    return hmac.digest(key, challenge.encode(), "sha256").hex()


def challenge() -> str:
    """A text that was never sent before."""
    return secrets.token_hex(16)


class Admission:
    """The server's side."""

    def __init__(self, key_file: Path, also_user: int | None = None) -> None:
        """Take the key out of its file, never into memory that cannot be cleared; raises OSError. `also_user` may ask, too."""
        self._also_user = also_user
        self._page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        with key_file.open("rb", buffering=0) as file:
            file.readinto(memoryview(self._page)[:KEY_BYTES])
        key_file.unlink()

    def forget(self) -> None:
        """Clear the key (in a forked child, whose copy it is)."""
        self._page[:] = bytes(len(self._page))

    def why_not(self, client: socket.socket, sent: str, answer: object) -> str | None:
        """Why a caller is refused, in words; None when it may go on."""
        pid, user, _group = _CREDENTIALS.unpack(client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        if user not in (os.geteuid(), self._also_user):
            return f"the fork server serves its own user, not user {user}"
        if _descends_from(os.getpid(), pid):
            return "the fork server does not serve what it has started itself"
        with memoryview(self._page) as page, page[:KEY_BYTES] as key:
            known = isinstance(answer, str) and hmac.compare_digest(proof(key, sent).encode(), answer.encode(errors="replace"))
        return None if known else "the fork server's key is not the one that was used"


def _descends_from(ancestor: int, pid: int) -> bool:
    # a caller that is outside of this process's namespace, and so no descendant, has the number 0
    while pid > 1:
        if pid == ancestor:
            return True
        row = row_of(pid)
        pid = row.parent if row is not None else 0
    return False
