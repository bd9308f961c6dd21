"""Takes the results of pieces out of their pods as they end, and notices pods that were lost, that cannot start, or that took too long."""

import base64
import binascii
import io
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.errors import SubstrateError
from environments.left_overs.containers import RUN_LABEL
from support.engines.kubernetes.jobs import CONTAINER, MOST_LOST, PIECE_LABEL
from support.engines.kubernetes.shard_pod import EXIT_CODE, PACKED, TAKEN
from support.redaction import LINES_BEFORE, last_lines

if TYPE_CHECKING:
    from kubernetes.client import V1Job, V1Pod

LOOK_SECONDS = 5
"""Between two looks at the Jobs, which tell of deadlines and of pods that were lost too often."""
CANNOT_START = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError")
FOLDER_OF_RUN = "run"
LAST_LINES = 8


class PieceLost(SubstrateError):
    """A piece has no result, and will have none."""


@dataclass
class Piece:
    """One part of the work."""

    number: int
    of: int
    pods: dict[str, str] = field(default_factory=dict)
    """What was said last of each of its pods."""
    exit_code: int | None = None
    folder: Path | None = None
    """Its results; None while there are none."""

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class Collector:
    """Watches the pods of a run's pieces."""

    def __init__(self, api: Api, second_api: Api, namespace: str, run_id: str, results: Path, say: Callable[[str], None]) -> None:
        """`second_api` is for commands in pods, which the client cannot have beside a watch; `results` gets a folder for each piece."""
        self._api = api
        self._commands = second_api
        self._namespace = namespace
        self._selector = f"{RUN_LABEL}={run_id}"
        self._results = results
        self._say = say

    def collect(self, pieces: list[Piece]) -> Iterator[Piece]:
        """Give each piece when its results are there. Raises PieceLost, and ApiRefused when the cluster does not answer for long."""
        waiting = {str(piece.number): piece for piece in pieces}
        while waiting:
            for pod in self._changed_pods():
                piece = waiting.get(pod.metadata.labels.get(PIECE_LABEL, ""))
                if piece is not None and self._taken(piece, pod):
                    del waiting[str(piece.number)]
                    yield piece
                if not waiting:
                    return
            self._refuse_failed_jobs(waiting)

    def _changed_pods(self) -> "Iterator[V1Pod]":
        """All pods as they are, then each that changes, for a few seconds."""
        from kubernetes.watch import Watch

        with refusals():
            listed = self._api.core.list_namespaced_pod(self._namespace, label_selector=self._selector, _request_timeout=PATIENCE_SECONDS)
        yield from listed.items
        until = time.monotonic() + LOOK_SECONDS
        with refusals():
            changes = Watch().stream(
                self._api.core.list_namespaced_pod,
                self._namespace,
                label_selector=self._selector,
                resource_version=listed.metadata.resource_version,
                timeout_seconds=LOOK_SECONDS,
            )
            for change in changes:
                if change["type"] == "DELETED":
                    # a Job makes another one; the look at all pods tells
                    self._tell(change["object"], "is gone")
                else:
                    yield change["object"]
                if time.monotonic() > until:
                    return

    def _tell(self, pod: "V1Pod", what: str) -> None:
        self._say(f"pod {pod.metadata.name} {what}")

    def _taken(self, piece: Piece, pod: "V1Pod") -> bool:
        """Take its results if it has some; tells what is new of it."""
        state = _state_of(pod)
        if piece.pods.get(pod.metadata.name) != state:
            piece.pods[pod.metadata.name] = state
            self._say(f"shard {piece}: {state}" + (f" (try {len(piece.pods)})" if len(piece.pods) > 1 else ""))
        reason = _why_it_cannot_start(pod)
        if reason:
            raise PieceLost(f"shard {piece} cannot start: {reason}")
        if pod.metadata.deletion_timestamp or not _is_ready(pod):
            return False
        try:
            self._take(piece, pod.metadata.name)
        except (ApiRefused, OSError, ValueError, binascii.Error, tarfile.TarError) as error:
            # it was lost in this very moment; another one takes its place
            self._say(f"shard {piece}: its results cannot be taken yet: {error}")
            return False
        return True

    def _take(self, piece: Piece, pod: str) -> None:
        exit_code = int(self._in_pod(pod, "cat", str(EXIT_CODE)))
        packed = base64.b64decode(self._in_pod(pod, "base64", "--wrap=0", str(PACKED)), validate=True)
        folder = self._results / f"{piece.number}-of-{piece.of}"
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
            archive.extractall(folder, filter="data")
        piece.exit_code, piece.folder = exit_code, folder / FOLDER_OF_RUN
        if not piece.folder.is_dir():
            raise PieceLost(f"shard {piece} ended with exit code {exit_code} and without results. It said last:{self._last_lines(pod)}")
        # the pod may end now
        self._in_pod(pod, "sh", "-c", f"echo >{TAKEN}")

    def _in_pod(self, pod: str, *command: str) -> str:
        from kubernetes.stream import stream

        with refusals():
            answer: Any = stream(
                self._commands.core.connect_get_namespaced_pod_exec,
                pod,
                self._namespace,
                container=CONTAINER,
                command=list(command),
                stderr=False,
                stdin=False,
                stdout=True,
                tty=False,
                _request_timeout=PATIENCE_SECONDS * 4,
            )
        return str(answer)

    def _last_lines(self, pod: str) -> str:
        with refusals():
            # the client would give the bytes' Python spelling
            log = self._api.core.read_namespaced_pod_log(
                pod, self._namespace, tail_lines=LAST_LINES + LINES_BEFORE, _request_timeout=PATIENCE_SECONDS, _preload_content=False
            ).data.decode(errors="replace")
        return "".join(f"\n  | {line}" for line in last_lines(log, LAST_LINES))

    def _refuse_failed_jobs(self, waiting: dict[str, Piece]) -> None:
        with refusals():
            jobs: list[V1Job] = self._api.batch.list_namespaced_job(
                self._namespace, label_selector=self._selector, _request_timeout=PATIENCE_SECONDS
            ).items
        for job in jobs:
            piece = waiting.get(job.metadata.labels.get(PIECE_LABEL, ""))
            failed = next((each for each in job.status.conditions or [] if each.type == "Failed" and each.status == "True"), None)
            if piece is None or failed is None:
                continue
            if failed.reason == "DeadlineExceeded":
                seconds = job.spec.active_deadline_seconds
                raise PieceLost(f"shard {piece} was ended after {seconds} s: raise RINGMASTER_ENGINE_DEADLINE_SECONDS, or make more pieces")
            raise PieceLost(f"shard {piece} was lost {MOST_LOST + 1} times ({failed.message}): see whether its pods get enough memory")


def _is_ready(pod: "V1Pod") -> bool:
    return any(condition.type == "Ready" and condition.status == "True" for condition in pod.status.conditions or [])


def _why_it_cannot_start(pod: "V1Pod") -> str | None:
    for status in pod.status.container_statuses or []:
        waits = status.state.waiting
        if waits is not None and waits.reason in CANNOT_START:
            return f"{waits.reason}: {waits.message}"
    return None


def _state_of(pod: "V1Pod") -> str:
    """In words."""
    if pod.metadata.deletion_timestamp:
        return f"its pod {pod.metadata.name} is being removed"
    if _is_ready(pod):
        return "has ended, taking its results"
    for status in pod.status.container_statuses or []:
        if status.state.terminated is not None:
            return f"its pod {pod.metadata.name} ended: {status.state.terminated.reason}, exit code {status.state.terminated.exit_code}"
        if status.state.running is not None:
            return f"runs in {pod.metadata.name} on {pod.spec.node_name}"
    unscheduled = next(
        (each.message for each in pod.status.conditions or [] if each.type == "PodScheduled" and each.status == "False"), None
    )
    return f"waits for a node: {unscheduled}" if unscheduled else f"waits in {pod.metadata.name}"
