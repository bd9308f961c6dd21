"""Two convolutions over the columns of a table: the model of the smoke test, quick to learn the toy datasets."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "TwoLayerCnn"
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8


class TwoLayerCnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, 8, kernel_size=3, padding=1)
        self.second = nn.Conv1d(8, 8, kernel_size=3, padding=1)
        self.head = nn.Linear(8 * num_feature_points, output_classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        channels = torch.relu(self.first(rows.unsqueeze(1)))
        channels = torch.relu(self.second(channels))
        logits: torch.Tensor = self.head(channels.flatten(1))
        return logits
