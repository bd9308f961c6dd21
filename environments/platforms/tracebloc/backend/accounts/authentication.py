"""Who asks: logging in and out, and the caller behind a token.

Source: tracebloc SDK 1.2.63 (login, logout, 401), tracebloc CLI (`userinfo/`, `auth/revoke`), chart 1.9.62 docs/SECURITY.md 8.1 (an edge's
login answer holds its Service Bus connection strings).
"""

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, joinedload
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from environments.platforms.tracebloc.backend import clock
from environments.platforms.tracebloc.backend.errors import Denied, Refusal, not_found
from environments.platforms.tracebloc.backend.passwords import hash_token, new_secret, password_fits
from environments.platforms.tracebloc.backend.requests.context import Backend, Context, SentFields
from environments.platforms.tracebloc.backend.requests.error_answers import DATABASE_IS_AWAY, denied
from environments.platforms.tracebloc.backend.storage.database import DatabaseUnavailable
from environments.platforms.tracebloc.backend.storage.tables import AccessToken, Account, SecureEnvironment
from environments.platforms.tracebloc.common.descriptions import form, refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

LONGEST_NAME = 320
_SCHEMES = ("token", "bearer")
# only tells the OpenAPI document of it: `_bearer` reads the header
_DESCRIPTION = HTTPBearer(auto_error=False, scheme_name="token")
CREDENTIALS = form("application/x-www-form-urlencoded", ("username", "password"))


@dataclass(frozen=True)
class Caller:
    """Whoever sent a valid token: a person or a secure environment."""

    token_hash: str
    account: Account | None
    environment: SecureEnvironment | None


def domain_of(email: str) -> str:
    """The part of an e-mail address behind the @."""
    return email.rpartition("@")[2]


async def is_known(backend: Backend, headers: Headers) -> bool:
    """Whether whoever sends these headers has a valid token; raises HTTPException 503 while the database is away."""
    try:
        await run_in_threadpool(_bearer, headers, backend)
    except Denied:
        return False
    except DatabaseUnavailable:
        raise HTTPException(503, DATABASE_IS_AWAY) from None
    return True


def _caller(request: Request, context: Context, _described: Annotated[object, Security(_DESCRIPTION)]) -> Caller:
    return _bearer(request.headers, context)


def _bearer(headers: Headers, context: Backend) -> Caller:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() not in _SCHEMES:
        raise Denied(401, "Authentication credentials were not provided.")
    known = select(AccessToken).options(joinedload(AccessToken.account), joinedload(AccessToken.environment))
    with context.database.read() as session:
        found = session.scalar(known.where(AccessToken.token_hash == hash_token(token.strip())))
        if found is not None and found.environment is not None and is_on(BackendSabotage.MACHINE_TAKEN_FOR_ITS_OWNER):
            return Caller(found.token_hash, found.environment.owner, found.environment)
    if found is None or _expired(found) or _revoked(found):
        raise Denied(401, "Invalid token.")
    return Caller(found.token_hash, found.account, found.environment)


def _expired(token: AccessToken) -> bool:
    if is_on(BackendSabotage.EXPIRED_LOGIN_ACCEPTED):
        return False
    own = token.environment.login_seconds if token.environment else None
    if own is None or is_on(BackendSabotage.SHORTER_LOGIN_IGNORED):
        return clock.now() >= token.expires_at
    return clock.now() >= min(token.expires_at, token.created_at + own)


def _revoked(token: AccessToken) -> bool:
    return token.environment is not None and token.environment.revoked and not is_on(BackendSabotage.REVOKED_ENVIRONMENT_LET_IN)


AnyCaller = Annotated[Caller, Depends(_caller)]


async def _person(caller: AnyCaller) -> Account:
    if caller.account is None:
        raise Denied(403, "You do not have permission to perform this action.")
    return caller.account


async def _edge(caller: AnyCaller) -> SecureEnvironment:
    if caller.environment is None:
        raise Denied(403, "You do not have permission to perform this action.")
    return caller.environment


Person = Annotated[Account, Depends(_person)]
Edge = Annotated[SecureEnvironment, Depends(_edge)]


@router.post("/api-token-auth/", openapi_extra=CREDENTIALS, responses=refusals(429, 503))
def log_in(fields: SentFields, context: Context, request: Request) -> dict[str, object]:
    """A token for a person (e-mail address and password) or a secure environment (Client ID and its password)."""
    account, edge = who_fits(fields, context, request)
    if account is not None and not account.verified and not is_on(BackendSabotage.UNVERIFIED_ACCOUNT_LOGS_IN):
        raise _not_let_in("The e-mail address is not verified yet.")
    queues = context.edge_queues.connection_strings(edge.client_id) if edge is not None else {}
    with context.database.write() as session:
        still_there = _is_still_there(session, account, edge)
        token = new_token(session, account, edge, context.settings.token_lifetime_seconds) if still_there else None
    if token is None:
        # removed or revoked while the password was looked at: the queues that were just made go with it
        if edge is not None:
            context.edge_queues.remove(edge.client_id)
        raise _not_let_in("Unable to log in with provided credentials.")
    if edge is None:
        return {"token": token, "token_scheme": "Bearer"}
    context.dispatch.prepare(edge.client_id)
    return {"token": token, "token_scheme": "Token", **queues}


def who_fits(fields: dict[str, str], context: Backend, request: Request) -> tuple[Account | None, SecureEnvironment | None]:
    """Whose name and password these are; raises Refusal, after the same time whether or not there is such a name."""
    username, password = fields.get("username", "").strip(), fields.get("password", "")
    if not username or not password:
        raise Refusal(400, "MANDATORY_FIELDS", "username and password are needed.")
    who = (username.lower()[:LONGEST_NAME], request.client.host if request.client else "")
    with context.logins.one_try(who):
        with context.database.read() as session:
            account = session.scalar(select(Account).where(Account.email == username.lower()))
            edge = session.scalar(select(SecureEnvironment).where(SecureEnvironment.client_id == username, *_let_in()))
        stored = account.password_hash if account else edge.password_hash if edge else None
        if stored is None and is_on(BackendSabotage.LOGIN_TELLS_WHO_HAS_AN_ACCOUNT):
            raise not_found("account")
        if not password_fits(password, stored, context.settings.password_cost):
            if not is_on(BackendSabotage.WRONG_LOGINS_NOT_COUNTED):
                context.logins.wrong(who)
            raise _not_let_in("Unable to log in with provided credentials.")
        context.logins.right(who)
    return account, edge


def _is_still_there(session: Session, account: Account | None, edge: SecureEnvironment | None) -> bool:
    if edge is not None:
        return session.scalar(select(SecureEnvironment.id).where(SecureEnvironment.id == edge.id, *_let_in())) is not None
    return account is not None and session.scalar(select(Account.id).where(Account.id == account.id)) is not None


def refuse_whoever_is_gone(request: Request, error: Exception) -> Response:
    """401 for a caller who was removed while the request was under way, and so was not found again; another's error is raised again."""
    if "authorization" not in request.headers:
        raise error
    try:
        _bearer(request.headers, request.app.state.backend)
    except Denied as gone:
        return denied(request, gone)
    raise error


def _let_in() -> tuple[ColumnElement[bool], ...]:
    return () if is_on(BackendSabotage.REVOKED_ENVIRONMENT_LET_IN) else (SecureEnvironment.revoked.is_(False),)


@router.post("/logout/")
def log_out(caller: AnyCaller, context: Context) -> dict[str, str]:
    """End this login; the token is worth nothing from now on."""
    _revoke(caller, context)
    return {"message": "You are logged out."}


@router.post("/auth/revoke", status_code=204)
@router.post("/auth/revoke/", status_code=204)
def revoke(caller: AnyCaller, context: Context) -> Response:
    """The CLI's way to log out. Source: tracebloc CLI."""
    _revoke(caller, context)
    return Response(status_code=204)


@router.get("/userinfo/")
def who_am_i(person: Person) -> dict[str, object]:
    """Source: tracebloc CLI; `email` and `domain` are our choice."""
    return {
        "type": "DS",
        "account": domain_of(person.email),
        "account_id": person.id,
        "is_account_admin": True,
        "email": person.email,
        "domain": domain_of(person.email),
        "first_name": person.first_name,
        "last_name": person.last_name,
    }


def _not_let_in(words: str) -> Refusal:
    return Refusal(400, "NOT_AUTHENTICATED", words, non_field_errors=[words])


def new_token(session: Session, account: Account | None, edge: SecureEnvironment | None, lifetime: float) -> str:
    """Log a person or a secure environment in, for so many seconds; tokens that have expired are forgotten."""
    token = new_secret()
    # by the machine's own time: tokens of others are not to go whoever is served at a later one
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= time.time()))
    ids = {"account_id": account.id if account else None, "environment_id": edge.id if edge and not account else None}
    session.add(AccessToken(token_hash=hash_token(token), expires_at=clock.now() + lifetime, **ids))
    return token


def _revoke(caller: Caller, context: Context) -> None:
    if is_on(BackendSabotage.LOGGED_OUT_TOKEN_STILL_WORKS):
        return
    with context.database.write() as session:
        session.execute(delete(AccessToken).where(AccessToken.token_hash == caller.token_hash))
