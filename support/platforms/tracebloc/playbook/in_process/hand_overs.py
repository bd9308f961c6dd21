"""What the services of a secure environment tell the platform and ask it, by their own code, in this process, through a gateway.

Source: our choice (`environments/platforms/tracebloc/pods_monitor`, `jobs_manager`).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from environments.platforms.tracebloc.messaging.messages import StopTraining, TrainCycle
from support.platforms.tracebloc.clients.gateway import Answer, Endpoint, Gateway
from support.platforms.tracebloc.playbook.in_process.written_work import training_work
from support.platforms.tracebloc.scene import RegisteredEnvironment, Scene

if TYPE_CHECKING:
    from environments.platforms.tracebloc.edge.login import EdgeSession

REPORTS = Endpoint("POST", "/edge-device/pods/")
EXPERIMENTS = Endpoint("GET", "/edge-device/experiments/.*")
WORK = Endpoint("GET", "/v1/work")
RETRY_SECONDS = 20
OWN, NOTHING = "its own", "nothing"
WANTED, NOT_WANTED, NOBODY_CAN_SAY = "wanted", "not wanted", "nobody can say"


def answers(words: str) -> Sequence[Answer]:
    """`503, nothing`: HTTP statuses and dropped connections, one after the other."""
    return [Answer(hangs_up=True) if word == NOTHING else Answer(int(word)) for word in words.split(", ")]


def report(environment: RegisteredEnvironment, gateway: Gateway, work: TrainCycle, exit_code: int) -> None:
    """The pods-monitor reports the failed pod of some work; returns when that is taken or given up."""
    from environments.platforms.tracebloc.launchers.launcher import Pod
    from environments.platforms.tracebloc.pods_monitor import reports

    labels = {"experiment": work.experiment_key, "cycle": str(work.cycle), "attempt": str(work.attempt), "kind": "train"}
    pod = Pod(
        name=environment.stub_participant.pod_of(work),
        phase="Failed",
        exit_code=exit_code,
        labels={f"tracebloc.io/{name}": value for name, value in labels.items()},
    )
    with _logged_in(environment, gateway) as session:
        reports.report(session, pod)


def send_heartbeat(scene: Scene, environment: RegisteredEnvironment, interval_seconds: float, busy_seconds: float = 0.0) -> bool:
    """The resource-monitor tells of this machine, which this process keeps busy for so long; whether the platform took it."""
    from environments.platforms.tracebloc.resource_monitor import heartbeat

    heartbeat.begin_to_measure()
    began = time.process_time()
    while time.process_time() < began + busy_seconds:
        pass
    with _logged_in(environment, scene.new_gateway()) as session:
        return heartbeat.send_heartbeat(session, interval_seconds)


def logins_of_ingestions(scene: Scene, environment: RegisteredEnvironment, number: int) -> set[str]:
    """The different logins that the jobs-manager gives to so many ingestions, without the one that it has itself."""
    with _logged_in(environment, scene.new_gateway()) as session:
        own = session.login().token.get_secret_value()
        return {session.fresh_token() for _ in range(number)} - {own}


def ended_by_stopping(environment: RegisteredEnvironment, experiment_key: str, jobs: Sequence[Mapping[str, str]]) -> list[bool]:
    """Which of these jobs the jobs-manager ends when it is told to stop an experiment; each has an experiment, a kind and a phase."""
    from environments.platforms.tracebloc.jobs_manager.settings import Settings
    from environments.platforms.tracebloc.jobs_manager.work import WorkStarter
    from environments.platforms.tracebloc.launchers.launcher import Pod
    from support.platforms.tracebloc.clients.written_node import WrittenNode

    labels = [{"client-id": environment.client_id, "experiment": job["experiment"], "kind": job["kind"]} for job in jobs]
    pods = [
        Pod.model_validate(
            {"name": f"job-{number}", "phase": job["phase"], "labels": {f"tracebloc.io/{label}": value for label, value in own.items()}}
        )
        for number, (job, own) in enumerate(zip(jobs, labels, strict=True))
    ]
    node = WrittenNode(pods)
    starter = WorkStarter(Settings.model_construct(client_id=environment.client_id), node, lambda _key: True)
    starter(StopTraining(experiment_key=experiment_key).model_dump_json())
    return [pod.name in node.stopped for pod in pods]


def is_wanted(scene: Scene, environment: RegisteredEnvironment, experiment_key: str) -> Callable[[str], str]:
    """What the jobs-manager takes each answer for when it asks whether an experiment goes on."""
    from environments.platforms.tracebloc.jobs_manager.experiments import BackendAway, has_ended

    def taken_for(answer: str) -> str:
        gateway = scene.new_gateway()
        with _logged_in(environment, gateway) as session:
            session.login()
            if answer != OWN:
                (given,) = answers(answer)
                gateway.answer(EXPERIMENTS, given)
            try:
                return NOT_WANTED if has_ended(session, experiment_key) else WANTED
            except BackendAway:
                return NOBODY_CAN_SAY

    return taken_for


def taken_by_a_job(scene: Scene, words: str) -> str:
    """What a training job makes of these answers when it asks its requests-proxy for its work; a 200 holds the work."""
    from environments.platforms.tracebloc.training.requests_proxy import RequestsProxy, RequestsProxyError

    gateway, work = scene.new_gateway(), training_work()
    body = {200: work.model_dump_json().encode(), 204: b""}
    given = [replace(answer, body=body.get(answer.status, b'{"message": "not now"}')) for answer in answers(words)]
    gateway.answer_first(WORK, given)
    with RequestsProxy(gateway.url, "e2e-test-token", retry_seconds=RETRY_SECONDS) as requests_proxy:
        try:
            taken = requests_proxy.work()
        except RequestsProxyError as error:
            return f"asked {gateway.asked} times, then: {str(error).removeprefix('GET /v1/work: ')}"
        except httpx.HTTPError as error:
            return f"asked {gateway.asked} times, then it breaks: {type(error).__name__}"
    return f"asked {gateway.asked} times, then: {'its work' if taken == work else 'other work'}"


@contextmanager
def _logged_in(environment: RegisteredEnvironment, gateway: Gateway) -> "Iterator[EdgeSession]":
    from environments.platforms.tracebloc.edge.login import EdgeSession, EdgeSettings

    settings = EdgeSettings(backend_url=gateway.url, client_id=environment.client_id, client_password=environment.client_password)
    session = EdgeSession(settings)
    try:
        yield session
    finally:
        session.close()
