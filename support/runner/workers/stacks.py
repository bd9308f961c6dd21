"""Where something hung, as `faulthandler` writes it: without the runner's own frames and behave's, which are the same each time.

Source: CPython's `faulthandler` (3.11 to 3.13).
"""

import re
import threading
from itertools import takewhile
from pathlib import Path

import behave

HEADING = re.compile(r"(?:Current thread|Thread) 0x[0-9a-f]+ .*\(most recent call first\):")
FRAME = re.compile(r'  File "(?P<file>[^"]*)", line \d+ in .*')
OURS = (f"{Path(behave.__file__).parent}/", f"{Path(__file__).parents[1]}/")
MARK = "(most recent call first):"


def own_frames(text: str) -> str:
    """The text, with stacks cut off where behave or the runner called a step or hook; threads of Python's alone are left out."""
    if MARK not in text:
        return text
    kept: list[str] = []
    lines = text.splitlines(keepends=True)
    while lines:
        line = lines.pop(0)
        if HEADING.fullmatch(line.rstrip()) is None:
            kept.append(line)
            continue
        frames = list(takewhile(lambda line: FRAME.fullmatch(line.rstrip()), lines))
        del lines[: len(frames)]
        own = list(takewhile(lambda frame: not _file_of(frame).startswith(OURS), frames))
        if any(_file_of(frame) != threading.__file__ for frame in own):
            kept += [line, *own]
        elif lines and not lines[0].strip():
            # the empty line that divides it from the next
            lines.pop(0)
    return "".join(kept)


def _file_of(frame: str) -> str:
    found = FRAME.fullmatch(frame.rstrip())
    return found["file"] if found is not None else ""
