"""Texts of other programs, which no report may stumble over."""

import logging
import sys

from behave import when
from behave.runner import Context

TEXTS = {
    "half a character": "the file r\udce9sum\udce9.txt",
    "control codes": "\x00 \x08 \x1b[2J \x7f \x9b \ufffe \u202e",
    "colours": "\x1b[1;31mred\x1b[0m",
    "markup": "]]> </script> <!-- & -->",
}


@when("it prints and fails with {what}")
def fails(context: Context, what: str) -> None:
    tell(TEXTS[what])
    raise AssertionError(f"got {TEXTS[what]}")


@when("it prints and passes")
def passes(context: Context) -> None:
    tell("".join(TEXTS.values()))


def tell(text: str) -> None:
    print(text)  # noqa: T201
    print(text, file=sys.stderr)  # noqa: T201
    logging.getLogger("program").warning(text)
