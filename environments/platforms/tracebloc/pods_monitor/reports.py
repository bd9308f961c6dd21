"""Which phase changes there are to report, and reporting them: each once, in order, until the backend has taken it.

Source: our choice (`POST /edge-device/pods/`; that of tracebloc is not public).
"""

import logging
from collections import OrderedDict
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, sleep_using_event, stop_when_event_set
from tenacity.wait import wait_exponential

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.login import EdgeSession, LoginRefused
from environments.platforms.tracebloc.launchers.launcher import Pod
from environments.platforms.tracebloc.pods_monitor.exit_reasons import reason
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.texts import shortened

log = logging.getLogger(__name__)

REMEMBERED_PODS = 10_000
LONGEST_REASON = 1000


class BackendAway(Exception):
    """The backend cannot take a report now; the text says why."""


class PhaseChanges:
    """Picks out what has changed since the pods were last seen; ingestion pods never count."""

    def __init__(self) -> None:
        self._phases: OrderedDict[str, tuple[str, bool]] = OrderedDict()

    def new(self, pods: list[Pod]) -> list[Pod]:
        """The training pods whose phase was not seen before, or not the reason why they wait, in the order given."""
        training = [pod for pod in pods if pod.labels.get("tracebloc.io/workload") == "training"]
        changed = [pod for pod in training if self._phases.get(pod.name) != _seen(pod)]
        for pod in changed:
            self._phases[pod.name] = _seen(pod)
        while len(self._phases) > REMEMBERED_PODS:
            self._phases.popitem(last=False)
        if is_on(EdgeSabotage.FAILED_POD_NOT_REPORTED):
            return [pod for pod in changed if pod.phase != "Failed"]
        return changed


def _seen(pod: Pod) -> tuple[str, bool]:
    return pod.phase, pod.phase == "Pending" and pod.reason is not None


def report_body(pod: Pod) -> dict[str, Any]:
    """What the backend is told about one pod."""
    body: dict[str, Any] = {
        "name": pod.name,
        "experiment_key": pod.labels["tracebloc.io/experiment"],
        "cycle": int(pod.labels["tracebloc.io/cycle"]),
        "attempt": int(pod.labels["tracebloc.io/attempt"]),
        "kind": pod.labels["tracebloc.io/kind"],
        "phase": pod.phase,
    }
    if submission := pod.labels.get("tracebloc.io/submission"):
        body["submission_id"] = submission
    if pod.exit_code is not None:
        body["exit_code"] = pod.exit_code
    told = None if is_on(EdgeSabotage.PODS_REASON_NOT_TOLD) else pod.reason
    if pod.phase == "Failed":
        body["reason"] = shortened(reason(pod.exit_code, told), LONGEST_REASON)
    elif told:
        body["reason"] = shortened(told, LONGEST_REASON)
    return body


def report(session: EdgeSession, pod: Pod) -> None:
    """Report one pod's phase; returns when the backend has taken it, has refused it for good (logged), or the service ends."""
    retrying = Retrying(
        retry=retry_if_exception_type(BackendAway),
        wait=wait_exponential(multiplier=0.1, max=2),
        stop=stop_when_event_set(service.stopping),
        sleep=sleep_using_event(service.stopping),
        before_sleep=_tell_the_wait,
        reraise=True,
    )
    try:
        retrying(_report_once, session, report_body(pod))
    except BackendAway as error:
        log.warning("pod %s %s was not reported before the end: %s", pod.name, pod.phase, error)


def _report_once(session: EdgeSession, body: dict[str, Any]) -> None:
    try:
        response = session.request("POST", "/edge-device/pods/", json=body)
    except (httpx.HTTPError, LoginRefused) as error:
        if is_on(EdgeSabotage.POD_REPORT_NOT_REPEATED):
            return
        raise BackendAway(f"{type(error).__name__}: {error}") from error
    if is_on(EdgeSabotage.BUSY_PLATFORM_TAKEN_FOR_A_REFUSAL) and response.is_error:
        return
    if response.is_server_error or response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.TOO_MANY_REQUESTS):
        raise BackendAway(f"the backend answered {response.status_code}")
    if response.is_error:
        # asking again cannot help, and what comes after it must not wait for ever
        log.error(
            "pod %s %s: the backend refused the report: %d %s",
            body["name"],
            body["phase"],
            response.status_code,
            shortened(response.text, 200),
        )
        return
    log.info("pod %s: %s%s", body["name"], body["phase"], f", {body['reason']}" if "reason" in body else "")


def _tell_the_wait(state: RetryCallState) -> None:
    log.warning("a report waits for the backend: %s", state.outcome.exception() if state.outcome else None)
