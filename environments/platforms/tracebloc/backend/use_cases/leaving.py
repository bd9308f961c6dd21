"""Leaving a use case. Source: our choice (tracebloc's documents say nothing of it).

Whoever leaves is in no team of the use case any more and sees nothing of it; to come back takes another invitation, and then they are in a
new team or in the one that invites them. What was done stays the team's: experiments, submissions, the rank, and what was spent. With the
last member nobody can stop the team's experiments any more, so that ends them, and the team's requests to merge.
"""

from fastapi import APIRouter, Response
from sqlalchemy import delete, func, or_, select, true
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.requests.context import Context
from environments.platforms.tracebloc.backend.storage.tables import (
    Account,
    Experiment,
    ExperimentStatus,
    Invitation,
    Membership,
    Submission,
    Team,
)
from environments.platforms.tracebloc.backend.training import cycles
from environments.platforms.tracebloc.backend.training.scoring import note_best
from environments.platforms.tracebloc.backend.use_cases.merging import MergeRequest
from environments.platforms.tracebloc.backend.use_cases.teams import own_team
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()


@router.post("/use-cases/{key}/leave/", status_code=204)
def leave(key: str, person: Person, context: Context) -> Response:
    """Be part of the use case no more. Refusal NOT_A_MEMBER for whoever has not joined."""
    stopped: list[int] = []
    with context.database.write() as session:
        team = own_team(session, key, person)
        if not is_on(BackendSabotage.LEAVING_KEEPS_THE_DOOR_OPEN):
            _take_out(session, team, person)
            if not session.scalar(select(func.count()).where(Membership.team_id == team.id)):
                stopped = _wind_up(session, team)
        if is_on(BackendSabotage.SCORE_GONE_WITH_MEMBER):
            session.execute(delete(Submission).where(Submission.team_id == team.id, Submission.account_id == person.id))
            note_best(session, team)
    for experiment_id in stopped:
        context.dispatch.send_or_keep(experiment_id)
    return Response(status_code=204)


def _take_out(session: Session, team: Team, person: Account) -> None:
    session.execute(delete(Membership).where(Membership.team_id == team.id, Membership.account_id == person.id))
    here = true() if is_on(BackendSabotage.LEAVING_CLOSES_EVERY_DOOR) else Invitation.use_case_id == team.use_case_id
    session.execute(delete(Invitation).where(here, Invitation.email == person.email))


def _wind_up(session: Session, team: Team) -> list[int]:
    """End what nobody could end any more; returns the experiments that were stopped."""
    session.execute(delete(MergeRequest).where(or_(MergeRequest.asking_id == team.id, MergeRequest.asked_id == team.id)))
    own = session.scalars(select(Experiment).where(Experiment.team_id == team.id))
    going_on = [experiment for experiment in own if not cycles.ended(experiment)]
    for experiment in going_on:
        cycles.break_off(session, experiment, ExperimentStatus.STOPPED, "team", "Team: its last member left the use case")
    return [experiment.id for experiment in going_on]
