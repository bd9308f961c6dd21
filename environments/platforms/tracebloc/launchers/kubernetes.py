"""Runs Jobs on the Kubernetes cluster that this service runs on, as the service account of its pod.

Source: tracebloc client chart 1.9.62 (its RBAC: Jobs; pods, their logs and events to read).
"""

from collections.abc import Callable
from typing import TypeVar

from environments.cluster.api import ApiRefused
from environments.cluster.job_pods import JobPod, JobPods
from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable, Manifest, Pod, PodChanges

GRACE_SECONDS = 2
"""What a pod gets that is asked to end, as from the launcher of processes."""
LOOK_SECONDS = 5.0
"""Between two looks at all Jobs: what keeps one from getting a pod is no change of a pod, and no watch tells it."""
Value = TypeVar("Value")


class KubernetesLauncher:
    """A Launcher over the Jobs of one namespace."""

    def __init__(self, jobs: JobPods) -> None:
        self._jobs = jobs

    def create_job(self, manifest: Manifest) -> bool:
        """Start a Job; False when one of that name is there already. Raises LauncherUnavailable."""
        name = manifest["metadata"]["name"]
        pod = {**manifest["spec"]["template"]["spec"], "terminationGracePeriodSeconds": GRACE_SECONDS}
        template = {**manifest["spec"]["template"], "spec": pod}
        complete = {**manifest, "spec": {**manifest["spec"], "template": template}}
        return _asking(f"starting {name}", lambda: self._jobs.create(complete))

    def list_pods(self, label_selector: dict[str, str]) -> list[Pod]:
        """The pods that carry all of these labels, ended ones too, oldest first; raises LauncherUnavailable."""
        return [_pod(pod) for pod in _asking("listing the pods", lambda: self._jobs.listed(label_selector))[1]]

    def watch(self, label_selector: dict[str, str], since: str, timeout_seconds: float) -> PodChanges:
        """Block until a pod changed after `since`, or the time is over; raises LauncherUnavailable, also when `since` is too long ago."""
        if not since:
            position, pods = _asking("listing the pods", lambda: self._jobs.listed(label_selector))
            return PodChanges(position=position, pods=[_pod(pod) for pod in pods])
        changes = self._jobs.changes(label_selector, since, min(timeout_seconds, LOOK_SECONDS))
        position, changed = _asking("watching the pods", lambda: next(changes, (since, None)))
        # the position stays: a pod that is deleted meanwhile is told by the next watch
        return PodChanges(position=position, pods=[_pod(changed)] if changed else self.list_pods(label_selector))

    def stop_job(self, name: str) -> None:
        """End a Job's pod, if it runs: SIGTERM, and SIGKILL after two seconds. Raises LauncherUnavailable."""
        _asking(f"stopping {name}", lambda: self._jobs.stop(name))

    def delete_job(self, name: str) -> None:
        """Stop a Job's pod, if it runs, and forget both. Raises LauncherUnavailable."""
        _asking(f"deleting {name}", lambda: self._jobs.delete(name))

    def pod_log(self, name: str) -> str:
        """What the pod wrote so far; empty for an unknown name. Raises LauncherUnavailable."""
        return _asking(f"reading the log of {name}", lambda: self._jobs.log(name))


def _asking(what: str, ask: Callable[[], Value]) -> Value:
    try:
        return ask()
    except ApiRefused as error:
        raise LauncherUnavailable(f"{what}: {error}") from error


def _pod(pod: JobPod) -> Pod:
    return Pod(
        name=pod.name,
        phase=pod.phase,
        exit_code=pod.exit_code,
        labels=dict(pod.labels),
        started_at=pod.started_at,
        finished_at=pod.finished_at,
        reason=pod.reason,
    )
