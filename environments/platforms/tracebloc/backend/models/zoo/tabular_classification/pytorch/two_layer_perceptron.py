"""Two linear layers: a first model for a table of numbers.

It comes with pretrained weights, which hold for tables drawn like the one they were trained on. Fetch `two_layer_perceptron_weights.pkl`
and upload it beside this file to start from them.
"""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "TwoLayerPerceptron"
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8


class TwoLayerPerceptron(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(num_feature_points, 16)
        self.head = nn.Linear(16, output_classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(torch.relu(self.hidden(rows)))
        return logits
