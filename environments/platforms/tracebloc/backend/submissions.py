"""Submissions, their scores and the leaderboard.

Source: our choice; tracebloc's documents say: submitted a cycle at a time, at most 5 a day and team, ranked as the score demands.
"""

import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend import cycles, experiments, scoring
from environments.platforms.tracebloc.backend.authentication import Person
from environments.platforms.tracebloc.backend.context import Context, NumberInPath
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.models import (
    FLOPS_PER_PETAFLOP,
    CycleStatus,
    Submission,
    SubmissionStatus,
    Team,
    UseCase,
)
from environments.platforms.tracebloc.backend.teams import own_team
from environments.platforms.tracebloc.backend.use_cases import visible_use_case
from environments.platforms.tracebloc.descriptions import refusals
from environments.platforms.tracebloc.queues import QueueUnavailable
from environments.platforms.tracebloc.sabotages import Sabotage, is_on

router = APIRouter()


@router.post("/experiments/{key}/cycles/{number}/submissions/", status_code=201, responses=refusals(409, 429))
def submit(key: str, number: NumberInPath, person: Person, context: Context) -> dict[str, Any]:
    """Hand in a completed cycle to be scored on the test data."""
    with context.database.write() as session:
        experiment = experiments.own_experiment(session, key, person, lock=True)
        cycle = cycles.cycle_numbered(experiment, number)
        if cycle is None and not 1 <= number <= experiment.cycles:
            raise not_found("cycle")
        if cycle is None or cycle.status != CycleStatus.COMPLETED:
            if is_on(Sabotage.REFUSED_SUBMISSION_COUNTED):
                lost = {"experiment_id": experiment.id, "team_id": experiment.team_id, "account_id": person.id, "cycle": number}
                session.add(Submission(status=SubmissionStatus.FAILED, **lost))
                session.commit()
            raise Refusal(409, "CYCLE_NOT_COMPLETED", f"Cycle {number} is not completed yet.")
        submission = scoring.hand_in(session, experiment, person, number, cycle.weights_key)
        answer = _as_json(submission)
    try:
        context.dispatch.send(experiment.id)
    except QueueUnavailable:
        if context.dispatch.withdraw(experiment.id, submission.id):
            with context.database.write() as session:
                session.delete(session.get_one(Submission, submission.id))
            raise
    return answer


@router.get("/use-cases/{key}/submissions/")
def list_own(key: str, person: Person, context: Context) -> list[dict[str, Any]]:
    """My Submissions: those of the caller's team, newest first."""
    with context.database.read() as session:
        team = own_team(session, key, person)
        own = select(Submission).where(Submission.team_id == team.id).order_by(Submission.created_at.desc(), Submission.id)
        return [_as_json(submission) for submission in session.scalars(own).all()]


@router.get("/use-cases/{key}/leaderboard/")
def leaderboard(key: str, person: Person, context: Context) -> list[dict[str, Any]]:
    """The best scored submission of every team, the best team first."""
    with context.database.read() as session:
        use_case = visible_use_case(session, key, person)
        best = [submission for team in use_case.teams if (submission := _best_of(session, team)) is not None]
        best.sort(key=lambda submission: (_sort_key(submission, use_case), submission.created_at))
        return [_row(session, rank, submission) for rank, submission in enumerate(best, start=1)]


def _best_of(session: Session, team: Team) -> Submission | None:
    own = select(Submission).where(Submission.team_id == team.id, Submission.status == SubmissionStatus.SCORED)
    if is_on(Sabotage.LEADERBOARD_SHOWS_LATEST):
        return session.scalar(own.order_by(Submission.created_at.desc()).limit(1))
    best_score = Submission.score.desc() if team.use_case.higher_is_better else Submission.score.asc()
    return session.scalar(own.order_by(best_score, Submission.created_at).limit(1))


def _sort_key(submission: Submission, use_case: UseCase) -> float:
    best_first = -1.0 if use_case.higher_is_better else 1.0
    if is_on(Sabotage.LEADERBOARD_SORTED_THE_WRONG_WAY):
        best_first = -best_first
    return best_first * (submission.score or 0.0)


def _row(session: Session, rank: int, submission: Submission) -> dict[str, Any]:
    team = submission.team
    return {
        "rank": rank,
        "team": team.name,
        "experiment_name": submission.experiment.name,
        "score": submission.score,
        "submissions": session.scalar(select(func.count(Submission.id)).where(Submission.team_id == team.id)),
        "remaining_petaflops": team.flops_left() / FLOPS_PER_PETAFLOP,
    }


def _as_json(submission: Submission) -> dict[str, Any]:
    return {
        "id": submission.id,
        "experiment_key": submission.experiment.key,
        "experiment_name": submission.experiment.name,
        "run_kind": submission.experiment.run_kind,
        "cycle": submission.cycle,
        "status": submission.status,
        "score": submission.score,
        "reason": submission.reason,
        "submitted_by": submission.account.email,
        "created_at": datetime.datetime.fromtimestamp(submission.created_at, datetime.UTC).isoformat(),
    }
