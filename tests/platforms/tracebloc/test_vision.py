"""torchvision can be imported whatever PyTorch was built for."""

import subprocess
import sys

import pytest

from support.platforms.tracebloc.playbook.training.experiments import MODELS

SDK_USE = """
from pathlib import Path
from support.platforms.tracebloc.clients import vision
vision.prepare_for(Path("model.zip"))
import torchvision.transforms, torchvision.datasets
picture, _ = torchvision.datasets.FakeData(size=1, image_size=(3, 8, 8), transform=torchvision.transforms.ToTensor())[0]
print(tuple(picture.shape))
"""


def test_the_sdk_can_use_torchvision() -> None:
    ended = subprocess.run([sys.executable, "-c", SDK_USE], capture_output=True, text=True, check=False, timeout=120)
    assert ended.stdout.strip() == "(3, 8, 8)", ended.stderr


@pytest.mark.parametrize(("file", "expected"), [("two_layer_cnn", False), ("topic_classifier", False), ("box_finder", True)])
def test_it_is_imported_for_models_of_pictures_only(file: str, expected: bool) -> None:
    code = f"""
import sys
from pathlib import Path
from support.platforms.tracebloc.clients import vision
vision.prepare_for(Path({str(MODELS / f"{file}.py")!r}))
print("torchvision" in sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert ended.stdout.strip() == str(expected), ended.stderr
