"""Two convolutions, and the mean of what they see."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "PictureClassifier"
category = "image_classification"
image_size = 32
output_classes = 3
batch_size = 4

MEAN, SPREAD = 0.25, 0.25  # of the pictures' brightness


class PictureClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, kernel_size=3, stride=2, padding=1)
        self.second = nn.Conv2d(8, 16, kernel_size=3, stride=2, padding=1)
        self.head = nn.Linear(16, output_classes)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        channels = torch.relu(self.second(torch.relu(self.first((pictures - MEAN) / SPREAD))))
        logits: torch.Tensor = self.head(channels.amax(dim=(2, 3)))
        return logits
