"""A node whose pods are written down by the scenario: what the services of a secure environment do with it can be told exactly.

Source: our choice; it keeps the promises of `environments/platforms/tracebloc/launchers/launcher.py`.
"""

from collections.abc import Iterator, Sequence

from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable, Manifest, Pod, PodChanges

MOST_LOOKS_IN_VAIN = 3


class AllSeen(Exception):
    """There is nothing more to watch."""


class WrittenNode:
    """Runs nothing: keeps the Jobs that are made, lists pods as they are written down, and notes which are stopped."""

    def __init__(self, pods: Sequence[Pod] = (), looks: Sequence[Sequence[Pod] | None] = ()) -> None:
        """`looks`: the pods as they are at each look of whoever watches; None: the node does not answer then."""
        self.jobs: dict[str, Manifest] = {}
        self.stopped: list[str] = []
        self.away = False
        self._pods = list(pods)
        self._looks: Iterator[Sequence[Pod] | None] = iter(looks)
        self._watched_anew = True
        self._in_vain = 0

    def create_job(self, manifest: Manifest) -> bool:
        """It is kept, and its pod waits; False when one of that name is there."""
        self._answer()
        name = manifest["metadata"]["name"]
        if name in self.jobs:
            return False
        self.jobs[name] = manifest
        self._pods.append(Pod(name=name, phase="Pending", labels=manifest["spec"]["template"]["metadata"]["labels"]))
        return True

    def list_pods(self, label_selector: dict[str, str]) -> list[Pod]:
        """Those that carry all of these labels."""
        self._answer()
        return [pod for pod in self._pods if label_selector.items() <= pod.labels.items()]

    def watch(self, label_selector: dict[str, str], since: str, _timeout_seconds: float) -> PodChanges:
        """The next look; raises AllSeen after the last. After an outage nothing can be told since a position of before."""
        if since and self._watched_anew:
            self._in_vain += 1
            if self._in_vain > MOST_LOOKS_IN_VAIN:
                raise AllSeen
            raise LauncherUnavailable("watching the pods: that position is too long ago")
        look = next(self._looks, ())
        if look is None:
            self._watched_anew = True
            raise LauncherUnavailable("watching the pods: nobody answers")
        if not look:
            raise AllSeen
        self._watched_anew = False
        return PodChanges(position="a position", pods=[pod for pod in look if label_selector.items() <= pod.labels.items()])

    def stop_job(self, name: str) -> None:
        """It is noted."""
        self._answer()
        self.stopped.append(name)

    def delete_job(self, _name: str) -> None:
        """None is deleted."""

    def pod_log(self, _name: str) -> str:
        """They write nothing."""
        return ""

    def _answer(self) -> None:
        if self.away:
            raise LauncherUnavailable("nobody answers")
