"""What goes between a data scientist's session and the process its SDK runs in. Source: our choice."""

from dataclasses import dataclass
from typing import Any

from environments.errors import PlatformRefused

KEY_VARIABLE = "NOTEBOOK_KEY"
FETCHED_PREFIX = "fetched-"


class SdkError(PlatformRefused):
    """An error the SDK raised: its type's name (such as APIError), its text and, where it has them, the HTTP status and the code."""

    def __init__(self, kind: str, text: str, status_code: int | None, code: str | None) -> None:
        # all of them, since an exception is made anew from its arguments on the other side
        super().__init__(kind, text, status_code, code)
        self.kind = kind
        self.text = text
        self.status_code = status_code
        self.code = code

    def __str__(self) -> str:
        return f"the SDK raised {self.kind}: {self.text}"


@dataclass(frozen=True)
class TrainingPlan:
    """How to train: what a data scientist sets on the SDK's training plan."""

    name: str
    epochs: int = 1
    cycles: int = 1
    optimizer: str = "adam"
    learning_rate: float = 0.02
    loss_function: str = "crossentropy"
    validation_split: float = 0.2


@dataclass(frozen=True)
class Answer:
    """What a call gave: its value or the error it raised, and what the SDK printed meanwhile."""

    value: Any
    error: SdkError | None
    printed: str
