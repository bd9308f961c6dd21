"""Submissions, their scores and the leaderboard.

Source: our choice; tracebloc's documents say: submitted a cycle at a time, at most 5 a day and team, ranked as the score demands.
"""

import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.experiments import control
from environments.platforms.tracebloc.backend.requests.context import Context, NumberInPath
from environments.platforms.tracebloc.backend.requests.pages import PageWanted
from environments.platforms.tracebloc.backend.storage.tables import (
    FLOPS_PER_PETAFLOP,
    Account,
    CycleStatus,
    Experiment,
    Submission,
    SubmissionStatus,
    Team,
)
from environments.platforms.tracebloc.backend.training import cycles, scoring
from environments.platforms.tracebloc.backend.use_cases.cases import visible_use_case
from environments.platforms.tracebloc.backend.use_cases.teams import own_team
from environments.platforms.tracebloc.common.descriptions import refusals
from environments.platforms.tracebloc.messaging.queues import QueueUnavailable
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

router = APIRouter()


@router.post("/experiments/{key}/cycles/{number}/submissions/", status_code=201, responses=refusals(409, 429))
def submit(key: str, number: NumberInPath, person: Person, context: Context) -> dict[str, Any]:
    """Hand in a completed cycle to be scored on the test data."""
    with context.database.write() as session:
        experiment = control.own_experiment(session, key, person, lock=True)
        cycle = cycles.cycle_numbered(experiment, number)
        if cycle is None and number > experiment.cycles:
            raise not_found("cycle")
        if cycle is None or cycle.status != CycleStatus.COMPLETED:
            if is_on(ExperimentSabotage.REFUSED_SUBMISSION_COUNTED):
                lost = {"experiment_id": experiment.id, "team_id": experiment.team_id, "account_id": person.id, "cycle": number}
                session.add(Submission(status=SubmissionStatus.FAILED, **lost))
                session.commit()
            raise Refusal(409, "CYCLE_NOT_COMPLETED", f"Cycle {number} is not completed yet.")
        submission = scoring.hand_in(session, experiment, person, number, cycle.weights_key)
        answer = _as_json(submission)
    try:
        context.dispatch.send(experiment.id)
    except QueueUnavailable:
        if is_on(ExperimentSabotage.SUBMISSION_REFUSED_BUT_KEPT):
            raise
        if context.dispatch.withdraw(experiment.id, submission.id):
            with context.database.write() as session:
                session.delete(session.get_one(Submission, submission.number))
            raise
    return answer


@router.get("/use-cases/{key}/submissions/")
def list_own(key: str, person: Person, context: Context, page: PageWanted) -> list[dict[str, Any]]:
    """My Submissions: those of the caller's team, newest first, a page at a time."""
    with context.database.read() as session:
        team = own_team(session, key, person)
        numbers = page.of(session, select(Submission.number).where(Submission.team_id == team.id, *_of_whom(person)))
        own = select(Submission).where(Submission.number.in_(numbers)).order_by(Submission.number.desc())
        whole = selectinload(Submission.experiment).options(defer(Experiment.form), defer(Experiment.plan))
        return [_as_json(submission) for submission in session.scalars(own.options(whole, joinedload(Submission.account))).all()]


@router.get("/use-cases/{key}/leaderboard/")
def leaderboard(key: str, person: Person, context: Context, page: PageWanted) -> list[dict[str, Any]]:
    """The best scored submission of every team, the best team first, a page at a time: `after` is a rank."""
    with context.database.read() as session:
        use_case = visible_use_case(session, key, person)
        higher_first = use_case.higher_is_better != is_on(ExperimentSabotage.LEADERBOARD_SORTED_THE_WRONG_WAY)
        order = Team.best_score.desc() if higher_first else Team.best_score.asc()
        ranked = select(Team).where(Team.use_case_id == use_case.id, Team.best_score.is_not(None)).order_by(order, _first_of_equals())
        ranked_before = page.after or 0
        teams = session.scalars(ranked.offset(ranked_before).limit(page.limit + 1)).all()
        shown = page.cut(range(ranked_before + 1, ranked_before + 1 + len(teams)))
        return [_row(session, rank, team) for rank, team in zip(shown, teams, strict=False)]


def _first_of_equals() -> ColumnElement[Any]:
    return Team.best_number.desc() if is_on(ExperimentSabotage.LATER_OF_EQUAL_SCORES_FIRST) else Team.best_number.asc()


def _of_whom(person: Account) -> tuple[ColumnElement[bool], ...]:
    return (Submission.account_id == person.id,) if is_on(ExperimentSabotage.TEAMMATES_WORK_HIDDEN) else ()


def _row(session: Session, rank: int, team: Team) -> dict[str, Any]:
    best = select(Experiment.name).join(Submission).where(Submission.number == team.best_number)
    return {
        "rank": rank,
        "team": team.name,
        "experiment_name": session.scalar(best),
        "score": team.best_score,
        "submissions": session.scalar(select(func.count()).where(Submission.team_id == team.id)),
        "remaining_petaflops": team.flops_left() / FLOPS_PER_PETAFLOP,
    }


def _told_time(submission: Submission) -> float:
    return submission.created_at + (7200 if is_on(ExperimentSabotage.SUBMISSION_TOLD_IN_LOCAL_TIME) else 0)


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
        "created_at": datetime.datetime.fromtimestamp(_told_time(submission), datetime.UTC).isoformat(),
    }
