"""Models that do not come to an end by themselves, run by the training client's own code, each in a process of its own.

Source: our choice (`environments/platforms/tracebloc/training/sandbox.py`).
"""

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

from support.platforms.tracebloc.playbook.in_process.written_work import training_work
from support.platforms.tracebloc.scene import Scene

ROWS, COLUMNS = 16, 8
LONGEST_SECONDS = 90.0
ACTS: Mapping[str, str] = {
    "computes for ever": "while True:\n            pass",
    "waits for ever": "import time; time.sleep(1000)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "leaves": "import os; os._exit(3)",
    "talks": "import os; os.write(1, b'word ' * {words}); os._exit(3)",
}
STDERR = 2
LETTERS_A_WORD = 5
"""With the space behind it."""
SOURCE = """
from torch import nn

framework = "pytorch"


class MyModel(nn.Module):
    def __init__(self):
        super().__init__()
        {act}
"""


def ends_of(scene: Scene, models: Sequence[tuple[str, int, int]]) -> list[str]:
    """Why each model was ended: what it does, and its limits in seconds of processor time and of time; all run at once."""
    # the processes that are forked have it then
    import torch  # noqa: F401

    folders = [scene.folder / scene.names.unique("model") for _ in models]
    with scene.story.part(f"{len(models)} models run until they are ended"), ThreadPoolExecutor(len(models)) as pool:
        return list(pool.map(_end_of, models, folders))


def log_of_talker(scene: Scene, letters: int) -> str:
    """What a job's log holds of a model that prints so many letters and ends."""
    # the processes that are forked have it then
    import torch  # noqa: F401

    folder = scene.folder / scene.names.unique("model")
    _end_of(("talks", 60, 60), folder, words=letters // LETTERS_A_WORD)
    return folder.with_suffix(".log").read_text()


def _end_of(model: tuple[str, int, int], folder: Path, words: int = 0) -> str:
    # the training client hides the memory of its process, and this one has to stay as it is
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(model, folder, theirs, words))
    process.start()
    theirs.close()
    try:
        return str(ours.recv()) if ours.poll(LONGEST_SECONDS) else f"it still runs after {LONGEST_SECONDS:g} s"
    finally:
        process.kill()
        process.join()


def _run(model: tuple[str, int, int], folder: Path, told: Connection, words: int) -> None:
    import numpy

    from environments.platforms.tracebloc import sabotages
    from environments.platforms.tracebloc.training import confinement
    from environments.platforms.tracebloc.training.data import Rows
    from environments.platforms.tracebloc.training.protocol import Limits, ModelFailed, Order, Task
    from environments.platforms.tracebloc.training.sandbox import ModelProcess

    act, processor_seconds, deadline_seconds = model
    folder.mkdir(parents=True)
    if words:
        with folder.with_suffix(".log").open("wb") as log:
            os.dup2(log.fileno(), STDERR)
    rows = Rows(numpy.zeros((ROWS, COLUMNS), dtype=numpy.float32), numpy.arange(ROWS, dtype=numpy.int64) % 3)
    task = Task(training_work(), rows, "model.py", SOURCE.format(act=ACTS[act].format(words=words)).encode())
    limits = Limits(deadline_seconds=deadline_seconds, processor_seconds=processor_seconds)
    try:
        with ModelProcess() as model_process:
            model_process.run(Order(task, limits, folder, confinement.library_paths(), sabotages.switched_on()), lambda _epoch: None)
        told.send("it came to an end")
    except ModelFailed as error:
        told.send(str(error))
