"""What a data scientist does with the SDK, and what comes of it. Source: tracebloc SDK 1.2.63."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hamcrest import assert_that, contains_string, equal_to

from environments.errors import WrongScenario
from support.platforms.tracebloc.clients.notebook_calls import SdkError, TrainingPlan
from support.platforms.tracebloc.clients.sdk import SdkRefused, SdkSession
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.training.experiments import model_file
from support.platforms.tracebloc.scene import Person, Scene
from support.redaction import in_one_line
from support.results.comparison import ComparedRow, Comparison, assert_no_difference

NO_ERROR = "no error"
SAYS_NOTHING = "not a word"
ONLY_PRINTED = "nothing but words"
# of the state dicts of toy models
_SHAPES = {"weak_linear": {"head.weight": (3, 1), "head.bias": (3,)}}


@dataclass(frozen=True)
class Outcome:
    """What the data scientist sees of an act: the type of the error, its words, and what was printed."""

    error: str
    words: str
    printed: str

    @property
    def said(self) -> str:
        """The words and what was printed."""
        return f"{self.words}\n{self.printed}"


def outcome_of(scene: Scene, what: str, session: SdkSession, act: Callable[[], object]) -> Outcome:
    """Do something with the SDK and tell what the data scientist sees of it."""
    with scene.story.part(what) as part:
        try:
            act()
        except SdkError as error:
            words = f"{error.text} (code: {error.code})" if error.code else error.text
            part.detail = f"{error.kind}: {words}"
            return Outcome(error.kind, words, session.printed)
        except SdkRefused as refused:
            part.detail = str(refused).strip()
            return Outcome(ONLY_PRINTED, "", str(refused))
    return Outcome(NO_ERROR, "", session.printed)


def outcome_of_start(scene: Scene, person: Person, model: str) -> Outcome:
    """Somebody uploads a toy model, links it and tries to start an experiment; returns what they see of that."""
    experiments.upload_and_link(scene, scene.use_case, person, model)
    plan = TrainingPlan(name=scene.names.unique("experiment"))
    return outcome_of(scene, f"{person.role} tries to start an experiment", person.sdk, lambda: person.sdk.start(plan))


def refusal_of_inference(scene: Scene, person: Person, model: str) -> Outcome | None:
    """Somebody tries to have a kept model scored without training; returns what they see, or None when it was started."""
    what = f"{person.role} tries an inference-only run of the {model}"
    outcome = outcome_of(scene, what, person.sdk, lambda: experiments.run_inference(scene, person, model))
    return None if outcome.error == NO_ERROR else outcome


def assert_outcome(outcome: Outcome, error: str, words: str) -> None:
    """The SDK raised this type of error and said these words."""
    assert_that(outcome.error, equal_to(error), f"what the SDK raised; it said: {outcome.said}")
    assert_that(outcome.said, contains_string(words), "what the SDK said")


@dataclass
class Verdicts:
    """What came of each row, so that one that differs does not hide another."""

    rows: list[ComparedRow] = field(default_factory=list)

    def check(self, what: object, outcome: Outcome, error: str, words: str) -> None:
        """Note a row; it differs if its error is of another type or lacks the words."""
        said = in_one_line(outcome.said)
        wrong_words = bool(said) if words == SAYS_NOTHING else words not in outcome.said
        differing, seen = [outcome.error != error, wrong_words], (outcome.error, said or SAYS_NOTHING)
        self.rows.append(ComparedRow((error, words), seen, str(what), tuple(place for place, wrong in enumerate(differing) if wrong)))

    def differs(self, what: object, expected: str, seen: str) -> None:
        """Note something else about a row that is not as expected."""
        self.rows.append(ComparedRow((expected,), (seen,), str(what), (0,)))

    def assert_all(self) -> None:
        """Raise Differs, with every row, if one does."""
        assert_no_difference(Comparison("what the SDK raises and says", tuple(self.rows), ("error", "words")))


def log_in(scene: Scene, person: Person) -> None:
    """Somebody logs in with the SDK."""
    with scene.story.part(f"{person.role} logs in with the SDK"):
        person.sdk.log_in(person.email, person.password.get_secret_value())


def upload(scene: Scene, person: Person, file: Path, weights: bool = False) -> None:
    """Somebody uploads a model file, with the weights beside it if asked for."""
    with scene.story.part(f"{person.role} uploads {file.name}{' with its weights' if weights else ''}"):
        person.sdk.upload_model(file, weights)


def link(scene: Scene, person: Person, dataset_key: str) -> None:
    """Somebody links what was uploaded to a dataset."""
    with scene.story.part(f"{person.role} links it to the training dataset"):
        person.sdk.link_dataset(dataset_key)


def classes_named(printed: str) -> str:
    """`circle, square`: the order of the classes that a model's outputs must follow, as a link prints it; empty when it prints none."""
    _, _, lines = printed.partition("classOrder (model output index: class):\n")
    return ", ".join(found[1] for line in lines.splitlines() if (found := re.fullmatch(r"\s+\d+: (.+)", line)))


def variant_of(scene: Scene, model: str, **header: str) -> Path:
    """A toy model with other words in its header, such as `output_classes="4"`, as a file of the scenario's own."""
    original = model_file(model)
    lines = original.read_text(encoding="utf-8").splitlines(keepends=True)
    for name, value in header.items():
        lines = [f"{name} = {value}\n" if line.startswith(f"{name} =") else line for line in lines]
    folder = scene.folder / "models" / scene.names.unique("variant")
    folder.mkdir(parents=True)
    (folder / original.name).write_text("".join(lines), encoding="utf-8")
    return folder / original.name


def keep_on_platform(scene: Scene, person: Person, model: str, weights: str) -> list[Path]:
    """Somebody lets the platform check and keep a toy model in the Run tab; returns the files that were sent.

    Args:
        weights: `without weights`, `with untrained weights` or `with its trained weights`, the average of the first cycle of the
            experiment that they started last.
    """
    files = model_with_weights(scene, model) if weights == "with untrained weights" else [variant_of(scene, model)]
    if weights == "with its trained weights":
        files.append(files[0].with_name(f"{files[0].stem}_weights.safetensors"))
        files[1].write_bytes(scene.object_store.read(experiments.weights_key(experiments.training_of(scene, person.role), 1)))
    with scene.story.part(f"{person.role} lets the platform keep the {model} {weights}"):
        person.backend.keep_model(files[0], files[1].read_bytes() if len(files) > 1 else None)
    return files


def model_with_weights(scene: Scene, model: str) -> list[Path]:
    """A toy model's file and weights that fit it, as files of the scenario's own."""
    file = variant_of(scene, model)
    return [file, _write_weights(file)]


def _write_weights(file: Path) -> Path:
    # imported here, since few scenarios need it
    import numpy
    from safetensors.numpy import save_file

    if file.stem not in _SHAPES:
        raise WrongScenario(f"no weights can be made for {file.stem}; they can for: {', '.join(_SHAPES)}")
    weights = file.with_name(f"{file.stem}_weights.safetensors")
    save_file({name: numpy.full(shape, 0.5, dtype=numpy.float32) for name, shape in _SHAPES[file.stem].items()}, weights)
    return weights
