"""Weights written down by hand, as files, and averaged by the platform's own code or by its running service."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    RESULTS_QUEUE,
    CycleAveraged,
    WeightsReady,
    averaged_weights_key,
    participant_weights_key,
)
from support.platforms.tracebloc.playbook.training.weights import Tensors, tensors_in
from support.platforms.tracebloc.scene import PLACES, Scene
from support.waiting import eventually

PARTICIPANTS = PLACES
CYCLE = 1
STRANGER = "uninvited"


@dataclass
class GoldenWeights:
    """Three participants' weights on disk, by participant; then what averaging them gave, or why and whose were refused."""

    rows: Mapping[str, int]
    files: Mapping[str, Path]
    averaged: Tensors | None = None
    refusal: str = ""
    refused: str = ""
    announced: CycleAveraged | None = None
    strangers_message: str = ""
    """By which the averaging service was told of weights of somebody who takes no part."""
    tensors: dict[str, dict[str, Any]] = field(default_factory=dict)


def write(folder: Path, rows: Iterable[int], table: Iterable[Mapping[str, str]]) -> GoldenWeights:
    """Write each participant's column of a table (tensor, type, first, second, third) as safetensors."""
    by_participant = dict(zip(PARTICIPANTS, rows, strict=True))
    golden = GoldenWeights(by_participant, {name: folder / f"{name}.safetensors" for name in PARTICIPANTS})
    listed = list(table)
    for name in PARTICIPANTS:
        golden.tensors[name] = {row["tensor"]: tensor(row[name], row["type"]) for row in listed}
        save(golden, name)
    return golden


def tensor(values: str, kind: str) -> Any:  # noqa: ANN401 (a numpy array)
    """A one-dimensional tensor from numbers separated by commas."""
    import numpy

    return numpy.array([float(value) for value in values.split(",")]).astype(kind)


def save(golden: GoldenWeights, participant: str) -> None:
    """Write a participant's tensors to its file."""
    from safetensors.numpy import save_file

    save_file(golden.tensors[participant], golden.files[participant])


def lack(golden: GoldenWeights, participant: str, name: str) -> None:
    """A participant's file without one of its tensors."""
    del golden.tensors[participant][name]
    save(golden, participant)


def shorten(golden: GoldenWeights, participant: str, name: str) -> None:
    """Only the first number of a tensor is in a participant's file."""
    golden.tensors[participant][name] = golden.tensors[participant][name][:1]
    save(golden, participant)


def retype(golden: GoldenWeights, participant: str, name: str) -> None:
    """A tensor is of another type in a participant's file."""
    golden.tensors[participant][name] = golden.tensors[participant][name].astype("float16")
    save(golden, participant)


def add(golden: GoldenWeights, participant: str, name: str) -> None:
    """A participant's file holds a tensor that the others' do not."""
    golden.tensors[participant][name] = tensor("1", "float32")
    save(golden, participant)


def spoil(golden: GoldenWeights, participant: str, name: str, value: str) -> None:
    """The last number of a tensor is none, or has no end, in a participant's file."""
    golden.tensors[participant][name][-1] = float(value)
    save(golden, participant)


def truncate(golden: GoldenWeights, participant: str) -> None:
    """A participant's file ends in the middle of its numbers."""
    file = golden.files[participant]
    file.write_bytes(file.read_bytes()[:-9])


def average_here(golden: GoldenWeights) -> None:
    """Average the files with the averaging service's own code, in this process."""
    from environments.platforms.tracebloc.averaging_service import averaging

    try:
        read = [averaging.read(name, golden.rows[name], file.read_bytes()) for name, file in golden.files.items()]
        golden.averaged = averaging.average(read)
    except averaging.UnusableWeights as error:
        golden.refused, golden.refusal = error.participant, str(error)


def average_by_the_service(scene: Scene, golden: GoldenWeights) -> None:
    """Store the files as one cycle's weights, tell the service that the last is ready, and wait for what it stores and announces."""
    key = scene.names.unique("experiment")
    scene.at_the_end(lambda: scene.object_store.delete(f"experiments/{key}/"))
    for name, file in golden.files.items():
        noted = {"rows": str(golden.rows[name]), "metrics": "{}"}
        scene.object_store.write(participant_weights_key(key, CYCLE, name), file.read_bytes(), noted)
    strangers = {"rows": str(10 * sum(golden.rows.values())), "metrics": "{}"}
    scene.object_store.write(participant_weights_key(key, CYCLE, STRANGER), golden.files[PARTICIPANTS[0]].read_bytes(), strangers)
    golden.strangers_message = f"weights-{key}-{STRANGER}"
    for client_id in (STRANGER, PARTICIPANTS[-1]):
        ready = WeightsReady(
            experiment_key=key,
            cycle=CYCLE,
            client_id=client_id,
            rows=golden.rows.get(client_id, 1),
            weights_key=participant_weights_key(key, CYCLE, client_id),
            metrics={},
            participants=list(PARTICIPANTS),
        )
        with scene.story.part(f"the averaging service is told that the weights of the {client_id} participant are ready"):
            scene.service_bus.send(AVERAGING_QUEUE, ready.model_dump_json(), f"weights-{key}-{client_id}")
    with scene.story.part("the averaged weights are stored"):
        stored = averaged_weights_key(key, CYCLE)
        eventually(f"the object {stored}", lambda: scene.object_store.keys(stored), _is_there)
        golden.averaged = tensors_in(scene.object_store.read(stored))
    with scene.story.part("the announcement is found among the backend's dead letters: it knows no such experiment"):
        announced = eventually("the announcement", lambda: scene.service_bus.take_dead_letter(RESULTS_QUEUE, key), _is_there)
        golden.announced = CycleAveraged.model_validate_json(announced or "")


def put_aside(scene: Scene, golden: GoldenWeights) -> str | None:
    """The message of the one who takes no part, among the dead letters of the averaging service; it is taken away with it."""
    experiment = golden.strangers_message.removeprefix("weights-").removesuffix(f"-{STRANGER}")
    return scene.service_bus.take_dead_letter(AVERAGING_QUEUE, experiment)


def _is_there(found: object) -> bool:
    """to be there"""
    return bool(found)


DEFECTS: Mapping[str, Callable[[GoldenWeights, str], None]] = {
    "lack layer.bias": lambda golden, participant: lack(golden, participant, "layer.bias"),
    "hold one layer.weight only": lambda golden, participant: shorten(golden, participant, "layer.weight"),
    "hold layer.bias in another type": lambda golden, participant: retype(golden, participant, "layer.bias"),
    "hold layer.extra besides": lambda golden, participant: add(golden, participant, "layer.extra"),
    "hold NaN in layer.weight": lambda golden, participant: spoil(golden, participant, "layer.weight", "nan"),
    "hold infinity in layer.weight": lambda golden, participant: spoil(golden, participant, "layer.weight", "-inf"),
    "end after some bytes": truncate,
}
