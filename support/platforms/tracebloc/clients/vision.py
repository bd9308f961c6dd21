"""torchvision, which the SDK imports to check models of pictures, usable with a PyTorch that was built without CUDA.

PyPI's torchvision is compiled for CUDA. Where PyTorch is not, its compiled operators cannot be loaded, and importing torchvision ends in
"operator torchvision::nms does not exist". Of those operators the SDK needs none (tracebloc SDK 1.2.63 suppresses overlapping boxes
itself), so declaring them is enough.
"""

from pathlib import Path
from typing import Any

CATEGORIES = ("image_classification", "object_detection", "keypoint_detection", "semantic_segmentation")
OPERATORS = ("nms", "qnms")
"""What torchvision 0.28 describes further at import, without looking whether it is there."""

_declared: list[object] = []


def prepare_for(model: Path) -> None:
    """Make torchvision importable if the SDK may need it to check this model file; an archive is not looked into."""
    if model.suffix != ".py" or any(category in model.read_text(encoding="utf-8", errors="replace") for category in CATEGORIES):
        import_torchvision()


def import_torchvision() -> None:
    """Import torchvision; nothing happens where it is not installed."""
    try:
        _import()
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        _declare_operators()
        _import()


def _import() -> None:
    try:
        import torchvision.datasets  # noqa: F401 - the SDK uses it
    except ModuleNotFoundError:
        return


def _declare_operators() -> None:
    import torch

    library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name in OPERATORS:
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    # an operator lives as long as the library that declares it
    _declared.append(library)
