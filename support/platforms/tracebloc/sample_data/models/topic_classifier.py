"""The topic of a text, from the mean of its words. Its tokenizer lies beside it."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "TopicClassifier"
category = "text_classification"
sequence_length = 16
output_classes = 3
batch_size = 2

WORDS = 32


class TopicClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embedding = nn.Embedding(WORDS, 16)
        self.head = nn.Linear(16, output_classes)

    def forward(self, tokens: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
        ids = tokens.long()
        counted = (ids > 0 if attention_mask is None else attention_mask > 0).unsqueeze(-1).float()
        logits: torch.Tensor = self.head((self.word_embedding(ids) * counted).sum(1) / counted.sum(1).clamp(min=1))
        return logits
