"""A model that looks at the first column only, which tells nothing in the toy datasets: it scores about what guessing scores."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "WeakLinear"
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8


class WeakLinear(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(1, output_classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(rows[:, :1])
        return logits
