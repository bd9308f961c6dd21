"""A model that writes down which rows it is trained on and which it is asked about; both come back with its weights."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "RowRecorder"
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8

MOST_ROWS = 512


class RowRecorder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(num_feature_points, output_classes)
        for what in ("trained", "asked"):
            self.register_buffer(f"{what}_rows", torch.zeros(MOST_ROWS, num_feature_points))
            self.register_buffer(f"{what}_number", torch.zeros(1, dtype=torch.int64))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        what = "trained" if self.training else "asked"
        if self.training and len(rows) == 1:
            raise ValueError("one row is no batch")
        number = getattr(self, f"{what}_number")
        begin = int(number[0])
        getattr(self, f"{what}_rows")[begin : begin + len(rows)] = rows.detach()
        number += len(rows)
        logits: torch.Tensor = self.head(rows)
        return logits
