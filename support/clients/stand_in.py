"""A stand-in for a secure environment: it takes the work and hands in results, and trains nothing. All it talks to is real.

It plays the jobs-manager (work, tokens of jobs), the training jobs (epochs, costs, weights, scores) and the pods-monitor (reports).

Source: our choice for the payloads (`environments/reference_platform/messages.py`, `pod_token.py`).
"""

import time
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from environments.reference_platform.messages import ScoreSubmission, TrainCycle, experiments_queue
from environments.reference_platform.pod_token import PodClaims, mint
from support.clients.edge import EdgeSession
from support.clients.requests_proxy import RequestsProxyClient
from support.clients.work_queue import WorkQueue
from support.redaction import learn_secret

Work = TrainCycle | ScoreSubmission

VALIDATION_SHARE = 0.2
FLOPS_A_ROW = 1_000_000
GRAMS_CO2E = 0.25
SECONDS_A_TOKEN_LASTS = 3600.0


@dataclass(frozen=True)
class TrainingJob:
    """One training or scoring job that the stand-in plays."""

    name: str
    work: Work
    requests_proxy: RequestsProxyClient


class StandIn:
    """One secure environment, played from outside its cluster."""

    def __init__(self, client_id: str, backend_url: str, requests_proxy_url: str, signing_secret: SecretStr) -> None:
        self.client_id = client_id
        self.rows: dict[str, int] = {}
        self._backend = EdgeSession(backend_url)
        self._requests_proxy_url = requests_proxy_url
        self._signing_secret = signing_secret
        self._queue: WorkQueue | None = None
        self._jobs: list[TrainingJob] = []

    def log_in(self, password: SecretStr) -> None:
        """Log in as the secure environment, and begin to receive its work."""
        answer = self._backend.log_in(self.client_id, password.get_secret_value())
        connection_string = str(answer["experiments_queue_conn_str"])
        for secret in (str(answer["token"]), connection_string):
            learn_secret(secret)
        self._queue = WorkQueue(SecretStr(connection_string), experiments_queue(self.client_id))

    def register_dataset(self, table: str, intent: str, rows: int, columns: list[str], classes: list[str]) -> str:
        """Tell of a dataset as the ingestor does after all rows are in; returns its key."""
        self.rows[intent] = rows
        described: dict[str, Any] = {column: {"dtype": "float", "null_encoding": "nan"} for column in columns}
        summary = {
            "ingestor_id": table,
            "labels": _spread(rows, classes),
            "dataset_title": table,
            "data_format": "tabular",
            "data_intent": intent,
            "category": "tabular_classification",
            "schema": described | {"label": {"dtype": "string", "null_encoding": "empty", "role": "target"}},
            "samples": [{"data_id": "1"}],
            "meta_data": {},
            "record_count": rows,
            "size_bytes": rows,
        }
        return self._backend.register_dataset(table, summary)

    @property
    def queue(self) -> WorkQueue:
        """The queue of its work; a LookupError before it has logged in."""
        if self._queue is None:
            raise LookupError(f"the stand-in {self.client_id} has not logged in")
        return self._queue

    @property
    def trained_rows(self) -> int:
        """Rows it trains on: all that the validation split leaves."""
        return round(self.rows["train"] * (1 - VALIDATION_SHARE))

    def begin_job(self, work: Work, token_lasts: float = SECONDS_A_TOKEN_LASTS) -> TrainingJob:
        """Begin the job of a piece of work with a token of its own (seconds), as the jobs-manager does, and report it as running."""
        kind, what = ("train", work.attempt) if isinstance(work, TrainCycle) else ("score", work.submission_id)
        name = f"{kind}-{work.experiment_key}-{work.cycle}-{what}"
        claims = PodClaims(pod=name, client_id=self.client_id, work=work, expires_at=time.time() + token_lasts)
        token = mint(claims, self._signing_secret.get_secret_value())
        learn_secret(token)
        job = TrainingJob(name, work, RequestsProxyClient(self._requests_proxy_url, SecretStr(token)))
        self._jobs.append(job)
        self.report(job, "Running")
        return job

    def report(self, job: TrainingJob, phase: str, exit_code: int | None = None) -> None:
        """Report a job's phase, as the pods-monitor does."""
        work = job.work
        report: dict[str, Any] = {"name": job.name, "experiment_key": work.experiment_key, "cycle": work.cycle, "phase": phase}
        if isinstance(work, TrainCycle):
            report |= {"kind": "train", "attempt": work.attempt}
        else:
            report |= {"kind": "score", "submission_id": work.submission_id}
        if exit_code is not None:
            report["exit_code"] = exit_code
        self._backend.report_job(report)

    def close(self) -> None:
        """Close all connections."""
        if self._queue is not None:
            self._queue.close()
        for job in self._jobs:
            job.requests_proxy.close()
        self._backend.close()


def canned_weights(seed: int, shape: tuple[int, int] = (3, 4)) -> bytes:
    """Weights of a small layer as safetensors, always the same for one seed."""
    import numpy
    from safetensors.numpy import save

    random = numpy.random.default_rng(seed)
    layer = {"layer.weight": random.normal(size=shape), "layer.bias": random.normal(size=shape[0])}
    return save({name: tensor.astype(numpy.float32) for name, tensor in layer.items()})


def _spread(rows: int, classes: list[str]) -> dict[str, int]:
    least, more = divmod(rows, len(classes))
    return {name: least + (number < more) for number, name in enumerate(classes)}
