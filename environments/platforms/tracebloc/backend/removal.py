"""Removing an account with everything that is its own or hangs on it. Source: our choice (how the platform does it is not public)."""

from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend.accounts.authentication import CREDENTIALS, who_fits
from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.requests.context import Context, SentFields
from environments.platforms.tracebloc.backend.storage.tables import (
    Account,
    Base,
    Experiment,
    Membership,
    ModelUpload,
    SecureEnvironment,
    Submission,
    Team,
)
from environments.platforms.tracebloc.backend.training.scoring import note_best
from environments.platforms.tracebloc.common.descriptions import refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

Ids = dict[Table, set[object]]
"""The rows to be removed, by table; those of tables without an `id` hang on others."""


@router.post("/account/removal/", status_code=204, openapi_extra=CREDENTIALS, responses=refusals(429, 503))
def remove_account(fields: SentFields, context: Context, request: Request) -> Response:
    """Remove an account, verified or not: its use cases with all that took place in them, environments with their queues, datasets,
    models and teams. With `keep_account` true the account itself stays, and nobody is logged in to it.

    While the Service Bus is away the queues stay, and the answer is a refusal; asking again removes everything.
    """
    account, _ = who_fits(fields, context, request)
    if account is None:
        raise Refusal(400, "NO_ACCOUNT", "A secure environment is removed by its owner.")
    _remove_queues(context, account)
    with context.database.write() as session:
        found = _rows_that_hang_on(session, {_table(Account): {account.id}})
        found = _rows_that_hang_on(session, found | {_table(Team): found.get(_table(Team), set()) | _teams_left_empty(session, found)})
        prefixes = _prefixes(session, found)
        outranked = _teams_that_lose_submissions(session, found)
        _delete(session, found, spared=_table(Account) if fields.get("keep_account", "").lower() == "true" else None)
        for team in () if is_on(BackendSabotage.REMOVED_SCORE_STILL_RANKS) else outranked:
            note_best(session, session.get_one(Team, team))
    for prefix in () if is_on(BackendSabotage.REMOVED_ACCOUNT_LEAVES_FILES) else prefixes:
        context.store.delete(prefix)
    return Response(status_code=204)


def _remove_queues(context: Context, account: Account) -> None:
    own = SecureEnvironment.owner_id == account.id
    with context.database.write() as session:
        # first, so that none of them can log in meanwhile and have its queues made again
        session.execute(update(SecureEnvironment).where(own).values(revoked=True))
        client_ids = session.scalars(select(SecureEnvironment.client_id).where(own)).all()
    for client_id in client_ids:
        context.dispatch.forget(client_id)
        context.edge_queues.remove(client_id)


def _rows_that_hang_on(session: Session, start: Ids) -> Ids:
    """These rows and all that refer to them, whatever they are."""
    found = dict(start)
    for table in Base.metadata.sorted_tables:
        conditions = _conditions(table, found)
        if conditions and "id" in table.c:
            found[table] = found.get(table, set()) | set(session.scalars(select(table.c.id).where(or_(*conditions))))
    return found


def _conditions(table: Table, found: Ids) -> list[ColumnElement[bool]]:
    keys = [key for key in table.foreign_keys if key.column.table in found and key.column.table is not table]
    return [key.parent.in_(found[key.column.table]) for key in keys]


def _teams_left_empty(session: Session, found: Ids) -> set[object]:
    """Teams that nobody is in any more once these members are gone."""
    leaving = found.get(_table(Membership), set())
    teams = set(session.scalars(select(Membership.team_id).where(Membership.id.in_(leaving))))
    stay = set(session.scalars(select(Membership.team_id).where(Membership.team_id.in_(teams), Membership.id.not_in(leaving))))
    return set(teams - stay)


def _teams_that_lose_submissions(session: Session, found: Ids) -> set[int]:
    """Teams that stay, and of whose submissions some go."""
    lost = select(Submission.team_id).where(Submission.id.in_(found.get(_table(Submission), set())))
    return set(session.scalars(lost)) - found.get(_table(Team), set())


def _prefixes(session: Session, found: Ids) -> list[str]:
    """Where the object store keeps what belongs to these rows."""
    experiments = session.scalars(select(Experiment.key).where(Experiment.id.in_(found.get(_table(Experiment), set()))))
    models = session.scalars(select(ModelUpload.stored_name).where(ModelUpload.id.in_(found.get(_table(ModelUpload), set()))))
    return [*(f"experiments/{key}/" for key in experiments), *(f"models/{name}/" for name in models)]


def _delete(session: Session, found: Ids, spared: Table | None) -> None:
    teams = found.get(_table(Team), set())
    session.execute(update(Team).where(Team.merged_into_id.in_(teams)).values(merged_into_id=None))
    for table in reversed(Base.metadata.sorted_tables):
        own: Iterable[ColumnElement[bool]] = [table.c.id.in_(found[table])] if table in found else _conditions(table, found)
        if table is not spared and (conditions := list(own)):
            session.execute(delete(table).where(or_(*conditions)))


def _table(model: type[Base]) -> Table:
    table: Table = model.__table__  # type: ignore[assignment]
    return table
