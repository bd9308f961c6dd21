"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

A scenario says by its tag `@catches.<name>` which of them make it fail. Source: our choice.
"""

import os
from enum import StrEnum
from typing import Self

VARIABLE = "RINGMASTER_SABOTAGE"


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

    WEIGHTS_AVERAGED_UNWEIGHTED = (
        "weights-averaged-unweighted",
        "every participant counts the same, however many rows it trained on",
        "a rewrite of the averaging drops the weighting, and small hospitals steer the model",
    )
    CYCLE_DONE_WITHOUT_WEIGHTS = (
        "cycle-done-without-weights",
        "a cycle is done when its pods are, whatever becomes of their weights",
        "the experiment shows Completed while the averaging service is down",
    )
    LEADERBOARD_SORTED_THE_WRONG_WAY = (
        "leaderboard-sorted-the-wrong-way",
        "the worst score ranks first",
        "a score that is better when lower is added, and all others are sorted with it",
    )
    EXPIRED_POD_TOKEN_ACCEPTED = (
        "expired-pod-token-accepted",
        "a pod goes on for ever with a token that has expired",
        "an upgrade of the token library no longer checks the expiry by default",
    )
    FAILED_POD_NOT_REPORTED = (
        "failed-pod-not-reported",
        "a training pod that fails is never heard of again",
        "the monitor watches running pods only, and the experiment hangs for ever",
    )
    FLOPS_NOT_RELAYED = (
        "flops-not-relayed",
        "what a training cost never reaches the team's budget",
        "a renamed queue swallows the cost, and teams train for free",
    )


def is_on(sabotage: Sabotage) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(VARIABLE) == sabotage
