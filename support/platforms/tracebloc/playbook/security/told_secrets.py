"""What services and training jobs write down that nobody may read there: secrets, whole or in any of the ways that they are written."""

from contextlib import suppress

from environments.errors import UnreadableLog
from support.platforms.tracebloc.playbook.training.experiments import job_logs
from support.platforms.tracebloc.scene import Scene
from support.redaction import HIDDEN, redact


def lines_of_services(scene: Scene) -> dict[str, list[str]]:
    """The lines with a secret in the log of each service whose log can be read, without the secret."""
    told = {}
    for service in scene.substrate.services():
        # a deployment's own services need not show theirs
        with suppress(UnreadableLog):
            told[service] = _with_secrets(scene.substrate.logs(service))
    return told


def lines_of_jobs(scene: Scene) -> list[str]:
    """The lines with a secret in the logs of the scenario's training jobs, without the secret."""
    return [line for training in scene.trainings for log in job_logs(scene, training) for line in _with_secrets(log)]


def _with_secrets(log: str) -> list[str]:
    return [redact(line) for line in log.splitlines() if HIDDEN not in line and HIDDEN in redact(line)]
