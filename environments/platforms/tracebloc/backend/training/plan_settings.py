"""Which settings of a training plan this platform follows, and which it refuses because they would change nothing.

Source: tracebloc SDK 1.2.63 (`training/`: names, values, defaults and limits); what is followed is our choice.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on
from environments.texts import shortened

MOST_EPOCHS, MOST_CYCLES = 1000, 100
OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd", "adadelta", "adagrad", "adamax")

_CROSSENTROPY = ("crossentropy",)
_DISTANCES = ("mse", "l1")
_OF_CLASSES = ("crossentropy", "binarycrossentropy", "mse", "l1")
# by category, the one that a plan without a loss gets first
_LOSSES = {
    "tabular_classification": _OF_CLASSES,
    "image_classification": _OF_CLASSES,
    "time_series_classification": _OF_CLASSES,
    "tabular_regression": _DISTANCES,
    "time_series_forecasting": _DISTANCES,
    "keypoint_detection": _DISTANCES,
    "object_detection": ("mse", "crossentropy", "l1"),
    "semantic_segmentation": _CROSSENTROPY,
    "text_classification": _CROSSENTROPY,
    "masked_language_modeling": _CROSSENTROPY,
    "time_to_event_prediction": ("coxph",),
}
_ANY_LOSS = ("crossentropy", "binarycrossentropy", "mse", "l1", "coxph")

_STRATEGIES = ("fedavg", "fedmedian", "fedtrimmedavg", "krum", "fedprox", "fedadam", "fedyogi", "fedadagrad")
_OFF = ("False", "false", "0", "0.0")
_ON = ("True", "true", "1")
# what each setting may say without being refused: the SDK's default, which is what happens here whatever it says
_WITHOUT_EFFECT = {
    "aggregation_hyperparameters": ("{}",),
    "feature_interaction": ("{}",),
    # the weights of a training that diverged are refused anyway
    "callbacks": ("[]", "[{'terminateOnNaN': ['']}]"),
    "layers_freeze": ("[]",),
    "metrics": ("['accuracy']",),
    "fill_mode": ("constant",),
    "cval": ("0.0", "0"),
    "lora_r": ("8",),
    "lora_alpha": ("16",),
    "lora_dropout": ("0.05",),
    "objective": (),
    "upperbound_time": ("0",),
    "shuffle": _ON,
    "handle_missing_values": _ON,
    "normalize_features": _ON,
    "imputation_strategy": ("median",),
    "encoding_strategy": ("label",),
    "tabular_scaler": ("StandardScaler",),
    "scaler": ("MinMaxScaler",),
    **dict.fromkeys(("lora_enabled", "q_lora", "missingness_indicators"), _OFF),
    **dict.fromkeys(("featurewise_center", "samplewise_center", "featurewise_std_normalization", "samplewise_std_normalization"), _OFF),
    **dict.fromkeys(("zca_whitening", "horizontal_flip", "vertical_flip", "rotation_range", "width_shift_range"), _OFF),
    **dict.fromkeys(("height_shift_range", "shear_range", "zoom_range", "channel_shift_range", "brightness_range", "rescale"), _OFF),
}
SETTINGS = ("aggregation_strategy", *_WITHOUT_EFFECT)
# what the SDK says beside its settings; it follows from the dataset and the model, which this platform has itself
_SAID_BESIDE = {
    "message": r"training",
    "pre_trained_weights": r"True|False",
    "utilisation_category": r"low|medium|high",
    "data_per_edge": r"\{.*\}",
    "data_per_class": r"\{.*\}",
    "model_id": r".{0,200}",
    "tokenizer_id": r".{0,200}",
    # older SDKs send it, and the real backend ignores it too
    "hf_token": r".{0,200}",
}
SAID_BESIDE = tuple(_SAID_BESIDE)


def refuse_unknown(form: Mapping[str, Any], known: Collection[str]) -> None:
    """Refusal INVALID_PLAN for what is no setting of a training plan, or says what nobody can mean."""
    if is_on(ExperimentSabotage.PLAN_SETTINGS_DROPPED):
        return
    for name in form:
        if name not in known:
            raise _invalid(f"{shortened(name, 50)}: this is no setting of a training plan")
    for name, pattern in _SAID_BESIDE.items():
        value = given(form, name)
        if value and re.fullmatch(pattern, value, re.DOTALL) is None:
            raise _invalid(f"{name}: {shortened(value, 50)} cannot be meant; leave it out")


def refuse_without_effect(form: Mapping[str, Any]) -> None:
    """Refusal INVALID_PLAN for a setting that this platform would not follow, or that is none."""
    if is_on(ExperimentSabotage.PLAN_SETTINGS_DROPPED):
        return
    strategy = given(form, "aggregation_strategy") or "fedavg"
    if strategy not in _STRATEGIES:
        raise _invalid(f"aggregation_strategy: {shortened(strategy, 50)} is none of {', '.join(_STRATEGIES)}")
    if strategy != "fedavg":
        raise _invalid(f"aggregation_strategy: this platform averages weights by their rows (fedavg) and cannot do {strategy}")
    for setting, accepted in _WITHOUT_EFFECT.items():
        value = given(form, setting)
        if value and value not in accepted:
            usual = f"; leave it out or send {accepted[0]}" if accepted else "; leave it out"
            raise _invalid(f"{setting}: {shortened(value, 50)} would have no effect, since this platform does not follow it{usual}")


def check_optimizer(name: str) -> str:
    """The optimizer's name; Refusal INVALID_PLAN."""
    if name not in OPTIMIZERS:
        raise _invalid(f"optimizer: {shortened(name, 50)} is none of {', '.join(OPTIMIZERS)}")
    return name


def loss_for(name: str, category: str, framework: str) -> str:
    """The loss's name, the usual one where a plan has none; Refusal INVALID_PLAN for one that does not fit."""
    # only PyTorch models are trained by it, and the SDK sends one for all
    losses = _LOSSES.get(category, _ANY_LOSS)
    if not name:
        return losses[0]
    if name not in (losses if framework == "pytorch" else _ANY_LOSS):
        raise _invalid(f"loss_function: {shortened(name, 50)} does not fit {category}; these do: {', '.join(losses)}")
    return name


def refuse_misfits(form: Mapping[str, Any], category: str, header: Mapping[str, Any]) -> None:
    """Refusal CATEGORY_MISMATCH or FRAMEWORK_MISMATCH for a plan or a model that is for something else than the use case."""
    for what, claimed in (("category", given(form, "category")), ("the model's category", str(header.get("category") or ""))):
        if claimed and claimed != category:
            raise Refusal(400, "CATEGORY_MISMATCH", f"{what}: {shortened(claimed, 50)} does not fit, the use case is for {category}.")
    framework, own = given(form, "framework"), str(header.get("framework"))
    if framework and framework != own:
        raise Refusal(
            400, "FRAMEWORK_MISMATCH", f"framework: {shortened(framework, 50)} does not fit, the model is for {shortened(own, 50)}."
        )


def given(form: Mapping[str, Any], field: str) -> str:
    """What a plan says of a setting; empty when it says nothing."""
    value = str(form.get(field, "")).strip()
    # the SDK sends Python's repr: an unset value is the text "None"
    return "" if value == "None" else value


def _invalid(words: str) -> Refusal:
    return Refusal(400, "INVALID_PLAN", words)
