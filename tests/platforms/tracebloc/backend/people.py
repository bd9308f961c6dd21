"""Who acts in these tests, over HTTP: people, secure environments, and the owner of a use case."""

import copy
import itertools
import mailbox
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel
from sqlalchemy import create_engine, text

from environments.platforms.tracebloc.messaging.messages import (
    FLOPS_QUEUE,
    RESULTS_QUEUE,
    CycleAveraged,
    FlopsSpent,
    ScoreSubmission,
    StopTraining,
    SubmissionScored,
    TrainCycle,
    averaged_weights_key,
    experiments_message,
    experiments_queue,
)
from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender
from support.waiting import eventually

PASSWORD = "correct horse battery"
COLUMNS = {
    "id": {"dtype": "int"}, "label": {"dtype": "string", "role": "target"}, "petal_length": {"dtype": "float"},
    "petal_width": {"dtype": "float"}, "sepal_length": {"dtype": "float"}, "sepal_width": {"dtype": "float"},
}  # fmt: skip
MODEL = b'framework = "pytorch"\nmain_class = "Net"\ncategory = "tabular_classification"\noutput_classes = 3\nnum_feature_points = 4\n'

Json = Any
"""Whatever JSON holds."""

_numbers = itertools.count(1)


@dataclass
class RunningBackend:
    """One backend process."""

    url: str
    folder: Path
    bus: str
    process: subprocess.Popen[bytes]
    bus_process: subprocess.Popen[bytes]
    database_url: str
    senders: dict[str, QueueSender] = field(default_factory=dict)

    def change(self, statement: str, **values: object) -> None:
        """Change something in its database behind its back."""
        engine = create_engine(self.database_url)
        with engine.begin() as database:
            database.execute(text(statement), values)
        engine.dispose()

    def tell(self, message: BaseModel) -> None:
        """Put a message into the queue on which the backend expects it."""
        queue = FLOPS_QUEUE if isinstance(message, FlopsSpent) else RESULTS_QUEUE
        sender = self.senders.setdefault(queue, QueueSender(self.bus, queue))
        sender.send(message, f"message-{next(_numbers)}")

    def close(self) -> None:
        """Close the links to the queues."""
        for sender in self.senders.values():
            sender.close()

    def anonymous(self) -> httpx.Client:
        """A client without a token."""
        return httpx.Client(base_url=self.url)

    def letters_to(self, email: str) -> list[str]:
        """The bodies of all e-mails to somebody."""
        return [str(letter.get_payload()) for letter in mailbox.Maildir(self.folder / "mail") if letter["To"] == email]

    def verification_code(self, email: str) -> str:
        """The code in the e-mail that came after signing up."""
        found = re.search(r"^Verification code: (\S+)$", "\n".join(self.letters_to(email)), re.MULTILINE)
        assert found is not None
        return found[1]

    def person(self, domain: str = "alpha.test") -> "Person":
        """Somebody who signed up, verified and logged in."""
        email = f"person-{next(_numbers)}@{domain}"
        with self.anonymous() as client:
            assert client.post("/register/", json={"email": email, "password": PASSWORD}).status_code == 201
            assert client.post("/register/verify/", json={"token": self.verification_code(email)}).status_code == 200
        return Person(self, email)


class Person:
    """A person who is logged in."""

    def __init__(self, backend: RunningBackend, email: str) -> None:
        self.backend, self.email = backend, email
        self.client = backend.anonymous()
        login = self.client.post("/api-token-auth/", data={"username": email, "password": PASSWORD}).json()
        self.token = login["token"]
        self.client.headers["Authorization"] = f"{login['token_scheme']} {self.token}"

    def over(self, client: httpx.Client) -> "Person":
        """The same person, talking over another connection."""
        twin = copy.copy(self)
        twin.client = client
        return twin

    def ask(self, method: str, path: str, expected: int = 200, **request: Any) -> Json:
        """The JSON answer to a request that is expected to be answered with that status."""
        answer = self.client.request(method, path, **request)
        assert answer.status_code == expected, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def upload(self, content: bytes = MODEL, name: str = "net", **more: Any) -> str:
        """Upload a model; returns its stored name."""
        files = {"upload_file": (f"{name}.py", content), **more}
        data = {"model_name": name, "set_weights": "False", "type": "functional_test"}
        return str(self.ask("POST", "/check-model/", 202, data=data, files=files)["model_name"])

    def start(self, use_case: dict[str, Any], expected: int = 201, **plan: object) -> Json:
        """Start an experiment as the SDK does."""
        return self.ask("POST", "/experiments/", expected, data={**self.plan_for(use_case), **plan})

    def plan_for(self, use_case: dict[str, Any]) -> dict[str, Any]:
        """The form of the SDK's `start()`, with a model uploaded for it."""
        return {
            "message": "training", "dataset_key": use_case["training_dataset_key"], "model_name": self.upload(), "name": "first try",
            "epochs": 2, "cycles": 2, "batch_size": 16, "optimizer": "adam", "learning_rate": '{"type": "constant", "value": 0.01}',
            "loss_function": '{"type": "standard", "value": "crossentropy"}', "validation_split": 0.2, "seed": 0,
            "category": "tabular_classification", "framework": "pytorch", "model_parameters": 131, "pre_trained_weights": "False",
        }  # fmt: skip

    def experiment(self, key: str) -> Json:
        """All that is shown of an experiment."""
        return self.ask("GET", f"/experiments/{key}/")


class Site:
    """A secure environment: it logs in, reports its datasets and receives its work."""

    def __init__(self, owner: Person, name: str) -> None:
        registered = owner.ask("POST", "/edge-device/", 201, json={"name": name, "cluster_id": f"cluster-{next(_numbers)}"})
        self.id, self.client_id, self.password = registered["id"], registered["client_id"], registered["client_password"]
        self.client = owner.backend.anonymous()
        self.login = self.client.post("/api-token-auth/", data={"username": self.client_id, "password": self.password}).json()
        self.client.headers["Authorization"] = f"TOKEN {self.login['token']}"
        self.work: list[TrainCycle | ScoreSubmission] = []
        self.stopped: list[str] = []
        self.consumer = QueueConsumer(owner.backend.bus, experiments_queue(self.client_id), self._receive)
        self.consumer.start()

    def _receive(self, body: str) -> None:
        message = experiments_message.validate_json(body)
        if isinstance(message, StopTraining):
            self.stopped.append(message.experiment_key)
        else:
            self.work.append(message)

    def ingest(self, intent: str, expected: int = 201, **changes: Any) -> Json:
        """Tell of an ingested dataset; returns the answer."""
        summary = {
            "ingestor_id": f"ingest-{next(_numbers)}", "labels": {"a": 40, "b": 40, "c": 20}, "dataset_title": f"flowers {intent}",
            "data_format": "tabular", "data_intent": intent, "category": "tabular_classification", "schema": COLUMNS,
            "samples": [{"data_id": "1"}], "meta_data": {}, "record_count": 100, **changes,
        }  # fmt: skip
        answer = self.client.post(f"/global_meta/summary/flowers_{intent}/", json=summary)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def pod(self, work: TrainCycle | ScoreSubmission, phase: str, expected: int = 204, **changes: Any) -> str:
        """Tell of the pod that does some work; returns its name."""
        attempt = work.attempt if isinstance(work, TrainCycle) else 1
        submission = work.submission_id if isinstance(work, ScoreSubmission) else None
        kind = "score" if submission else "train"
        name = f"{kind}-{submission or work.experiment_key}-{work.cycle}-{attempt}"
        report = {
            "name": name, "experiment_key": work.experiment_key, "cycle": work.cycle, "attempt": attempt, "kind": kind,
            "submission_id": submission, "phase": phase, **changes,
        }  # fmt: skip
        answer = self.client.post("/edge-device/pods/", json=report)
        assert answer.status_code == expected, answer.text
        return name

    def work_for(self, experiment_key: str, count: int = 1) -> list[TrainCycle | ScoreSubmission]:
        """All the work received for one experiment, once it is so much."""

        def received() -> list[TrainCycle | ScoreSubmission]:
            return [work for work in self.work if work.experiment_key == experiment_key]

        return eventually(f"{count} pieces of work", received, lambda work: len(work) >= count)

    def cycle(self, experiment_key: str, number: int = 1, attempt: int = 1) -> TrainCycle:
        """The order to train one cycle, once it is there."""

        def ordered() -> TrainCycle | None:
            cycles = (work for work in self.work if isinstance(work, TrainCycle) and work.experiment_key == experiment_key)
            return next((work for work in cycles if (work.cycle, work.attempt) == (number, attempt)), None)

        work = eventually(f"cycle {number}, attempt {attempt}", ordered, lambda found: found is not None)
        assert work is not None
        return work


class Owner:
    """The owner of use cases, with secure environments and ingested datasets."""

    def __init__(self, person: Person, sites: int = 1) -> None:
        self.person = person
        self.sites = [Site(person, f"site-{number}") for number in range(1, sites + 1)]
        self.training = [str(site.ingest("train")["dataset_key"]) for site in self.sites]
        self.test = [str(site.ingest("test")["dataset_key"]) for site in self.sites]

    def draft(self, sites: int = 1, **fields: Any) -> Json:
        """A use case ready to be published, with the data of so many secure environments."""
        new = {"title": "Flowers", "task": "tabular_classification", "description": "Which flower is it?", "private": False, **fields}
        key = self.person.ask("POST", "/use-cases/", 201, json=new)["key"]
        self.person.ask("PUT", f"/use-cases/{key}/datasets/", json={"training": self.training[:sites], "test": self.test[:sites]})
        score = {"metric": "accuracy", "higher_is_better": True}
        return self.person.ask("PATCH", f"/use-cases/{key}/", json={"score": score, "budget_petaflops": 1.0})

    def publish(self, use_case: dict[str, Any], **changes: Any) -> Json:
        """Publish a draft after some changes."""
        if changes:
            self.person.ask("PATCH", f"/use-cases/{use_case['key']}/", json=changes)
        return self.person.ask("POST", f"/use-cases/{use_case['key']}/publish/")

    def use_case(self, sites: int = 1, **changes: Any) -> Json:
        """A published, public use case."""
        return self.publish(self.draft(sites), **changes)


def join(person: Person, use_case: dict[str, Any], expected: int = 201) -> Json:
    """Accept the rules and join."""
    return person.ask("POST", f"/use-cases/{use_case['key']}/join/", expected, json={"accept_rules": True})


def averaged(experiment_key: str, cycle: int = 1, accuracy: float = 0.9) -> CycleAveraged:
    """The averaging service's word that a cycle is averaged."""
    weights_key = averaged_weights_key(experiment_key, cycle)
    return CycleAveraged(experiment_key=experiment_key, cycle=cycle, weights_key=weights_key, rows={}, metrics={"accuracy": accuracy})


def scored(scoring: ScoreSubmission, site: Site, score: float, rows: int = 100) -> SubmissionScored:
    """A secure environment's word on a submission."""
    return SubmissionScored(
        experiment_key=scoring.experiment_key,
        cycle=scoring.cycle,
        submission_id=scoring.submission_id,
        client_id=site.client_id,
        rows=rows,
        score=score,
    )


def spent(experiment_key: str, site: Site, flops: int, pod: str = "pod-1") -> FlopsSpent:
    """A pod's word on what it spent, always with half a gram of CO2e."""
    return FlopsSpent(experiment_key=experiment_key, cycle=1, client_id=site.client_id, pod=pod, flops=flops, grams_co2e=0.5)


def seen(person: Person, experiment_key: str, status: str) -> Json:
    """The experiment, once it has that status."""
    return eventually(
        "the experiment", lambda: person.experiment(experiment_key), lambda experiment: experiment["status_display"] == status
    )


def cycle_done(backend: RunningBackend, person: Person, experiment_key: str, cycle: int = 1) -> Json:
    """Let a cycle be averaged; returns the experiment once it is."""
    backend.tell(averaged(experiment_key, cycle))
    return eventually(
        f"cycle {cycle} to be completed",
        lambda: person.experiment(experiment_key),
        lambda experiment: any((c["cycle"], c["status"]) == (cycle, "Completed") for c in experiment["cycle_results"]),
    )
