"""A plain page of paragraphs and tables: for the terminal, and as one HTML file that needs nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.results.texts import presentable
from support.terminal import say, show_table

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """A part of a page: paragraphs, then a table if it has headings."""

    title: str
    paragraphs: Sequence[str] = ()
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Page:
    """A page that begins with its answer."""

    title: str
    answer: Sequence[str]
    sections: Sequence[Section] = ()


def print_page(page: Page) -> None:
    """Print it, without secrets and e-mail addresses."""
    say(page.title, "bold")
    _say(page.answer)
    for section in page.sections:
        say(f"\n{section.title}", "bold")
        _say(section.paragraphs)
        if section.headings:
            _print_table(section)


def write_page(page: Page, file: Path) -> None:
    """Write it as HTML, without secrets and e-mail addresses; raises OSError."""
    # loaded only for pages, since it takes a moment
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["presentable"] = presentable
    file.write_text(environment.get_template("page.html.j2").render(page=page), encoding="utf-8")


def _say(paragraphs: Iterable[str]) -> None:
    for paragraph in paragraphs:
        say(presentable(paragraph))


def _print_table(section: Section) -> None:
    from rich.table import Table

    table = Table()
    for heading in section.headings:
        # folded, since a place that is cut off leads nowhere
        table.add_column(heading, overflow="fold")
    for row in section.rows:
        table.add_row(*map(presentable, row))
    show_table(table)
