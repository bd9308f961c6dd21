"""The contract with the unmodified tracebloc SDK: it logs in, uploads, links, starts and follows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.platforms.tracebloc.backend.people import PASSWORD, Owner, Person, RunningBackend, join, spent

tracebloc = pytest.importorskip("tracebloc")

MODEL = """\
from sklearn.linear_model import LogisticRegression

framework = "sklearn"
model_type = "linear"
main_method = "MyModel"
batch_size = 4
output_classes = {classes}
category = "tabular_classification"
num_feature_points = 4


def MyModel():
    return LogisticRegression(random_state=42)
"""


@pytest.fixture
def folder(tmp_path: Path, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the model files are; the SDK is pointed at the backend."""
    monkeypatch.setenv("TRACEBLOC_API_URL", backend.url)
    monkeypatch.setenv("TRACEBLOC_APP_URL", "http://app.test")
    monkeypatch.chdir(tmp_path)
    for name, classes in (("logreg", 3), ("two_classes", 2)):
        (tmp_path / f"{name}.py").write_text(MODEL.format(classes=classes))
    return tmp_path


@pytest.fixture
def user(folder: Path, person: Person) -> Iterator[Any]:
    """Somebody logged in with the SDK."""
    logged_in = tracebloc.User("production", person.email, PASSWORD)
    yield logged_in
    logged_in.logout()


def test_a_wrong_password_is_an_authentication_error(folder: Path, person: Person) -> None:
    from tracebloc.exceptions import AuthenticationError

    with pytest.raises(AuthenticationError):
        tracebloc.User("production", person.email, "not the password")


def test_a_model_is_uploaded_linked_started_and_followed(
    user: Any,  # noqa: ANN401 - the SDK has no types
    owner: Owner,
    person: Person,
    backend: RunningBackend,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from tracebloc.exceptions import APIError

    use_case = owner.use_case(sites=2, budget_petaflops=1e-12)
    join(person, use_case)
    user.upload_model("logreg")
    plan = user.link_model_dataset(use_case["training_dataset_key"])
    plan.experiment_name("with the SDK")
    plan.training_classes({"a": 20, "b": 20, "c": 10})
    key = plan.start()
    assert f"http://app.test/experiments/{use_case['training_dataset_key']}/{key}/" in capsys.readouterr().out
    assert user.get_experiment_status(key)["status_display"] == "Pending"
    assert person.experiment(key)["name"] == "with the SDK"
    work = owner.sites[0].cycle(key)
    assert (work.framework, work.plan.epochs, len(work.participants)) == ("sklearn", 1, 2)
    assert user.get_experiment_status("unknown") is None

    backend.tell(spent(key, owner.sites[0], 1000))
    refused_plan = user.link_model_dataset(use_case["training_dataset_key"])
    refused_plan.experiment_name("too much")
    owner.person.ask("PATCH", f"/use-cases/{use_case['key']}/", json={"budget_petaflops": 0})
    with pytest.raises(APIError) as refused:
        refused_plan.start()
    assert (refused.value.status_code, refused.value.code) == (403, "BUDGET_EXHAUSTED")


def test_links_that_the_platform_refuses_are_refused_in_words(user: Any, owner: Owner, person: Person) -> None:  # noqa: ANN401
    from tracebloc.exceptions import DatasetLinkingError

    private, use_case = owner.publish(owner.draft(private=True)), owner.use_case()
    join(person, use_case)
    user.upload_model("two_classes")
    with pytest.raises(DatasetLinkingError, match="do not match"):
        user.link_model_dataset(use_case["training_dataset_key"])
    with pytest.raises(DatasetLinkingError, match="Dataset does not exist"):
        user.link_model_dataset("unknown")
    with pytest.raises(DatasetLinkingError, match="Cannot link dataset ID.*\n.*permission"):
        user.link_model_dataset(private["training_dataset_key"])


def test_a_model_the_platform_refuses_is_refused_with_its_words(folder: Path, user: Any) -> None:  # noqa: ANN401
    from tracebloc.exceptions import ModelRefusedError

    # the SDK takes any name, the platform does not
    (folder / "über.py").write_text(MODEL.format(classes=3))
    with pytest.raises(ModelRefusedError, match="named with letters"):
        user.upload_model("über")


def test_a_stored_model_is_fetched_and_scored_without_training(
    folder: Path,
    user: Any,  # noqa: ANN401
    owner: Owner,
    person: Person,
) -> None:
    from tracebloc.exceptions import InferenceRefusedError

    use_case = owner.use_case()
    join(person, use_case)
    person.ask("POST", "/check-model/checks/", files={"upload_file": ("kept.py", (folder / "logreg.py").read_bytes())})
    (folder / "fetched").mkdir()
    assert user.fetch_model("kept", directory="fetched")["model"].endswith("kept.py")
    with pytest.raises(InferenceRefusedError) as refused:
        user.run_inference(use_case["training_dataset_key"], model="kept", name="no weights")
    assert (refused.value.status_code, refused.value.code) == (400, "NO_WEIGHTS")
