"""What an ingestion tells of its dataset, as large as may be and larger, and what the platform says to it.

Source: tracebloc-ingestor 0.8.94 (`backend_api.v1.json`) for what is told; the upper limits are our choice.
"""

import json
import re
from typing import Any

from environments.errors import WrongScenario
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.use_cases import refusals
from support.platforms.tracebloc.sample_data.datasets import feature_names
from support.platforms.tracebloc.scene import Scene

TAKEN = "taken"


def answer(scene: Scene, described: str) -> str:
    """What the platform says when the last environment tells of a dataset that is as the words of a feature say."""
    stub, table = scene.environments[-1].stub_participant, scene.names.table("told")
    summary = stub_participants.summary_of(table, "train", {"circle": 2, "square": 2}, feature_names()) | _more(table, described)
    told = refusals.outcome(lambda: stub.register_dataset(table, summary))
    return TAKEN if told == refusals.LET_THROUGH else told


def _more(name: str, described: str) -> dict[str, Any]:
    number = int(match[1]) if (match := re.search(r"(\d+)", described)) else 0
    if described.startswith("a title of"):
        return {"dataset_title": "a" * number}
    if described.startswith("an id of"):
        return {"ingestor_id": name + "a" * (number - len(name))}
    if described.endswith("rows"):
        return {"record_count": number}
    if described.endswith("bytes of data"):
        return {"size_bytes": number}
    if described.endswith("columns"):
        return {"schema": {f"c{each}": "INT" for each in range(number)}}
    if described.startswith("a schema of"):
        return {"schema": {"age": "a" * (number - len(json.dumps({"age": ""})))}}
    given: dict[str, dict[str, Any]] = {
        "no labels": {"labels": {}},
        "a category that nobody knows": {"category": "juggling"},
        "a number as its title": {"dataset_title": 1},
    }
    if described not in given:
        raise WrongScenario(f"no environment tells {described} of a dataset")
    return given[described]
