"""Mutants that are marked as equivalent, with the reason."""

from pathlib import Path

import pytest

from support.mutation.equivalents import FILE, Equivalent, WrongEquivalents, read_equivalents, stale

LINES = Equivalent("a.py", "f", "x = {'a': 1}\ny = 2", "x = {'a': 2}\ny = \"3\"", "nobody reads it")


def written(folder: Path, text: str) -> Path:
    (folder / "shop").mkdir()
    (folder / "shop" / FILE).write_text(text)
    return folder


@pytest.mark.parametrize(
    "entry", [LINES, Equivalent("a.py", "", "x = 1", "x = 2", "it's the same"), Equivalent("a.py", "", "", "x = '''a'''", "\\n")]
)
def test_an_entry_is_read_as_it_was_written(tmp_path: Path, entry: Equivalent) -> None:
    assert read_equivalents("shop", written(tmp_path, f"{entry.as_toml()}\n\n{LINES.as_toml()}\n")) == [entry, LINES]


def test_without_a_file_nothing_is_marked(tmp_path: Path) -> None:
    assert read_equivalents("shop", tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = ",
        "[[other]]\n",
        "equivalent = 5",
        "[[equivalent]]\nfile = 'a.py'\n",
        "[[equivalent]]\nfile = 'a.py'\nwithin = ''\nwas = 'x'\nbecomes = 'y'\nreason = ' '\n",
    ],
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongEquivalents, match=f"shop/{FILE}"):
        read_equivalents("shop", written(tmp_path, text))


def test_a_mark_whose_lines_are_gone_is_stale(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f():\n    x = {'a': 1}\n    y = 2\n")
    gone = Equivalent("a.py", "", "z = 1", "z = 2", "why")
    assert stale([LINES, gone, Equivalent("b.py", "", "x", "y", "why")], tmp_path) == [gone, Equivalent("b.py", "", "x", "y", "why")]
