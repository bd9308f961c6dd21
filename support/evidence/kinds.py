"""What an entry of the evidence is about; named here, since reading entries takes pydantic."""

from enum import StrEnum


class Kind(StrEnum):
    """What an entry is about."""

    SCENARIO = "scenario"
    BEGIN = "begin"
    STEP = "step"
    PART = "part"
    REQUEST = "request"
    CALL = "call"
    QUEUE = "queue"
    WAIT = "wait"
    POD = "pod"
    LOG = "log"
    OBJECTS = "objects"
    FILE = "file"
    ERROR = "error"
    END = "end"
