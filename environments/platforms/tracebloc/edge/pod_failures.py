"""What the exit code of a training pod says, where it says more than success or failure."""

from enum import IntEnum


class PodFailure(IntEnum):
    """All that leaves the secure environment of a failure: words could carry data. Source: our choice (numbers of sysexits.h)."""

    OTHER = 1
    MODEL_OUT_OF_MEMORY = 71
    MODEL_OVER_ITS_LIMITS = 73
    MODEL_NOT_ALLOWED = 77
