"""The values that sentences allow are the very ones that the playbook, the platform and the sample data know."""

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import pytest

from environments.platforms.tracebloc.backend.storage.tables import ExperimentStatus, SubmissionStatus
from support.authoring.catalogue.definitions import read_step_definitions
from support.platforms.tracebloc.playbook.in_process import golden_weights
from support.platforms.tracebloc.playbook.sdk import acts, flows, refusals
from support.platforms.tracebloc.playbook.secure_environments import installer
from support.platforms.tracebloc.playbook.security import privacy
from support.platforms.tracebloc.playbook.training.experiments import MODELS, model_file
from support.platforms.tracebloc.playbook.use_cases import teams
from support.platforms.tracebloc.sample_data import break_outs, sources, tasks
from support.platforms.tracebloc.sample_data.sources import defects
from support.platforms.tracebloc.scene import PLACES
from support.step_arguments import allowed_values

TRAINING = cast(Any, SimpleNamespace(experiment_key="key", model="weak linear"))
KNOWN = {
    "task": tasks.TASKS,
    "machine": installer.CASES,
    "weights_defect": golden_weights.DEFECTS,
    "table_defect": defects.TABLE_DEFECTS,
    "image_defect": defects.IMAGE_DEFECTS,
    "break_out": break_outs.ATTEMPTS,
    "flow": flows.FLOWS,
    "sdk_act": acts.ACTS,
    "act_on_ended_token": acts.WITH_ENDED_TOKEN,
    "answer": refusals.ANSWERS,
    "place": PLACES,
    "way_in": privacy.ways_in(MagicMock(), MagicMock(), TRAINING, MagicMock()),
    "merge_attempt": teams.merge_attempts(MagicMock(), MagicMock(), MagicMock(), MagicMock(), merged=1),
    "experiment_status": [status.display for status in ExperimentStatus],
    "submission_status": list(SubmissionStatus),
}


def allowed() -> dict[str, list[str]]:
    """Each type's values."""
    tree = ast.parse(Path("steps/tracebloc/_parameter_types.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    options = [{word.arg: ast.unparse(word.value) for word in call.keywords} for call in calls]
    return {ast.literal_eval(each["name"]): allowed_values([ast.literal_eval(each["regexp"])]) for each in options}


@pytest.mark.parametrize("kind", KNOWN)
def test_a_list_is_the_playbooks(kind: str) -> None:
    assert sorted(allowed()[kind]) == sorted(map(str, KNOWN[kind]))


def test_every_toy_model_and_category_of_data_can_be_named() -> None:
    assert sorted(model_file(model).name for model in allowed()["model"]) == sorted(path.name for path in MODELS.glob("*.py"))
    assert sorted(name.lower().replace(" ", "_") for name in allowed()["data_category"]) == sorted(sources.MAKERS)


def test_every_parameter_type_is_used() -> None:
    library = read_step_definitions()
    kinds = {kind for each in library.definitions for kind in (*each.types, *(each.table.kinds if each.table else ()))}
    assert allowed().keys() - kinds == set()
