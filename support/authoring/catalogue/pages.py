"""The catalogue as one page, to read and to search: HTML that needs nothing else, or Markdown."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from support.authoring.catalogue.entries import Catalogue

TEMPLATES = Path(__file__).parent / "templates"


def as_html(catalogue: Catalogue) -> str:
    """A page with a search field, light or dark as its reader's system is."""
    return _render("catalogue.html.j2", catalogue)


def as_markdown(catalogue: Catalogue) -> str:
    """The same, for repositories and wikis."""
    return _render("catalogue.md.j2", catalogue)


def _render(name: str, catalogue: Catalogue) -> str:
    # Markdown shows what stands in code, so nothing has to be escaped there
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["parameters"] = _marked
    return environment.get_template(name).render(platforms=catalogue.by_platform(), number=len(catalogue.entries))


def _marked(sentence: str) -> Markup:
    """The sentence with its parameters marked."""
    parts = re.split(r"(\{[^}]*\})", sentence)
    return Markup().join(Markup("<var>{}</var>").format(part) if part.startswith("{") else escape(part) for part in parts)
