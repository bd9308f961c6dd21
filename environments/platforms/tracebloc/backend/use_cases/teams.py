"""Teams: joining a use case gives one. Source: our choice (tracebloc's documents say that a team is given and that members invite)."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.accounts.sign_up import email_address
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.requests.context import Context, Sent
from environments.platforms.tracebloc.backend.storage.tables import FLOPS_PER_PETAFLOP, Account, Membership, Team, UseCase
from environments.platforms.tracebloc.backend.use_cases import invitations
from environments.platforms.tracebloc.backend.use_cases.cases import may_enter, membership_of, visible_use_case
from environments.platforms.tracebloc.common.descriptions import also, refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()


class Joining(Sent):
    """What somebody who joins agrees to."""

    accept_rules: bool = False


class TeamInvitation(Sent):
    """Whom a member invites."""

    email: str


@router.post("/use-cases/{key}/join/", status_code=201, responses=also(200) | refusals(409))
def join(key: str, joining: Joining, person: Person, context: Context, response: Response) -> dict[str, Any]:
    """Take part: in the team that invited the caller, else in a team of their own. Joining again changes nothing (200)."""
    with context.database.write() as session:
        use_case = session.scalar(select(UseCase).where(UseCase.key == key))
        if use_case is None or not (use_case.published or use_case.owner_id == person.id):
            raise not_found("use case")
        existing = membership_of(session, use_case, person)
        if existing is not None:
            response.status_code = 200
            return {"team": team_as_json(existing.team)}
        if not use_case.published:
            raise Refusal(409, "INVALID_STATE", "The use case is not published yet.")
        if use_case.owner_id != person.id and not may_enter(session, use_case, person):
            if invitations.has_expired(session, use_case, person.email):
                raise Refusal(403, "INVITATION_EXPIRED", "Your invitation to this use case has expired; ask for another one.")
            raise Refusal(403, "NOT_INVITED", "You are not invited to this use case.")
        if not joining.accept_rules:
            raise Refusal(400, "RULES_NOT_ACCEPTED", "accept_rules: the rules of the use case have to be accepted.")
        team = _inviting_team(session, use_case, person) or _new_team(session, use_case)
        team.memberships.append(Membership(use_case_id=use_case.id, account=session.get_one(Account, person.id)))
        return {"team": team_as_json(team)}


@router.get("/use-cases/{key}/team/")
def show(key: str, person: Person, context: Context) -> dict[str, Any]:
    """The caller's own team."""
    with context.database.read() as session:
        return team_as_json(own_team(session, key, person))


@router.post("/use-cases/{key}/team/invitations/", status_code=201, responses=refusals(409))
def invite(key: str, invitation: TeamInvitation, person: Person, context: Context) -> dict[str, str]:
    """A member invites a teammate, who lands in the team when joining the use case."""
    email = email_address(invitation.email)
    with context.database.write() as session:
        team = own_team(session, key, person)
        use_case = team.use_case
        members = select(Membership.id).join(Account).where(Membership.use_case_id == use_case.id, Account.email == email)
        if session.scalar(members) is not None:
            raise Refusal(409, "ALREADY_A_MEMBER", "This person is in a team of this use case already.")
        invitations.invite(session, use_case, email, team.id)
    invitations.send_invitation(context, email, use_case, f"{person.email} invites you to {team.name}.")
    return {"email": email, "team": team.name}


def own_team(session: Session, key: str, person: Account) -> Team:
    """The caller's team in a use case; Refusal NOT_A_MEMBER when there is none."""
    membership = membership_of(session, visible_use_case(session, key, person), person)
    if membership is None:
        raise Refusal(403, "NOT_A_MEMBER", "You have not joined this use case.")
    return membership.team


def team_as_json(team: Team) -> dict[str, Any]:
    """What members are shown of their team; compute in PetaFLOPs."""
    return {
        "id": team.id,
        "name": team.name,
        "members": [membership.account.email for membership in team.memberships[: 1 if is_on(BackendSabotage.ONE_MEMBER_SHOWN) else None]],
        "budget_petaflops": team.flops_allowed() / FLOPS_PER_PETAFLOP,
        "spent_petaflops": team.flops_spent / FLOPS_PER_PETAFLOP,
        "remaining_petaflops": team.flops_left() / FLOPS_PER_PETAFLOP,
    }


def _inviting_team(session: Session, use_case: UseCase, person: Account) -> Team | None:
    invitation = invitations.open_invitation(session, use_case, person.email)
    return session.get(Team, invitation.team_id) if invitation is not None and invitation.team_id is not None else None


def _new_team(session: Session, use_case: UseCase) -> Team:
    number = (session.scalar(select(func.count(Team.id)).where(Team.use_case_id == use_case.id)) or 0) + 1
    team = Team(use_case=use_case, name=f"Team {number}")
    session.add(team)
    session.flush()
    return team
