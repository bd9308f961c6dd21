"""What a platform may answer, as exchanges."""

from typing import Any

import pytest

from support.platforms.tracebloc.cassettes.exchange import FORM_TYPE, JSON_TYPE, Exchange

LINKED = {
    "total_images": {"edge-1": 100},
    "class_names": {"circle": 20, "square": 80},
    "class_order": ["circle", "square"],
    "resources": None,
    "allow_feature_modification": False,
    "match_points": {"number_of_columns": {"expected": 8}},
}


def exchange(**changes: Any) -> Exchange:
    """A link that passed, but for the changes."""
    fields: dict[str, Any] = {
        "method": "POST",
        "target": "/check-model/",
        "sent": {"type": "linking_dataset", "dataset_key": "dataset-1"},
        "sent_as": FORM_TYPE,
        "status": 202,
        "content_type": JSON_TYPE,
        "file_name": "",
        "body": LINKED,
    }
    return Exchange(**{**fields, **changes})


@pytest.fixture
def link() -> Exchange:
    """A link that passed."""
    return exchange()
