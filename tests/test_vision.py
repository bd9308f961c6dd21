"""torchvision can be imported whatever PyTorch was built for."""

import subprocess
import sys

SDK_USE = """
from support.clients import vision
import torchvision.transforms, torchvision.datasets
picture, _ = torchvision.datasets.FakeData(size=1, image_size=(3, 8, 8), transform=torchvision.transforms.ToTensor())[0]
print(tuple(picture.shape))
"""


def test_the_sdk_can_use_torchvision() -> None:
    ended = subprocess.run([sys.executable, "-c", SDK_USE], capture_output=True, text=True, check=False, timeout=120)
    assert ended.stdout.strip() == "(3, 8, 8)", ended.stderr
