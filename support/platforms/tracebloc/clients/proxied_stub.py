"""A stub participant that gets at the platform as its training jobs would: through a real requests-proxy, with the token of each job.

It takes the work and hands in results, and trains nothing. It plays the jobs-manager (work, tokens of jobs), the training jobs (epochs,
costs, weights, scores) and the pods-monitor (reports).

Source: our choice for the payloads and the token (`reference_platform/messages.py`, `pod_token.py`).
"""

import time
from dataclasses import dataclass, field

from pydantic import SecretStr

from environments.platforms.tracebloc.edge.pod_token import PodClaims, mint
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle, experiments_queue
from support.platforms.tracebloc.clients.edge import EdgeClient
from support.platforms.tracebloc.clients.requests_proxy import RequestsProxyClient
from support.platforms.tracebloc.clients.work_queue import WorkQueue
from support.redaction import learn_secret

Work = TrainCycle | ScoreSubmission

SECONDS_A_TOKEN_LASTS = 3600.0


@dataclass(frozen=True)
class Job:
    """One training or scoring job that the stub plays."""

    work: Work
    requests_proxy: RequestsProxyClient


@dataclass
class ProxiedStub:
    """One secure environment, played from outside its cluster."""

    edge: EdgeClient
    rows: dict[str, int]
    """Rows of its datasets, by intent."""
    requests_proxy_url: str
    signing_secret: SecretStr
    queue: WorkQueue = field(init=False)
    _jobs: list[Job] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queue = WorkQueue(self.edge.work_connection_string, experiments_queue(self.client_id))

    @property
    def client_id(self) -> str:
        """The Client ID of its secure environment."""
        return self.edge.client_id

    def begin_job(self, work: Work, token_lasts: float = SECONDS_A_TOKEN_LASTS) -> Job:
        """Begin the job of a piece of work, with a token of its own (seconds) as the jobs-manager makes it, and report it as running."""
        self.edge.report_pod(work, "Running")
        expires_at = time.time() + token_lasts
        claims = PodClaims(pod=self.edge.pod_of(work), client_id=self.client_id, work=work, expires_at=expires_at)
        token = mint(claims, self.signing_secret.get_secret_value())
        learn_secret(token)
        job = Job(work, RequestsProxyClient(self.requests_proxy_url, SecretStr(token)))
        self._jobs.append(job)
        return job

    def close(self) -> None:
        """Close all connections but the edge's own."""
        self.queue.close()
        for job in self._jobs:
            job.requests_proxy.close()


def canned_weights(seed: int, shape: tuple[int, int] = (3, 4)) -> bytes:
    """Weights of a small layer as safetensors, always the same for one seed."""
    import numpy
    from safetensors.numpy import save

    random = numpy.random.default_rng(seed)
    layer = {"layer.weight": random.normal(size=shape), "layer.bias": random.normal(size=shape[0])}
    return save({name: tensor.astype(numpy.float32) for name, tensor in layer.items()})


def filled_weights(size: int) -> bytes:
    """Weights as safetensors that take just so many bytes."""
    import numpy
    from safetensors.numpy import save

    numbers = size
    while (excess := len(content := save({"filler": numpy.zeros(numbers, dtype=numpy.uint8)})) - size) != 0:
        numbers -= excess
    return content
