"""A model that learns in small batches and refuses many rows at once: it trains well, and fails when it is scored on a larger table."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "SmallBatchesOnly"
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8

MOST_ROWS = 24  # more than are kept back of a toy table, less than are scored at once


class SmallBatchesOnly(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(num_feature_points, output_classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        if len(rows) > MOST_ROWS:
            raise ValueError(f"{len(rows)} rows at once, at most {MOST_ROWS} were expected")
        logits: torch.Tensor = self.head(rows)
        return logits
