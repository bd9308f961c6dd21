"""Cox's model: the logarithm of a row's hazard is a weighted sum of its columns."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "ProportionalHazards"
category = "time_to_event_prediction"
num_feature_points = 4
output_classes = 1
batch_size = 4


class ProportionalHazards(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.risk = nn.Linear(num_feature_points, 1, bias=False)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        log_hazards: torch.Tensor = self.risk(rows)
        return log_hazards
