"""The form in which the SDK sends a training plan, read. Source: tracebloc SDK 1.2.63 (`start()`)."""

import re
from typing import Any

from pydantic import ValidationError

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.training import plan_settings
from environments.platforms.tracebloc.backend.training.plan_settings import given
from environments.platforms.tracebloc.common.sent_json import parse
from environments.platforms.tracebloc.messaging.messages import ModelInput, TrainingPlan
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on
from environments.texts import shortened

LONGEST_NAME = 200
MANDATORY = ("dataset_key", "model_name", "name")
OPTIONAL = (
    "epochs", "cycles", "batch_size", "optimizer", "learning_rate", "loss_function", "validation_split", "seed", "category", "framework",
    "model_parameters", "subdataset", *ModelInput.model_fields, *plan_settings.SETTINGS, *plan_settings.SAID_BESIDE,
)  # fmt: skip
_DEFAULT_BATCH_SIZE = 32
# six operations a parameter and row: two forward, four backward (Source: our choice, the usual estimate)
_FLOPS_PER_PARAMETER_AND_ROW = 6


def require_mandatory(form: dict[str, Any]) -> None:
    """Refusal MANDATORY_FIELDS unless dataset, model and name are given; INVALID_PLAN for a name that cannot be kept whole."""
    if any(not str(form.get(field) or "").strip() for field in MANDATORY):
        raise Refusal(400, "MANDATORY_FIELDS", "Mandatory Fields Missing.")
    if len(str(form["name"]).strip()) > LONGEST_NAME:
        raise Refusal(400, "INVALID_PLAN", f"name: must have at most {LONGEST_NAME} letters")


def read_plan(form: dict[str, Any], category: str, header: dict[str, Any]) -> TrainingPlan:
    """The plan for a model with that header; Refusal INVALID_PLAN, CATEGORY_MISMATCH or FRAMEWORK_MISMATCH names what does not fit."""
    plan_settings.refuse_unknown(form, (*MANDATORY, *OPTIONAL))
    plan_settings.refuse_misfits(form, category, header)
    plan_settings.refuse_without_effect(form)
    epochs = "number_of_epochs" if is_on(ExperimentSabotage.PLAN_FALLS_BACK_TO_DEFAULTS) else "epochs"
    return TrainingPlan(
        epochs=_whole_number(form, epochs, 1, least=1, most=plan_settings.MOST_EPOCHS),
        batch_size=_whole_number(form, "batch_size", _DEFAULT_BATCH_SIZE, least=1),
        optimizer=plan_settings.check_optimizer(given(form, "optimizer") or "sgd"),
        learning_rate=_learning_rate(form),
        loss_function=plan_settings.loss_for(_loss_function(form), category, str(header.get("framework"))),
        validation_split=_fraction(form, "validation_split", 0.2),
        seed=_whole_number(form, "seed", 0, least=0, most=2**32 - 1),
    )


def read_model_input(form: dict[str, Any]) -> ModelInput:
    """What the model has to be fed with; what does not concern its category is absent. Refusal INVALID_PLAN."""
    sent = {field: value for field in ModelInput.model_fields if (value := given(form, field))}
    try:
        return ModelInput.model_validate(sent)
    except ValidationError as error:
        problem = error.errors()[0]
        raise Refusal(400, "INVALID_PLAN", f"{problem['loc'][0]}: {problem['msg']}") from error


def read_cycles(form: dict[str, Any]) -> int:
    """How many cycles; Refusal INVALID_PLAN."""
    return _whole_number(form, "cycles", 1, least=1, most=plan_settings.MOST_CYCLES)


def estimated_flops(form: dict[str, Any], rows: int, plan: TrainingPlan, cycles: int) -> int:
    """What the whole plan will cost, roughly."""
    parameters = _whole_number(form, "model_parameters", 0, least=0, most=10**15)
    cycles = 1 if is_on(ExperimentSabotage.COST_OF_ONE_CYCLE_TOLD) else cycles
    return parameters * rows * plan.epochs * cycles * _FLOPS_PER_PARAMETER_AND_ROW


def _whole_number(form: dict[str, Any], field: str, default: int, least: int, most: int = 10**6) -> int:
    text = given(form, field) or str(default)
    # Python takes 1_000 and other scripts' digits too
    if re.fullmatch(r"[+-]?[0-9]{1,40}", text) is None:
        raise Refusal(400, "INVALID_PLAN", f"{field}: must be a whole number")
    value = int(text)
    if is_on(ExperimentSabotage.PLAN_LIMITS_NOT_CHECKED):
        return value
    if value < least:
        raise Refusal(400, "INVALID_PLAN", f"{field}: must be >{least - 1}")
    if value > most:
        raise Refusal(400, "INVALID_PLAN", f"{field}: must be at most {most}")
    return value


def _fraction(form: dict[str, Any], field: str, default: float) -> float:
    try:
        value = float(text := given(form, field) or str(default))
        if not text.isascii() or "_" in text:
            raise ValueError(text)
    except ValueError as error:
        raise Refusal(400, "INVALID_PLAN", f"{field}: must be a number") from error
    if not 0 <= value < 1:
        raise Refusal(400, "INVALID_PLAN", f"{field}: must be at least 0 and below 1")
    return value


def _learning_rate(form: dict[str, Any]) -> float:
    value = _value_in(form, "learning_rate", 0.001, "constant")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        # adaptive and custom rates are functions, which this platform does not run
        raise Refusal(400, "INVALID_PLAN", 'learning_rate: {"type": "constant", "value": a number above 0} is needed')
    return float(value)


def _loss_function(form: dict[str, Any]) -> str:
    return str(_value_in(form, "loss_function", "", "standard"))


def _value_in(form: dict[str, Any], field: str, default: object, kind: str) -> object:
    """The value in a JSON object `{"type": kind, "value": ...}`, which comes as text in a form; Refusal INVALID_PLAN for another kind."""
    sent = form.get(field)
    try:
        described = parse(sent) if isinstance(sent, str) else sent
    except ValueError:
        return sent
    if isinstance(described, dict):
        if described.get("type", kind) != kind:
            raise Refusal(400, "INVALID_PLAN", f"{field}: only the type {kind} can be done here")
        if more := sorted(described.keys() - {"type", "value"}):
            raise Refusal(400, "INVALID_PLAN", f"{field}: {shortened(more[0], 50)} would have no effect; only type and value are followed")
    return described.get("value", default) if isinstance(described, dict) else default if described is None else described
