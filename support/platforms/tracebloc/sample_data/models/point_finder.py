"""Finds key points: each is where a map of the picture, made by one convolution, is brightest on average.

Before it has learned anything, every map is flat and every point is in the middle of the picture.
"""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "PointFinder"
category = "keypoint_detection"
image_size = 32
num_feature_points = 2
output_classes = 2
batch_size = 4

MEAN, SPREAD = 0.25, 0.25  # of the pictures' brightness
SHARPNESS = 20.0  # so that small steps of the weights already move a point


class PointFinder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Conv2d(3, num_feature_points, kernel_size=1)
        nn.init.zeros_(self.maps.weight)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        rows, _, height, width = pictures.shape
        shares = (SHARPNESS * self.maps((pictures - MEAN) / SPREAD)).flatten(2).softmax(dim=2).view(rows, num_feature_points, height, width)
        across = (shares.sum(dim=2) * torch.arange(width)).sum(dim=2)
        down = (shares.sum(dim=3) * torch.arange(height)).sum(dim=2)
        return torch.stack([across, down, torch.ones_like(across)], dim=2)
