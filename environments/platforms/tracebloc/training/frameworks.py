"""Inside the model process: carry out one task with the framework the model was written for."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from environments.platforms.tracebloc.messages import TrainCycle
from environments.platforms.tracebloc.training import model_file
from environments.platforms.tracebloc.training.protocol import EpochDone, ModelFailed, Outcome, Task

PYTORCH = "pytorch"
SCIKIT_LEARN = "sklearn"  # the SDK's name of it
FRAMEWORKS = (PYTORCH, SCIKIT_LEARN)


def perform(task: Task, folder: Path, emit: Callable[[EpochDone], None]) -> Outcome:
    """Train or score; raises ModelFailed."""
    if task.work.framework == PYTORCH:
        from environments.platforms.tracebloc.training import pytorch as framework
    elif task.work.framework == SCIKIT_LEARN:
        from environments.platforms.tracebloc.training import scikit_learn as framework  # type: ignore[no-redef]
    else:
        raise ModelFailed(f"framework {task.work.framework} is not known; known: {', '.join(FRAMEWORKS)}")
    seed = seed_of(task)
    framework.set_seed(seed)
    build_model = model_file.load(task.model_file_name, task.model_file, folder)
    if isinstance(task.work, TrainCycle):
        return framework.train(task, task.work.plan, build_model, seed, emit)
    return framework.score(task, task.work.metric, build_model, seed)


def seed_of(task: Task) -> int:
    """The plan's seed, else one made from the experiment's key: every participant of the first cycle begins with the same weights."""
    if isinstance(task.work, TrainCycle) and task.work.plan.seed is not None:
        return task.work.plan.seed
    return int.from_bytes(hashlib.sha256(task.work.experiment_key.encode()).digest()[:4], "big")
