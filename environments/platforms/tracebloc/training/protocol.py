"""What the pod and its model process say to each other.

The pod sends one Task. The model process answers with events: one frame of JSON each, followed by one frame of bytes for every attachment
it names. The pod never unpickles anything that comes back, and believes none of it: see `examination`.
"""

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, NonNegativeInt, TypeAdapter

from environments.platforms.tracebloc.edge.pod_failures import PodFailure
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle
from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training.data import Rows
from environments.reference_services.defects import Defect
from environments.texts import shortened

_OVER_LIMITS = (errno.ENOSPC, errno.EFBIG, errno.EMFILE, errno.EDQUOT)
_NO_MORE_THREADS = "can't start new thread"  # Source: CPython, which tells no number
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENETUNREACH)


LONGEST_WORDS = 4000
"""Characters of what a model process says to people."""


class ModelFailed(Exception):
    """The uploaded model cannot be built, trained or scored; the text says why, for the owner of the secure environment."""

    def __init__(self, text: str, cause: PodFailure = PodFailure.OTHER) -> None:
        super().__init__(text)
        self.cause = cause


def cause_of(error: BaseException | None, reachable: Iterable[Path] = ()) -> PodFailure:
    """The kind of an error that came out of an uploaded model, or out of what it was raised from.

    Args:
        error: what was raised.
        reachable: where a file can be missing by mistake; one that is missing elsewhere is out of the model's reach.
    """
    while error is not None and not is_on(TrainingSabotage.EVERY_FAILURE_IS_OTHER):
        if isinstance(error, MemoryError):
            return PodFailure.MODEL_OUT_OF_MEMORY
        if isinstance(error, OSError) and (error.errno in _NOT_ALLOWED or _is_elsewhere(error, reachable)):
            return PodFailure.MODEL_NOT_ALLOWED
        if getattr(error, "errno", None) in _OVER_LIMITS or str(error) == _NO_MORE_THREADS:
            return PodFailure.MODEL_OVER_ITS_LIMITS
        error = error.__cause__
    return PodFailure.OTHER


def _is_elsewhere(error: OSError, reachable: Iterable[Path]) -> bool:
    missing = error.filename if isinstance(error, FileNotFoundError) and isinstance(error.filename, str) else ""
    return missing.startswith("/") and not any(Path(missing).is_relative_to(path) for path in reachable)


@dataclass(frozen=True)
class Limits:
    """What one model process may use before it is ended."""

    deadline_seconds: float = 300
    processor_seconds: int = 240
    memory_bytes: int = 4 << 30  # beyond what is mapped when the limit is set
    folder_bytes: int = 256 << 20  # all files in its folder together
    open_files: int = 128
    threads: int = 64


@dataclass(frozen=True)
class Task:
    """All that a model process needs to train or to score; it can reach nothing else.

    `rows` are the dataset's, or in a model process those to train on; `questions`, only there, are what it is asked, without labels.
    """

    work: TrainCycle | ScoreSubmission
    rows: Rows
    model_file_name: str
    model_file: bytes
    weights: bytes | None = None
    estimator: bytes | None = None
    tokenizer: bytes | None = None
    questions: Rows | None = None

    @property
    def asked(self) -> Rows:
        """The questions; raises ValueError where there are none."""
        if self.questions is None:
            raise ValueError("this task has no questions")
        return self.questions


@dataclass(frozen=True)
class Order:
    """One task with the limits it runs under, the folder it may write to and what else it may read."""

    task: Task
    limits: Limits
    folder: Path
    readable: Sequence[Path]
    sabotage: Defect | None = None


class EpochAnswered(BaseModel):
    """An epoch is over. Attachment: `answers` (safetensors), what the model says to the questions."""

    kind: Literal["epoch_answered"] = "epoch_answered"
    epoch: int
    attachments: list[Literal["answers"]] = ["answers"]


class Fitted(BaseModel):
    """Training is over. Attachments: `weights` (safetensors) and, for scikit-learn, `estimator` (pickled)."""

    kind: Literal["fitted"] = "fitted"
    flops: NonNegativeInt = Field(description="counted where the model runs, so only as good as its word")
    attachments: list[Literal["weights", "estimator"]] = Field(default=[], max_length=2)


class Answered(BaseModel):
    """What is scored has been asked. Attachment: `answers` (safetensors), what the model says to the questions."""

    kind: Literal["answered"] = "answered"
    attachments: list[Literal["answers"]] = ["answers"]


def _shortened(text: str) -> str:
    # what a model wants to be said ends up in logs, which are others' disks
    return shortened(text, LONGEST_WORDS)


Words = Annotated[str, AfterValidator(_shortened)]


class Failed(BaseModel):
    """The model failed for a reason that can be told in words."""

    kind: Literal["failed"] = "failed"
    reason: Words
    cause: PodFailure = PodFailure.OTHER


class Note(BaseModel):
    """Something for the pod's log."""

    kind: Literal["note"] = "note"
    text: Words


Attachments = dict[str, bytes]
Emit = Callable[["EpochAnswered | Fitted | Answered", Attachments], None]
Event = EpochAnswered | Fitted | Answered | Failed | Note
event_adapter: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


@dataclass(frozen=True)
class EpochDone:
    """An epoch is over; the metrics were measured on the validation rows."""

    epoch: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class Trained:
    """What a training came to, as its pod found out by itself; `rows` are those trained on, without the validation rows."""

    rows: int
    metrics: dict[str, float]
    flops: int
    processor_seconds: float


@dataclass(frozen=True)
class Scored:
    """What a scoring came to."""

    rows: int
    score: float


@dataclass(frozen=True)
class Outcome:
    """What a task came to, and the files that came with it."""

    event: Trained | Scored
    attachments: Attachments
