"""What every endpoint works with."""

import json
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.requests.wrong_logins import WrongLogins
from environments.platforms.tracebloc.backend.settings import Settings
from environments.platforms.tracebloc.backend.storage.database import Database
from environments.platforms.tracebloc.backend.storage.dispatch import Dispatch
from environments.platforms.tracebloc.backend.storage.edge_queues import EdgeQueues
from environments.platforms.tracebloc.backend.storage.mail import Mail
from environments.platforms.tracebloc.backend.storage.object_store import ObjectStore
from environments.platforms.tracebloc.common.sent_json import UnusableJson, parse
from environments.texts import shortened

PAGE_SIZE = 15
_LARGEST_ID = 2**31 - 1
DatabaseId = Annotated[int, Field(ge=1, le=_LARGEST_ID)]
NumberInPath = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


@dataclass(frozen=True)
class Backend:
    """The parts of one running backend."""

    settings: Settings
    database: Database
    mail: Mail
    store: ObjectStore
    dispatch: Dispatch
    edge_queues: EdgeQueues
    logins: WrongLogins = field(default_factory=WrongLogins)


async def _context(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend


async def _sent_form(request: Request) -> FormData:
    return await request.form()


async def _sent_fields(request: Request) -> dict[str, str]:
    """A form's fields, or a JSON object's as a form would have them: the SDK sends forms, other clients send JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            sent = parse(await request.body())
        except UnusableJson as error:
            raise Refusal(400, "INVALID_REQUEST", f"body: {error}") from None
        if not isinstance(sent, dict):
            raise Refusal(400, "INVALID_REQUEST", "body: a JSON object is needed")
        return {name: _as_in_a_form(value) for name, value in sent.items() if value is not None}
    fields: dict[str, str] = {}
    for name, value in (await request.form()).multi_items():
        if not isinstance(value, str):
            raise Refusal(400, "INVALID_REQUEST", f"{shortened(name, 100)}: this takes no file")
        if name in fields:
            raise Refusal(400, "INVALID_REQUEST", f"{shortened(name, 100)}: it is sent more than once; send it once")
        fields[name] = value
    return fields


def _as_in_a_form(value: object) -> str:
    # Python's words for booleans, as the SDK's forms have them
    return value if isinstance(value, str) else str(value) if isinstance(value, bool | int | float) else json.dumps(value)


class Sent(BaseModel):
    """A body that may only say what is followed: a misspelt field is refused, not ignored. Source: our choice."""

    model_config = ConfigDict(extra="forbid")


Context = Annotated[Backend, Depends(_context)]
SentForm = Annotated[FormData, Depends(_sent_form)]
SentFields = Annotated[dict[str, str], Depends(_sent_fields)]
