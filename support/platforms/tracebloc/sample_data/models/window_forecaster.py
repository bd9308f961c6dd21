"""Foretells the next steps of a series as weighted sums of the window before them."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "WindowForecaster"
category = "time_series_forecasting"
num_feature_points = 2
sequence_length = 6
forecast_horizon = 2
batch_size = 2


class WindowForecaster(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(sequence_length * num_feature_points, forecast_horizon)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        steps: torch.Tensor = self.head(windows.flatten(1))
        return steps
