"""Submitting a cycle for inference, and the leaderboard. Source: tracebloc documents (5 submissions a day); payloads our choice."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hamcrest import assert_that, close_to, empty, equal_to, has_entries, has_length
from hamcrest.core.matcher import Matcher

from support.platforms.tracebloc.clients.backend import Json, Refused
from support.platforms.tracebloc.scene import Person, Scene, Training, UseCase
from support.waiting import eventually

DAILY_LIMIT = 5
FAILED = "Failed"
PENDING = "Pending"

Refusal = TypeVar("Refusal")


def submit(scene: Scene, training: Training, cycle: int, person: Person | None = None) -> Json:
    """The participant, or a teammate, submits a cycle for inference; raises Refused."""
    submitter = person or training.participant
    with scene.story.part(f"{submitter.role} submits cycle {cycle} for inference"):
        submission = submitter.backend.submit_cycle(training.experiment_key, cycle)
    scene.submissions.append(submission["id"])
    return submission


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
    """Try a submission that should be refused; returns the platform's refusal, or None when it took the submission."""
    submitter = training.participant
    with scene.story.part(f"{submitter.role} tries to submit cycle {cycle}") as part:
        try:
            submitter.backend.submit_cycle(training.experiment_key, cycle)
        except Refused as refused:
            part.detail = f"refused: {refused.message}"
            return refused
        part.detail = "it was taken"
        return None


def refusal_beyond_the_day(shown: Callable[[], list[Json]], attempt: Callable[[], Refusal | None]) -> Refusal | None:
    """Try one submission more than a day has; returns its refusal, or None when it was taken and should not have been.

    Only a day that began after the team's first submission makes room for more; then that one's are used up first.

    Args:
        shown: what My Submissions of the team shows, with the platform's own times (UTC).
        attempt: tries one more; returns the refusal, or None when it was taken.
    """
    for _ in range(DAILY_LIMIT + 1):
        before = len(shown())
        refusal = attempt()
        rows = shown()
        if refusal is not None:
            assert_that(rows, has_length(before), "My Submissions after one that was refused")
            return refusal
        by_day = Counter(row["created_at"].partition("T")[0] for row in rows)
        if len(by_day) == 1 or max(by_day.values()) > DAILY_LIMIT:
            break
    return None


def submissions_of_team(scene: Scene, person: Person) -> list[Json]:
    """What My Submissions shows somebody; AssertionError unless it is the newest first, each once, with when and by whom it was made."""
    rows = person.backend.my_submissions(scene.use_case.key)
    made = [datetime.fromisoformat(row["created_at"]) for row in rows]
    now, longest = datetime.now(UTC), timedelta(minutes=30)
    assert_that([time for time in made if time.utcoffset() != timedelta(0)], empty(), "the times that are not in UTC")
    assert_that(made, equal_to(sorted(made, reverse=True)), "the times, the newest first")
    assert_that([time for time in made if not now - longest < time < now + longest], empty(), "the times that are not of this scenario")
    assert_that({row["id"] for row in rows}, has_length(len(rows)), "the submissions, each once")
    members = {each.email for each in scene.people.values()}
    assert_that([row["submitted_by"] for row in rows if row["submitted_by"] not in members], empty(), "who submitted without being there")
    return rows


def submission(use_case: UseCase, person: Person, identity: str) -> Json:
    """One submission as My Submissions shows it; an AssertionError when it is not there."""
    for row in person.backend.my_submissions(use_case.key):
        if row["id"] == identity:
            return row
    raise AssertionError(f"My Submissions of {person.role} does not show the submission {identity}")


def wait_until_settled(scene: Scene, use_case: UseCase, person: Person, identity: str) -> Json:
    """Wait until a submission is scored or has failed; returns it."""

    def settled(shown: Json) -> bool:
        return bool(shown["status"] != PENDING)

    settled.__doc__ = "scored or failed"
    with scene.story.part(f"the submission of {person.role} is settled") as part:
        shown = eventually(f"the submission {identity}", lambda: submission(use_case, person, identity), settled, within=20)
        part.detail = str(shown["score"] if shown["reason"] is None else shown["reason"])
    return shown


def leaderboard(scene: Scene, training: Training, use_case: UseCase) -> list[dict[str, Any]]:
    """The leaderboard as a participant sees it."""
    with scene.story.part("the leaderboard is read") as part:
        rows = training.participant.backend.leaderboard(use_case.key)
        part.detail = ", ".join(f"{row['rank']}. {row['score']}" for row in rows)
    return rows


def shows_best_of(submissions: list[Json]) -> Matcher[Any]:
    """A row of the leaderboard with the score and the experiment of the best of these submissions, where higher is better."""
    best = max((row for row in submissions if row["score"] is not None), key=lambda row: row["score"])
    return has_entries(score=close_to(best["score"], 1e-9), experiment_name=best["experiment_name"])


def row_of(rows: list[dict[str, Any]], team: str) -> dict[str, Any]:
    """A team's row; an AssertionError says which teams there are when it is missing."""
    for row in rows:
        if row["team"] == team:
            return row
    raise AssertionError(f"team {team} is not on the leaderboard; teams: {[row['team'] for row in rows]}")
