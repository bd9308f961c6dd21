"""Writes features of every construct, with texts that nobody would think of: strategies for Hypothesis."""

from typing import TypeVar

from gherkin.dialect import DIALECTS, Dialect
from hypothesis import strategies as st

T = TypeVar("T")
COLUMNS = ("a", "b", "cost")
ODD = "abcXYZ019 .,:;!?'\"`$%&/(){}[]=+-*~^_|\\#@<>äßñ中文字дё😀\u0301\u00a0\u3000\u202e"
# what stands in a row fits no column's name, and no tag fits a placeholder: what Gherkin would do then is nobody's guess
VALUES = "".join(sorted(set(ODD) - set("<abc")))
TAGS = "abcXYZ019.,:;!?'\"$%&/(){}[]=+-*#>äß中😀"
line_texts = st.text(ODD, max_size=20).map(lambda text: " ".join(text.split()))
placeholders = st.sampled_from([f"<{name}>" for name in COLUMNS])
outline_texts = st.lists(line_texts | placeholders, max_size=4).map(" ".join)
cells = st.text(VALUES + "\n", max_size=8)
LANGUAGES = ("en", "en", "de", "fr", "ru", "zh-CN", "ja", "ht", "em", "en-old", "ar")
between = st.sampled_from(["", "", "", "\n", "   \n", '  # a comment | with @odd """ things\n', "\t#\n"])


class Writer:
    """Writes one feature, in the keywords of one language."""

    def __init__(self, draw: st.DrawFn, language: str) -> None:
        self._draw = draw
        self._language = language
        self._dialect = Dialect(DIALECTS[language])
        self._lines: list[str] = []

    def feature(self) -> str:
        """All of it."""
        dialect = self._dialect
        self._lines = ["" if self._language == "en" else f"# language: {self._language}"]
        self._tags()
        self._title(dialect.feature_keywords)
        self._children(most=3)
        for _ in range(self._any(st.integers(0, 2))):
            self._tags()
            self._title(dialect.rule_keywords)
            self._children(most=2)
        ending = self._any(st.sampled_from(["", "\n", "\r\n"]))
        return ("\r\n" if ending == "\r\n" else "\n").join(self._lines) + ending

    def _children(self, most: int) -> None:
        if self._any(st.booleans()):
            self._title(self._dialect.background_keywords)
            self._steps(line_texts.filter(lambda text: "<" not in text))
        for _ in range(self._any(st.integers(0, most))):
            self._tags()
            if self._any(st.booleans()):
                self._title(self._dialect.scenario_keywords)
                self._steps(line_texts)
            else:
                self._title(self._dialect.scenario_outline_keywords + self._dialect.scenario_keywords, outline_texts)
                self._steps(outline_texts)
                self._examples()

    def _examples(self) -> None:
        for _ in range(self._any(st.integers(0, 2))):
            self._tags()
            self._title(self._dialect.examples_keywords)
            columns = self._any(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
            rows = self._any(st.lists(st.lists(cells, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=3))
            for row in [columns, *rows]:
                self._row(row)

    def _steps(self, texts: st.SearchStrategy[str]) -> None:
        dialect = self._dialect
        first = dialect.given_keywords + dialect.when_keywords + dialect.then_keywords
        for number in range(self._any(st.integers(0, 4))):
            keywords = first if number == 0 else first + dialect.and_keywords + dialect.but_keywords
            self._write(self._any(st.sampled_from(keywords)) + self._any(texts))
            arguments = [self._table, self._text]
            if self._any(st.booleans()):
                arguments.reverse()
            for argument in arguments[: self._any(st.sampled_from([0, 0, 1, 2]))]:
                argument(texts)

    def _table(self, texts: st.SearchStrategy[str]) -> None:
        width = self._any(st.integers(1, 3))
        for row in self._any(st.lists(st.lists(cells | texts, min_size=width, max_size=width), min_size=1, max_size=3)):
            self._row(row)

    def _row(self, row: list[str]) -> None:
        written = [_escaped(cell) for cell in row]
        self._write(f"| {' | '.join(written)} |" + self._any(st.sampled_from(["", "", " ", " # a note"])))

    def _text(self, texts: st.SearchStrategy[str]) -> None:
        quotes = self._any(st.sampled_from(['"""', "```"]))
        escaped = "".join(f"\\{letter}" for letter in quotes)
        indent = " " * self._any(st.integers(0, 6))
        self._lines.append(indent + quotes + self._any(st.sampled_from(["", "", "json", " text/x-y "])))
        for line in self._any(st.lists(st.text(ODD + "\t", max_size=15) | texts, max_size=4)):
            left = self._any(st.sampled_from([indent, indent, indent + "  ", ""]))
            self._lines.append(left + line.replace(quotes, escaped))
        self._lines.append(indent + quotes)

    def _title(self, keywords: list[str], names: st.SearchStrategy[str] = line_texts) -> None:
        self._write(f"{self._any(st.sampled_from(keywords))}: {self._any(names)}")
        for line in self._any(st.lists(line_texts, max_size=2)):
            # what begins with a keyword, a tag or a table is no description
            self._write(f"~{line}")

    def _tags(self) -> None:
        tags_of_a_line = st.lists(st.text(TAGS, min_size=1, max_size=8), min_size=1, max_size=3)
        for tags in self._any(st.lists(tags_of_a_line, max_size=2)):
            joined = self._any(st.sampled_from([" ", "  ", ""]))
            note = self._any(st.sampled_from(["", "", " # a note"]))
            self._write(joined.join(f"@{tag}" for tag in tags) + note)

    def _write(self, line: str) -> None:
        self._lines += self._any(between).splitlines()
        self._lines.append(" " * self._any(st.integers(0, 4)) + line + self._any(st.sampled_from(["", "", "  "])))

    def _any(self, strategy: st.SearchStrategy[T]) -> T:
        return self._draw(strategy)


@st.composite
def features(draw: st.DrawFn) -> str:
    """The text of a feature file."""
    return Writer(draw, draw(st.sampled_from(LANGUAGES))).feature()


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")
