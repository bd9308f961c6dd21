"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

A scenario says by its tag `@catches.<name>` which of them make it fail. Source: our choice.
"""

import os
from enum import StrEnum
from typing import Self

from environments.platform import SABOTAGE_VARIABLE


class Sabotage(StrEnum):
    """Single, realistic defects: the name on the command line, what the defect does, and the real incident it stands for."""

    meaning: str
    incident: str

    def __new__(cls, name: str, meaning: str, incident: str) -> Self:
        """The value is the name; the words go along."""
        sabotage = str.__new__(cls, name)
        sabotage._value_ = name
        sabotage.meaning = meaning
        sabotage.incident = incident
        return sabotage

    ACCEPTED_JOB_NOT_HANDED_ON = (
        "accepted-job-not-handed-on",
        "the gateway accepts a job and does not hand it to the broker",
        "a refactoring no longer waits for the broker's answer, and accepted jobs are gone",
    )
    ACCEPTED_AS_CREATED = (
        "accepted-as-created",
        "the gateway answers 201 where the contract says 202",
        "an old table of the documentation is believed, and clients take a job for done that is only accepted",
    )


def is_on(sabotage: Sabotage) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(SABOTAGE_VARIABLE) == sabotage
