"""What a pod reports becomes a message; the same report always has the same message id, so that one sent twice can be told.

Source: our choice, but for the names of the queues `flops` and `experiments` (tracebloc client chart 1.9.62).
"""

import logging
from concurrent.futures import ThreadPoolExecutor

from pydantic import BaseModel, SecretStr

from environments.platforms.tracebloc.edge.login import EdgeLogin
from environments.platforms.tracebloc.edge.pod_token import PodClaims
from environments.platforms.tracebloc.messaging.messages import (
    EpochFinished,
    FlopsSpent,
    ScoreSubmission,
    SubmissionScored,
    TrainCycle,
    WeightsReady,
)
from environments.platforms.tracebloc.messaging.queues import QueueSender, QueueUnavailable, queue_of
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

log = logging.getLogger(__name__)


class Relay:
    """The three queues a pod's reports go to. Every method raises QueueUnavailable while the Service Bus is away."""

    def __init__(self, login: EdgeLogin) -> None:
        self._results, self._flops, self._averaging = map(_sender, (login.results_conn_str, login.flops_conn_str, login.averaging_conn_str))

    def open(self) -> None:
        """Open all three at the same time, ahead of the first message; one that cannot be opened is tried again with each message."""
        senders = (self._results, self._flops, self._averaging)
        with ThreadPoolExecutor(len(senders)) as pool:
            for opened in [pool.submit(sender.open) for sender in senders]:
                try:
                    opened.result()
                except QueueUnavailable as error:
                    log.warning("%s", error)

    def close(self) -> None:
        """Close the links."""
        for sender in (self._results, self._flops, self._averaging):
            sender.close()

    def epoch(self, claims: PodClaims, epoch: int, metrics: dict[str, float]) -> None:
        """One epoch's metrics, for the backend."""
        work = claims.work
        message = EpochFinished(
            experiment_key=work.experiment_key, cycle=work.cycle, epoch=epoch, client_id=claims.client_id, metrics=metrics
        )
        _pass_on(self._results, message, f"{claims.pod}:epoch-{epoch}")

    def flops(self, claims: PodClaims, flops: int, grams_co2e: float) -> None:
        """What the pod spent, for the backend."""
        spent = self.spending(claims, flops, grams_co2e)
        if spent is not None:
            _pass_on(self._flops, spent, f"{claims.pod}:flops")

    def spending(self, claims: PodClaims, flops: int, grams_co2e: float) -> FlopsSpent | None:
        """What the pod spent, as the backend counts it."""
        if is_on(EdgeSabotage.FLOPS_NOT_RELAYED):
            return None
        return FlopsSpent(
            experiment_key=claims.work.experiment_key,
            cycle=claims.work.cycle,
            client_id=claims.client_id,
            pod=claims.pod,
            flops=flops,
            grams_co2e=grams_co2e,
        )

    def weights(self, claims: PodClaims, work: TrainCycle, weights_key: str, rows: int, metrics: dict[str, float]) -> None:
        """The weights are stored, for the averaging service."""
        message = WeightsReady(
            experiment_key=work.experiment_key,
            cycle=work.cycle,
            client_id=claims.client_id,
            rows=rows,
            weights_key=weights_key,
            metrics=metrics,
            participants=work.participants,
        )
        _pass_on(self._averaging, message, f"{claims.pod}:weights")

    def score(self, claims: PodClaims, work: ScoreSubmission, rows: int, score: float) -> None:
        """What the submission scored here, for the backend."""
        message = SubmissionScored(
            experiment_key=work.experiment_key,
            cycle=work.cycle,
            submission_id=work.submission_id,
            client_id=claims.client_id,
            rows=rows,
            score=score,
        )
        _pass_on(self._results, message, f"{claims.pod}:score")


def _pass_on(sender: QueueSender, message: BaseModel, message_id: str) -> None:
    try:
        sender.send(message, message_id)
    except QueueUnavailable:
        if not is_on(EdgeSabotage.REPORT_TAKEN_WHILE_BUS_IS_AWAY):
            raise


def _sender(connection_string: SecretStr) -> QueueSender:
    secret = connection_string.get_secret_value()
    return QueueSender(secret, queue_of(secret))
