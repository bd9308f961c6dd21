"""Lines for people: as they stand, and coloured where that can be seen."""

import io

import pytest

from support.terminal import complain, say, shows_colours, styled


class Terminal(io.StringIO):
    """Says that somebody looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def test_colours_are_for_terminals() -> None:
    assert shows_colours(Terminal())
    assert not shows_colours(io.StringIO())


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR", False), ("FORCE_COLOR", True)])
def test_two_variables_have_the_last_word(variable: str, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    assert [shows_colours(stream) for stream in (Terminal(), io.StringIO())] == [coloured, coloured]


def test_a_terminal_that_cannot_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not shows_colours(Terminal())


def test_a_line_is_written_as_it_stands_and_without_codes_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    say("[/b] :warning: ✓", "green")
    complain("[red] :fire: password=hunter2hunter2")
    written = capsys.readouterr()
    assert written.out == "[/b] :warning: ✓\n"
    assert written.err.startswith("ringmaster: [red] :fire: password=")
    assert "hunter2" not in written.err


def test_forced_colours_reach_a_file(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    say("done", "green")
    assert capsys.readouterr().out == "\x1b[32mdone\x1b[0m\n"
    assert (styled("a", "bold"), styled("a", "dim"), styled("a", "")) == ("\x1b[1ma\x1b[0m", "\x1b[2ma\x1b[0m", "a")
