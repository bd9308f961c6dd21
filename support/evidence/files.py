"""Takes secrets out of the files of a run that others have written: logs of services and pods, models, what steps left in their folder."""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from support.evidence import FILE
from support.redaction import known_secrets, redact
from support.results.run_folder import RECORD_FILE, run_folders

REDACTED = "redacted-later.txt"
"""Says in a run's folder that it was done after the run was killed."""
SHORTEST_IN_BINARY = 12
"""Bytes of a secret that is looked for in what is no text, where a shorter one may stand by chance."""

MOST_ZEROS = 8
"""One byte in so many is zero in a text, at most."""


def redact_files(folder: Path) -> None:
    """Rewrite every file below that holds a secret or an e-mail address; one that cannot be rewritten is removed."""
    for file in sorted(Path(parent, name) for parent, _, names in os.walk(folder) for name in names):
        # what is evidence was redacted when it was noted
        if file.name == FILE or file.is_symlink() or not file.is_file():
            continue
        try:
            content = file.read_bytes()
        except OSError:
            # who cannot read it need not be kept from it
            continue
        safe = _redacted(content)
        if safe != content:
            try:
                file.write_bytes(safe)
            except OSError:
                file.unlink()


def redact_abandoned(results: Path, living: Callable[[], Collection[str]]) -> list[Path]:
    """Do so for the runs that were killed before they could: only what looks like a secret is found, since the values went with them.

    Args:
        results: the folder of all runs.
        living: names the runs that are under way; asked only where a run has no record.

    Returns:
        The folders of those runs, each once.
    """
    without_record = [folder for folder, _ in run_folders(results) if not any((folder / name).exists() for name in (RECORD_FILE, REDACTED))]
    under_way = living() if without_record else ()
    abandoned = [folder for folder in without_record if folder.name not in under_way]
    for folder in abandoned:
        for part in (folder / "logs", folder / "scenarios"):
            redact_files(part)
        with suppress(OSError):
            (folder / REDACTED).write_text("This run was killed. What looked like a secret in its files was taken out later.\n")
    return abandoned


def _is_text(content: bytes) -> bool:
    if b"\0" not in content:
        return True
    # variables as processes have them: a few zeros, and words between them
    if content.count(0) * MOST_ZEROS > len(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _redacted(content: bytes) -> bytes:
    if _is_text(content):
        # what is no UTF-8 stays byte by byte
        return redact(content.decode(errors="surrogateescape")).encode(errors="surrogateescape")
    for secret, _ in known_secrets():
        wanted = secret.encode(errors="surrogateescape")
        if len(wanted) >= SHORTEST_IN_BINARY and wanted in content:
            # as long as before, since other places in the file are counted in bytes
            content = content.replace(wanted, b"*" * len(wanted))
    return content
