"""An exit code in words a product owner can read."""

import signal

from environments.platforms.tracebloc.edge.pod_failures import PodFailure

SIGNAL_OFFSET = 128
HINTS = {
    signal.SIGKILL: "as when memory runs out or someone ends the pod by force",
    signal.SIGTERM: "it was asked to end",
    signal.SIGSEGV: "it crashed in native code",
    signal.SIGABRT: "it crashed in native code",
}

WORDS = {
    PodFailure.MODEL_NOT_ALLOWED: "the model tried what a training pod may not do: others' files, the network or new processes",
    PodFailure.MODEL_OVER_ITS_LIMITS: "the model took more disk, open files or threads than its pod may use",
    PodFailure.MODEL_OUT_OF_MEMORY: "the model needed more memory than its pod has",
}


def reason(exit_code: int | None, told: str | None = None) -> str:
    """Why a failed pod ended; exit codes above 128 are signals, as containers tell them; `told` is what the cluster says."""
    if exit_code is None:
        return f"the pod failed: {told}" if told else "the pod failed without an exit code"
    if exit_code in WORDS:
        return f"{WORDS[PodFailure(exit_code)]} (exit code {exit_code})"
    try:
        number = signal.Signals(exit_code - SIGNAL_OFFSET)
    except ValueError:
        return f"the pod ended with exit code {exit_code}{f': {told}' if told else ''}"
    hint = told or HINTS.get(number)
    return f"the pod was killed by {number.name}{f', {hint}' if hint else ''} (exit code {exit_code})"
