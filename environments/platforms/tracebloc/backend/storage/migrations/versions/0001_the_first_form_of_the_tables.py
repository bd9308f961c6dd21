"""The first form of the tables."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

revision = "0001"
down_revision = None

NAME = String(255)
LONG_TEXT = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """To this form: what others point to first."""
    for make in (
        _accounts,
        _device_codes,
        _model_uploads,
        _secure_environments,
        _use_cases,
        _access_tokens,
        _datasets,
        _ingest_failures,
        _teams,
        _use_case_domains,
        _attached_datasets,
        _experiments,
        _invitations,
        _memberships,
        _merge_requests,
        _cycles,
        _flops_reports,
        _outgoing_messages,
        _pods,
        _submissions,
        _environment_scores,
        _epochs,
    ):
        make()


def downgrade() -> None:
    """Back to nothing."""
    for table in (
        "epochs",
        "environment_scores",
        "submissions",
        "pods",
        "outgoing_messages",
        "flops_reports",
        "cycles",
        "merge_requests",
        "memberships",
        "invitations",
        "experiments",
        "attached_datasets",
        "use_case_domains",
        "teams",
        "ingest_failures",
        "datasets",
        "access_tokens",
        "use_cases",
        "secure_environments",
        "model_uploads",
        "device_codes",
        "accounts",
    ):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        Column("id", Integer, primary_key=True),
        Column("email", NAME, nullable=False, unique=True),
        Column("password_hash", NAME, nullable=False),
        Column("first_name", NAME, nullable=False),
        Column("last_name", NAME, nullable=False),
        Column("verification_hash", NAME, nullable=True, unique=True),
    )


def _device_codes() -> None:
    op.create_table(
        "device_codes",
        Column("device_code_hash", NAME, primary_key=True),
        Column("user_code", NAME, nullable=False, unique=True),
        Column("expires_at", Double, nullable=False),
        Column("asked_at", Double, nullable=True),
        Column("account_id", Integer, ForeignKey("accounts.id"), nullable=True),
        Column("denied", Boolean, nullable=False),
    )


def _model_uploads() -> None:
    op.create_table(
        "model_uploads",
        Column("id", Integer, primary_key=True),
        Column("owner_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
        Column("stored_name", NAME, nullable=False, unique=True),
        Column("name", NAME, nullable=False),
        Column("file_type", NAME, nullable=False),
        Column("header", JSON, nullable=False),
        Column("weights_suffix", NAME, nullable=True),
        Column("has_tokenizer", Boolean, nullable=False),
        Column("fetchable", Boolean, nullable=False),
        Column("created_at", Double, nullable=False),
    )


def _secure_environments() -> None:
    op.create_table(
        "secure_environments",
        Column("id", Integer, primary_key=True),
        Column("client_id", NAME, nullable=False, unique=True),
        Column("password_hash", NAME, nullable=False),
        Column("owner_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
        Column("name", NAME, nullable=False),
        Column("location", NAME, nullable=True),
        Column("cluster_id", NAME, nullable=True, index=True),
        Column("namespace", NAME, nullable=True),
        Column("revoked", Boolean, nullable=False),
        Column("login_seconds", Double, nullable=True),
        Column("heartbeat_at", Double, nullable=True),
        Column("heartbeat", JSON, nullable=True),
    )


def _use_cases() -> None:
    op.create_table(
        "use_cases",
        Column("id", Integer, primary_key=True),
        Column("key", NAME, nullable=False, unique=True),
        Column("owner_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
        Column("title", NAME, nullable=False),
        Column("task", NAME, nullable=False),
        Column("description", Text, nullable=False),
        Column("rules", Text, nullable=False),
        Column("private", Boolean, nullable=False),
        Column("allow_feature_modification", Boolean, nullable=False),
        Column("restricted", Boolean, nullable=False),
        Column("published", Boolean, nullable=False),
        Column("metric", NAME, nullable=True),
        Column("higher_is_better", Boolean, nullable=False),
        Column("budget_flops", BigInteger, nullable=True),
        Column("round_seconds", Double, nullable=False),
        Column("quorum", Double, nullable=False),
        Column("training_dataset_key", NAME, nullable=True, unique=True),
        Column("test_dataset_key", NAME, nullable=True, unique=True),
        Index("open_to_everybody", "published", "private", "restricted", "id"),
    )


def _access_tokens() -> None:
    op.create_table(
        "access_tokens",
        Column("token_hash", NAME, primary_key=True),
        Column("account_id", Integer, ForeignKey("accounts.id"), nullable=True),
        Column("environment_id", Integer, ForeignKey("secure_environments.id"), nullable=True),
        Column("created_at", Double, nullable=False),
        Column("expires_at", Double, nullable=False, index=True),
    )


def _datasets() -> None:
    op.create_table(
        "datasets",
        Column("id", Integer, primary_key=True),
        Column("key", NAME, nullable=False, unique=True),
        Column("owner_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
        Column("environment_id", Integer, ForeignKey("secure_environments.id"), nullable=False, index=True),
        Column("ingestor_id", NAME, nullable=False),
        Column("table_name", NAME, nullable=False),
        Column("physical_table", NAME, nullable=True),
        Column("title", NAME, nullable=False),
        Column("data_format", NAME, nullable=False),
        Column("intent", NAME, nullable=False),
        Column("category", NAME, nullable=False),
        Column("schema", JSON, nullable=False),
        Column("labels", JSON, nullable=False),
        Column("samples", JSON, nullable=False),
        Column("meta_data", JSON, nullable=False),
        Column("record_count", BigInteger, nullable=False),
        Column("size_bytes", BigInteger, nullable=True),
        UniqueConstraint("owner_id", "ingestor_id"),
    )


def _ingest_failures() -> None:
    op.create_table(
        "ingest_failures",
        Column("id", Integer, primary_key=True),
        Column("environment_id", Integer, ForeignKey("secure_environments.id"), nullable=False, index=True),
        Column("ingestor_id", NAME, nullable=False),
        Column("reason", NAME, nullable=False),
    )


def _teams() -> None:
    op.create_table(
        "teams",
        Column("id", Integer, primary_key=True),
        Column("use_case_id", Integer, ForeignKey("use_cases.id"), nullable=False),
        Column("name", NAME, nullable=False),
        Column("budgets", Integer, nullable=False),
        Column("flops_spent", BigInteger, nullable=False),
        Column("merged_into_id", Integer, ForeignKey("teams.id"), nullable=True),
        Column("best_score", Double, nullable=True),
        Column("best_number", Integer, nullable=True),
        UniqueConstraint("use_case_id", "name"),
        Index("leaderboard_asc", "use_case_id", text("best_score ASC"), "best_number"),
        Index("leaderboard_desc", "use_case_id", text("best_score DESC"), "best_number"),
    )


def _use_case_domains() -> None:
    op.create_table(
        "use_case_domains",
        Column("use_case_id", Integer, ForeignKey("use_cases.id"), primary_key=True),
        Column("domain", NAME, primary_key=True),
        Index("use_cases_of_a_domain", "domain", "use_case_id"),
    )


def _attached_datasets() -> None:
    op.create_table(
        "attached_datasets",
        Column("use_case_id", Integer, ForeignKey("use_cases.id"), primary_key=True),
        Column("dataset_id", Integer, ForeignKey("datasets.id"), primary_key=True),
    )


def _experiments() -> None:
    op.create_table(
        "experiments",
        Column("id", Integer, primary_key=True),
        Column("key", NAME, nullable=False, unique=True),
        Column("use_case_id", Integer, ForeignKey("use_cases.id"), nullable=False),
        Column("team_id", Integer, ForeignKey("teams.id"), nullable=False, index=True),
        Column("model_id", Integer, ForeignKey("model_uploads.id"), nullable=False),
        Column("name", NAME, nullable=False),
        Column("run_kind", NAME, nullable=False),
        Column("cycles", Integer, nullable=False),
        Column("epochs", Integer, nullable=False),
        Column("plan", JSON, nullable=False),
        Column("form", JSON, nullable=False),
        Column("status", Integer, nullable=False, index=True),
        Column("category", NAME, nullable=True),
        Column("reason", Text, nullable=True),
        Column("flops", BigInteger, nullable=False),
        Column("grams_co2e", Double, nullable=False),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        Column("id", Integer, primary_key=True),
        Column("use_case_id", Integer, ForeignKey("use_cases.id"), nullable=False),
        Column("email", NAME, nullable=False),
        Column("team_id", Integer, ForeignKey("teams.id"), nullable=True),
        Column("made_at", Double, nullable=False),
        UniqueConstraint("use_case_id", "email"),
        Index("invitations_of_a_person", "email", "use_case_id"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        Column("id", Integer, primary_key=True),
        Column("use_case_id", Integer, ForeignKey("use_cases.id"), nullable=False),
        Column("team_id", Integer, ForeignKey("teams.id"), nullable=False, index=True),
        Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
        UniqueConstraint("use_case_id", "account_id"),
        Index("memberships_of_a_person", "account_id", "use_case_id"),
    )


def _merge_requests() -> None:
    op.create_table(
        "merge_requests",
        Column("id", Integer, primary_key=True),
        Column("asking_id", Integer, ForeignKey("teams.id"), nullable=False),
        Column("asked_id", Integer, ForeignKey("teams.id"), nullable=False, index=True),
        UniqueConstraint("asking_id", "asked_id"),
    )


def _cycles() -> None:
    op.create_table(
        "cycles",
        Column("id", Integer, primary_key=True),
        Column("experiment_id", Integer, ForeignKey("experiments.id"), nullable=False),
        Column("number", Integer, nullable=False),
        Column("status", NAME, nullable=False),
        Column("metrics", JSON, nullable=False),
        Column("rows", JSON, nullable=False),
        Column("weights_key", NAME, nullable=True),
        Column("begun_at", Double, nullable=False),
        Column("closing", Boolean, nullable=False),
        UniqueConstraint("experiment_id", "number"),
    )


def _flops_reports() -> None:
    op.create_table(
        "flops_reports",
        Column("experiment_id", Integer, ForeignKey("experiments.id"), primary_key=True),
        Column("client_id", NAME, primary_key=True),
        Column("pod", NAME, primary_key=True),
        Column("cycle", Integer, nullable=False),
        Column("flops", BigInteger, nullable=False),
        Column("grams_co2e", Double, nullable=False),
    )


def _outgoing_messages() -> None:
    op.create_table(
        "outgoing_messages",
        Column("id", Integer, primary_key=True),
        Column("message_id", NAME, nullable=False, unique=True),
        Column("experiment_id", Integer, ForeignKey("experiments.id"), nullable=False, index=True),
        Column("submission_id", NAME, nullable=True),
        Column("queue", NAME, nullable=False),
        Column("body", LONG_TEXT, nullable=False),
        Column("noted_at", Double, nullable=False),
        Column("kept", Boolean, nullable=False),
        Column("sent", Boolean, nullable=False, index=True),
    )


def _pods() -> None:
    op.create_table(
        "pods",
        Column("id", Integer, primary_key=True),
        Column("experiment_id", Integer, ForeignKey("experiments.id"), nullable=False),
        Column("client_id", NAME, nullable=False),
        Column("name", NAME, nullable=False),
        Column("cycle", Integer, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("kind", NAME, nullable=False),
        Column("submission_id", NAME, nullable=True),
        Column("phase", NAME, nullable=False),
        Column("exit_code", Integer, nullable=True),
        Column("reason", Text, nullable=True),
        UniqueConstraint("experiment_id", "client_id", "name"),
    )


def _submissions() -> None:
    op.create_table(
        "submissions",
        Column("number", Integer, primary_key=True),
        Column("id", NAME, nullable=False, unique=True),
        Column("experiment_id", Integer, ForeignKey("experiments.id"), nullable=False, index=True),
        Column("team_id", Integer, ForeignKey("teams.id"), nullable=False),
        Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
        Column("cycle", Integer, nullable=False),
        Column("status", NAME, nullable=False),
        Column("score", Double, nullable=True),
        Column("reason", Text, nullable=True),
        Column("created_at", Double, nullable=False),
        Index("submissions_of_a_day", "team_id", "created_at"),
        Index("submissions_of_a_team", "team_id", "number"),
    )


def _environment_scores() -> None:
    op.create_table(
        "environment_scores",
        Column("submission_id", NAME, ForeignKey("submissions.id"), primary_key=True),
        Column("client_id", NAME, primary_key=True),
        Column("rows", Integer, nullable=False),
        Column("score", Double, nullable=False),
    )


def _epochs() -> None:
    op.create_table(
        "epochs",
        Column("cycle_id", Integer, ForeignKey("cycles.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("client_id", NAME, primary_key=True),
        Column("metrics", JSON, nullable=False),
    )
