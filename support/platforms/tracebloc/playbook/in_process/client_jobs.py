"""Jobs that the jobs-manager makes and the pods-monitor tells of, by their own code, in this process, on a node that is written down.

Source: our choice (`environments/platforms/tracebloc/jobs_manager`, `pods_monitor`); the endpoint's answers: tracebloc client chart 1.9.62.
"""

import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle
from support.platforms.tracebloc.clients.written_node import AllSeen, WrittenNode
from support.platforms.tracebloc.playbook.in_process.written_work import scoring_work, training_work
from support.platforms.tracebloc.sample_data import sources
from support.platforms.tracebloc.scene import Scene

if TYPE_CHECKING:
    from environments.platforms.tracebloc.jobs_manager.settings import Settings

Work = TrainCycle | ScoreSubmission
ENDED_EXPERIMENT = "ended"
AWAY: Mapping[str, Callable[[], Exception]] = {
    "the cluster": lambda: AssertionError("the cluster says so by itself"),
    "the platform": lambda: httpx.ConnectError("nobody answers"),
    "the login": lambda: _login_refused(),
}
"""What an ingestion needs and cannot have."""


@dataclass
class JobsDesk:
    """The jobs-manager of one secure environment, with a node that keeps what is made."""

    settings: "Settings"
    node: WrittenNode = field(default_factory=WrittenNode)
    works: list[Work] = field(default_factory=list)
    logins: int = 0
    problem: Exception | None = None
    """What the platform answers whoever asks for a login; None: a new one each time."""

    def take(self, work: Work) -> None:
        """Work comes over the queue; of the experiments, the one called `ended` has."""
        from environments.platforms.tracebloc.jobs_manager.work import WorkStarter

        WorkStarter(self.settings, self.node, lambda key: key == ENDED_EXPERIMENT)(work.model_dump_json())

    def log_in(self) -> str:
        """A token from a login made now."""
        if self.problem is not None:
            raise self.problem
        self.logins += 1
        return f"login-{self.logins}"

    def ask(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Somebody with the environment's token asks for an ingestion; returns the status and what is said."""
        from fastapi.testclient import TestClient

        from environments.platforms.tracebloc.jobs_manager.api import application
        from environments.platforms.tracebloc.jobs_manager.ingestion import IngestionRuns

        runs = IngestionRuns(self.settings, self.node, self.log_in)
        with TestClient(application(runs, self.settings.ingestion_token)) as client:
            headers = {"Authorization": f"Bearer {self.settings.ingestion_token.get_secret_value()}"}
            answer = client.post("/internal/submit-ingestion-run", json=dict(body), headers=headers)
            return answer.status_code, answer.json()


def desk(scene: Scene, client_id: str) -> JobsDesk:
    """A secure environment's jobs-manager that has a folder for its shared volume and nothing else."""
    from environments.platforms.tracebloc.jobs_manager.settings import Settings

    shared = scene.folder / scene.names.unique("shared")
    shared.mkdir(parents=True)
    settings = Settings(
        backend_url=scene.addresses.backend_url,
        client_id=client_id,
        client_password=SecretStr(scene.names.password()),
        http_port=1,
        client_env="dev",
        ingestion_token=SecretStr(scene.names.password()),
        pod_token_signing_secret=SecretStr(scene.names.password()),
        requests_proxy_url="http://127.0.0.1:1",
        database_url=SecretStr("sqlite:///none.sqlite"),
        shared_folder=shared,
    )
    return JobsDesk(settings)


def work_of(row: Mapping[str, Any]) -> Work:
    """The work that a row of a table describes: experiment, kind, cycle, attempt, submission."""
    about = {"experiment": row["experiment"], "cycle": int(row["cycle"])}
    if row["kind"] == "score":
        return scoring_work(**about, submission=row["submission"])
    return training_work(**about, attempt=int(row["attempt"]))


def labels_of(work: Work, client_id: str) -> dict[str, str]:
    """By which everybody finds the pod of some work."""
    labels = {"workload": "training", "client-id": client_id, "experiment": work.experiment_key, "cycle": str(work.cycle)}
    if isinstance(work, TrainCycle):
        labels |= {"kind": "train", "attempt": str(work.attempt)}
    else:
        labels |= {"kind": "score", "attempt": "1", "submission": work.submission_id}
    return {f"tracebloc.io/{name}": value for name, value in labels.items()}


def variables_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """The environment of a Job's container."""
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return {variable["name"]: variable.get("value") for variable in container["env"]}


def told_by_the_monitor(client_id: str, looks: Sequence[Sequence[Mapping[str, Any]] | None]) -> Iterator[dict[str, Any]]:
    """What the pods-monitor has to report of pods as they are, look after look, in its order; None: the node does not answer."""
    from environments.platforms.tracebloc.launchers.launcher import Pod
    from environments.platforms.tracebloc.pods_monitor.__main__ import watch
    from environments.platforms.tracebloc.pods_monitor.reports import report_body

    def pod(row: Mapping[str, Any]) -> Pod:
        own = client_id if row["environment"] == "own" else f"{client_id}-other"
        if row["kind"] == "ingest":
            labels = {"tracebloc.io/workload": "ingestion", "tracebloc.io/client-id": own}
        else:
            labels = labels_of(work_of(row), own)
        said = {"exit_code": int(row["exit code"]) if row["exit code"] else None, "reason": row["the cluster says"] or None}
        return Pod.model_validate({"name": "-".join(labels.values()), "phase": row["phase"], "labels": labels} | said)

    changes: queue.SimpleQueue[Pod | None] = queue.SimpleQueue()
    node = WrittenNode(looks=[None if look is None else [pod(row) for row in look] for look in looks])
    with suppress(AllSeen):
        watch(node, client_id, changes)
    while not changes.empty():
        seen = changes.get()
        if seen is not None:
            yield report_body(seen)


def ingestion(scene: Scene, desk: JobsDesk, table: str) -> dict[str, Any]:
    """A configuration that a jobs-manager takes, of a table that is staged on its shared volume."""
    return configuration(scene, desk, "tabular classification", table)


def configuration(scene: Scene, desk: JobsDesk, category: str, table: str) -> dict[str, Any]:
    """The ingest.yaml of a toy dataset that is staged on the shared volume of a secure environment."""
    from support.platforms.tracebloc.playbook.ingestion.runs import PATHS

    staged = desk.settings.shared_folder / scene.names.unique("staged")
    staged.mkdir(parents=True)
    source = sources.make(category, staged, seed=1)
    seen = desk.settings.shared_mount / staged.relative_to(desk.settings.shared_folder)
    placed = {name: str(seen / value) if name in PATHS else value for name, value in source.config.items()}
    about = {"apiVersion": "tracebloc.io/v1", "kind": "IngestConfig", "category": source.category, "table": table, "intent": "train"}
    return about | placed


def refusal_of_outside(scene: Scene, category: str, kind: str) -> str:
    """What a jobs-manager answers to a configuration one of whose sources is not on the shared volume."""
    asked = desk(scene, "an-environment")
    config = configuration(scene, asked, category, "outside")
    if kind not in config:
        return f"a dataset for {category} has no {kind}"
    status, told = asked.ask({"ingest_config": config | {kind: "/etc/hostname"}, "idempotency_key": "outside"})
    return str(told["message"]) if status == httpx.codes.BAD_REQUEST else f"it answers {status}"


def resources_read(requests: str, limits: str, gpus: str) -> str:
    """What a training job asks for and may use, as the jobs-manager reads it, or why it does not take it."""
    from environments.platforms.tracebloc.jobs_manager.manifests import resources

    try:
        read = resources(requests, limits, gpus)
    except ValueError as error:
        return str(error)
    asked, most = (", ".join(f"{kind}={amount}" for kind, amount in sorted(read[which].items())) for which in ("requests", "limits"))
    return asked if asked == most else f"asks for {asked} and may use {most}"


def _login_refused() -> Exception:
    from environments.platforms.tracebloc.edge.login import LoginRefused

    return LoginRefused("authentication failed")
