"""Models that try to get out of their pod, and what is to be seen of it.

Source: our choice (the ways that the invariants of the client chart's docs/SECURITY.md close).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.clients.notebook_calls import TrainingPlan
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.sample_data.break_outs import Target, lying_model, model_file
from support.platforms.tracebloc.scene import Person, Scene, Training

BAIT_TEXT = "a-row-of-another-dataset"
TRIUMPH = "BROKE OUT"


@dataclass(frozen=True)
class Bait:
    """The file that the models are after, and what the shared folder held when it was put there."""

    file: Path
    shared_files: dict[str, bytes]


def stage_bait(scene: Scene) -> None:
    """Put a file with a known text where the files of another dataset would be."""
    folder = _shared(scene) / scene.names.table("another dataset")
    folder.mkdir()
    (folder / "rows.csv").write_text(f"{BAIT_TEXT}\n", encoding="utf-8")
    scene.keep(Bait(folder / "rows.csv", shared_files(scene)))


def train_all(scene: Scene, person: Person, attempts: Iterable[str]) -> None:
    """Upload one model for each of these attempts and start its training; none is waited for."""
    mount = scene.environments[-1].client.shared_mount
    bait = mount / scene.kept(Bait).file.relative_to(_shared(scene))
    target = Target(file=bait, folder=mount, url=scene.addresses.backend_url, triumph=TRIUMPH)
    with scene.story.part(f"{person.role} logs in with the SDK"):
        person.sdk.log_in(person.email, person.password.get_secret_value())
    for attempt in attempts:
        _train(scene, person, attempt, model_file(attempt, target))


def train_liar(scene: Scene, person: Person) -> None:
    """Upload a model that lies about what it can do and what it cost, and wait until its training has ended."""
    with scene.story.part(f"{person.role} logs in with the SDK"):
        person.sdk.log_in(person.email, person.password.get_secret_value())
    _train(scene, person, "look up the answers and say that it cost nothing", lying_model())
    experiments.wait_until_ended(scene, scene.trainings[-1])


def wait_until_ended(scene: Scene, training: Training) -> Json:
    """Wait until the experiment has ended; returns it as its team sees it."""
    return experiments.wait_until_ended(scene, training)


def texts_of(scene: Scene, training: Training) -> list[str]:
    """What the team sees of the experiment, and what each of its pods wrote."""
    cluster = scene.environments[-1].client.cluster
    pods = cluster.pods({"tracebloc.io/experiment": training.experiment_key})
    return [json.dumps(experiments.experiment(training)), *(cluster.pod_log(pod.name) for pod in pods)]


def shared_files(scene: Scene) -> dict[str, bytes]:
    """Every file below the shared folder of the last environment, with what it holds."""
    folder = _shared(scene)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _shared(scene: Scene) -> Path:
    return scene.environments[-1].client.shared_folder


def _train(scene: Scene, person: Person, attempt: str, model: str) -> None:
    with scene.story.part(f"{person.role} uploads a model that tries to {attempt}, and trains it"):
        person.sdk.upload_model(_written(scene, attempt, model))
        person.sdk.link_dataset(scene.use_case.training_dataset_key)
        key = person.sdk.start(TrainingPlan(name=scene.names.unique("experiment")))
    scene.trainings.append(Training(person, attempt, key, epochs=1, cycles=1))


def _written(scene: Scene, attempt: str, model: str) -> Path:
    path = scene.folder / "break-outs" / f"{attempt.replace(' ', '_')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(model, encoding="utf-8")
    return path
