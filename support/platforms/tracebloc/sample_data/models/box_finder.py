"""Finds objects: every pixel is told apart, and the box of a class is around all of its pixels.

Like torchvision's detectors it takes targets in training and answers with its losses, and otherwise with boxes, labels and scores.
"""

import torch
from torch import nn
from torch.nn import functional

framework = "pytorch"
model_type = "torchvision_detection"
main_class = "BoxFinder"
category = "object_detection"
image_size = 32
output_classes = 2
batch_size = 4

NOTHING = output_classes
MEAN, SPREAD = 0.25, 0.25  # of the pictures' brightness


class BoxFinder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pixels = nn.Conv2d(3, output_classes + 1, kernel_size=1)

    def forward(self, pictures: list[torch.Tensor], targets: list[dict[str, torch.Tensor]] | None = None) -> object:
        logits = self.pixels((torch.stack(list(pictures)) - MEAN) / SPREAD)
        if targets is None:
            return [found(each) for each in logits]
        wanted = torch.stack([painted(target, logits.shape[2:]) for target in targets])
        return {"pixels": functional.cross_entropy(logits, wanted)}


def painted(target: dict[str, torch.Tensor], size: torch.Size) -> torch.Tensor:
    """What each pixel shows: the class of the box it is in, or nothing."""
    pixels = torch.full(size, NOTHING, dtype=torch.long)
    for (left, top, right, bottom), label in zip(target["boxes"].round().int().tolist(), target["labels"].tolist(), strict=True):
        pixels[top:bottom, left:right] = label
    return pixels


def found(logits: torch.Tensor) -> dict[str, torch.Tensor]:
    """A box around all pixels of each class that any pixel shows."""
    shares = logits.softmax(dim=0)
    shown = logits.argmax(dim=0)
    boxes, labels, scores = [], [], []
    for label in range(output_classes):
        down, across = torch.nonzero(shown == label, as_tuple=True)
        if len(down):
            boxes.append(torch.stack([across.min(), down.min(), across.max() + 1, down.max() + 1]).float())
            labels.append(label)
            scores.append(float(shares[label][shown == label].mean()))
    return {"boxes": torch.stack(boxes) if boxes else torch.zeros(0, 4), "labels": torch.tensor(labels), "scores": torch.tensor(scores)}
