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
    PLAN_FALLS_BACK_TO_DEFAULTS = (
        "plan-falls-back-to-defaults",
        "an experiment trains with the default plan, whatever its participant set",
        "a form field is renamed on one side only, and nobody notices that ten epochs became one",
    )
    NEXT_CYCLE_STARTS_FROM_SCRATCH = (
        "next-cycle-starts-from-scratch",
        "every cycle begins with the uploaded model, not with what the cycle before has averaged",
        "the key of the averaged weights is written but never read, and more cycles never make a better model",
    )
    START_REFUSED_BUT_EXPERIMENT_KEPT = (
        "start-refused-but-experiment-kept",
        "a start that was refused because the queue is away leaves an experiment behind, whose work goes out later",
        "people who try again train twice and pay twice",
    )
    WORK_LOST_WHEN_BUS_IS_AWAY = (
        "work-lost-when-bus-is-away",
        "work that could not be sent counts as sent",
        "after a Service Bus incident some experiments hang for ever, and nothing says which",
    )
    DUPLICATE_DELIVERY_COUNTED_TWICE = (
        "duplicate-delivery-counted-twice",
        "a cost that is delivered twice is charged twice",
        "at-least-once delivery is taken for exactly-once, and budgets run out too early",
    )
    POISON_MESSAGE_GIVEN_BACK = (
        "poison-message-given-back",
        "a message that can never be handled goes back to its queue and comes again until the bus gives it up",
        "one garbled message keeps a service busy, and why it was given up is never told",
    )
    IMPATIENT_WITH_A_SLOW_BUS = (
        "impatient-with-a-slow-bus",
        "a message that is not taken in within a tenth of a second counts as not sent",
        "timeouts are tuned on a quiet day, and under load every start is refused and trained all the same",
    )
    WORK_GONE_WHEN_DELIVERED = (
        "work-gone-when-delivered",
        "a message leaves its queue when it is delivered, not when it is done",
        "a service that is killed with work in hand takes the work with it",
    )
    MALFORMED_WEIGHTS_ACCEPTED = (
        "malformed-weights-accepted",
        "weights that hold NaN are averaged like any others",
        "one diverged training turns the model of all participants into NaN",
    )
    ROUND_NEVER_CLOSES_WITHOUT_STRAGGLER = (
        "round-never-closes-without-straggler",
        "a cycle waits for every participant, however long",
        "one hospital's machine is switched off and everybody's training stands still",
    )
    STORE_OUTAGE_TAKEN_FOR_MISSING_WEIGHTS = (
        "store-outage-taken-for-missing-weights",
        "an object store that does not answer is taken for one that holds no weights yet",
        "a cycle whose last weights arrive during a storage incident is never averaged",
    )
    RESTART_STOPS_RUNNING_EXPERIMENTS = (
        "restart-stops-running-experiments",
        "a backend that starts takes experiments in progress for left-overs and stops them",
        "every deployment of the backend loses the trainings of the hour",
    )
    EXPIRED_LOGIN_NEVER_RENEWED = (
        "expired-login-never-renewed",
        "a secure environment goes on with a login that has expired",
        "after twelve hours every environment goes Offline until someone restarts it",
    )
    KILLED_POD_COUNTED_TWICE = (
        "killed-pod-counted-twice",
        "the epochs of a killed training pod stay beside those of its second attempt",
        "learning curves show epochs that nobody asked for, and costs are estimated from them",
    )
    FLOPS_NOT_RELAYED = (
        "flops-not-relayed",
        "what a training cost never reaches the team's budget",
        "a renamed queue swallows the cost, and teams train for free",
    )


def is_on(sabotage: Sabotage) -> bool:
    """Whether this process was started with the defect switched on."""
    return os.environ.get(VARIABLE) == sabotage
