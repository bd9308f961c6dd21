"""One class a sequence, from the mean of what each valid step says; padded steps are all zero."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "SequenceClassifier"
category = "time_series_classification"
num_feature_points = 2
sequence_length = 8
output_classes = 3
batch_size = 2

MEAN, SPREAD = 0.55, 0.25  # of values that are scaled into 0.1 to 1


class SequenceClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.Linear(num_feature_points, 16)
        self.head = nn.Linear(16, output_classes)

    def forward(self, sequences: torch.Tensor) -> torch.Tensor:
        valid = (sequences.abs().sum(-1, keepdim=True) > 0).float()
        seen = (torch.relu(self.steps((sequences - MEAN) / SPREAD)) * valid).sum(1) / valid.sum(1).clamp(min=1)
        logits: torch.Tensor = self.head(seen)
        return logits
