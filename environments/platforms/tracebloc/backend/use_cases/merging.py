"""Merging two teams of a use case into one. Source: our choice (tracebloc's documents say nothing of it).

One team asks, a member of the other accepts, and the asking team becomes part of the asked one, which keeps its name:

- budget: the merged team has both budgets, and both teams' spending counts against it, so that no FLOPs are made or lost; what a team had
  spent beyond its budget comes along, too;
- submissions: all are the merged team's, today's included: merging gives no further ones on that day;
- members and invited teammates of the asking team are the merged team's, and so are its experiments, which run on: from now on they
  are seen by all members and stop when the common budget is used up;
- the asking team is no more, and neither is any other request by or to it.
"""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import ForeignKey, Select, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.requests.context import Context, DatabaseId, NumberInPath, Sent
from environments.platforms.tracebloc.backend.requests.pages import PageWanted
from environments.platforms.tracebloc.backend.storage.tables import Base, Experiment, Invitation, Membership, Submission, Team
from environments.platforms.tracebloc.backend.training.scoring import note_best
from environments.platforms.tracebloc.backend.use_cases.teams import own_team, team_as_json
from environments.platforms.tracebloc.common.descriptions import also
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()


class MergeRequest(Base):
    """One team's offer to another of the same use case to become part of it."""

    __tablename__ = "merge_requests"
    __table_args__ = (UniqueConstraint("asking_id", "asked_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    asking_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    asked_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    asking: Mapped[Team] = relationship(foreign_keys=asking_id)
    asked: Mapped[Team] = relationship(foreign_keys=asked_id)


class NewMergeRequest(Sent):
    """Which team (its id) the caller's team wants to become part of."""

    team: DatabaseId


@router.post("/use-cases/{key}/team/merge-requests/", status_code=201, responses=also(200))
def ask(key: str, new: NewMergeRequest, person: Person, context: Context, response: Response) -> dict[str, Any]:
    """Ask another team to merge; asking again changes nothing (200).

    Refusals: 403 NOT_A_MEMBER, 400 SAME_TEAM, 404 for a team that is none of this use case.
    """
    with context.database.write() as session:
        asking = own_team(session, key, person)
        if new.team == asking.id:
            raise Refusal(400, "SAME_TEAM", "A team cannot be merged with itself.")
        asked = session.get(Team, new.team)
        if asked is None or asked.use_case_id != asking.use_case_id or asked.merged_into_id is not None:
            raise not_found("team in this use case")
        between = MergeRequest.asking_id == asking.id, MergeRequest.asked_id == asked.id
        request = session.scalar(select(MergeRequest).where(*between))
        if request is not None:
            response.status_code = 200
        else:
            request = MergeRequest(asking=asking, asked=asked)
            session.add(request)
            session.flush()
        return _as_json(request)


@router.get("/use-cases/{key}/team/merge-requests/")
def list_own(key: str, person: Person, context: Context, page: PageWanted) -> list[dict[str, Any]]:
    """The open requests by and to the caller's team, oldest first, a page at a time."""
    with context.database.read() as session:
        team = own_team(session, key, person)
        ways = [select(MergeRequest.id).where(role == team.id) for role in (MergeRequest.asking_id, MergeRequest.asked_id)]
        numbers = page.of(session, *ways, oldest_first=True)
        requests = session.scalars(select(MergeRequest).where(MergeRequest.id.in_(numbers)).order_by(MergeRequest.id))
        return [_as_json(request) for request in requests]


@router.post("/use-cases/{key}/team/merge-requests/{number}/accept/")
def accept(key: str, number: NumberInPath, person: Person, context: Context) -> dict[str, Any]:
    """A member of the asked team accepts; answers with the merged team. Refusals: 404, and 403 NOT_ASKED for the asking team."""
    with context.database.write() as session:
        team = own_team(session, key, person)
        request = _own_request(session, team, number)
        if request.asked_id != team.id and not is_on(BackendSabotage.MERGE_NEEDS_NO_ACCEPTANCE):
            raise Refusal(403, "NOT_ASKED", f"Only a member of {request.asked.name}, which was asked, can accept.")
        merged = request.asked
        _merge(session, request.asking, merged)
        # what is noted and not written yet would be forgotten with the rest
        session.flush()
        session.expire_all()
        return team_as_json(merged)


@router.delete("/use-cases/{key}/team/merge-requests/{number}/", status_code=204)
def withdraw(key: str, number: NumberInPath, person: Person, context: Context) -> Response:
    """Take a request back, or decline it."""
    with context.database.write() as session:
        session.delete(_own_request(session, own_team(session, key, person), number))
    return Response(status_code=204)


def _merge(session: Session, leaving: Team, staying: Team) -> None:
    # experiments first: a report of FLOPs holds its experiment while it counts, and counts for whatever team that then belongs to
    owned: list[type[Experiment | Submission | Membership | Invitation]] = [Experiment, Submission, Membership, Invitation]
    if is_on(BackendSabotage.MERGE_GIVES_NEW_SUBMISSIONS):
        owned.remove(Submission)
    if is_on(BackendSabotage.MEMBERS_LEFT_BEHIND_IN_A_MERGE):
        owned.remove(Membership)
    for table in owned:
        session.execute(update(table).where(table.team_id == leaving.id).values(team_id=staying.id))
    for team in (leaving, staying):
        session.refresh(team, with_for_update=True)
    staying.budgets += _budgets_of(leaving)
    if not is_on(BackendSabotage.MERGED_TEAM_FORGETS_SPENDING):
        staying.flops_spent += leaving.flops_spent
    leaving.budgets, leaving.flops_spent, leaving.merged_into_id = 0, 0, staying.id
    session.execute(delete(MergeRequest).where(or_(MergeRequest.asking_id == leaving.id, MergeRequest.asked_id == leaving.id)))
    session.flush()
    for team in (leaving,) if is_on(BackendSabotage.MERGED_RANK_FORGOTTEN) else (leaving, staying):
        note_best(session, team)


def _budgets_of(leaving: Team) -> int:
    if is_on(BackendSabotage.MERGE_LOSES_A_BUDGET):
        return 0
    return 1 if is_on(BackendSabotage.SECOND_MERGE_LOSES_A_BUDGET) else leaving.budgets


def _of(team: Team) -> Select[MergeRequest]:
    return select(MergeRequest).where(or_(MergeRequest.asking_id == team.id, MergeRequest.asked_id == team.id)).order_by(MergeRequest.id)


def _own_request(session: Session, team: Team, number: int) -> MergeRequest:
    own = _of(team) if is_on(BackendSabotage.MERGE_ANSWERS_ANOTHER_REQUEST) else _of(team).where(MergeRequest.id == number)
    request = session.scalar(own.limit(1))
    if request is None:
        raise not_found("merge request")
    return request


def _as_json(request: MergeRequest) -> dict[str, Any]:
    teams = {"asking": request.asking, "asked": request.asked}
    return {"id": request.id, **{role: {"id": team.id, "name": team.name} for role, team in teams.items()}}
