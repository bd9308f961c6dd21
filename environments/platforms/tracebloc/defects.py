"""What a prepared defect is, and whether it is switched on in this process. Source: our choice."""

import os
from enum import StrEnum
from typing import Self

VARIABLE = "RINGMASTER_SABOTAGE"


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


def is_on(defect: Defect) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(VARIABLE) == defect
