"""Carry out one task with the framework the model was written for."""

import hashlib
from pathlib import Path
from types import ModuleType

from environments.platforms.tracebloc.messaging.messages import TrainCycle
from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training import model_file
from environments.platforms.tracebloc.training.protocol import Emit, ModelFailed, Task

PYTORCH = "pytorch"
SCIKIT_LEARN = "sklearn"  # the SDK's name of it
FRAMEWORKS = (PYTORCH, SCIKIT_LEARN)


def framework_of(task: Task) -> ModuleType:
    """The module that trains, scores and measures models of the task's framework; raises ModelFailed."""
    if task.work.framework == PYTORCH:
        from environments.platforms.tracebloc.training import pytorch

        return pytorch
    if task.work.framework == SCIKIT_LEARN:
        from environments.platforms.tracebloc.training import scikit_learn

        return scikit_learn
    raise ModelFailed(f"framework {task.work.framework} is not known; known: {', '.join(FRAMEWORKS)}")


def perform(task: Task, folder: Path, emit: Emit) -> None:
    """Train or score, inside the model process; raises ModelFailed."""
    framework = framework_of(task)
    seed = seed_of(task)
    if not is_on(TrainingSabotage.CHANCE_NOT_SEEDED):
        framework.set_seed(seed)
    build_model = model_file.load(task.model_file_name, task.model_file, folder)
    if isinstance(task.work, TrainCycle):
        framework.train(task, task.work.plan, build_model, seed, emit)
    else:
        framework.score(task, build_model, seed, emit)


def seed_of(task: Task) -> int:
    """The plan's seed, else one made from the experiment's key: every participant of the first cycle begins with the same weights."""
    given = task.work.plan.seed if isinstance(task.work, TrainCycle) else None
    if given == 0 and is_on(TrainingSabotage.SEED_OF_NOUGHT_TAKEN_FOR_NONE):
        given = None
    if given is not None:
        return given
    return int.from_bytes(hashlib.sha256(task.work.experiment_key.encode()).digest()[:4], "big")
