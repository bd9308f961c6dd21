"""A program in a pseudo-terminal: what it writes is handed on as text, what is typed reaches it, and it has the size of the window."""

import asyncio
import codecs
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from environments.platforms.observatory.pseudo_terminal import dashboard

TOGETHER_SECONDS = 0.016
"""What is written within this time is one frame."""
CAPABILITIES = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
COLUMNS, ROWS = 80, 24
INHERITED = ("PATH", "HOME")
"""What a program gets of the server's own variables: nothing that is secret."""
MOST_AT_ONCE = 65_536
# it imports nothing but the standard library, so that a session begins at once
DASHBOARD = [sys.executable, "-I", "-S", dashboard.__file__]


class Terminal:
    """One running program; `ended` is called once it is over."""

    def __init__(self, wrote: Callable[[str], None], ended: Callable[[], None]) -> None:
        """Hand on what the program writes."""
        self._wrote, self._ended = wrote, ended
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._main = -1
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        """Start the program; raises OSError when it cannot be."""
        self._main, side = pty.openpty()
        self.resize(COLUMNS, ROWS)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=side,
                stdout=side,
                stderr=side,
                env={**{name: os.environ[name] for name in INHERITED if name in os.environ}, **variables, **CAPABILITIES},
                start_new_session=True,
                # the terminal has to be its own, or it is told neither of a new size nor of the end
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
        finally:
            os.close(side)
        asyncio.get_running_loop().add_reader(self._main, self._read)

    def type(self, text: str) -> None:
        """Somebody typed this."""
        with suppress(OSError):
            os.write(self._main, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size now."""
        with suppress(OSError):
            fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def end(self) -> None:
        """End the program; nothing happens when it is over already."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        if self._main >= 0:
            asyncio.get_running_loop().remove_reader(self._main)
            os.close(self._main)
            self._main = -1

    def _read(self) -> None:
        try:
            data = os.read(self._main, MOST_AT_ONCE)
        except OSError:
            data = b""
        if not data:
            self._flush()
            self.end()
            self._ended()
            return
        if not self._pending:
            asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._flush)
        self._pending += self._decoder.decode(data)

    def _flush(self) -> None:
        pending, self._pending = self._pending, ""
        if pending:
            self._wrote(pending)
