"""Takes secrets out of the files of a run that others have written: logs of services and pods, models, what steps left in their folder."""

from pathlib import Path

from support.evidence import FILE
from support.redaction import known_secrets, redact

SHORTEST_IN_BINARY = 12
"""Bytes of a secret that is looked for in what is no text, where a shorter one may stand by chance."""


def redact_files(folder: Path) -> None:
    """Rewrite every file below that holds a secret or an e-mail address; one that cannot be rewritten is removed."""
    for file in sorted(folder.rglob("*")):
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


def _redacted(content: bytes) -> bytes:
    if b"\0" not in content:
        # what is no UTF-8 stays byte by byte
        return redact(content.decode(errors="surrogateescape")).encode(errors="surrogateescape")
    for secret, _ in known_secrets():
        wanted = secret.encode(errors="surrogateescape")
        if len(wanted) >= SHORTEST_IN_BINARY and wanted in content:
            # as long as before, since other places in the file are counted in bytes
            content = content.replace(wanted, b"*" * len(wanted))
    return content
