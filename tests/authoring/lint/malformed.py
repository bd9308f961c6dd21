"""Inputs that people, editors and broken disks come up with, generated: none of them may end in a traceback."""

import os
import random
from collections.abc import Callable
from pathlib import Path

from tests.authoring.lint.conftest import FEATURE

GOOD = FEATURE.encode()
Make = Callable[[Path], Path]

BROKEN_TEXTS = {
    "empty": "",
    "only spaces": "   \n\t\n",
    "only a comment": "# nothing here\n",
    "only tags": "@p0 @ring1\n",
    "tags at the end": FEATURE + "\n  @p1\n",
    "no keyword": "This is a letter, not a feature.\n",
    "html": "<!doctype html><html><body>404</body></html>\n",
    "json": '{"Feature": "Counting"}\n',
    "yaml": "feature:\n  - scenario: x\n",
    "scenario first": "Scenario: x\n  Given there are 2 apples\n",
    "step first": "Given there are 2 apples\n",
    "two features": FEATURE + FEATURE,
    "unknown keyword": FEATURE.replace("    Then ", "    Thenever "),
    "and first": FEATURE.replace("    Given ", "    And ").replace("Background:", "Scenario: first"),
    "but first": "Feature: x\n  Scenario: y\n    But there are 2 apples\n",
    "background after scenario": FEATURE + "\n  Background:\n    Given there are 2 apples\n",
    "two backgrounds": FEATURE.replace("  Scenario:", "  Background:\n    Given there are 3 apples\n\n  Scenario:"),
    "tagged background": FEATURE.replace("  Background:", "  @p1\n  Background:"),
    "examples alone": "Feature: x\n  Examples:\n    | a |\n",
    "ragged table": FEATURE + "      | a | b |\n      | 1 |\n",
    "open docstring": FEATURE + '      """\n      never closed\n',
    "open docstring, other quotes": FEATURE + "      '''\n      never closed\n      \"\"\"\n",
    "tag line with words": FEATURE.replace("@ring1 @p0", "@ring1 and p0"),
    "tag in the middle": FEATURE.replace('    When "Eve"', '    @p1\n    When "Eve"'),
    "unknown language": "# language: klingon\n" + FEATURE,
    "empty language": "# language:\n" + FEATURE,
    "another language": "# language: de\n" + FEATURE,
    "language that is a path": "# language: ../../etc/passwd\n" + FEATURE,
    "merge conflict": FEATURE.replace("    When ", "<<<<<<< ours\n    When ").replace("    Then", "=======\n    Then"),
    "words after the steps": FEATURE + "  and that is all\n",
    "tag without name": FEATURE.replace("@p0", "@"),
    "docstring before a step": 'Feature: x\n  Scenario: y\n    """\n    z\n    """\n    Nonsense\n',
    "table before a step": "Feature: x\n  Scenario: y\n    | a |\n    Given there are 2 apples\n    | 1\n  | x\n",
    "old mac line ends": FEATURE.replace("\n", "\r"),
    "outline without rows": "Feature: x\n  Scenario Outline: y\n    Given there are <n> apples\n    Examples:\n      | n |\n",
    "outline without table": "Feature: x\n  Scenario Outline: y\n    Given there are <n> apples\n    Examples:\n",
    "text with other quotes": FEATURE + "      '''\n      a\n      '''\n",
    "two texts of a step": FEATURE + 2 * '      """\n      a\n      """\n',
    "row without its last pipe": FEATURE + "      | a |\n      | b\n",
    "mistyped first keyword": FEATURE.replace("    When ", "    Whne "),
    "small first keyword": FEATURE.replace("    When ", "    when "),
    "scenario without colon": FEATURE.replace("Scenario:", "Scenario").replace("  Background:\n    Given there are 2 apples\n", ""),
}
LINTED_TEXTS = {
    "scenario with examples": FEATURE + "\n    Examples:\n      | a |\n      | 1 |\n",
    "docstring with lines left of it": FEATURE + '        """\n   left\n        """\n',
    "unclosed rule": FEATURE + "\n  Rule: x\n    Background:\n    Rule:\n  nonsense\n    Given\n",
    "windows line ends": FEATURE.replace("\n", "\r\n"),
    "tabs": FEATURE.replace("    ", "\t"),
    "feature without scenario": "Feature: x\n",
    "feature without name": "Feature:\n  Scenario: x\n",
    "scenario without steps": "Feature: x\n  Scenario: y\n",
    "outline without examples": "Feature: x\n  Scenario Outline: y\n    Given there are <n> apples\n",
    "empty table cells": FEATURE + "      | |\n      | |\n",
    "huge line": FEATURE.replace("basket", "b" * 100_000),
    "huge name": FEATURE.replace("Counting", "C" * 100_000),
    "many tags": FEATURE.replace("@ring1", " ".join(f"@t{number}" for number in range(1000))),
    "many quotes": FEATURE.replace('"basket"', '"' * 3000),
    "many backslashes": FEATURE.replace('"basket"', '"' + "\\" * 3000 + '"'),
    "braces": FEATURE.replace("Eve", "{int} {string} {} (x) a/b \\"),
    "percent and colons": FEATURE.replace("One more is counted", "%s %(x)s ::error:: %0A 100%"),
    "placeholders of placeholders": "Feature: x\n  Scenario Outline: <a>\n    Given <<a>> <b\n    Examples:\n      | a |\n      | <a> |\n",
    "right to left": FEATURE.replace("apple", "\u202eapple"),
    "emoji": FEATURE.replace("apple", "\U0001f34e"),
    "combining letters": FEATURE.replace("apple", "a\u0301" * 200),
}
BROKEN_BYTES = {
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "utf-16": FEATURE.encode("utf-16"),
    "utf-16 without a mark": FEATURE.encode("utf-16-le"),
    "utf-32": FEATURE.encode("utf-32"),
    "latin-1": GOOD.replace(b"apple", b"\xe4pfel"),
    "lone surrogate": GOOD.replace(b"apple", b"\xed\xa0\x80"),
    "overlong encoding": GOOD.replace(b"apple", b"\xc0\xaf"),
    "cut in a letter": GOOD + "ä".encode()[:1],
    "nul at the start": b"\0" + GOOD,
    "nul in a name": GOOD.replace(b"Counting", b"Coun\0ting"),
    "only nul": b"\0" * 4096,
    "form feed": GOOD.replace(b"brings", b"\x0c"),
    "escape codes": GOOD.replace(b"Counting", b"\x1b[31mCounting"),
    "bell": GOOD.replace(b"Counting", b"\x07"),
    "backspace": GOOD.replace(b"Counting", b"Counting\x08\x08"),
    "line separator": GOOD.replace(b"Counting", "Coun\u2028ting".encode()),
    "next line": GOOD.replace(b"Counting", "Coun\x85ting".encode()),
    "delete": GOOD.replace(b"Counting", b"\x7f"),
    "too large": GOOD + b"# more\n" * 200_000,
    "zip": b"PK\x03\x04" + bytes(range(256)),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(64),
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0" + bytes(range(64)),
    "noise 1": random.Random(1).randbytes(2000),  # noqa: S311
    "noise 2": random.Random(2).randbytes(20_000),  # noqa: S311
}


def _file(content: bytes, name: str = "broken.feature") -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _folder_called_feature(folder: Path) -> Path:
    (folder / "folder.feature").mkdir()
    return folder / "folder.feature"


def _holding(content: bytes) -> Make:
    def make(folder: Path) -> Path:
        inner = folder / "inner"
        inner.mkdir()
        (inner / "broken.feature").write_bytes(content)
        return inner

    return make


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.feature")
    return folder / "pipe.feature"


def _link(target: str) -> Make:
    def make(folder: Path) -> Path:
        (folder / "link.feature").symlink_to(target)
        return folder / "link.feature"

    return make


def _named(name: str) -> Make:
    return lambda folder: folder / name


def _spoilt(seed: int) -> Make:
    """The good feature with some lines dropped, doubled, swapped or cut, and some letters replaced."""
    chance = random.Random(seed)  # noqa: S311
    lines = FEATURE.splitlines()
    for _ in range(chance.randint(1, 5)):
        place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[place], lines[other] = chance.choice(
            [
                (lines[other], lines[place]),
                (lines[place] * 2, lines[other]),
                (lines[place][: chance.randint(0, 20)], lines[other]),
                (lines[place], lines[other].replace(chance.choice("aeiou: @"), chance.choice("\"|<>@#*\\'%"))),
                ('  """', lines[other]),
                ("| a | b |", lines[other]),
            ]
        )
    return _file("\n".join(lines).encode())


PLACES: dict[str, Make] = {
    "missing file": _named("nowhere.feature"),
    "missing folder": _named("nowhere/at/all"),
    "below a file": lambda folder: _file(GOOD)(folder) / "x.feature",
    "name that is too long": _named("x" * 300 + ".feature"),
    "path that is too long": _named("/".join(["x" * 200] * 30)),
    "name with a line end": _named("x\ny.feature"),
    "name with a colon": _named("x:y:z.feature"),
    "line of a missing file": _named("nowhere.feature:3"),
    "folder called feature": _folder_called_feature,
    "folder of a broken feature": _holding(b"nonsense"),
    "folder of an empty feature": _holding(b""),
    "pipe": _pipe,
    "link to nowhere": _link("nowhere"),
    "link to itself": _link("link.feature"),
    "file that nobody can read": _link("/proc/self/mem"),
    "link to a device": _link("/dev/zero"),
    "another kind of file": _file(GOOD, "notes.txt"),
    "no ending": _file(GOOD, "feature"),
    "upper case ending": _file(GOOD, "X.FEATURE"),
    "a list": _file(b"broken.feature", "@list.txt"),
}

REFUSED: dict[str, Make] = {
    **{name: _file(text.encode()) for name, text in BROKEN_TEXTS.items()},
    **{name: _file(content) for name, content in BROKEN_BYTES.items()},
    **PLACES,
}
SPOILT: dict[str, Make] = {f"spoilt {seed}": _spoilt(seed) for seed in range(80)}
LINTED: dict[str, Make] = {name: _file(text.encode()) for name, text in LINTED_TEXTS.items()}
