"""Signing up and proving the e-mail address. Source: our choice (the CLI's RFC 0001 names `POST /register/`, its body is not public)."""

import re
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from sqlalchemy import select

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.passwords import hash_password, hash_token, new_secret
from environments.platforms.tracebloc.backend.requests.context import Context, Sent
from environments.platforms.tracebloc.backend.storage.tables import Account
from environments.platforms.tracebloc.common.descriptions import refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000
# Source: RFC 5322, dot-atom: a comma, a quote or a bracket would make it another address, or two
_EMAIL = re.compile(r"(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])")

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
"""One line of text."""


class Registration(Sent):
    """What somebody who signs up says."""

    email: Annotated[str, Field(max_length=320)]
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)]
    first_name: Line = ""
    last_name: Line = ""


class Verification(Sent):
    """The code out of the e-mail."""

    token: str


def email_address(text: str) -> str:
    """An e-mail address in lower case; Refusal INVALID_EMAIL when it is none."""
    address = text.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise Refusal(400, "INVALID_EMAIL", "email: this is not an e-mail address.")
    return text.strip() if is_on(BackendSabotage.ADDRESS_KEPT_AS_TYPED) else address


@router.post("/register/", status_code=201, responses=refusals(409))
def sign_up(registration: Registration, context: Context) -> dict[str, object]:
    """Make an account; it can log in once the code sent by e-mail came back."""
    email = email_address(registration.email)
    if len(registration.password) < SHORTEST_PASSWORD and not is_on(BackendSabotage.SHORT_PASSWORD_TAKEN):
        raise Refusal(400, "WEAK_PASSWORD", f"password: at least {SHORTEST_PASSWORD} characters are needed.")
    code = new_secret()
    password_hash = hash_password(registration.password, context.settings.password_cost)
    names = {"first_name": registration.first_name, "last_name": registration.last_name}
    with context.database.write() as session:
        if session.scalar(select(Account.id).where(Account.email == email)) is not None:
            raise Refusal(409, "EMAIL_TAKEN", "There is already an account with this e-mail address.")
        session.add(Account(email=email, password_hash=password_hash, verification_hash=hash_token(code), **names))
    context.mail.send(email, "Verify your e-mail address", f"Welcome to tracebloc.\n\nVerification code: {code}\n")
    return {"email": email, "verified": False}


@router.post("/register/verify/")
def verify(verification: Verification, context: Context) -> dict[str, object]:
    """Prove the e-mail address; a code works once."""
    with context.database.write() as session:
        account = session.scalar(select(Account).where(Account.verification_hash == hash_token(verification.token.strip())))
        if account is None:
            raise Refusal(400, "INVALID_TOKEN", "token: this code is unknown or was used already.")
        account.verification_hash = None
    return {"email": account.email, "verified": True}
