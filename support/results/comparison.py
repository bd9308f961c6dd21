"""What was expected beside what was seen, by names: the console shows two columns of it, and so can any other report."""

from collections.abc import Iterable, Iterator

from support.frozen import Frozen

MOST_ROWS = 50
MOST_TOLD = 2
LONGEST_LINE = 100
LONGEST_CELL = 48
EXPECTED, SEEN, MARK = "expected", "seen", "≠ "
NOTHING = "nothing"


class ComparedRow(Frozen):
    """One row of both tables; a side that has no such row is empty."""

    expected: tuple[str, ...]
    seen: tuple[str, ...]
    name: str = ""
    """What the row is about: a key, or its number among others."""
    differing: tuple[int, ...] = ()
    """Which cells differ, from 0 on; all of them where a side has no such row."""


class Comparison(Frozen):
    """Two tables with the same columns; a single value is one row with one cell, and has no columns."""

    what: str
    """What was looked at."""
    rows: tuple[ComparedRow, ...]
    columns: tuple[str, ...] = ()

    @property
    def is_one_value(self) -> bool:
        """Whether a sentence can hold it."""
        return len(self.rows) == 1 and not self.columns and not self.rows[0].name

    def sentence(self, seen: str = SEEN) -> str:
        """What differs first, in one line; `seen` says how the other side came to be."""
        differing = [row for row in self.rows if row.differing]
        told = "; ".join(self._told(row, seen) for row in differing[:MOST_TOLD])
        more = f"; and {len(differing) - MOST_TOLD} more" if len(differing) > MOST_TOLD else ""
        return ": ".join(filter(None, [self.what, told])) + more

    def lines(self) -> Iterator[str]:
        """Both sides, one beside the other, and what is too long for that below; nothing where the sentence says it all."""
        if self.is_one_value:
            expected, seen = (" ".join(side) or NOTHING for side in (self.rows[0].expected, self.rows[0].seen))
            if len(expected) + len(seen) > LONGEST_LINE:
                yield f"{EXPECTED}: {expected}"
                yield f"{SEEN}:     {seen}"
            return
        names = ["", *(_cut(row.name) for row in self.rows)]
        left = _aligned([EXPECTED, *(_cells(row.expected) for row in self.rows)], self.columns)
        right = _aligned([SEEN, *(_cells(row.seen) for row in self.rows)], self.columns)
        names = [*names[:1], *([""] if self.columns else []), *names[1:]]
        marks = ["", *([""] if self.columns else []), *(MARK if row.differing else "" for row in self.rows)]
        widest = max(map(len, names))
        for mark, name, expected, seen in zip(marks, names, left, right, strict=True):
            yield f"{mark:2}{name:{widest}}  {expected}  |  {seen}".rstrip()
        yield from self._in_full()

    def _in_full(self) -> Iterator[str]:
        """What differs and was too long for a column."""
        for row in self.rows:
            for place in row.differing:
                expected, seen = (side[place] if place < len(side) else NOTHING for side in (row.expected, row.seen))
                if max(len(expected), len(seen)) > LONGEST_CELL:
                    what = " ".join(filter(None, [row.name, self.columns[place] if self.columns else ""]))
                    yield from (f"{what}:", f"  {EXPECTED}: {expected}", f"  {SEEN}:     {seen}")

    def _told(self, row: ComparedRow, seen: str) -> str:
        expected, found = (self._named(side, row.differing) or NOTHING for side in (row.expected, row.seen))
        name = f"row {row.name}" if row.name.isdigit() else row.name
        return f"{name + ': ' if name else ''}{EXPECTED} {expected}, {seen} {found}"

    def _named(self, cells: tuple[str, ...], differing: tuple[int, ...]) -> str:
        names = self.columns or ("",) * len(cells)
        return ", ".join(f"{names[place]} {cells[place]}".strip() for place in differing if place < len(cells))


class Differs(AssertionError):
    """Something is not as expected, told row by row."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(comparison.sentence())
        self.comparison = comparison


def assert_no_difference(comparison: Comparison) -> None:
    """Raise Differs if a row differs."""
    if any(row.differing for row in comparison.rows):
        raise Differs(comparison)


def assert_words_said(what: str, told: Iterable[tuple[str, str, str]]) -> None:
    """Raise Differs unless every text holds the words that were expected of it; `told` has a name, the words and the text of each."""
    rows = (ComparedRow((words,), (said,), name, () if words in said else (0,)) for name, words, said in told)
    assert_no_difference(Comparison(what, tuple(rows)))


def _cells(side: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_cut, side)) or ("-",)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_CELL:
        return text
    # before it is cut, since half a secret is not known for one
    from support.redaction import redact

    safe = redact(text)
    return safe if len(safe) <= LONGEST_CELL else f"{safe[: LONGEST_CELL - 1]}…"


def _aligned(rows: list[str | tuple[str, ...]], columns: tuple[str, ...]) -> list[str]:
    """A heading, perhaps the names of the columns, and rows, in lines of the same width."""
    title, *others = rows
    cells = [*([columns] if columns else []), *(tuple(other) for other in others)]
    count = max(map(len, cells))
    widths = [max(len(row[place]) for row in cells if place < len(row)) for place in range(count)]
    lines = [str(title), *("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in cells)]
    widest = max(map(len, lines))
    return [line.ljust(widest) for line in lines]
