"""The acts of a data scientist that ask something of the platform, each with the endpoint it asks. Source: tracebloc SDK 1.2.63."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.names import Names
from support.platforms.tracebloc.clients.gateway import Endpoint
from support.platforms.tracebloc.clients.notebook_calls import TrainingPlan
from support.platforms.tracebloc.clients.sdk import SdkSession
from support.platforms.tracebloc.playbook.training.experiments import model_file
from support.platforms.tracebloc.sample_data.datasets import class_names
from support.platforms.tracebloc.scene import Person

MODEL = "weak linear"
TEMPLATE = "tabular_classification/pytorch/two_layer_perceptron"
ROWS_OF_CLASS = 10


@dataclass
class Desk:
    """One data scientist's session and what the acts are done with."""

    session: SdkSession
    person: Person
    dataset_key: str
    names: Names

    @property
    def model(self) -> Path:
        """The model that is uploaded, fetched and scored."""
        return model_file(MODEL)

    def use_token(self) -> None:
        """Begin anew with the token of the login on the web."""
        self.session.use_token(self.person.backend.token)

    def log_in(self) -> None:
        """Begin anew with address and password."""
        self.session.log_in(self.person.email, self.person.password.get_secret_value())

    def upload(self) -> None:
        """Upload the model."""
        self.session.upload_model(self.model)

    def link(self) -> None:
        """Link what was uploaded."""
        self.session.link_dataset(self.dataset_key)

    def choose_rows(self) -> None:
        """Choose rows of each class, then start, since what the SDK does not take it only prints until then."""
        self.session.choose_rows(dict.fromkeys(class_names(), ROWS_OF_CLASS))
        printed = self.session.printed
        try:
            self.start()
        finally:
            self.session.process.printed = printed

    def start(self) -> None:
        """Start what was linked."""
        self.session.start(TrainingPlan(name=self.names.unique("experiment")))

    def follow(self) -> None:
        """Ask how an experiment is."""
        self.session.experiment_state("some-experiment")

    def fetch(self) -> None:
        """Fetch the model that the platform keeps."""
        self.session.fetching.model(self.model.stem)

    def fetch_template(self) -> None:
        """Fetch a template of the zoo."""
        self.session.fetching.template(TEMPLATE, self.dataset_key)

    def fetch_seed(self) -> None:
        """Fetch the weights that the template was pretrained with."""
        self.session.fetching.seed_weights(TEMPLATE)

    def score(self) -> None:
        """Have the model that the platform keeps scored without training."""
        self.session.run_inference(self.dataset_key, self.model.stem, self.names.unique("inference"))


@dataclass(frozen=True)
class Act:
    """What is done, which endpoint it asks, the status of a good answer, what has to be done once before it and what each time."""

    do: Callable[[Desk], None]
    endpoint: Endpoint
    success: int = 200
    first: Callable[[Desk], None] | None = None
    before: Callable[[Desk], None] | None = None


def _check_model(operation: str) -> Endpoint:
    return Endpoint("POST", "/check-model/", operation)


def _log_in_again(desk: Desk) -> None:
    desk.session.log_in_again()


def _log_out(desk: Desk) -> None:
    desk.session.log_out()


ACTS = {
    "logging in": Act(_log_in_again, Endpoint("POST", "/api-token-auth/"), first=Desk.log_in),
    "logging out": Act(_log_out, Endpoint("POST", "/logout/"), before=Desk.use_token),
    "uploading": Act(Desk.upload, _check_model("functional_test"), 202),
    "linking": Act(Desk.link, _check_model("linking_dataset"), 202, Desk.upload),
    "reading the columns": Act(Desk.link, Endpoint("GET", "/dataset/global_meta_data/"), 200, Desk.upload),
    "choosing rows": Act(Desk.choose_rows, _check_model("recalculate_image_count_per_edge"), 200, Desk.upload, Desk.link),
    "starting": Act(Desk.start, Endpoint("POST", "/experiments/"), 201, Desk.upload, Desk.link),
    "following": Act(Desk.follow, Endpoint("GET", "/experiment-status/.*")),
    "scoring": Act(Desk.score, Endpoint("POST", "/experiments/inference-only/"), 201),
    "fetching the model": Act(Desk.fetch, Endpoint("GET", "/check-model/uploads/.*/model/")),
    "fetching its weights": Act(Desk.fetch, Endpoint("GET", "/check-model/uploads/.*/weights/")),
    "fetching its tokenizer": Act(Desk.fetch, Endpoint("GET", "/check-model/uploads/.*/tokenizer/")),
    "fetching a template": Act(Desk.fetch_template, Endpoint("GET", "/model-zoo/templates/model/")),
    "fetching its parts": Act(Desk.fetch_template, Endpoint("GET", "/model-zoo/templates/tokenizer/")),
    "fetching pretrained weights": Act(Desk.fetch_seed, Endpoint("GET", "/zoo-weights/.*")),
}

WITH_ENDED_TOKEN = {
    "starting": Desk.start,
    "following": Desk.follow,
    "linking": Desk.link,
    "uploading": Desk.upload,
    "fetching": Desk.fetch,
    "scoring": Desk.score,
}
