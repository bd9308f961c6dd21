"""Errors of the system that a command runs on, in a sentence each: a full disk, limits, an output that nobody reads."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from support.results.exit_codes import ExitCode

FOLDERS = "TMPDIR, RINGMASTER_RESULTS_FOLDER and RINGMASTER_LEDGER_FOLDER"
_SENTENCES = {
    errno.ENOSPC: "there is no room left{where}: make room there, or set TMPDIR and RINGMASTER_RESULTS_FOLDER to folders with more",
    errno.EDQUOT: "this user may write no more{where}: make room there, or set TMPDIR and RINGMASTER_RESULTS_FOLDER to folders with more",
    errno.EFBIG: "this process may write too little to one file{where}: raise the limit with `ulimit -f unlimited`",
    errno.EROFS: f"nothing can be written{{where}}: have {FOLDERS} name folders that can be written to",
    errno.EACCES: f"this user may not do that{{where}}: give it the right, or have {FOLDERS} name other folders",
    errno.ENAMETOOLONG: f"the name of a file or folder is too long{{where}}: have {FOLDERS} name shorter ones",
    errno.ELOOP: f"a link leads back to itself{{where}}: have {FOLDERS} name folders",
    errno.EMFILE: "this process may open too few files at a time: raise the limit with `ulimit -n 1024`",
    errno.ENFILE: "this machine has too many files open",
    errno.EAGAIN: "this user may start too few processes and threads: raise the limit with `ulimit -u 1024`",
    errno.ENOMEM: "this machine has too little memory left",
}  # fmt: skip
_NO_HOME = "this user has no home folder, where the state of runs is kept: set HOME, XDG_STATE_HOME or RINGMASTER_LEDGER_FOLDER"
NO_FOLDER = "the folder that this was started in is gone: change to another one"


def sentence_of(error: BaseException) -> str | None:
    """What is wrong with the system, if that is what the error comes from."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.errno in _SENTENCES:
            return _SENTENCES[cause.errno].format(where=f" at {cause.filename}" if cause.filename else "")
        if isinstance(cause, FileNotFoundError) and "temporary directory" in str(cause):
            return _SENTENCES[errno.EROFS].format(where=" where temporary files belong")
        if isinstance(cause, MemoryError):
            return _SENTENCES[errno.ENOMEM]
        if isinstance(cause, RuntimeError) and "start new thread" in str(cause):
            return _SENTENCES[errno.EAGAIN]
        if isinstance(cause, RuntimeError) and "home directory" in str(cause):
            return _NO_HOME
        cause = cause.__cause__ or cause.__context__
    return None


@contextmanager
def survived() -> Iterator[None]:
    """Run a command. An error of the system is reported in a sentence on stderr; it ends with exit code 3, or 2 without a folder."""
    _open_streams()
    try:
        os.getcwd()  # noqa: PTH109 - Path.cwd is this, and pathlib need not be there yet
    except FileNotFoundError:
        _complain(NO_FOLDER)
        sys.exit(ExitCode.WRONG_INPUT)
    try:
        yield
    except SystemExit as ended:
        # what is kept back may not be written either
        sys.stdout.flush()
        if _Output.lost and not ended.code:
            sys.exit(ExitCode.PLATFORM_FAILED)
        raise
    except Exception as error:
        if (sentence := sentence_of(error)) is None:
            raise
        _complain(sentence)
        sys.exit(ExitCode.PLATFORM_FAILED)


class _Output(io.TextIOWrapper):
    """Once something cannot be written any more, all that follows goes nowhere: what the command is for is done all the same."""

    lost = False
    """Whether stdout could not be written to."""

    def write(self, text: str) -> int:
        """Write, or lose it."""
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        """Write what is kept back, or lose it."""
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if self.fileno() == 1:
            _say_lost(str(error.strerror))


def _say_lost(why: str) -> None:
    _Output.lost = True
    _complain(f"nothing is printed, since stdout cannot be written to ({why}); results are kept as ever")


def _open_streams() -> None:
    """Have three streams that take any text, whatever this was started with."""
    closed = []
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # the next file that is opened would take its place, and get what is printed
            closed.append(os.open(os.devnull, os.O_RDWR))
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = _stream(sys.stdout, 1), _stream(sys.stderr, 2)
    if 1 in closed:
        _say_lost("it is closed")


def _stream(stream: object, number: int) -> _Output:
    binary, encoding, by_line = io.BufferedWriter(io.FileIO(number, "w", closefd=False)), "utf-8", os.isatty(number)
    if isinstance(stream, io.TextIOWrapper):
        with suppress(OSError):
            stream.flush()
        encoding, by_line = stream.encoding, stream.line_buffering
    # a mark or a letter that the terminal's encoding lacks is written out, rather than the end of the run
    return _Output(binary, encoding, "backslashreplace", line_buffering=by_line, write_through=number == 2)


def _complain(sentence: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"ringmaster: {sentence}\n")
        sys.stderr.flush()
