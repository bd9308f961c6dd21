"""Signing in at a command line: it shows a short code, a person approves that in a browser, and the command line gets a token for it.

Source: RFC 8628 (OAuth's device grant); tracebloc CLI (paths, answers, its four errors). How a person approves is our choice.
"""

import secrets
import time
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import StringConstraints
from sqlalchemy import ForeignKey, delete, select, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from environments.platforms.tracebloc.backend import clock
from environments.platforms.tracebloc.backend.accounts.authentication import Person, new_token
from environments.platforms.tracebloc.backend.errors import not_found
from environments.platforms.tracebloc.backend.passwords import hash_token, new_secret
from environments.platforms.tracebloc.backend.requests.context import Context, Sent, SentFields
from environments.platforms.tracebloc.backend.storage.tables import Account, Base
from environments.platforms.tracebloc.common.descriptions import form, refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

# Source: RFC 8628, section 6.1 (no vowels, so that no word comes up)
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class DeviceCode(Base):
    """A sign-in begun at a command line, until it is exchanged for a token; only the device code's SHA-256 is kept."""

    __tablename__ = "device_codes"
    device_code_hash: Mapped[str] = mapped_column(primary_key=True)
    user_code: Mapped[str] = mapped_column(unique=True, doc="what the person types in the browser")
    expires_at: Mapped[float]
    asked_at: Mapped[float | None] = mapped_column(doc="when the command line last asked for its token")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), doc="who approved it")
    denied: Mapped[bool] = mapped_column(default=False)
    account: Mapped[Account | None] = relationship()


class Decision(Sent):
    """What a person says to the code that their command line shows."""

    user_code: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=20)]
    approve: bool = True


@router.post("/device/code")
def begin(context: Context) -> dict[str, object]:
    """A device code for the command line, and a user code for the person in front of it."""
    settings, now = context.settings, clock.now()
    device_code, user_code = new_secret(), f"{_letters()}-{_letters()}"
    expires_at = now + settings.device_code_lifetime_seconds
    with context.database.write() as session:
        session.execute(delete(DeviceCode).where(DeviceCode.expires_at <= time.time()))
        session.add(DeviceCode(device_code_hash=hash_token(device_code), user_code=user_code, expires_at=expires_at))
    page = f"{settings.public_url.rstrip('/')}/activate"
    return {
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?code={user_code}",
        "expires_in": int(settings.device_code_lifetime_seconds),
        "interval": settings.device_code_interval_seconds,
    }


@router.post("/device/approve/", status_code=204, responses=refusals(404))
def decide(decision: Decision, person: Person, context: Context) -> Response:
    """Approve or deny a code once; one that is unknown, expired or decided is not there."""
    undecided = select(DeviceCode).where(
        DeviceCode.user_code == decision.user_code,
        true() if is_on(BackendSabotage.EXPIRED_SIGN_IN_CODE_ACCEPTED) else DeviceCode.expires_at > clock.now(),
        DeviceCode.account_id.is_(None),
        DeviceCode.denied.is_(False),
    )
    with context.database.write() as session:
        code = session.scalar(undecided)
        if code is None:
            raise not_found("sign-in code")
        code.account_id, code.denied = (person.id, False) if decision.approve else (None, True)
    return Response(status_code=204)


@router.post("/device/token", openapi_extra=form("application/x-www-form-urlencoded", ("device_code",)))
def exchange(fields: SentFields, context: Context) -> Response:
    """The token, once and when a person approved; until then one of the grant's errors. A code that was used is as good as expired."""
    settings, now = context.settings, clock.now()
    with context.database.write() as session:
        code = session.get(DeviceCode, hash_token(fields.get("device_code", "")))
        if code is None or (code.expires_at <= now and not is_on(BackendSabotage.EXPIRED_SIGN_IN_CODE_ACCEPTED)):
            return _error("expired_token")
        if code.denied:
            session.delete(code)
            return _error("access_denied")
        if code.account is None:
            impatient = code.asked_at is not None and now - code.asked_at < settings.device_code_interval_seconds
            code.asked_at = now
            return _error("slow_down" if impatient else "authorization_pending")
        token = new_token(session, code.account, None, settings.token_lifetime_seconds)
        if not is_on(BackendSabotage.DEVICE_CODE_USABLE_TWICE):
            session.delete(code)
    return JSONResponse({"token": token})


def _letters() -> str:
    return "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(4))


def _error(name: str) -> JSONResponse:
    return JSONResponse({"error": name}, 400)
