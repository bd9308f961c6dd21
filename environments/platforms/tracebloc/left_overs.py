"""Removing what scenarios make on a deployment of tracebloc: accounts with all that hangs on them, and databases.

Source: our choice (how the platform removes an account is not public).
"""

from http import HTTPStatus

from pydantic import SecretStr

from environments.errors import SubstrateError
from environments.platform import MadeThing, Places
from environments.platforms.tracebloc.databases import Databases
from environments.platforms.tracebloc.mariadb import PORT as SQL
from environments.platforms.tracebloc.services import DATABASE_PASSWORD

ACCOUNT, DATABASE = "account", "database"
PREFIX = "e2e-test-"
PATIENCE_SECONDS = 30.0


def remove(thing: MadeThing, places: Places) -> None:
    """Remove it, if it is there; raises SubstrateError with the reason."""
    if thing.kind == ACCOUNT:
        _remove_account(thing, places)
    elif thing.kind == DATABASE:
        Databases(places.address("mariadb", SQL), SecretStr(places.secret(DATABASE_PASSWORD))).drop(thing.name)
    else:
        raise SubstrateError(f"tracebloc has no {thing.kind}")


def _remove_account(thing: MadeThing, places: Places) -> None:
    # imported here: a command that has nothing to remove needs no HTTP client
    import httpx

    from environments.direct_http import direct_client

    if not thing.name.startswith(PREFIX):
        raise SubstrateError("no scenario made it")
    url = places.address("backend").url
    try:
        with direct_client(url, timeout=PATIENCE_SECONDS) as http:
            answer = http.post("/account/removal/", data={"username": thing.name, "password": thing.secret})
    except httpx.HTTPError as error:
        raise SubstrateError(f"the backend at {url} does not answer ({type(error).__name__})") from None
    # whoever never signed up, or was removed already, has no account
    if answer.status_code not in (HTTPStatus.NO_CONTENT, HTTPStatus.BAD_REQUEST):
        raise SubstrateError(f"the backend at {url} refuses to remove it (HTTP {answer.status_code})")
