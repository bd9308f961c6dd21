"""One cycle's averaging, from a message that weights are ready to the message that the cycle is averaged.

Nothing is remembered between messages: what has arrived is what stands in the object store, so a message may come twice and the service may
be restarted at any point.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

import safetensors.numpy
from pydantic import BaseModel, TypeAdapter, ValidationError

from environments.reference_platform.averaging_service import averaging
from environments.reference_platform.averaging_service.averaging import Contribution, UnusableWeights
from environments.reference_platform.averaging_service.store import StoredWeights, WeightsStore
from environments.reference_platform.messages import (
    CycleAveraged,
    WeightsReady,
    WeightsRefused,
    averaged_weights_key,
    participant_weights_key,
)
from environments.reference_platform.queues import PoisonMessage

log = logging.getLogger(__name__)

_metrics = TypeAdapter(dict[str, float])
_rows = TypeAdapter(dict[str, int])


@dataclass(frozen=True)
class _Arrived:
    contribution: Contribution
    metrics: dict[str, float]
    version: str


class Rounds:
    """Handles the messages of the averaging queue; `announce(message, message_id)` sends to the results queue."""

    def __init__(self, store: WeightsStore, announce: Callable[[BaseModel, str], None]) -> None:
        self._store = store
        self._announce = announce

    def handle(self, body: str) -> None:
        """Average the cycle if these were the last weights it waited for; raises PoisonMessage for weights that cannot be averaged."""
        try:
            ready = WeightsReady.model_validate_json(body)
        except ValidationError as error:
            raise PoisonMessage(f"not a WeightsReady: {error.error_count()} errors") from error
        if ready.client_id not in ready.participants:
            raise PoisonMessage(f"{ready.client_id} takes no part in cycle {ready.cycle} of {ready.experiment_key}")
        averaged = self._already_averaged(ready)
        if averaged is None:
            averaged = self._average(ready)
        if averaged is not None:
            self._announce(averaged, f"averaged-{ready.experiment_key}-{ready.cycle}")
            log.info("cycle %s of %s is averaged over %s", ready.cycle, ready.experiment_key, averaged.rows)

    def _already_averaged(self, ready: WeightsReady) -> CycleAveraged | None:
        metadata = self._store.metadata(averaged_weights_key(ready.experiment_key, ready.cycle))
        if metadata is None or sorted(json.loads(metadata["participants"])) != sorted(ready.participants):
            return None
        return _announcement(ready, _rows.validate_json(metadata["rows"]), _metrics.validate_json(metadata["metrics"]))

    def _average(self, ready: WeightsReady) -> CycleAveraged | None:
        arrived = []
        # its own first: weights that cannot be read are refused at once, not when the last participant is through
        others = sorted(set(ready.participants) - {ready.client_id})
        for participant in (ready.client_id, *others):
            key = participant_weights_key(ready.experiment_key, ready.cycle, participant)
            stored = self._store.get(key)
            if stored is None:
                log.info("cycle %s of %s waits for the weights of %s", ready.cycle, ready.experiment_key, participant)
                return None
            try:
                arrived.append(_read(participant, stored))
            except UnusableWeights as error:
                self._refuse(ready, error, stored.version)
                return None
        arrived.sort(key=lambda each: each.contribution.participant)
        try:
            tensors = averaging.average([each.contribution for each in arrived])
        except UnusableWeights as error:
            version = next(each.version for each in arrived if each.contribution.participant == error.participant)
            self._refuse(ready, error, version)
            return None
        return self._keep(ready, arrived, safetensors.numpy.save(tensors))

    def _keep(self, ready: WeightsReady, arrived: list[_Arrived], content: bytes) -> CycleAveraged:
        rows = {each.contribution.participant: each.contribution.rows for each in arrived}
        metrics = averaging.row_weighted_metrics(list(rows.values()), [each.metrics for each in arrived])
        key = averaged_weights_key(ready.experiment_key, ready.cycle)
        self._store.put(key, content, {"rows": rows, "participants": sorted(rows), "metrics": metrics})
        return _announcement(ready, rows, metrics)

    def _refuse(self, ready: WeightsReady, error: UnusableWeights, version: str) -> None:
        refused = WeightsRefused(experiment_key=ready.experiment_key, cycle=ready.cycle, client_id=error.participant, reason=str(error))
        self._announce(refused, f"refused-{ready.experiment_key}-{ready.cycle}-{error.participant}-{version}")
        if error.participant == ready.client_id:
            raise PoisonMessage(f"weights of {error.participant} refused: {error}")
        log.warning("cycle %s of %s: weights of %s refused: %s", ready.cycle, ready.experiment_key, error.participant, error)


def _read(participant: str, stored: StoredWeights) -> _Arrived:
    try:
        rows = int(stored.metadata["rows"])
        metrics = _metrics.validate_json(stored.metadata["metrics"])
    except (KeyError, ValueError) as error:
        raise UnusableWeights(participant, "stored without usable rows and metrics") from error
    return _Arrived(averaging.read(participant, rows, stored.content), metrics, stored.version)


def _announcement(ready: WeightsReady, rows: dict[str, int], metrics: dict[str, float]) -> CycleAveraged:
    return CycleAveraged(
        experiment_key=ready.experiment_key,
        cycle=ready.cycle,
        weights_key=averaged_weights_key(ready.experiment_key, ready.cycle),
        rows=rows,
        metrics=metrics,
    )
