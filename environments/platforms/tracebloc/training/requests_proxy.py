"""Client of the requests proxy, the only service a training pod talks to.

Source: our choice for the paths; public are the per-pod bearer token and that 401 means it has expired (tracebloc client docs).
"""

import json
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import ValidationError
from tenacity import RetryError, Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_exponential_jitter

from environments.network.direct_http import direct_client
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle, pod_work
from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on

SECONDS_TO_WAIT_FOR_THE_PROXY = 120
"""Long enough for an upgrade of the client, which starts it anew: a cycle that took hours is not thrown away for that."""


class RequestsProxyError(Exception):
    """The requests proxy refused a call or cannot be reached; the text never holds the token."""


@dataclass(frozen=True)
class Spent:
    """What a training cost."""

    flops: int
    grams_co2e: float


class RequestsProxy:
    """Speaks for one pod; 503 and connection errors are tried again for a while, 401 is final."""

    def __init__(self, url: str, token: str, retry_seconds: float = SECONDS_TO_WAIT_FOR_THE_PROXY) -> None:
        self._client = direct_client(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        away = () if is_on(TrainingSabotage.WEIGHTS_HANDED_IN_ONCE) else (httpx.codes.SERVICE_UNAVAILABLE,)
        self._retrying = Retrying(
            retry=retry_if_exception_type(httpx.TransportError) | retry_if_result(lambda response: response.status_code in away),
            stop=stop_after_delay(retry_seconds),
            wait=wait_exponential_jitter(initial=0.05, max=2, jitter=0.1),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._client.close()

    def work(self) -> TrainCycle | ScoreSubmission:
        """What this pod was made for."""
        try:
            return pod_work.validate_json(self._call("GET", "/v1/work").content)
        except ValidationError as error:
            raise RequestsProxyError(f"GET /v1/work: {error.error_count()} error(s) in the work") from error

    def model(self) -> tuple[str, bytes]:
        """Name (`model.py` or `model.zip`) and bytes of the uploaded model file."""
        response = self._call("GET", "/v1/model")
        return response.headers.get("X-File-Name", "model.py"), response.content

    def weights(self) -> bytes | None:
        """Weights to begin with or to score; None: the model's own."""
        return self._bytes_or_none("/v1/weights")

    def estimator(self) -> bytes | None:
        """A fitted scikit-learn estimator, pickled: only for the model process."""
        return self._bytes_or_none("/v1/estimator")

    def tokenizer(self) -> bytes | None:
        """The tokenizer.json that was uploaded with a model of texts: only for the model process."""
        return self._bytes_or_none("/v1/tokenizer")

    def epoch_finished(self, epoch: int, metrics: dict[str, float]) -> None:
        """Tell one epoch's metrics."""
        self._call("POST", "/v1/epochs", json={"epoch": epoch, "metrics": metrics})

    def spent(self, spent: Spent) -> None:
        """Tell what the pod spent."""
        self._call("POST", "/v1/flops", json=asdict(spent))

    def trained(self, rows: int, metrics: dict[str, float], spent: Spent, attachments: dict[str, bytes]) -> None:
        """Hand over the trained weights (and the estimator, if there is one), with what they cost."""
        files = {name: (name, content, "application/octet-stream") for name, content in attachments.items()}
        fields = {"rows": str(rows), "metrics": json.dumps(metrics), **{name: str(value) for name, value in asdict(spent).items()}}
        self._call("POST", "/v1/weights", data=fields, files=files)

    def scored(self, rows: int, score: float) -> None:
        """Tell what a submission scored here."""
        self._call("POST", "/v1/score", json={"rows": rows, "score": score})

    def _bytes_or_none(self, path: str) -> bytes | None:
        response = self._call("GET", path)
        return None if response.status_code == 204 else response.content

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            response: httpx.Response = self._retrying(self._client.request, method, path, **content)
        except RetryError as error:
            failure = error.last_attempt.exception()
            reason = type(failure).__name__ if failure else "HTTP 503"
            raise RequestsProxyError(f"{method} {path}: the requests proxy cannot be reached ({reason})") from error
        if response.status_code == 401:
            raise RequestsProxyError(f"{method} {path}: the pod token was refused: {_message(response)}")
        if response.is_error:
            raise RequestsProxyError(f"{method} {path}: HTTP {response.status_code}: {_message(response)}")
        return response


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase
