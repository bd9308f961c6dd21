"""Named defects of reference services that can be switched on, one at a time, to prove that a scenario notices them.

A scenario says by its tag `@catches.<name>` which of them make it fail. Source: our choice.
"""

import os
from enum import StrEnum
from typing import Self

from environments.platform import SABOTAGE_VARIABLE


class Defect(StrEnum):
    """A single, realistic defect: the name on the command line, what the defect does, and the real incident it stands for."""

    meaning: str
    incident: str

    def __new__(cls, name: str, meaning: str, incident: str) -> Self:
        """The value is the name; the words go along."""
        defect = str.__new__(cls, name)
        defect._value_ = name
        defect.meaning = meaning
        defect.incident = incident
        return defect


def is_on(defect: str) -> bool:
    """Whether this process was started with the defect of that name switched on."""
    return os.environ.get(SABOTAGE_VARIABLE) == defect
