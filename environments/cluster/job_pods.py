"""The pods of a namespace's Jobs, each known by its Job's name: a Job has one pod, and another attempt is another Job.

A pod that is deleted while it runs has failed for good, and so has one whose node is lost, which the cluster deletes minutes later.
Clusters before 1.26 would start another in its place, so its Job is marked as given up and may have no more pods.
Source: Kubernetes batch/v1, 1.20 and later; the mark is our choice.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from environments.cluster.api import CONFLICT, NOT_FOUND, PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.cluster.reasons import node_is_lost, why_deleted, why_ended, why_it_waits, why_no_pod

Phase = Literal["Pending", "Running", "Succeeded", "Failed"]
JOB_LABEL = "job-name"
"""By which a cluster says which Job a pod belongs to."""
GIVEN_UP = "ringmaster.given-up"
"""A Job's annotation: the exit code of its pod, which was ended from outside, when (unix seconds), and why."""
NO_MORE_PODS = {"spec": {"parallelism": 0}}
KILLED, ASKED_TO_END = 137, 143
ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True)
class JobPod:
    """One pod; `exit_code` is its container's, times are unix seconds; `reason` is what the cluster says of an end or of a wait."""

    name: str
    phase: Phase
    exit_code: int | None
    labels: Mapping[str, str]
    started_at: float | None = None
    finished_at: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class End:
    """How, when and why a pod was ended from outside."""

    exit_code: int
    at: float
    reason: str

    @classmethod
    def read(cls, annotations: Mapping[str, str] | None) -> "End | None":
        """As a Job's annotations tell it; None when its pod was not."""
        code, _, rest = (annotations or {}).get(GIVEN_UP, "").partition(" ")
        at, _, reason = rest.partition(" ")
        return cls(int(code), float(at), reason) if at else None

    def __str__(self) -> str:
        return f"{self.exit_code} {self.at} {self.reason}"

    def of(self, pod: JobPod) -> JobPod:
        """The pod, ended like this, whatever the cluster still shows."""
        return replace(pod, phase="Failed", exit_code=self.exit_code, finished_at=self.at, reason=self.reason or None)


class JobPods:
    """Runs Jobs in one namespace and shows their pods. Every method raises ApiRefused."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self.namespace = namespace
        self._lost: dict[str, End] = {}

    def create(self, manifest: Mapping[str, Any]) -> bool:
        """Start a Job; False when one of that name is there already, ended or not."""
        try:
            with refusals():
                self._api.batch.create_namespaced_job(self.namespace, dict(manifest), _request_timeout=PATIENCE_SECONDS)
        except ApiRefused as error:
            if error.status == CONFLICT:
                return False
            raise
        return True

    def listed(self, labels: Mapping[str, str]) -> tuple[str, list[JobPod]]:
        """The pods that carry all of `labels`, ended ones included, oldest first; and the position to watch on from."""
        with refusals():
            found = self._api.core.list_namespaced_pod(self.namespace, label_selector=JOB_LABEL, _request_timeout=PATIENCE_SECONDS)
            jobs = self._api.batch.list_namespaced_job(self.namespace, _request_timeout=PATIENCE_SECONDS).items
        by_job: dict[str, Any] = {}
        for pod in sorted(found.items, key=_made, reverse=True):
            by_job[pod.metadata.labels[JOB_LABEL]] = pod
        shown = [self._of_job(job, by_job.get(job.metadata.name)) for job in sorted(jobs, key=_made)]
        return found.metadata.resource_version, [pod for pod in shown if labels.items() <= pod.labels.items()]

    def _of_job(self, job: Any, pod: Any) -> JobPod:  # noqa: ANN401 - classes of the client's
        shown = _of_job(job, pod)
        if pod is not None and shown.phase not in ENDED and node_is_lost(pod):
            # the change that told it came before anybody watched
            return self._give_up(shown.name, KILLED, why_deleted(pod)).of(shown)
        return replace(shown, reason=why_no_pod(self._api, job)) if pod is None and shown.phase == "Pending" else shown

    def changes(self, labels: Mapping[str, str], position: str, seconds: float) -> Iterator[tuple[str, JobPod]]:
        """What changes after a position, as it happens, with the position after it; ends after that many seconds."""
        from kubernetes.watch import Watch

        selector = ",".join([JOB_LABEL, *(f"{name}={value}" for name, value in labels.items())])
        watching = Watch()
        with refusals():
            events = watching.stream(
                self._api.core.list_namespaced_pod,
                self.namespace,
                label_selector=selector,
                resource_version=position,
                timeout_seconds=max(1, int(seconds)),
                _request_timeout=(PATIENCE_SECONDS, seconds + PATIENCE_SECONDS),
            )
            for event in events:
                pod = event["object"]
                shown = _shown(pod)
                gone = event["type"] == "DELETED" or pod.metadata.deletion_timestamp is not None
                if shown.phase not in ENDED and (gone or node_is_lost(pod)):
                    self._lost[shown.name] = self._give_up(shown.name, KILLED, why_deleted(pod))
                if shown.name in self._lost:
                    # nor does it count when the cluster has started another meanwhile
                    shown = self._lost[shown.name].of(shown)
                yield pod.metadata.resource_version, shown

    def stop(self, name: str) -> None:
        """End a Job's pod, if it runs: asked first, killed when its time is over; unknown names are fine."""
        found = next((pod for pod in self.listed({})[1] if pod.name == name), None)
        if found is not None and found.phase not in ENDED:
            self._give_up(name, ASKED_TO_END, "")

    def delete(self, name: str) -> None:
        """End a Job's pod, if it runs, and forget both; unknown names are fine."""
        with _unknown_is_fine(), refusals():
            self._api.batch.delete_namespaced_job(name, self.namespace, propagation_policy="Background", _request_timeout=PATIENCE_SECONDS)

    def log(self, name: str) -> str:
        """What a pod wrote so far; empty for an unknown name, and for one that writes nothing yet."""
        pod = self._pod(name)
        if pod is None or not pod.status.container_statuses:
            return ""
        try:
            with refusals():
                answer = self._api.core.read_namespaced_pod_log(
                    pod.metadata.name, self.namespace, _preload_content=False, _request_timeout=PATIENCE_SECONDS
                )
                return bytes(answer.data).decode(errors="replace")
        except ApiRefused:
            # it has not started, or has gone meanwhile
            return ""

    def job(self, name: str) -> dict[str, Any] | None:
        """A Job as the cluster has it; None for an unknown name. It holds secrets."""
        with _unknown_is_fine(), refusals():
            return self._api.plain(self._api.batch.read_namespaced_job(name, self.namespace, _request_timeout=PATIENCE_SECONDS))
        return None

    def pod(self, name: str) -> dict[str, Any] | None:
        """A Job's pod as the cluster runs it; None when there is none. It holds secrets."""
        found = self._pod(name)
        return None if found is None else self._api.plain(found)

    def running_container(self, name: str) -> tuple[str, str] | None:
        """The node on which a Job's pod runs, and the identifier that its container has in the runtime there; None while none runs."""
        found = self._pod(name)
        statuses = (found.status.container_statuses or []) if found is not None else []
        if not statuses or statuses[0].state.running is None:
            return None
        return found.spec.node_name, statuses[0].container_id.rpartition("/")[2]

    def kill(self, name: str, grace_seconds: float = 0) -> bool:
        """Delete a Job's pod, without warning or that long after SIGTERM; False when there is none."""
        found = self._pod(name)
        if found is None:
            return False
        with _unknown_is_fine(), refusals():
            self._api.core.delete_namespaced_pod(
                found.metadata.name, self.namespace, grace_period_seconds=int(grace_seconds), _request_timeout=PATIENCE_SECONDS
            )
        return True

    def execute(self, name: str, command: Sequence[str]) -> str:
        """What a command prints in a Job's pod, which has to run."""
        from kubernetes.stream import stream

        found = self._pod(name)
        if found is None:
            raise ApiRefused(f"there is no pod of the Job {name}", NOT_FOUND)
        with refusals():
            return str(
                stream(
                    self._api.core.connect_get_namespaced_pod_exec,
                    found.metadata.name,
                    self.namespace,
                    command=list(command),
                    stdout=True,
                    stderr=True,
                    stdin=False,
                    tty=False,
                )
            )

    def _give_up(self, name: str, exit_code: int, reason: str) -> "End":
        """Let a Job have no more pods, unless somebody did already; returns the end that counts."""
        before = End.read((self.job(name) or {}).get("metadata", {}).get("annotations"))
        if before is not None:
            return before
        end = End(exit_code, time.time(), reason)
        patch = {**NO_MORE_PODS, "metadata": {"annotations": {GIVEN_UP: str(end)}}}
        with _unknown_is_fine(), refusals():
            self._api.batch.patch_namespaced_job(name, self.namespace, patch, _request_timeout=PATIENCE_SECONDS)
        return end

    def _pod(self, name: str) -> Any:  # noqa: ANN401 - a class of the client's
        with refusals():
            found = self._api.core.list_namespaced_pod(
                self.namespace, label_selector=f"{JOB_LABEL}={name}", _request_timeout=PATIENCE_SECONDS
            )
        return min(found.items, key=_made, default=None)


def _of_job(job: Any, pod: Any) -> JobPod:  # noqa: ANN401 - classes of the client's
    template = {name: value for name, value in job.spec.template.metadata.labels.items() if name != "controller-uid"}
    shown = JobPod(job.metadata.name, "Pending", None, template) if pod is None else _shown(pod)
    end = End.read(job.metadata.annotations)
    if end is not None and shown.phase not in ENDED:
        return end.of(shown)
    if pod is None and (job.status.succeeded or job.status.failed):
        return JobPod(shown.name, "Succeeded" if job.status.succeeded else "Failed", None, template)
    return shown


def _shown(pod: Any) -> JobPod:  # noqa: ANN401 - a class of the client's
    labels = dict(pod.metadata.labels)
    statuses = pod.status.container_statuses or []
    state = statuses[0].state if statuses else None
    ended, runs = (state.terminated, state.running) if state else (None, None)
    latest = ended or runs
    began = latest.started_at if latest else None
    return JobPod(
        name=labels[JOB_LABEL],
        phase=pod.status.phase,
        exit_code=ended.exit_code if ended and pod.status.phase in ENDED else None,
        labels={name: value for name, value in labels.items() if name != "controller-uid"},
        started_at=_seconds(began),
        finished_at=_seconds(ended.finished_at) if ended else None,
        reason=why_it_waits(pod) if pod.status.phase == "Pending" else why_ended(pod),
    )


def _made(thing: Any) -> datetime:  # noqa: ANN401 - a class of the client's
    made: datetime = thing.metadata.creation_timestamp
    return made


def _seconds(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()


class _unknown_is_fine:
    """Lets pass that something is not there."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        return isinstance(error, ApiRefused) and error.status == NOT_FOUND
