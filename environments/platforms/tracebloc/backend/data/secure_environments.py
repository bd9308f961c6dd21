"""Secure environments: registered by their owner, alive by their heartbeats.

Source: tracebloc CLI (paths, statuses, adoption by cluster_id, pages, `username` and `first_name`); heartbeats and passwords: our choice.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend import clock
from environments.platforms.tracebloc.backend.accounts.authentication import Edge, Person
from environments.platforms.tracebloc.backend.accounts.sign_up import Line
from environments.platforms.tracebloc.backend.data.datasets import IngestFailure
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.passwords import hash_machine_password, hash_password, new_secret
from environments.platforms.tracebloc.backend.requests.context import PAGE_SIZE, Context, NumberInPath, Sent
from environments.platforms.tracebloc.backend.requests.pages import PageWanted
from environments.platforms.tracebloc.backend.storage.tables import (
    AccessToken,
    Account,
    Experiment,
    ExperimentStatus,
    Pod,
    SecureEnvironment,
)
from environments.platforms.tracebloc.common.descriptions import also, refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

OFFLINE, ONLINE, PENDING = 0, 1, 2
_DISPLAYS = {OFFLINE: "Offline", ONLINE: "Online", PENDING: "Pending"}
_MISSED_HEARTBEATS = 3
_PLACE: dict[str, object] = dict.fromkeys(("location", "namespace", "cluster_id"))


class NewEnvironment(BaseModel):
    """What the installer or the owner says of a new secure environment."""

    name: Annotated[Line, Field(min_length=1, validation_alias=AliasChoices("name", "first_name"))]
    location: Line | None = None
    cluster_id: Line | None = None
    namespace: Line | None = None
    password: SecretStr | None = Field(default=None, min_length=12, max_length=200, description="the CLI chooses it; others are given one")


class ChangedEnvironment(BaseModel):
    """What can be changed of a secure environment."""

    name: Annotated[Line, Field(min_length=1)] | None = None
    location: Line | None = None
    cluster_id: Line | None = None
    namespace: Line | None = None
    login_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class Heartbeat(Sent):
    """What resource-monitor measures."""

    cpu_percent: float = Field(ge=0, allow_inf_nan=False)
    cpu_count: int = Field(ge=1)
    memory_used_bytes: int = Field(ge=0)
    memory_total_bytes: int = Field(ge=0)
    interval_seconds: float = Field(gt=0, le=3600, allow_inf_nan=False)


def status_of(environment: SecureEnvironment) -> int:
    """Pending before the first heartbeat, then Online while the last one is young."""
    if environment.heartbeat_at is None or environment.heartbeat is None:
        return PENDING
    missed = 30 if is_on(BackendSabotage.ONLINE_FOR_THIRTY_HEARTBEATS) else _MISSED_HEARTBEATS
    longest_silence = missed * float(environment.heartbeat["interval_seconds"])
    heard = clock.now() - environment.heartbeat_at < longest_silence or is_on(BackendSabotage.HEARTBEAT_NEVER_EXPIRES)
    return ONLINE if heard and not environment.revoked else OFFLINE


@router.post("/edge-device/", responses=also(201) | refusals(409))
def register(new: NewEnvironment, person: Person, context: Context, response: Response) -> dict[str, Any]:
    """A new secure environment with its password (shown this once, and only if the caller did not choose it), or the caller's own on
    the same cluster, which keeps its password.
    """
    if new.password is not None:
        given, password_hash = {}, hash_password(new.password.get_secret_value(), context.settings.password_cost)
    else:
        secret = new_secret()
        given, password_hash = {"client_password": secret}, hash_machine_password(secret)
    with context.database.write() as session:
        _refuse_foreign_cluster(session, new.cluster_id, person)
        existing = _on_cluster(session, new.cluster_id)
        if existing is not None:
            if is_on(BackendSabotage.ADOPT_GIVES_OUT_THE_PASSWORD_AGAIN):
                existing.password_hash = password_hash
                return {**_as_json(session, existing), **given}
            return _as_json(session, existing)
        environment = SecureEnvironment(password_hash=password_hash, owner_id=person.id, **new.model_dump(exclude={"password"}))
        session.add(environment)
        session.flush()
        response.status_code = 201
        return {**_as_json(session, environment), **given}


@router.get("/edge-device/", responses=refusals(404))
def list_own(person: Person, context: Context, request: Request, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> dict[str, Any]:
    """The caller's secure environments, newest first, a page at a time."""
    own = select(SecureEnvironment).where(SecureEnvironment.owner_id == person.id)
    with context.database.read() as session:
        count = session.scalar(select(func.count()).select_from(own.subquery())) or 0
        rows = session.scalars(own.order_by(SecureEnvironment.id.desc()).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
        if page > 1 and not rows:
            raise not_found("page")
        results = [_as_json(session, environment) for environment in rows]
    link = str(request.url.include_query_params(page="")).rstrip("=") + "="
    shown = page * PAGE_SIZE - is_on(BackendSabotage.FULL_PAGE_LEADS_TO_NOTHING)
    more = shown < count and not is_on(BackendSabotage.ENVIRONMENTS_BEYOND_THE_FIRST_PAGE_HIDDEN)
    following = f"{link}{page + 1}" if more else None
    return {"count": count, "next": following, "previous": f"{link}{page - 1}" if page > 1 else None, "results": results}


@router.post("/edge-device/heartbeat/", status_code=204)
def heartbeat(measured: Heartbeat, edge: Edge, context: Context) -> Response:
    """The secure environment lives and is that busy."""
    with context.database.write() as session:
        environment = session.get_one(SecureEnvironment, edge.id)
        environment.heartbeat_at, environment.heartbeat = clock.now(), measured.model_dump()
    return Response(status_code=204)


@router.get("/edge-device/admins/")
def admins(person: Person) -> list[dict[str, str]]:
    """Who may register in the caller's account: here, where everybody has an account of their own, the caller."""
    return [{"name": f"{person.first_name} {person.last_name}".strip() or person.email, "email": person.email}]


@router.get("/edge-device/{environment_id}/")
def show(environment_id: NumberInPath, person: Person, context: Context) -> dict[str, Any]:
    """One of the caller's secure environments."""
    with context.database.read() as session:
        return _as_json(session, _own(session, environment_id, person))


@router.get("/edge-device/{environment_id}/ingest-failures/")
def list_ingest_failures(environment_id: NumberInPath, person: Person, context: Context, page: PageWanted) -> list[dict[str, str]]:
    """The ingestions that ended without a dataset, oldest first, a page at a time. Source: our choice."""
    with context.database.read() as session:
        environment = _own(session, environment_id, person)
        numbers = page.of(session, select(IngestFailure.id).where(IngestFailure.environment_id == environment.id), oldest_first=True)
        failures = session.scalars(select(IngestFailure).where(IngestFailure.id.in_(numbers)).order_by(IngestFailure.id))
        return [{"ingestor_id": failure.ingestor_id, "reason": failure.reason} for failure in failures]


@router.patch("/edge-device/{environment_id}/", responses=refusals(409))
def change(environment_id: NumberInPath, changed: ChangedEnvironment, person: Person, context: Context) -> dict[str, Any]:
    """Rename it, say where it is now, or how long its logins last at most, those of before too."""
    with context.database.write() as session:
        environment = _own(session, environment_id, person)
        if changed.cluster_id != environment.cluster_id:
            _refuse_foreign_cluster(session, changed.cluster_id, person)
            if (holder := _on_cluster(session, changed.cluster_id)) is not None:
                words = "Another of your secure environments is on this cluster."
                known = {"cluster_id": changed.cluster_id, "holder_client_id": holder.id, "holder_name": holder.name}
                raise Refusal(409, "CLUSTER_IN_USE", words, error="cluster_in_use", **known)
        emptied = _PLACE if is_on(BackendSabotage.RENAMED_ENVIRONMENT_LOSES_ITS_PLACE) else {}
        for field, value in (emptied | changed.model_dump(exclude_unset=True, exclude_none=True)).items():
            setattr(environment, field, value)
        return _as_json(session, environment)


@router.post("/edge-device/{environment_id}/revoke/", responses=refusals(503))
def revoke(environment_id: NumberInPath, person: Person, context: Context) -> dict[str, Any]:
    """Take its credential away: its tokens and the keys of its queues end and it cannot log in again.

    While the Service Bus is away the queues stay, and the answer is a refusal; asking again removes them.
    """
    with context.database.write() as session:
        environment = _own(session, environment_id, person)
        environment.revoked = True
        session.execute(delete(AccessToken).where(AccessToken.environment_id == environment.id))
        client_id = environment.client_id
        answer = {**_as_json(session, environment), "detail": "The credential of this secure environment is revoked."}
    context.edge_queues.remove(client_id)
    return answer


def _own(session: Session, environment_id: int, person: Account) -> SecureEnvironment:
    environment = session.get(SecureEnvironment, environment_id)
    if environment is None or environment.owner_id != person.id:
        raise not_found("secure environment")
    return environment


def _on_cluster(session: Session, cluster_id: str | None) -> SecureEnvironment | None:
    if not cluster_id:
        return None
    return session.scalar(select(SecureEnvironment).where(SecureEnvironment.cluster_id == cluster_id, SecureEnvironment.revoked.is_(False)))


def _refuse_foreign_cluster(session: Session, cluster_id: str | None, person: Account) -> None:
    other = _on_cluster(session, cluster_id)
    if other is not None and other.owner_id != person.id:
        words = "This cluster belongs to a secure environment of another account."
        known = {"cluster_id": cluster_id, "owner_email": other.owner.email}
        raise Refusal(409, "CLUSTER_CONFLICT", words, error="cluster_conflict", **known)


def _as_json(session: Session, environment: SecureEnvironment) -> dict[str, Any]:
    status = status_of(environment)
    measured = environment.heartbeat or {}
    return {
        "id": environment.id,
        "client_id": environment.client_id,
        "username": environment.client_id,
        "name": environment.name,
        "first_name": environment.name,
        "location": environment.location,
        "cluster_id": environment.cluster_id,
        "namespace": environment.namespace,
        "status": status,
        "status_display": _DISPLAYS[status],
        "is_decommissioned": environment.revoked,
        "login_seconds": environment.login_seconds,
        "num_running_experiments": _running_experiments(session, environment),
        "last_info_update": environment.heartbeat_at,
        "cpu_percent": measured.get("cpu_percent"),
        "cpu_count": measured.get("cpu_count"),
        "memory_used_bytes": measured.get("memory_used_bytes"),
        "memory_total_bytes": measured.get("memory_total_bytes"),
    }


def _running_experiments(session: Session, environment: SecureEnvironment) -> int:
    active = (ExperimentStatus.RUNNING, ExperimentStatus.AVERAGING)
    where = () if is_on(BackendSabotage.RUNNING_COUNTED_EVERYWHERE) else (Pod.client_id == environment.client_id,)
    here = exists().where(Pod.experiment_id == Experiment.id, *where)
    return session.scalar(select(func.count(Experiment.id)).where(Experiment.status.in_(active), here)) or 0
