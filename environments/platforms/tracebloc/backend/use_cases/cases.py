"""Use cases: what the owner defines, publishes, and whom it lets in. Source: our choice, in the words of tracebloc's documents."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Select, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from environments.platforms.tracebloc.backend.accounts.authentication import Person, domain_of
from environments.platforms.tracebloc.backend.accounts.sign_up import Line, email_address
from environments.platforms.tracebloc.backend.data.datasets import features, own_dataset
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.requests.context import Context, Sent
from environments.platforms.tracebloc.backend.requests.pages import PageWanted, in_order
from environments.platforms.tracebloc.backend.storage.tables import (
    FLOPS_PER_PETAFLOP,
    Account,
    AttachedDataset,
    Dataset,
    Invitation,
    Membership,
    UseCase,
    UseCaseDomain,
    new_key,
)
from environments.platforms.tracebloc.backend.use_cases import invitations
from environments.platforms.tracebloc.common.descriptions import refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

# the most that fits a 64-bit number of floating point operations
_LARGEST_BUDGET = 9000

Title = Annotated[Line, Field(min_length=1)]
Prose = Annotated[str, Field(max_length=20_000)]
Domain = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,190}$")]


class NewUseCase(Sent):
    """The first step of defining a use case; `task` is the SDK's category."""

    title: Title
    task: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    description: Prose = ""
    private: bool = True
    allow_feature_modification: bool = False
    domains: list[Domain] = Field(default_factory=list, max_length=100)


class Score(Sent):
    """How submissions are ranked."""

    metric: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    higher_is_better: bool = True


class Rounds(Sent):
    """When a cycle goes on without participants that never answer."""

    deadline_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    quorum: Annotated[float, Field(gt=0, le=1)]


class ChangedUseCase(Sent):
    """What can be changed; what is absent stays."""

    title: Title | None = None
    description: Prose | None = None
    rules: Prose | None = None
    score: Score | None = None
    allow_feature_modification: bool | None = None
    rounds: Rounds | None = None
    budget_petaflops: Annotated[float, Field(ge=0, le=_LARGEST_BUDGET, allow_inf_nan=False)] | None = None


class Datasets(Sent):
    """Keys of the datasets to train and to test on."""

    training: list[str] = Field(max_length=100)
    test: list[str] = Field(max_length=100)


class Invitations(Sent):
    """Whom the owner invites."""

    emails: list[str] = Field(min_length=1, max_length=200)


def may_enter(session: Session, use_case: UseCase, person: Account) -> bool:
    """Whether somebody who is not a member may see and join: published, in an allowed domain, and invited if it is private."""
    if not use_case.published:
        return False
    invited = invitations.open_invitation(session, use_case, person.email) is not None
    allowed = {allowed.domain for allowed in use_case.domains}
    if allowed and domain_of(person.email) not in allowed and not is_on(BackendSabotage.OTHER_DOMAIN_LET_IN):
        return False
    return not use_case.private or invited or is_on(BackendSabotage.INVITATION_NOT_NEEDED)


def membership_of(session: Session, use_case: UseCase, person: Account) -> Membership | None:
    """The person's place in a team of the use case, if there is one."""
    return session.scalar(select(Membership).where(Membership.use_case_id == use_case.id, Membership.account_id == person.id))


def visible_use_case(session: Session, key: str, person: Account) -> UseCase:
    """A use case the person may see; Refusal 404 otherwise."""
    use_case = session.scalar(select(UseCase).where(UseCase.key == key))
    if use_case is None or not _sees(session, use_case, person):
        raise not_found("use case")
    return use_case


@router.post("/use-cases/", status_code=201)
def define(new: NewUseCase, person: Person, context: Context) -> dict[str, Any]:
    """A draft that only its owner sees."""
    domains = [UseCaseDomain(domain=domain) for domain in sorted({domain.lower() for domain in new.domains})]
    fields = {**new.model_dump(exclude={"domains"}), "domains": domains, "restricted": bool(domains)}
    with context.database.write() as session:
        use_case = UseCase(owner=session.get_one(Account, person.id), **fields)
        session.add(use_case)
        session.flush()
        return as_json(use_case, person)


@router.get("/use-cases/")
def list_visible(person: Person, context: Context, page: PageWanted) -> list[dict[str, Any]]:
    """What the caller may see, newest first, a page at a time."""
    with context.database.read() as session:
        numbers = page.of(session, *_ways_to_see(person))
        listed = select(UseCase).where(UseCase.id.in_(numbers)).options(joinedload(UseCase.owner), selectinload(UseCase.domains))
        return [as_json(use_case, person) for use_case in in_order(session.scalars(listed).all(), numbers)]


@router.get("/use-cases/{key}/")
def show(key: str, person: Person, context: Context) -> dict[str, Any]:
    """One use case."""
    with context.database.read() as session:
        return as_json(visible_use_case(session, key, person), person)


@router.patch("/use-cases/{key}/", responses=refusals(409))
def change(key: str, changed: ChangedUseCase, person: Person, context: Context) -> dict[str, Any]:
    """Words, rules, budget, rounds at any time; the score only while it is a draft, since submissions are ranked by it."""
    with context.database.write() as session:
        use_case = own_use_case(session, key, person)
        if changed.score is not None:
            if not is_on(BackendSabotage.SCORE_CHANGED_UNDER_SUBMISSIONS):
                _refuse_published(use_case, "its score")
            use_case.metric, use_case.higher_is_better = changed.score.metric, changed.score.higher_is_better
        if changed.rounds is not None:
            use_case.round_seconds, use_case.quorum = changed.rounds.deadline_seconds, changed.rounds.quorum
        ignored = (use_case.published and is_on(BackendSabotage.RAISED_BUDGET_IGNORED)) or (
            changed.budget_petaflops == 0 and is_on(BackendSabotage.BUDGET_OF_NOUGHT_IGNORED)
        )
        if changed.budget_petaflops is not None and not ignored:
            use_case.budget_flops = round(changed.budget_petaflops * FLOPS_PER_PETAFLOP)
        for field in ("title", "description", "rules", "allow_feature_modification"):
            if getattr(changed, field) is not None:
                setattr(use_case, field, getattr(changed, field))
        return as_json(use_case, person)


@router.put("/use-cases/{key}/datasets/", responses=refusals(409))
def attach_datasets(key: str, chosen: Datasets, person: Person, context: Context) -> dict[str, Any]:
    """Choose the datasets of a draft; it gets the keys under which participants link their models."""
    with context.database.write() as session:
        use_case = own_use_case(session, key, person)
        _refuse_published(use_case, "its datasets")
        by_intent = {
            "train": [_owned(session, dataset_key, person) for dataset_key in dict.fromkeys(chosen.training)],
            "test": [_owned(session, dataset_key, person) for dataset_key in dict.fromkeys(chosen.test)],
        }
        for intent, datasets in by_intent.items():
            _refuse_unfit(use_case, datasets, intent)
        together = [*by_intent["train"], *by_intent["test"]]
        compared = by_intent["train"] if is_on(BackendSabotage.UNLIKE_TEST_DATA_ATTACHED) else together
        if len({frozenset(features(dataset)) for dataset in compared}) > 1:
            raise Refusal(400, "FEATURES_DIFFER", "The datasets do not have the same feature columns.")
        if is_on(BackendSabotage.EARLIER_DATASETS_STAY_ATTACHED):
            together += [each.dataset for each in use_case.attached if each.dataset not in together]
        use_case.attached.clear()
        session.flush()
        use_case.attached.extend(AttachedDataset(dataset=dataset) for dataset in together)
        use_case.training_dataset_key = (use_case.training_dataset_key or new_key()) if by_intent["train"] else None
        use_case.test_dataset_key = (use_case.test_dataset_key or new_key()) if by_intent["test"] else None
        return as_json(use_case, person)


@router.post("/use-cases/{key}/invitations/", status_code=201, responses=refusals(409))
def invite(key: str, invited: Invitations, person: Person, context: Context) -> dict[str, list[str]]:
    """The owner lets people in by e-mail address, whether or not they have an account yet."""
    emails = list(dict.fromkeys(email_address(email) for email in invited.emails))
    with context.database.write() as session:
        use_case = own_use_case(session, key, person)
        for email in emails:
            invitations.invite(session, use_case, email)
    for email in emails:
        invitations.send_invitation(context, email, use_case, f"{person.email} invites you to work on a use case.")
    return {"emails": emails}


@router.post("/use-cases/{key}/publish/")
def publish(key: str, person: Person, context: Context) -> dict[str, Any]:
    """Open the use case to those it lets in; Refusal NOT_READY names all that is missing."""
    with context.database.write() as session:
        use_case = own_use_case(session, key, person)
        needed = {
            "description": use_case.description.strip(),
            "training datasets": use_case.training_dataset_key,
            "test datasets": use_case.test_dataset_key,
            "score": use_case.metric,
            "budget_petaflops": use_case.budget_flops is not None,
        }
        missing = [name for name, present in needed.items() if not present]
        if missing and not is_on(BackendSabotage.INCOMPLETE_USE_CASE_PUBLISHED):
            raise Refusal(400, "NOT_READY", f"Before publishing, this is missing: {', '.join(missing)}.", missing=missing)
        use_case.published = True
        return as_json(use_case, person)


def own_use_case(session: Session, key: str, person: Account) -> UseCase:
    """A use case of the caller's; 404 when it cannot be seen, 403 when it is somebody else's."""
    use_case = visible_use_case(session, key, person)
    if use_case.owner_id != person.id:
        raise Refusal(403, "NOT_THE_OWNER", "Only the owner of this use case may do that.")
    return use_case


def as_json(use_case: UseCase, person: Account) -> dict[str, Any]:
    """The use case as the caller may see it: e-mail addresses only for the owner."""
    owned = use_case.owner_id == person.id or is_on(BackendSabotage.ADDRESSES_SHOWN_TO_PARTICIPANTS)
    return {
        "key": use_case.key,
        "title": use_case.title,
        "task": use_case.task,
        "description": use_case.description,
        "rules": use_case.rules,
        "private": use_case.private,
        "allow_feature_modification": use_case.allow_feature_modification,
        "domains": [allowed.domain for allowed in use_case.domains],
        "status": "published" if use_case.published else "draft",
        "score": {"metric": use_case.metric, "higher_is_better": use_case.higher_is_better} if use_case.metric else None,
        "budget_petaflops": None if use_case.budget_flops is None else use_case.budget_flops / FLOPS_PER_PETAFLOP,
        "rounds": {"deadline_seconds": use_case.round_seconds, "quorum": use_case.quorum},
        "training_dataset_key": use_case.training_dataset_key,
        "test_dataset_key": use_case.test_dataset_key,
        "owner": use_case.owner.email if owned else " ".join((use_case.owner.first_name, use_case.owner.last_name)).strip() or None,
        "collaborators": [invitation.email for invitation in use_case.invitations] if owned else [],
    }


def _ways_to_see(person: Account) -> list[Select[int]]:
    """The use cases that `_sees` is true of, each way with an index of its own."""
    of_domain = select(UseCaseDomain.use_case_id).where(UseCaseDomain.domain == domain_of(person.email))
    any_domain, anybody = is_on(BackendSabotage.OTHER_DOMAIN_LET_IN), is_on(BackendSabotage.INVITATION_NOT_NEEDED)
    let_in = true() if any_domain else or_(UseCase.restricted.is_(False), UseCase.id.in_(of_domain))
    published = select(UseCase.id).where(UseCase.published)
    listed = select(UseCase.id) if is_on(BackendSabotage.DRAFT_SHOWN_TO_EVERYBODY) else published
    invited = select(Invitation.use_case_id).where(Invitation.email == person.email, invitations.still_open())
    ways = [
        select(UseCase.id).where(UseCase.owner_id == person.id),
        select(Membership.use_case_id).where(Membership.account_id == person.id),
        invited.join(UseCase).where(UseCase.published, let_in),
        listed.where(UseCase.private.is_(False), UseCase.restricted.is_(False)),
        of_domain.join(UseCase).where(UseCase.published, UseCase.private.is_(False)),
    ]
    if any_domain or anybody:
        ways.append(published.where(let_in, true() if anybody else UseCase.private.is_(False)))
    return ways


def _sees(session: Session, use_case: UseCase, person: Account) -> bool:
    return use_case.owner_id == person.id or may_enter(session, use_case, person) or membership_of(session, use_case, person) is not None


def _refuse_published(use_case: UseCase, what: str) -> None:
    if use_case.published:
        raise Refusal(409, "INVALID_STATE", f"The use case is published: {what} cannot be changed any more.")


def _owned(session: Session, key: str, person: Account) -> Dataset:
    dataset = own_dataset(session, key, person.id)
    if dataset is None:
        raise Refusal(400, "DATASET_NOT_FOUND", f"You have no dataset {key}.")
    return dataset


def _refuse_unfit(use_case: UseCase, datasets: list[Dataset], intent: str) -> None:
    for dataset in datasets:
        if dataset.intent != intent:
            raise Refusal(400, "WRONG_INTENT", f"Dataset {dataset.key} was ingested with the intent {dataset.intent}, not {intent}.")
        if dataset.category != use_case.task:
            raise Refusal(400, "CATEGORY_MISMATCH", f"Dataset {dataset.key} is for {dataset.category}, the use case for {use_case.task}.")
        if dataset.record_count < 1:
            raise Refusal(400, "EMPTY_DATASET", f"Dataset {dataset.key} has no rows.")
    if len({dataset.environment_id for dataset in datasets}) < len(datasets):
        words = "A use case takes one dataset of each intent from a secure environment."
        raise Refusal(400, "ONE_DATASET_PER_ENVIRONMENT", words)
