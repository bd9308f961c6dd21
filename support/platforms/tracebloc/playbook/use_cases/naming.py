"""Names for use cases, experiments, secure environments and datasets in sentences, where a scenario has more than one of a kind.

A sentence says `the use case` of the one made last, and `the use case "second"` of the one that was called so. Source: our choice.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

from environments.errors import WrongScenario
from support.nearest import did_you_mean
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.scene import IngestedDataset, RegisteredEnvironment, Scene, Training, UseCase

Thing = TypeVar("Thing")


def call(scene: Scene, kind: str, name: str) -> None:
    """Give the thing of that kind that was made last a name; a WrongScenario when there is none or the name is taken."""
    made: dict[str, Sequence[object]] = {
        "use case": scene.use_cases,
        "experiment": scene.trainings,
        "secure environment": scene.environments,
        "training dataset": _training_datasets(scene),
    }
    if (kind, name) in scene.called:
        raise WrongScenario(f'one {kind} is called "{name}" already: choose another name')
    scene.called[kind, name] = _found(scene, kind, f"the {kind}", made[kind])


def turn_to(scene: Scene, words: str) -> None:
    """Whatever names no use case is about this one from now on; raises WrongScenario."""
    found = use_case(scene, words)
    scene.use_cases.remove(found)
    scene.use_cases.append(found)


def use_case(scene: Scene, words: str) -> UseCase:
    """Which one `the use case` or `the use case "second"` is; raises WrongScenario."""
    return _found(scene, "use case", words, scene.use_cases)


def experiment(scene: Scene, words: str) -> Training:
    """Which one `the experiment`, `the experiment "long run"` or `the experiment of "Ada"` is; raises WrongScenario."""
    return experiments.training_of(scene, _name_in(words)) if " of " in words else _found(scene, "experiment", words, scene.trainings)


def secure_environment(scene: Scene, words: str) -> RegisteredEnvironment:
    """Which one `the secure environment` or `the secure environment "north"` is; raises WrongScenario."""
    return _found(scene, "secure environment", words, scene.environments)


def training_dataset_key(scene: Scene, words: str) -> str:
    """The key of the use case's training dataset, or of `the training dataset "north"`; raises WrongScenario."""
    if not _name_in(words):
        return scene.use_case.training_dataset_key
    return _found(scene, "training dataset", words, _training_datasets(scene)).dataset_key


def _training_datasets(scene: Scene) -> list[IngestedDataset]:
    return [dataset for dataset in scene.datasets if dataset.intent == "train"]


def _found(scene: Scene, kind: str, words: str, made: Sequence[Thing]) -> Thing:
    name = _name_in(words)
    if not made:
        raise WrongScenario(f"there is no {kind} in this scenario yet")
    if not name:
        return made[-1]
    for thing in made:
        if scene.called.get((kind, name)) is thing:
            return thing
    names = [known for of_kind, known in scene.called if of_kind == kind]
    advice = did_you_mean(name, names) or f' After it was made, say: the {kind} is called "{name}"'
    raise WrongScenario(f'no {kind} is called "{name}" in this scenario.{advice}')


def _name_in(words: str) -> str:
    """What stands in quotes."""
    quoted = re.search('"(.*)"', words)
    return quoted[1] if quoted else ""
