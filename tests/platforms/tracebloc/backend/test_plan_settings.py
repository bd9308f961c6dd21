"""What a training plan asks for is done, or refused in words; names and times of stored models are the SDK's."""

import json

import pytest

from environments.platforms.tracebloc.backend.training.plan_settings import OPTIMIZERS, loss_for
from tests.platforms.tracebloc.backend.people import MODEL, Owner, Person, RunningBackend, join


@pytest.fixture(scope="module")
def member(owner: Owner, backend: RunningBackend) -> Person:
    return backend.person()


@pytest.fixture(scope="module")
def use_case(owner: Owner, member: Person) -> dict[str, object]:
    found: dict[str, object] = owner.use_case()
    join(member, found)
    return found


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("optimizer", "junk", "optimizer: junk is none of adam, adamw"),
        ("loss_function", '{"type": "standard", "value": "junk"}', "loss_function: junk does not fit tabular_classification"),
        ("loss_function", '{"type": "standard", "value": "coxph"}', "loss_function: coxph does not fit"),
        ("loss_function", '{"type": "custom", "value": "code"}', "loss_function: only the type standard"),
        ("learning_rate", '{"type": "adaptive", "value": 0.1}', "learning_rate: only the type constant"),
        ("aggregation_strategy", "junk", "aggregation_strategy: junk is none of fedavg"),
        ("aggregation_strategy", "fedprox", "cannot do fedprox"),
        ("aggregation_hyperparameters", '{"proximal_mu": 0.1}', "aggregation_hyperparameters"),
        ("callbacks", "[{'earlystopping': ['loss', 3]}]", "callbacks"),
        ("feature_interaction", '{"include": ["petal_length"]}', "feature_interaction"),
        ("horizontal_flip", "True", "horizontal_flip: True would have no effect"),
        ("rotation_range", "30", "rotation_range"),
        ("lora_enabled", "True", "lora_enabled"),
        ("tabular_scaler", "RobustScaler", "tabular_scaler"),
        ("epochs", "1001", "epochs: must be at most 1000"),
        ("epochs", "1" + "0" * 30, "epochs: must be at most 1000"),
        ("cycles", "101", "cycles: must be at most 100"),
        ("fedprox_mu", "0.1", "fedprox_mu: this is no setting of a training plan"),
        ("epoch", "5", "epoch: this is no setting"),
        ("class_weights", "{}", "class_weights: this is no setting"),
        ("learning_rate", '{"type": "constant", "value": 0.1, "schedule": "cosine"}', "learning_rate: schedule would have no effect"),
        ("loss_function", '{"type": "standard", "value": "mse", "weights": [1, 2]}', "loss_function: weights would have no effect"),
        ("subdataset", '{"trainingClasses": {"setosa": 1.9}}', "whole numbers by class"),
        ("subdataset", '{"trainingClasses": {"setosa": true}}', "whole numbers by class"),
        ("subdataset", '{"trainingClasses": []}', "whole numbers by class"),
        ("subdataset", '{"trainingClasses": {"setosa": 5}, "perEdge": 3}', "subdataset: perEdge would have no effect"),
        ("subdataset", '{"trainingClasses": {"setosa": 5}, "trainingDatasetSize": 6}', "is not what trainingClasses add up to"),
        ("epochs", "1_0", "epochs: must be a whole number"),
        ("epochs", "\u0663", "epochs: must be a whole number"),
        ("validation_split", "0.0_1", "validation_split: must be a number"),
        ("metrics", "['f1']", "metrics: ['f1'] would have no effect"),
        ("fill_mode", "wrap", "fill_mode: wrap would have no effect"),
        ("lora_r", "64", "lora_r: 64 would have no effect"),
        ("message", "resume", "message: resume cannot be meant"),
        ("pre_trained_weights", "perhaps", "pre_trained_weights: perhaps cannot be meant"),
        ("name", "n" * 201, "name: must have at most 200 letters"),
    ],
)
def test_what_would_have_no_effect_is_refused_in_words(
    member: Person, use_case: dict[str, object], setting: str, value: str, words: str
) -> None:
    refused = member.start(use_case, 400, **{setting: value})
    assert refused["code"] == "INVALID_PLAN"
    assert words in refused["message"]


def test_what_is_for_something_else_is_refused(member: Person, use_case: dict[str, object]) -> None:
    assert member.start(use_case, 400, category="image_classification")["code"] == "CATEGORY_MISMATCH"
    assert member.start(use_case, 400, framework="sklearn")["code"] == "FRAMEWORK_MISMATCH"
    other = member.upload(MODEL.replace(b"tabular_classification", b"text_classification"))
    refused = member.start(use_case, 400, model_name=other, category="")
    assert (refused["code"], "the model's category: text_classification" in refused["message"]) == ("CATEGORY_MISMATCH", True)


def test_what_the_sdk_sends_unasked_is_taken(member: Person, use_case: dict[str, object]) -> None:
    usual = {
        "aggregation_strategy": "fedavg", "aggregation_hyperparameters": "{}", "callbacks": "[]", "feature_interaction": "{}",
        "featurewise_center": "False", "rotation_range": "0", "width_shift_range": "0.0", "brightness_range": "None", "rescale": "None",
        "shuffle": "True", "layers_freeze": "", "objective": "", "upperbound_time": "0", "lora_enabled": "False", "q_lora": "False",
        "handle_missing_values": "True", "imputation_strategy": "median", "encoding_strategy": "label", "normalize_features": "True",
        "tabular_scaler": "StandardScaler", "scaler": "MinMaxScaler", "missingness_indicators": "False", "epochs": "1000",
    }  # fmt: skip
    member.start(use_case, **usual)


def test_a_plan_without_a_loss_gets_the_usual_one(owner: Owner, member: Person, use_case: dict[str, object]) -> None:
    key = member.start(use_case, loss_function="", optimizer="")["experiment_key"]
    work = owner.sites[0].cycle(key)
    assert (work.plan.loss_function, work.plan.optimizer) == ("crossentropy", "sgd")
    assert loss_for("", "time_to_event_prediction", "pytorch") == "coxph"
    assert loss_for("mse", "text_classification", "sklearn") == "mse"


def test_the_optimizers_are_those_that_a_pod_knows() -> None:
    from environments.platforms.tracebloc.training.pytorch import OPTIMIZERS as KNOWN

    assert tuple(KNOWN) == OPTIMIZERS


@pytest.mark.parametrize("name", ["net", "my net (2)", "a", "0.5+x", "~x".replace("~", "_~"), "a" * 64, "a[b]=c,d@e"])
def test_a_model_is_stored_and_fetched_under_any_name_that_the_sdk_fetches(member: Person, name: str) -> None:
    from tracebloc.fetch import is_safe_model_name

    assert is_safe_model_name(name)
    answer = member.ask("POST", "/check-model/checks/", data={"model_name": name}, files={"upload_file": ("m.py", MODEL)})
    assert answer["check_status"], answer
    fetched = member.client.get(f"/check-model/uploads/{name}/model/")
    assert (fetched.status_code, fetched.content) == (200, MODEL)
    assert fetched.headers["content-disposition"] == f'attachment; filename="{name}.py"'


@pytest.mark.parametrize("name", ["a" * 65, ".net", "-net", "a..b", "net.", "net ", "a/b", 'a"b', "ü", "a;b"])
def test_a_name_that_the_sdk_would_not_fetch_is_refused(member: Person, name: str) -> None:
    from tracebloc.fetch import is_safe_model_name

    assert not is_safe_model_name(name)
    data = {"model_name": name, "type": "functional_test"}
    answer = member.ask("POST", "/check-model/", 202, data=data, files={"upload_file": ("m.py", MODEL)})
    assert (answer["check_status"], "named with letters" in answer["text"]) == (False, True)


def test_an_upload_can_be_fetched_for_24_hours(backend: RunningBackend, member: Person) -> None:
    member.ask("POST", "/check-model/checks/", data={"model_name": "kept"}, files={"upload_file": ("m.py", MODEL)})

    def grow_older(seconds: int) -> None:
        backend.change("UPDATE model_uploads SET created_at = created_at - :seconds WHERE name = 'kept'", seconds=seconds)

    grow_older(86_300)
    assert member.client.get("/check-model/uploads/kept/model/").status_code == 200
    grow_older(200)
    assert member.client.get("/check-model/uploads/kept/model/").status_code == 404
    assert json.loads(member.client.get("/check-model/uploads/kept/model/").content)["code"] == "NOT_FOUND"


def test_a_plan_sent_as_json_is_the_same_as_one_sent_as_a_form(owner: Owner, member: Person, use_case: dict[str, object]) -> None:
    plan = {**member.plan_for(use_case), "epochs": 3, "seed": 7, "learning_rate": {"type": "constant", "value": 0.5}, "shuffle": True}
    key = member.ask("POST", "/experiments/", 201, json=plan)["experiment_key"]
    work = owner.sites[0].cycle(key)
    assert (work.plan.epochs, work.plan.seed, work.plan.learning_rate) == (3, 7, 0.5)
    assert member.ask("POST", "/experiments/", 400, json={**plan, "shuffle": False})["message"].startswith("shuffle: False")
    assert member.ask("POST", "/experiments/", 400, json=[plan])["message"] == "body: a JSON object is needed"


def test_a_field_that_is_sent_twice_or_as_a_file_is_refused(member: Person, use_case: dict[str, object]) -> None:
    plan = {**member.plan_for(use_case), "epochs": ["3", "30"]}
    assert member.ask("POST", "/experiments/", 400, data=plan)["message"] == "epochs: it is sent more than once; send it once"
    files = {"epochs": ("epochs.txt", b"3")}
    assert "this takes no file" in member.ask("POST", "/experiments/", 400, data={"name": "x"}, files=files)["message"]
