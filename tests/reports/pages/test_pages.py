"""Plain pages: escaped, redacted, in one file, and the same in the terminal."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.pages.page import Page, Section, print_page, write_page

HOSTILE = '<script>alert(1)</script> & "quoted" {{ 7 * 7 }} [/b] :warning:'
SECRET = "password=hunter22 of ada@example.com"
PAGE = Page(
    f"A page {HOSTILE}",
    [HOSTILE, SECRET],
    [Section("Rows", ["Some"], ("name", "value"), [(HOSTILE, SECRET)]), Section("Words", ["Only words"])],
)


class Texts(HTMLParser):
    """The texts and tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_what_others_wrote_is_text_on_the_page(tmp_path: Path) -> None:
    write_page(PAGE, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    page = Texts()
    page.feed(html)
    assert "script" not in page.tags
    assert page.texts.count(HOSTILE) == 2
    assert "hunter22" not in html
    assert "ada@example.com" not in html
    assert (page.tags.count("table"), page.tags.count("h1")) == (1, 1)


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    write_page(PAGE, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    assert re.findall(r"(?:src|href)=|url\(|@import", html) == []
    assert "default-src 'none'" in html


def test_the_terminal_shows_the_same(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    print_page(PAGE)
    shown = capsys.readouterr().out
    assert shown.count(HOSTILE) == 3
    assert "hunter22" not in shown
    assert "Only words" in shown


def test_a_place_is_never_cut_off(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    place = "features/tracebloc/ring3_platform/01_single_participant.feature:27"
    print_page(Page("p", [], [Section("s", (), ("place", "words"), [(place, "x " * 30)])]))
    cells = [line.split("│")[1].strip() for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert "".join(cells) == place
