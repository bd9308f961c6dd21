"""Linking and ordering work for each task: which columns count as features, what a model is compared by, and what its pod is told."""

import json
from typing import Any

import pytest

from tests.platforms.tracebloc.backend.people import Json, Owner, Person, join

NUMBER, TEXT = {"dtype": "float"}, {"dtype": "string"}
PICTURES = {"category": "image_classification", "data_format": "image", "schema": {}, "meta_data": {"target_size": [64, 32]}}
COLUMNS = {"a": NUMBER, "b": NUMBER}
HEADER = b"framework = 'pytorch'\ncategory = '%s'\noutput_classes = 3\n"


def use_case_of(owner: Owner, **told: Any) -> Json:
    """A published use case with datasets of which the ingestor told this."""
    site = owner.sites[0]
    keys = {intent: [str(site.ingest(intent, **told)["dataset_key"])] for intent in ("train", "test")}
    new = {"title": "Task", "task": told["category"], "description": "Any", "private": False}
    key = owner.person.ask("POST", "/use-cases/", 201, json=new)["key"]
    owner.person.ask("PUT", f"/use-cases/{key}/datasets/", json={"training": keys["train"], "test": keys["test"]})
    return owner.publish({"key": key}, score={"metric": "accuracy", "higher_is_better": True}, budget_petaflops=1.0)


def link(person: Person, use_case: Json, category: str, classes: int | None, **points: int) -> Json:
    model = person.upload(HEADER % category.encode())
    form = {"type": "linking_dataset", "dataset_key": use_case["training_dataset_key"], "model_name": model, "category": category}
    sent = {**form, "match_point": json.dumps(points), **({} if classes is None else {"classes": classes})}
    return person.ask("POST", "/check-model/", 202, data=sent)


@pytest.mark.parametrize(
    ("category", "columns", "expected"),
    [
        ("time_series_forecasting", {"timestamp": {"dtype": "datetime"}, **COLUMNS}, 2),
        ("time_series_classification", {"sequence_id": TEXT, "timestamp": {"dtype": "int"}, **COLUMNS}, 2),
        ("time_to_event_prediction", {"time": NUMBER, **COLUMNS}, 2),
        ("tabular_regression", {"time": NUMBER, **COLUMNS}, 3),
    ],
)
def test_bookkeeping_columns_are_no_features(owner: Owner, person: Person, category: str, columns: Json, expected: int) -> None:
    use_case = use_case_of(owner, category=category, schema=columns)
    join(person, use_case)
    classes = 3 if category == "time_series_classification" else 1
    assert link(person, use_case, category, classes, number_of_columns=expected)["status"] == "passed"
    failed = link(person, use_case, category, classes, number_of_columns=len(columns) + 1)
    assert (failed["status"], failed["match_points"]["number_of_columns"]["expected"]) == ("failed", expected)
    wanted = {"sequence_length": 6, "forecast_horizon": "2", "data_shape": 6}
    person.start(use_case, model_name=person.upload(HEADER % category.encode()), category=category, loss_function="", **wanted)
    work = owner.sites[0].work_for(person.ask("GET", "/experiments/")[0]["experiment_key"])[0]
    assert work.dataset.features == [column for column in columns if column not in ("timestamp", "sequence_id", "time")] or expected == 3
    assert (work.model_input.sequence_length, work.model_input.forecast_horizon, work.model_input.data_shape) == (6, 2, 6)


def test_key_points_are_compared_by_their_number(owner: Owner, person: Person) -> None:
    use_case = use_case_of(owner, **{**PICTURES, "category": "keypoint_detection", "meta_data": {"number_of_keypoints": 2}})
    join(person, use_case)
    assert link(person, use_case, "keypoint_detection", 3, number_of_keypoints=2)["status"] == "passed"
    failed = link(person, use_case, "keypoint_detection", 3, number_of_keypoints=5)
    assert failed["match_points"] == {"number_of_keypoints": {"expected": 2, "received": 5, "match": False, "one_hot_expected": None}}


def test_the_size_of_pictures_is_told(owner: Owner, person: Person) -> None:
    use_case = use_case_of(owner, **PICTURES)
    join(person, use_case)
    answer = link(person, use_case, "image_classification", 3)
    assert answer["image_attributes"] == {"resolution": [32, 64], "channels": 3, "color_mode": "rgb"}
    assert answer["match_points"] == {}


def test_the_pod_is_told_what_the_model_wants_and_where_its_tokenizer_is(owner: Owner, person: Person) -> None:
    use_case = use_case_of(owner, category="text_classification", data_format="text", schema={})
    join(person, use_case)
    model = person.upload(HEADER % b"text_classification", upload_tokenizer=("net_tokenizer.json", b"{}"))
    key = person.start(use_case, model_name=model, category="text_classification", data_shape=16, model_type="", data_type="rgb")[
        "experiment_key"
    ]
    work = owner.sites[0].work_for(key)[0]
    assert work.tokenizer_key == f"models/{model}/tokenizer.json"
    assert (work.model_input.data_shape, work.model_input.model_type, work.model_input.sequence_length) == (16, "", None)


@pytest.mark.parametrize(("field", "value"), [("data_shape", "0"), ("sequence_length", "long"), ("data_type", "sepia")])
def test_an_input_that_makes_no_sense_is_refused_with_its_name(owner: Owner, person: Person, field: str, value: str) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    refused = person.start(use_case, 400, **{field: value})
    assert refused["code"] == "INVALID_PLAN"
    assert refused["message"].startswith(f"{field}: ")
