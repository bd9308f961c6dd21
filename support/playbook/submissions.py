"""Submitting a cycle for inference, and the leaderboard. Source: tracebloc documents (5 submissions a day); payloads our choice."""

from typing import Any

from support.clients.backend import Json, Refused
from support.eventually import eventually
from support.scene import Scene, Training, UseCase

DAILY_LIMIT = 5
FAILED = "Failed"


def submit(scene: Scene, training: Training, cycle: int) -> Json:
    """The participant submits a cycle for inference; raises Refused."""
    with scene.story.part(f"{training.participant.role} submits cycle {cycle} for inference"):
        return training.participant.backend.submit_cycle(training.experiment_key, cycle)


def wait_until_scored(scene: Scene, use_case: UseCase, training: Training, count: int) -> list[Json]:
    """Wait until My Submissions shows `count` submissions of this experiment, all scored (or one failed); returns them."""

    def every_one_scored(rows: list[Json]) -> bool:
        return len(rows) == count and all(row["score"] is not None or row["status"] == FAILED for row in rows)

    every_one_scored.__doc__ = f"{count} submissions, each with a score"
    role = training.participant.role
    with scene.story.part(f"My Submissions of {role} shows the scores") as part:
        rows = eventually(
            f"the submissions of {role} to be scored", lambda: my_submissions(use_case, training), every_one_scored, within=60
        )
        part.detail = ", ".join(f"{row['score']}" for row in rows)
    return rows


def my_submissions(use_case: UseCase, training: Training) -> list[Json]:
    """What the participant sees in My Submissions of this experiment."""
    rows = training.participant.backend.my_submissions(use_case.key)
    return [row for row in rows if row["experiment_key"] == training.experiment_key]


def refusal_of_one_more(scene: Scene, training: Training, cycle: int) -> Refused | None:
    """Try one submission more than the day allows; returns the platform's refusal, or None when it took the submission."""
    with scene.story.part(f"{training.participant.role} tries one submission more than a day allows") as part:
        try:
            training.participant.backend.submit_cycle(training.experiment_key, cycle)
        except Refused as refused:
            part.detail = f"refused: {refused.message}"
            return refused
        part.detail = "it was taken"
        return None


def leaderboard(scene: Scene, training: Training, use_case: UseCase) -> list[dict[str, Any]]:
    """The leaderboard as a participant sees it."""
    with scene.story.part("the leaderboard is read") as part:
        rows = training.participant.backend.leaderboard(use_case.key)
        part.detail = ", ".join(f"{row['rank']}. {row['score']}" for row in rows)
    return rows


def row_of(rows: list[dict[str, Any]], team: str) -> dict[str, Any]:
    """A team's row; an AssertionError says which teams there are when it is missing."""
    for row in rows:
        if row["team"] == team:
            return row
    raise AssertionError(f"team {team} is not on the leaderboard; teams: {[row['team'] for row in rows]}")
