"""The evidence of one scenario from its first moment to its last: always noted, and logs, pods and queues collected when it fails."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from behave.model import Scenario, Step

from environments.errors import SubstrateError
from environments.platform import Scene
from environments.substrate import PODS, Cluster, PodState, Substrate
from support.evidence.kinds import Kind
from support.evidence.manifests import FOLDER as MANIFESTS
from support.evidence.manifests import outline_of
from support.evidence.recorder import Recorder, record, use
from support.redaction import redact
from support.results.failures.explain import failure_of_error
from support.results.notes import notes

FINE = ("passed", "skipped", "untested")
MOST_LINES, LINES_BEFORE = 30, 5
"""Lines of a log that name what is a scenario's, and of those before each that are looked at."""


class ScenarioEvidence:
    """Begins when it is made. Files beside `evidence.jsonl`, when the scenario fails: `services/*`, `pods/*.log`."""

    def __init__(self, scenario: Scenario, folder: Path, substrate: Substrate, scene: Scene | None) -> None:
        """Raises OSError when the scenario's folder cannot be written."""
        self._folder = folder
        self._substrate = substrate
        self._scene = scene
        self._began = time.time()
        self._step_began = self._began
        self._recorder = Recorder(folder)
        use(self._recorder)
        # the reports find it there
        notes.evidence = folder
        tags = " ".join(f"@{tag}" for tag in sorted(map(str, scenario.effective_tags)))
        record(Kind.SCENARIO, scenario.name, f"{scenario.location}\n{tags}")

    def step_begins(self, step: Step) -> None:
        """Note which step runs, for the case that nothing after it can be noted."""
        self._step_began = time.time()
        record(Kind.BEGIN, f"{step.keyword} {step.name}")

    def step_ended(self, step: Step) -> None:
        """Note how the step ended, and its parts."""
        failed = step.status.name not in FINE
        words = _words(step) if failed else ""
        for part in notes.parts:
            record(Kind.PART, str(part), at=part.started_at, seconds=part.seconds)
        record(Kind.STEP, f"{step.keyword} {step.name}", words, at=self._step_began, seconds=step.duration, failed=failed)

    def scenario_ended(self, scenario: Scenario) -> None:
        """Collect logs, pods and queues of a scenario that failed, while they are still there, and note how it ended."""
        status = scenario.status.name
        _trying("what services logged", self._note_logs)
        if status not in FINE:
            self._collect()
        elif self._scene is not None:
            for name, cluster in self._scene.clusters().items():
                _trying(f"the pods of {name}", partial(self._note_pods, cluster))
        record(Kind.END, status, seconds=time.time() - self._began, failed=status not in FINE)

    def close(self) -> None:
        """Write the last entry; runs after all cleanups."""
        use(None)
        self._recorder.close()

    @contextmanager
    def cleaning_up(self) -> Iterator[None]:
        """Note what goes wrong while the scenario gives back what it had."""
        try:
            yield
        except Exception as error:
            record(Kind.ERROR, "cleaning up failed", f"{type(error).__name__}: {error}", failed=True)
            raise

    def _collect(self) -> None:
        if self._scene is None:
            return
        for name, cluster in self._scene.clusters().items():
            _trying(f"the pods of {name}", partial(self._keep_pods, cluster))
        if self._substrate.why_missing(PODS) is None:
            _trying("the platform's own pods", self._note_own_pods)
        for what, look in self._scene.collect_evidence().items():
            _trying(what, look)
        for service in self._scene.services():
            _trying(f"the log of {service}", partial(self._keep_log, service))
        _trying("what happened to services", self._keep_events)

    def _note_logs(self) -> None:
        """What services did that nobody waits for an answer of: the lines of their logs that name what is this scenario's alone."""
        for service, names in self._scene.named_in_logs().items() if self._scene is not None else ():
            # where logs cannot be read, there is no evidence
            with suppress(SubstrateError):
                log = self._substrate.logs(service, since=self._began) if names else ""
                lines = log.splitlines()
                if found := [number for number, line in enumerate(lines) if any(name in line for name in names)]:
                    told = "\n".join(_naming(lines, found[:MOST_LINES], names))
                    record(Kind.LOG, f"{service} logged", told, at=self._began, service=service, times=len(found))

    def _keep_log(self, service: str) -> None:
        self._keep(f"services/{service}.log", self._substrate.logs(service, since=self._began))

    def _keep_events(self) -> None:
        self._keep("services/events.txt", "".join(f"{line}\n" for line in self._substrate.events(self._began)))

    def _keep_pods(self, cluster: Cluster) -> None:
        for pod in self._note_pods(cluster):
            self._keep(f"pods/{pod.name}.log", cluster.pod_log(pod.name))

    def _note_pods(self, cluster: Cluster) -> list[PodState]:
        pods = cluster.pods({})
        for pod in pods:
            record(Kind.POD, pod.name, _described(pod), at=pod.started_at or self._began, failed=pod.phase == "Failed")
            if (manifest := outline_of(cluster, pod)) is not None:
                self._write(f"{MANIFESTS}/{pod.name}.json", json.dumps(manifest))
        return pods

    def _note_own_pods(self) -> None:
        for service, pods in self._substrate.own_pods.of_services().items():
            for pod in pods:
                labels = " ".join(f"{name.rpartition('/')[2]}={value}" for name, value in sorted(pod["metadata"]["labels"].items()))
                record(Kind.POD, pod["metadata"]["name"], f"{pod['status']['phase']} {labels}", service=service)

    def _keep(self, name: str, text: str) -> None:
        if text:
            self._write(name, redact(text))
            record(Kind.FILE, name)

    def _write(self, name: str, text: str) -> None:
        file = self._folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="replace")


def _naming(lines: Sequence[str], found: Collection[int], names: Collection[str]) -> list[str]:
    """Those that name something, without secrets: what stands before them may say what is in them."""
    looked_at = sorted({number for last in found for number in range(max(0, last - LINES_BEFORE), last + 1)})
    shown = {*names, *map(redact, names)}
    return [line for line in redact("\n".join(lines[number] for number in looked_at)).splitlines() if any(name in line for name in shown)]


def _words(step: Step) -> str:
    """The sentence, and what stands below it; the trace only where code is wrong."""
    if step.exception is None:
        return str(step.error_message or "")
    failure = failure_of_error(step.exception)
    return "\n".join([failure.message, *(f"  {line}" for line in failure.below(trace=step.status.name != "failed"))])


def _trying(what: str, collect: Callable[[], object]) -> None:
    """What cannot be collected must not hide why the scenario failed."""
    try:
        collect()
    except Exception as error:
        record(Kind.ERROR, f"{what} could not be collected", f"{type(error).__name__}: {error}", failed=True)


def _described(pod: PodState) -> str:
    labels = " ".join(f"{name.rpartition('/')[2]}={value}" for name, value in sorted(pod.labels.items()))
    return f"{pod.phase}{'' if pod.exit_code is None else f' with exit code {pod.exit_code}'} {labels}"
