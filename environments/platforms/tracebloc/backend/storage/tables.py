"""What the backend keeps. Times are unix seconds, compute is floating point operations (whole numbers)."""

import secrets
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from environments.platforms.tracebloc.backend import clock

FLOPS_PER_PETAFLOP = 10**15


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_hex(12)


class Base(DeclarativeBase):
    """Columns that say nothing else are short texts, JSON for dicts and lists; numbers are exact enough for times everywhere."""

    type_annotation_map = {  # noqa: RUF012
        str: String(255),
        float: Double,
        dict[str, Any]: JSON,
        dict[str, int]: JSON,
        dict[str, float]: JSON,
        list[str]: JSON,
        list[dict[str, str]]: JSON,
    }


class Account(Base):
    """A person who signed up."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    verification_hash: Mapped[str | None] = mapped_column(unique=True)

    @property
    def verified(self) -> bool:
        """Whether the e-mail address was proven to be theirs."""
        return self.verification_hash is None


class SecureEnvironment(Base):
    """A secure environment (edge): where data stays and training happens."""

    __tablename__ = "secure_environments"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(unique=True, default=new_key)
    password_hash: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    location: Mapped[str | None]
    cluster_id: Mapped[str | None] = mapped_column(index=True)
    namespace: Mapped[str | None]
    revoked: Mapped[bool] = mapped_column(default=False)
    login_seconds: Mapped[float | None] = mapped_column(doc="how long its logins last at most; none: as long as everybody's")
    heartbeat_at: Mapped[float | None]
    heartbeat: Mapped[dict[str, Any] | None]
    owner: Mapped[Account] = relationship()


class AccessToken(Base):
    """A login, of a person or of a secure environment; only the token's SHA-256 is kept."""

    __tablename__ = "access_tokens"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    environment_id: Mapped[int | None] = mapped_column(ForeignKey("secure_environments.id"))
    created_at: Mapped[float] = mapped_column(default=clock.now)
    expires_at: Mapped[float] = mapped_column(index=True)
    account: Mapped[Account | None] = relationship()
    environment: Mapped[SecureEnvironment | None] = relationship()


class Dataset(Base):
    """What the ingestor reported of one ingested dataset; the rows never leave the secure environment."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("owner_id", "ingestor_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_key)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    environment_id: Mapped[int] = mapped_column(ForeignKey("secure_environments.id"), index=True)
    ingestor_id: Mapped[str]
    table_name: Mapped[str]
    physical_table: Mapped[str | None]
    title: Mapped[str]
    data_format: Mapped[str]
    intent: Mapped[str]
    category: Mapped[str]
    schema: Mapped[dict[str, Any]]
    labels: Mapped[dict[str, int]]
    samples: Mapped[list[dict[str, str]]]
    meta_data: Mapped[dict[str, Any]]
    record_count: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    environment: Mapped[SecureEnvironment] = relationship(lazy="joined", innerjoin=True)


class UseCase(Base):
    """A question with its data, score, budget and collaborators."""

    __tablename__ = "use_cases"
    __table_args__ = (Index("open_to_everybody", "published", "private", "restricted", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_key)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    title: Mapped[str]
    task: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    rules: Mapped[str] = mapped_column(Text, default="")
    private: Mapped[bool] = mapped_column(default=True)
    allow_feature_modification: Mapped[bool] = mapped_column(default=False, doc="whether participants may combine columns into new ones")
    restricted: Mapped[bool] = mapped_column(default=False, doc="whether only people of some domains may enter")
    published: Mapped[bool] = mapped_column(default=False)
    metric: Mapped[str | None]
    higher_is_better: Mapped[bool] = mapped_column(default=True)
    budget_flops: Mapped[int | None] = mapped_column(BigInteger)
    round_seconds: Mapped[float] = mapped_column(default=86_400.0, doc="after which a cycle goes on without whoever is missing")
    quorum: Mapped[float] = mapped_column(default=0.5, doc="share of the participants that a cycle cannot go on without")
    training_dataset_key: Mapped[str | None] = mapped_column(unique=True)
    test_dataset_key: Mapped[str | None] = mapped_column(unique=True)
    owner: Mapped[Account] = relationship()
    attached: Mapped[list["AttachedDataset"]] = relationship(cascade="all, delete-orphan")
    domains: Mapped[list["UseCaseDomain"]] = relationship(order_by="UseCaseDomain.domain")
    invitations: Mapped[list["Invitation"]] = relationship(order_by="Invitation.id")
    teams: Mapped[list["Team"]] = relationship(order_by="Team.id", back_populates="use_case")

    def datasets(self, intent: str) -> list[Dataset]:
        """The attached datasets of one intent ("train" or "test"), in the order of their secure environments."""
        return sorted((a.dataset for a in self.attached if a.dataset.intent == intent), key=lambda dataset: dataset.environment.client_id)


class UseCaseDomain(Base):
    """A domain whose people may enter a use case; one that has none is open to every domain."""

    __tablename__ = "use_case_domains"
    __table_args__ = (Index("use_cases_of_a_domain", "domain", "use_case_id"),)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_cases.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True)


class AttachedDataset(Base):
    """A dataset of a use case."""

    __tablename__ = "attached_datasets"
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_cases.id"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)


# either way round, since an index that is read backwards would put the later of two equal ones first
_LEADERBOARDS = [
    Index(f"leaderboard_{order.lower()}", "use_case_id", text(f"best_score {order}"), "best_number") for order in ("ASC", "DESC")
]


class Team(Base):
    """Who works on a use case together, on one compute budget."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("use_case_id", "name"), *_LEADERBOARDS)
    id: Mapped[int] = mapped_column(primary_key=True)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_cases.id"))
    name: Mapped[str]
    budgets: Mapped[int] = mapped_column(default=1, doc="how many times the use case's budget: its own, and those of teams merged into it")
    flops_spent: Mapped[int] = mapped_column(BigInteger, default=0)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), doc="set on a team that is no more")
    best_score: Mapped[float | None] = mapped_column(doc="what the leaderboard shows")
    best_number: Mapped[int | None] = mapped_column(doc="the submission that scored it")
    use_case: Mapped[UseCase] = relationship(back_populates="teams")
    memberships: Mapped[list["Membership"]] = relationship(order_by="Membership.id", back_populates="team")

    def flops_allowed(self) -> int:
        """The team's whole budget."""
        return self.budgets * (self.use_case.budget_flops or 0)

    def flops_left(self) -> int:
        """What is left of the team's budget, never below zero."""
        return max(0, self.flops_allowed() - self.flops_spent)


class Membership(Base):
    """A person in a team; one team a use case."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("use_case_id", "account_id"), Index("memberships_of_a_person", "account_id", "use_case_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_cases.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    team: Mapped[Team] = relationship(back_populates="memberships")
    account: Mapped[Account] = relationship()


class Invitation(Base):
    """An e-mail address that may join a use case, perhaps into a certain team."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("use_case_id", "email"), Index("invitations_of_a_person", "email", "use_case_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_cases.id"))
    email: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    made_at: Mapped[float] = mapped_column(default=clock.now, doc="when it was made, or made again")


class ModelUpload(Base):
    """An uploaded model; its files are in the object store."""

    __tablename__ = "model_uploads"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    stored_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    file_type: Mapped[str] = mapped_column(doc='".py" or ".zip"')
    header: Mapped[dict[str, Any]] = mapped_column(doc="the literals at the top of the model file, by variable")
    weights_suffix: Mapped[str | None]
    has_tokenizer: Mapped[bool] = mapped_column(default=False)
    fetchable: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[float] = mapped_column(default=clock.now)

    def file_key(self) -> str:
        """Object key of the model file."""
        return f"models/{self.stored_name}/model{self.file_type}"

    def weights_key(self) -> str | None:
        """Object key of the uploaded weights, if there are any."""
        return f"models/{self.stored_name}/weights{self.weights_suffix}" if self.weights_suffix else None

    def tokenizer_key(self) -> str | None:
        """Object key of the uploaded tokenizer, if there is one."""
        return f"models/{self.stored_name}/tokenizer.json" if self.has_tokenizer else None


class ExperimentStatus(IntEnum):
    """Source: our choice; the displays Running, Averaging and Completed are in tracebloc's documents."""

    PENDING = 0
    RUNNING = 1
    AVERAGING = 2
    COMPLETED = 3
    FAILED = 4
    STOPPED = 5
    PAUSED = 6

    @property
    def display(self) -> str:
        """The status as people read it."""
        return self.name.capitalize()


class RunKind(StrEnum):
    """What an experiment does (Source: tracebloc SDK 1.2.63, `run_kind`)."""

    TRAINING = "training"
    INFERENCE = "inference"


class Experiment(Base):
    """A team's training of one model on one use case, or its inference-only run."""

    __tablename__ = "experiments"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_key)
    use_case_id: Mapped[int] = mapped_column(ForeignKey("use_cases.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model_uploads.id"))
    name: Mapped[str]
    run_kind: Mapped[str] = mapped_column(default=RunKind.TRAINING)
    cycles: Mapped[int]
    epochs: Mapped[int]
    plan: Mapped[dict[str, Any]] = mapped_column(doc="messages.TrainingPlan")
    form: Mapped[dict[str, Any]] = mapped_column(doc="what the SDK sent, as it sent it")
    status: Mapped[int] = mapped_column(default=ExperimentStatus.PENDING, index=True)
    category: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)
    flops: Mapped[int] = mapped_column(BigInteger, default=0)
    grams_co2e: Mapped[float] = mapped_column(default=0.0)
    # nearly everything about an experiment is asked of these two as well
    use_case: Mapped[UseCase] = relationship(lazy="joined", innerjoin=True)
    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    model: Mapped[ModelUpload] = relationship()
    cycle_results: Mapped[list["Cycle"]] = relationship(order_by="Cycle.number", cascade="all, delete-orphan")
    pods: Mapped[list["Pod"]] = relationship(order_by="Pod.id", cascade="all, delete-orphan")
    flops_reports: Mapped[list["FlopsReport"]] = relationship(cascade="all, delete-orphan")


class CycleStatus(StrEnum):
    """How far a cycle got."""

    RUNNING = "Running"
    AVERAGING = "Averaging"
    COMPLETED = "Completed"


class Cycle(Base):
    """One round of training in every secure environment, ended by averaging."""

    __tablename__ = "cycles"
    __table_args__ = (UniqueConstraint("experiment_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(default=CycleStatus.RUNNING)
    metrics: Mapped[dict[str, float]] = mapped_column(default=dict)
    rows: Mapped[dict[str, int]] = mapped_column(default=dict)
    weights_key: Mapped[str | None]
    begun_at: Mapped[float] = mapped_column(default=clock.now)
    closing: Mapped[bool] = mapped_column(default=False, doc="whether its time was up")
    epochs: Mapped[list["Epoch"]] = relationship(order_by="Epoch.number, Epoch.client_id", cascade="all, delete-orphan")


class Epoch(Base):
    """One epoch's metrics in one secure environment."""

    __tablename__ = "epochs"
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    metrics: Mapped[dict[str, float]]


class Pod(Base):
    """What pods-monitor reported of one pod."""

    __tablename__ = "pods"
    __table_args__ = (UniqueConstraint("experiment_id", "client_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    client_id: Mapped[str]
    name: Mapped[str]
    cycle: Mapped[int]
    attempt: Mapped[int]
    kind: Mapped[str]
    submission_id: Mapped[str | None]
    phase: Mapped[str]
    exit_code: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)


class FlopsReport(Base):
    """What one pod spent; its key is what makes it count once."""

    __tablename__ = "flops_reports"
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    pod: Mapped[str] = mapped_column(primary_key=True)
    cycle: Mapped[int]
    flops: Mapped[int] = mapped_column(BigInteger)
    grams_co2e: Mapped[float]


class SubmissionStatus(StrEnum):
    """How far a submission got."""

    PENDING = "Pending"
    SCORED = "Scored"
    FAILED = "Failed"


class Submission(Base):
    """A cycle handed in for scoring on the test datasets."""

    __tablename__ = "submissions"
    __table_args__ = (Index("submissions_of_a_team", "team_id", "number"), Index("submissions_of_a_day", "team_id", "created_at"))
    number: Mapped[int] = mapped_column(primary_key=True, doc="in the order in which they were made")
    id: Mapped[str] = mapped_column(unique=True, default=new_key)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    cycle: Mapped[int]
    status: Mapped[str] = mapped_column(default=SubmissionStatus.PENDING)
    score: Mapped[float | None]
    reason: Mapped[str | None] = mapped_column(Text, doc="why it failed")
    created_at: Mapped[float] = mapped_column(default=clock.now)
    experiment: Mapped[Experiment] = relationship()
    team: Mapped[Team] = relationship()
    account: Mapped[Account] = relationship()
    scores: Mapped[list["EnvironmentScore"]] = relationship(cascade="all, delete-orphan")


class EnvironmentScore(Base):
    """What a submission scored on one secure environment's test rows."""

    __tablename__ = "environment_scores"
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    rows: Mapped[int]
    score: Mapped[float]
