"""Drift: shapes that are broken on purpose are named by request, place, what they were and what they are."""

from typing import Any

import pytest

from support.platforms.tracebloc.cassettes.exchange import Exchange
from support.platforms.tracebloc.cassettes.shapes import differences
from tests.platforms.tracebloc.cassettes.conftest import LINKED, exchange

LINK = "POST /check-model/ (linking_dataset)"


def without(key: str) -> dict[str, Any]:
    """The answer to a link without a key."""
    return {name: value for name, value in LINKED.items() if name != key}


def test_the_same_answer_is_no_difference(link: Exchange) -> None:
    assert differences([link], [link]) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"body": without("class_names")}, "answer.class_names was an object, is missing"),
        ({"body": without("resources")}, "answer.resources was null, is missing"),
        ({"body": {**LINKED, "class_names": ["circle"]}}, "answer.class_names was an object, is a list"),
        ({"body": {**LINKED, "class_names": None}}, "answer.class_names was an object, is null"),
        ({"body": {**LINKED, "allow_feature_modification": 0}}, "answer.allow_feature_modification was true or false, is a number"),
        ({"body": {**LINKED, "total_images": {"edge-1": "100"}}}, "answer.total_images.edge-1 was a number, is a text"),
        ({"body": {**LINKED, "total_images": {}}}, "answer.total_images.edge-1 was a number, is missing"),
        ({"body": {**LINKED, "class_order": ["circle", 1]}}, "answer.class_order[1] was a text, is a number"),
        (
            {"body": {**LINKED, "match_points": {"number_of_columns": {}}}},
            "answer.match_points.number_of_columns.expected was a number, is missing",
        ),
        ({"body": [LINKED]}, "answer was an object, is a list"),
        ({"status": 200}, "status was 202, is 200"),
        ({"content_type": "text/html", "body": "<html>"}, "content type was application/json, is text/html"),
        ({"sent": {"type": "linking_dataset"}}, "sent.dataset_key was a text, is missing"),
        ({"sent": {"type": "linking_dataset", "dataset_key": "dataset-1", "more": "x"}}, "sent.more was missing, is a text"),
        ({"file_name": "model.py"}, "file name was missing, is model.py"),
    ],
)
def test_what_was_broken_is_named(link: Exchange, changes: dict[str, Any], told: str) -> None:
    assert f"{LINK}: {told}" in [str(difference) for difference in differences([link], [exchange(**changes)])]


@pytest.mark.parametrize(
    "body",
    [
        {**LINKED, "new": 1},
        {**LINKED, "resources": {"cpu_cores": 2}},
        {**LINKED, "class_names": {"circle": 1, "square": 2}},
        {**LINKED, "class_order": ["circle", "square", "triangle"]},
    ],
    ids=["a new key", "what was null", "other values", "a longer list"],
)
def test_what_breaks_nobody_is_no_difference(link: Exchange, body: dict[str, Any]) -> None:
    assert differences([link], [exchange(body=body)]) == []


def test_requests_that_are_no_longer_made_or_are_new_are_named(link: Exchange) -> None:
    other = exchange(method="GET", target="/experiment-status/experiment-1/", sent={}, body={})
    assert [str(difference) for difference in differences([link, link], [link, other])] == [
        f"{LINK}: the request was made, is missing",
        "GET /experiment-status/experiment-1/: the request was not made, is made",
    ]
