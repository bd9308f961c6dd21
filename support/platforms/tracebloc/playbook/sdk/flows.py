"""Whole ways of a data scientist through the SDK, that are walked on a running platform, recorded, and walked again from the recording.

Source: tracebloc SDK 1.2.63.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from environments.errors import WrongScenario
from support.platforms.tracebloc.clients.notebook_calls import TrainingPlan
from support.platforms.tracebloc.playbook.sdk import data_scientist
from support.platforms.tracebloc.playbook.sdk.acts import MODEL, TEMPLATE, Desk
from support.platforms.tracebloc.playbook.secure_environments import registration, stub_participants
from support.platforms.tracebloc.playbook.use_cases import people, publishing
from support.platforms.tracebloc.sample_data.datasets import class_names
from support.platforms.tracebloc.scene import Scene, UseCase
from support.redaction import in_one_line

# beside the features, which are in the checkout that the command runs in, wherever this code is installed
CASSETTES = Path("features", "tracebloc", "ring1_in_process", "cassettes").absolute()
ROLE = "the data scientist"
ROWS = {"train": {"circle": 20, "square": 30, "triangle": 50}, "test": {"circle": 10, "square": 10, "triangle": 10}}
# what a recording calls the dataset and the experiment that the platform named
RECORDED_DATASET = "dataset-1"
DONE = "done"


@dataclass
class Walk:
    """One walk: the desk it is done at, and what is to be known later on the way."""

    desk: Desk
    scene: Scene
    kept: dict[str, bytes]
    experiment_key: str = ""

    def log_in(self) -> str:
        """Log in."""
        self.desk.log_in()
        return DONE

    def log_in_wrongly(self) -> str:
        """Log in with another password."""
        self.desk.session.log_in(self.desk.person.email, self.scene.names.password())
        return DONE

    def upload(self) -> str:
        """Upload the model."""
        self.desk.upload()
        return DONE

    def link(self) -> str:
        """Link it; the classes in their order."""
        self.desk.link()
        return data_scientist.classes_named(self.desk.session.printed)

    def link_to_nothing(self) -> str:
        """Link it to a dataset that is not there."""
        self.desk.session.link_dataset("unknown")
        return DONE

    def link_another_shape(self) -> str:
        """Upload a model for four classes and link it."""
        self.desk.session.upload_model(data_scientist.variant_of(self.scene, MODEL, output_classes="4"))
        return self.link()

    def choose_rows(self) -> str:
        """Choose rows of each class."""
        self.desk.session.choose_rows(dict.fromkeys(class_names(), 12))
        return DONE

    def start(self) -> str:
        """Start what was linked."""
        self.experiment_key = self.desk.session.start(TrainingPlan(name=self.scene.names.unique("experiment")))
        return "an experiment"

    def follow(self) -> str:
        """Ask how the experiment is."""
        return str(self.desk.session.experiment_status(self.experiment_key))

    def follow_unknown(self) -> str:
        """Ask how an experiment is that is not there."""
        return str(self.desk.session.experiment_status("unknown"))

    def follow_with_wrong_token(self) -> str:
        """Ask with a token that nobody was given."""
        self.desk.session.use_token("a-token-that-nobody-was-given")
        return self.follow_unknown()

    def fetch(self) -> str:
        """Fetch what the platform keeps; whether it is what was kept."""
        fetched = {path.name: path.read_bytes() for path in self.desk.session.fetching.model(self.desk.model.stem).values()}
        return f"{', '.join(fetched)}, as they were kept" if fetched == self.kept else f"other files: {', '.join(fetched)}"

    def fetch_unknown(self) -> str:
        """Fetch a model that nobody keeps."""
        self.desk.session.fetching.model("unknown")
        return DONE

    def score(self) -> str:
        """Have the kept model scored without training."""
        session, name = self.desk.session, self.scene.names.unique("inference")
        self.experiment_key = session.run_inference(self.desk.dataset_key, self.desk.model.stem, name)
        return next(line for line in session.printed.splitlines() if line.startswith("Scored with"))

    def fetch_template(self) -> str:
        """Fetch a template of the zoo."""
        return ", ".join(path.name for path in self.desk.session.fetching.template(TEMPLATE, self.desk.dataset_key).values())

    def fetch_seed(self) -> str:
        """Fetch the weights it was pretrained with, which the SDK checks."""
        return self.desk.session.fetching.seed_weights(TEMPLATE).name

    def fetch_unknown_seed(self) -> str:
        """Fetch weights that nobody trained."""
        self.desk.session.fetching.seed_weights("unknown")
        return DONE

    def log_out(self) -> str:
        """Log out."""
        self.desk.session.log_out()
        return DONE


Act = Callable[[Walk], str]
FLOWS: dict[str, dict[str, Act]] = {
    "training": {
        "logs in": Walk.log_in,
        "uploads a model": Walk.upload,
        "links it": Walk.link,
        "chooses 12 rows of each class": Walk.choose_rows,
        "starts": Walk.start,
        "asks how it is": Walk.follow,
        "logs out": Walk.log_out,
    },
    "stored models": {
        "logs in": Walk.log_in,
        "fetches the kept model": Walk.fetch,
        "has it scored": Walk.score,
        "asks how it is": Walk.follow,
        "fetches a template": Walk.fetch_template,
        "fetches its weights": Walk.fetch_seed,
        "logs out": Walk.log_out,
    },
    "refusals": {
        "logs in wrongly": Walk.log_in_wrongly,
        "logs in": Walk.log_in,
        "uploads a model": Walk.upload,
        "links it to nothing": Walk.link_to_nothing,
        "links another shape": Walk.link_another_shape,
        "asks for nothing": Walk.follow_unknown,
        "fetches nothing": Walk.fetch_unknown,
        "fetches no weights": Walk.fetch_unknown_seed,
        "uses a wrong token": Walk.follow_with_wrong_token,
    },
}


def cassette_of(flow: str, folder: Path = CASSETTES) -> Path:
    """Where a flow's recording is; a WrongScenario names the flows there are."""
    if flow not in FLOWS:
        raise WrongScenario(f"there is no flow '{flow}'; there are: {', '.join(FLOWS)}")
    return folder / f"{flow.replace(' ', '_')}.yaml"


def on_platform(scene: Scene) -> Walk:
    """Somebody with an account, data to train on and a kept model, on the platform that runs."""
    owner = people.sign_up(scene, "the owner")
    environment = registration.register(scene, owner)
    stub_participants.connect(scene, environment)
    stub_participants.tell_of(scene, environment, ROWS)
    publishing.publish_on_all_datasets(scene, "tabular classification", "accuracy")
    use_case, person = scene.use_case, people.sign_up(scene, ROLE)
    owner.backend.invite(use_case.key, [person.email])
    publishing.join(scene, use_case, person)
    kept = data_scientist.keep_on_platform(scene, person, MODEL, "with untrained weights")
    desk = Desk(person.sdk, person, use_case.training_dataset_key, scene.names)
    return Walk(desk, scene, {file.name: file.read_bytes() for file in kept})


def away_from_any_platform(scene: Scene) -> Walk:
    """Somebody whose SDK is given an address that is taken and where nobody listens."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    scene.at_the_end(taken.close)
    person = people.new_person(scene, f"{ROLE} alone", "example.com")
    person.sdk = scene.new_sdk(person.role, f"http://127.0.0.1:{taken.getsockname()[1]}")
    scene.use_cases.append(UseCase("recorded", person, training_dataset_key=RECORDED_DATASET))
    kept = data_scientist.model_with_weights(scene, MODEL)
    return Walk(Desk(person.sdk, person, RECORDED_DATASET, scene.names), scene, {file.name: file.read_bytes() for file in kept})


def go_through(walk: Walk, flow: str) -> list[tuple[str, str]]:
    """Do everything that a flow is made of; each act with what the data scientist sees of it."""
    return [(words, _seen(walk, words, act)) for words, act in FLOWS[flow].items()]


def record(walk: Walk, flow: str, folder: Path) -> list[tuple[str, str]]:
    """Go through a flow and leave its recording in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    walk.desk.session.tape.record(cassette_of(flow, folder))
    seen = go_through(walk, flow)
    walk.desk.session.tape.finish()
    return seen


def play(walk: Walk, flow: str) -> tuple[list[tuple[str, str]], int]:
    """Go through a flow that is answered from its recording; also tells how many answers nobody asked for."""
    walk.desk.session.tape.play(cassette_of(flow))
    seen = go_through(walk, flow)
    return seen, walk.desk.session.tape.finish()


def _seen(walk: Walk, words: str, act: Act) -> str:
    seen: list[str] = []
    outcome = data_scientist.outcome_of(walk.scene, f"{ROLE} {words}", walk.desk.session, lambda: seen.append(act(walk)))
    return seen[0] if seen else f"{outcome.error}: {in_one_line(outcome.words)}"
