"""Invitations to a use case: whom it lets in, for how long, and the mail that says so. Source: our choice."""

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend import clock
from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.requests.context import Backend
from environments.platforms.tracebloc.backend.storage.tables import Invitation, UseCase
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

MOST_INVITATIONS = 500
DAYS = 30
"""How long an invitation opens a use case; being invited again begins anew."""
_SECONDS = DAYS * 86_400


def still_open() -> ColumnElement[bool]:
    """Whether an invitation's time is not over, as a condition."""
    return true() if is_on(BackendSabotage.EXPIRED_INVITATION_ACCEPTED) else Invitation.made_at > clock.now() - _SECONDS


def open_invitation(session: Session, use_case: UseCase, email: str) -> Invitation | None:
    """The invitation that lets somebody into the use case now."""
    return session.scalar(_to(use_case, email).where(still_open()))


def has_expired(session: Session, use_case: UseCase, email: str) -> bool:
    """Whether somebody was invited, and it is too long ago."""
    return session.scalar(_to(use_case, email)) is not None and open_invitation(session, use_case, email) is None


def invite(session: Session, use_case: UseCase, email: str, team_id: int | None = None) -> None:
    """Let an address in from now on, into a team where one is named; also whoever was invited before. Refusal TOO_MANY_INVITATIONS."""
    known = session.scalar(_to(use_case, email))
    if known is not None:
        known.made_at, known.team_id = clock.now(), team_id or known.team_id
        return
    if (session.scalar(select(func.count()).where(Invitation.use_case_id == use_case.id)) or 0) >= MOST_INVITATIONS:
        raise Refusal(409, "TOO_MANY_INVITATIONS", f"A use case has at most {MOST_INVITATIONS} invitations.")
    session.add(Invitation(use_case_id=use_case.id, email=email, team_id=team_id))
    session.flush()


def send_invitation(context: Backend, email: str, use_case: UseCase, words: str) -> None:
    """Write the e-mail that names the use case and its key."""
    if is_on(BackendSabotage.INVITATION_MAIL_LOST):
        return
    days = 7 if is_on(BackendSabotage.INVITATION_MAIL_TELLS_ANOTHER_END) else DAYS
    lines = (words, "", f"Use case: {use_case.title}", f"Use case key: {use_case.key}", f"The invitation lasts {days} days.", "")
    context.mail.send(email, "You are invited to a use case", "\n".join(lines))


def _to(use_case: UseCase, email: str) -> Select[Invitation]:
    return select(Invitation).where(Invitation.use_case_id == use_case.id, Invitation.email == email)
