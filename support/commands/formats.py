"""What a run is told in besides the usual reports; made of its record, so that runs of other times and machines can be told too."""

from collections.abc import Collection
from pathlib import Path

from support.terminal import complain, say

FORMATS = ("github", "messages")


def write_formats(folder: Path, formats: Collection[str], exit_code: int | None = None) -> bool:
    """Write the run whose results are in a folder in each of these formats; False, and a word about it, where that cannot be done.

    Args:
        folder: the run's.
        formats: of FORMATS.
        exit_code: how the run ended, for one that left no record; None when nobody knows.
    """
    if not formats:
        return True
    from support.results.run_record import UnreadableRecord, read_record

    try:
        record = read_record(folder)
    except (FileNotFoundError, UnreadableRecord) as error:
        complain(str(error))
        if "github" in formats:
            tell_github_of_nothing(exit_code)
        return False
    try:
        if "messages" in formats:
            from reports.formats.cucumber_messages import FILE, write_messages

            write_messages(record, folder, folder / FILE)
            say(f"Cucumber messages: {folder / FILE}")
        if "github" in formats:
            from reports.github import publish
            from reports.github_run import for_github

            publish(*for_github(record))
    except OSError as error:
        complain(f"{error.filename} cannot be written: {error.strerror}")
        return False
    return True


def tell_github_of_nothing(exit_code: int | None) -> None:
    """A run that did not come to a result is not to look like one without failures."""
    from reports.github import Annotation, publish

    told = "there is no result" if exit_code is None else f"there is no result (exit code {exit_code})"
    publish(f"## ❌ Ringmaster: {told}\n", [Annotation("error", "ringmaster run", told)])
