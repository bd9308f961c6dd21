"""What several commands do alike: read the settings, refuse wrong input with exit code 2, and show a page."""

from pathlib import Path
from typing import TYPE_CHECKING

from click.exceptions import Exit

from support.settings import Settings, read_settings
from support.settings_file import SettingsError
from support.terminal import complain, say

if TYPE_CHECKING:
    from reports.pages.page import Page


def refused(error: Exception | str) -> Exit:
    """Say what is wrong; what is returned ends the command."""
    complain(str(error))
    return Exit(2)


def settings_or_exit(**options: object) -> Settings:
    """The settings in force; what is wrong with them ends the command."""
    try:
        return read_settings(**options)
    except SettingsError as error:
        raise refused(error) from None


def keep_measurement(results: Path, kind: str, subject: str, content: object) -> None:
    """Keep it in the history (see `History.measurements`); what prevents that is said."""
    from support.history.database import HistoryUnusable
    from support.history.recording import add_measurement

    try:
        results.mkdir(parents=True, exist_ok=True)
        add_measurement(results, kind, subject, content)
    except (HistoryUnusable, OSError) as error:
        complain(f"{error}. The {kind} is not in the history, so the next one cannot be compared with it")


def refuse_unwritable(file: Path) -> None:
    """Return if the file can be written, which is left as it is; otherwise end the command, before it has worked for nothing."""
    was_there = file.exists()
    try:
        file.open("a").close()
    except OSError as error:
        raise refused(f"{file} cannot be written: {error.strerror}") from None
    if not was_there:
        file.unlink()


def show_page(page: "Page", html: Path | None) -> None:
    """Print it, or write it to a file if there is one."""
    from reports.pages.page import print_page, write_page

    if html is None:
        print_page(page)
        return
    try:
        write_page(page, html)
    except OSError as error:
        raise refused(f"{html} cannot be written: {error.strerror}") from None
    for line in page.answer:
        say(line)
    say(f"Written to {html}")
