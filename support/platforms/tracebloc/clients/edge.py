"""A secure environment's side of the platform, spoken by a scenario instead of an installed client.

It logs in with its Client ID and speaks the platform's real HTTP and queues; what it says it measured is the scenario's.

Source: tracebloc client chart 1.9.62 (login and its connection strings), tracebloc-ingestor 0.8.94 (summary of an ingest); heartbeats, pods
and payloads are our choice.
"""

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    FLOPS_QUEUE,
    RESULTS_QUEUE,
    ScoreSubmission,
    StopTraining,
    TrainCycle,
    experiments_message,
    experiments_queue,
)
from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.platforms.tracebloc.clients.backend import BackendClient, Json
from support.platforms.tracebloc.clients.clock import PlatformClock
from support.redaction import learn_secret

if TYPE_CHECKING:
    from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender

CONNECTION_STRINGS = {RESULTS_QUEUE: "results_conn_str", FLOPS_QUEUE: "flops_conn_str", AVERAGING_QUEUE: "averaging_conn_str"}
WORK = "experiments_queue_conn_str"


class EdgeClient(BackendClient):
    """One secure environment that is logged in; what it is told to do is in `work` and `stopped`, in the order it came."""

    def __init__(self, backend_url: str, client_id: str, client_password: SecretStr, clock: PlatformClock | None = None) -> None:
        super().__init__(backend_url, clock=clock)
        self.client_id = client_id
        self.work: list[TrainCycle | ScoreSubmission] = []
        self.stopped: list[str] = []
        self._login = self.log_in(client_id, client_password.get_secret_value())
        learn_secret(self._login["token"])
        for name in (WORK, *CONNECTION_STRINGS.values()):
            learn_secret(self._login[name])
        self._senders: dict[str, QueueSender] = {}
        self._consumer: QueueConsumer | None = None

    @property
    def work_connection_string(self) -> SecretStr:
        """For the queue of its work alone."""
        return SecretStr(self._login[WORK])

    @property
    def connection_strings(self) -> dict[str, SecretStr]:
        """All that its login gave it, by the queue that each is for."""
        from environments.platforms.tracebloc.messaging.queues import queue_of

        strings = [self._login[name] for name in (WORK, *CONNECTION_STRINGS.values())]
        return {queue_of(string): SecretStr(string) for string in strings}

    def heartbeat(self, interval_seconds: float, processors: int = 2, memory_gb: int = 4) -> None:
        """Say that it lives, in how many seconds it will say so again, and what machine it is."""
        measured = {"cpu_percent": 1.0, "cpu_count": processors, "memory_used_bytes": 1 << 30, "memory_total_bytes": memory_gb << 30}
        self._send("POST", "/edge-device/heartbeat/", json={**measured, "interval_seconds": interval_seconds})

    def register_dataset(self, table: str, summary: dict[str, Any]) -> str:
        """Tell of an ingested dataset as the ingestor does; returns its key."""
        return str(self._object("POST", f"/global_meta/summary/{table}/", json=summary)["dataset_key"])

    def told_of(self, ingestion: str) -> Json:
        """What the platform knows of a dataset, as an ingestor asks that counts it anew."""
        return self._object("GET", f"/global_meta/metadata_backfill/by-ingestor/{ingestion}/")

    def tell_again(self, table: str, columns: dict[str, Any]) -> Json:
        """Tell the columns of a table's datasets anew."""
        return self._object("POST", f"/global_meta/metadata_backfill/{table}/", json={"schema": columns, "meta_data": {}})

    def tell_failure(self, ingestion: str, reason: str) -> None:
        """Tell that an ingestion ended without a dataset."""
        self._send("POST", "/global_meta/ingest_failure/", json={"ingestor_id": ingestion, "reason": reason})

    def state_of(self, experiment_key: str) -> Json:
        """Whether an experiment has ended, as its jobs-manager asks."""
        return self._object("GET", f"/edge-device/experiments/{experiment_key}/")

    def report_pod(self, work: TrainCycle | ScoreSubmission, phase: str, exit_code: int | None = None) -> None:
        """Tell what became of the pod that does some work."""
        kind, attempt, submission = "score", 1, None
        if isinstance(work, TrainCycle):
            kind, attempt = "train", work.attempt
        else:
            submission = work.submission_id
        self._send(
            "POST",
            "/edge-device/pods/",
            json={
                "name": self.pod_of(work),
                "experiment_key": work.experiment_key,
                "cycle": work.cycle,
                "attempt": attempt,
                "kind": kind,
                "submission_id": submission,
                "phase": phase,
                "exit_code": exit_code,
            },
        )

    @staticmethod
    def pod_of(work: TrainCycle | ScoreSubmission) -> str:
        """The name of the pod that does some work."""
        if isinstance(work, TrainCycle):
            return f"train-{work.experiment_key}-c{work.cycle}-a{work.attempt}"
        return f"score-{work.submission_id}"

    def connect_queues(self) -> None:
        """Begin to take its work off its queue, and open the others in the background; needed before `tell`."""
        # the SDK of the queues takes long to import, and most scenarios need none of it
        from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender, QueueUnavailable, queue_of

        def open_ahead(sender: QueueSender) -> None:
            # whoever sends opens it again, and is told why it cannot be
            with suppress(QueueUnavailable, OSError):
                sender.open()

        self._consumer = QueueConsumer(self._login[WORK], experiments_queue(self.client_id), self._take)
        self._consumer.start()
        self._senders = {queue: QueueSender(self._login[name], queue_of(self._login[name])) for queue, name in CONNECTION_STRINGS.items()}
        for sender in self._senders.values():
            threading.Thread(target=open_ahead, args=[sender], daemon=True).start()

    def tell(self, queue: str, message: BaseModel, message_id: str) -> None:
        """Put a message into one of the platform's queues; raises QueueUnavailable."""
        self._senders[queue].send(message, message_id)
        record(Kind.QUEUE, f"{queue}: {self.client_id} sent {message_id}", message.model_dump_json(), service="service_bus")

    def close(self) -> None:
        """Take no further work and close the connections."""
        if self._consumer is not None:
            self._consumer.stop()
        for sender in self._senders.values():
            sender.close()
        super().close()

    def _take(self, body: str) -> None:
        message = experiments_message.validate_json(body)
        record(Kind.QUEUE, f"{experiments_queue(self.client_id)}: {message.kind} was taken", body, service="service_bus")
        if isinstance(message, StopTraining):
            self.stopped.append(message.experiment_key)
        else:
            self.work.append(message)
