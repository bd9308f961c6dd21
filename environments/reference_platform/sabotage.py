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


def is_on(sabotage: Sabotage) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(VARIABLE) == sabotage
