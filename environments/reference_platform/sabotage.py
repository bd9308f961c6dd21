"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

Source: our choice.
"""

import os
from enum import StrEnum

VARIABLE = "RINGMASTER_SABOTAGE"


class Sabotage(StrEnum):
    """Single, realistic defects; the value is the name on the command line."""

    WEIGHTS_AVERAGED_UNWEIGHTED = "weights-averaged-unweighted"
    CYCLE_DONE_WITHOUT_WEIGHTS = "cycle-done-without-weights"
    LEADERBOARD_SORTED_THE_WRONG_WAY = "leaderboard-sorted-the-wrong-way"
    EXPIRED_POD_TOKEN_ACCEPTED = "expired-pod-token-accepted"  # noqa: S105 - a name
    FAILED_POD_NOT_REPORTED = "failed-pod-not-reported"
    FLOPS_NOT_RELAYED = "flops-not-relayed"


MEANINGS = {
    Sabotage.WEIGHTS_AVERAGED_UNWEIGHTED: "every participant counts the same, however many rows it trained on",
    Sabotage.CYCLE_DONE_WITHOUT_WEIGHTS: "a cycle is done when its pods are, whatever becomes of their weights",
    Sabotage.LEADERBOARD_SORTED_THE_WRONG_WAY: "the worst score ranks first",
    Sabotage.EXPIRED_POD_TOKEN_ACCEPTED: "a pod goes on for ever with a token that has expired",
    Sabotage.FAILED_POD_NOT_REPORTED: "a training pod that fails is never heard of again",
    Sabotage.FLOPS_NOT_RELAYED: "what a training cost never reaches the team's budget",
}


def is_on(sabotage: Sabotage) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(VARIABLE) == sabotage
