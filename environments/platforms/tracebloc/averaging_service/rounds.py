"""One cycle's averaging, from a message that weights are ready to the message that the cycle is averaged.

A round closes when the weights of all participants are there or, without those that are missing, when the backend says that its time is up.
Nothing is remembered between messages: what has arrived is what stands in the object store, so a message may come twice and the service may
be restarted at any point. Once there is an average, nothing that comes later changes it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import safetensors.numpy
from pydantic import BaseModel, TypeAdapter, ValidationError

from environments.platforms.tracebloc.averaging_service import averaging
from environments.platforms.tracebloc.averaging_service.averaging import Contribution, UnusableWeights
from environments.platforms.tracebloc.averaging_service.store import StoredWeights, WeightsStore
from environments.platforms.tracebloc.messaging.messages import (
    CloseRound,
    CycleAveraged,
    FlopsSpent,
    RoundFailed,
    WeightsReady,
    WeightsRefused,
    averaged_weights_key,
    averaging_message,
    participant_weights_key,
)
from environments.platforms.tracebloc.messaging.queues import PoisonMessage
from environments.platforms.tracebloc.sabotages import AveragingSabotage, is_on

log = logging.getLogger(__name__)

_metrics = TypeAdapter(dict[str, float])
_rows = TypeAdapter(dict[str, int])

Message = WeightsReady | CloseRound


@dataclass(frozen=True)
class _Arrived:
    contribution: Contribution
    metrics: dict[str, float]
    spent: FlopsSpent | None


class Rounds:
    """Handles the messages of the averaging queue; `announce(message, message_id)` sends to the results queue."""

    def __init__(self, store: WeightsStore, announce: Callable[[BaseModel, str], None]) -> None:
        self._store = store
        self._announce = announce

    def handle(self, body: str) -> None:
        """Average the cycle if its round closes with this message; raises PoisonMessage for weights that cannot be averaged."""
        try:
            message = averaging_message.validate_json(body)
        except ValidationError as error:
            raise PoisonMessage(f"no message for the averaging service: {error.error_count()} errors") from error
        if isinstance(message, WeightsReady) and message.client_id not in message.participants:
            raise PoisonMessage(f"{message.client_id} takes no part in cycle {message.cycle} of {message.experiment_key}")
        try:
            averaged = self._already_averaged(message) or self._average(message)
        except UnusableWeights as error:
            self._refuse(message, error)
            return
        if averaged is not None:
            self._announce(averaged, f"averaged-{message.experiment_key}-{message.cycle}")
            log.info("cycle %s of %s is averaged over %s", message.cycle, message.experiment_key, averaged.rows)

    def _already_averaged(self, message: Message) -> CycleAveraged | None:
        metadata = self._store.metadata(averaged_weights_key(message.experiment_key, message.cycle))
        if metadata is None:
            return None
        rows = _rows.validate_json(metadata["rows"])
        stored = [self._store.metadata(participant_weights_key(message.experiment_key, message.cycle, client_id)) for client_id in rows]
        spent = [_spent(weights) for weights in stored if weights is not None]
        return _announcement(message, rows, _metrics.validate_json(metadata["metrics"]), spent)

    def _average(self, message: Message) -> CycleAveraged | None:
        arrived = self._everybody(message) if isinstance(message, WeightsReady) else self._whoever_is_there(message)
        if not arrived:
            return None
        arrived.sort(key=lambda each: each.contribution.participant)
        tensors = averaging.average([each.contribution for each in arrived])
        return self._keep(message, arrived, safetensors.numpy.save(tensors))

    def _everybody(self, ready: WeightsReady) -> list[_Arrived]:
        """All weights of the cycle; empty while some are missing."""
        arrived = []
        # its own first: weights that cannot be read are refused at once, not when the last participant is through
        for participant in (ready.client_id, *sorted(set(ready.participants) - {ready.client_id})):
            weights = self._arrived(ready, participant)
            if weights is None:
                log.info("cycle %s of %s waits for the weights of %s", ready.cycle, ready.experiment_key, participant)
                return []
            arrived.append(weights)
        return arrived

    def _whoever_is_there(self, closing: CloseRound) -> list[_Arrived]:
        """The weights that are there when the time is up; empty, and announced, when they are too few."""
        found = {participant: self._arrived(closing, participant) for participant in closing.participants}
        arrived = [weights for weights in found.values() if weights is not None]
        missing = sorted(participant for participant, weights in found.items() if weights is None)
        log.info("the time of cycle %s of %s is up; missing: %s", closing.cycle, closing.experiment_key, missing)
        if len(arrived) >= closing.quorum + is_on(AveragingSabotage.QUORUM_NEEDS_ONE_MORE):
            return arrived
        failed = RoundFailed(experiment_key=closing.experiment_key, cycle=closing.cycle, missing=missing, quorum=closing.quorum)
        self._announce(failed, f"failed-{closing.experiment_key}-{closing.cycle}")
        return []

    def _arrived(self, message: Message, participant: str) -> _Arrived | None:
        stored = self._store.get(participant_weights_key(message.experiment_key, message.cycle, participant))
        if stored is None and is_on(AveragingSabotage.LATE_WEIGHTS_TAKEN_INTO_THE_NEXT_CYCLE):
            stored = self._store.get(participant_weights_key(message.experiment_key, message.cycle - 1, participant))
        return None if stored is None else _read(participant, stored)

    def _keep(self, message: Message, arrived: list[_Arrived], content: bytes) -> CycleAveraged:
        rows = {each.contribution.participant: each.contribution.rows for each in arrived}
        metrics = averaging.row_weighted_metrics(list(rows.values()), [each.metrics for each in arrived])
        key = averaged_weights_key(message.experiment_key, message.cycle)
        self._store.put(key, content, {"rows": rows, "metrics": metrics})
        return _announcement(message, rows, metrics, [each.spent for each in arrived])

    def _refuse(self, message: Message, error: UnusableWeights) -> None:
        refused = WeightsRefused(experiment_key=message.experiment_key, cycle=message.cycle, client_id=error.participant, reason=str(error))
        self._announce(refused, f"refused-{message.experiment_key}-{message.cycle}-{error.participant}")
        if isinstance(message, WeightsReady) and error.participant == message.client_id:
            raise PoisonMessage(f"weights of {error.participant} refused: {error}")
        log.warning("cycle %s of %s: weights of %s refused: %s", message.cycle, message.experiment_key, error.participant, error)


def _read(participant: str, stored: StoredWeights) -> _Arrived:
    try:
        rows = int(stored.metadata["rows"])
        metrics = _metrics.validate_json(stored.metadata["metrics"])
        spent = _spent(stored.metadata)
    except (KeyError, ValueError) as error:
        raise UnusableWeights(participant, "stored without usable rows and metrics") from error
    return _Arrived(averaging.read(participant, rows, stored.content), metrics, spent)


def _spent(metadata: dict[str, str]) -> FlopsSpent | None:
    return FlopsSpent.model_validate_json(metadata["spent"]) if "spent" in metadata else None


def _announcement(message: Message, rows: dict[str, int], metrics: dict[str, float], spent: list[FlopsSpent | None]) -> CycleAveraged:
    return CycleAveraged(
        experiment_key=message.experiment_key,
        cycle=message.cycle,
        weights_key=averaged_weights_key(message.experiment_key, message.cycle),
        rows=rows,
        metrics=metrics,
        spent=[each for each in spent if each is not None],
    )
