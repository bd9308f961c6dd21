"""Guesses a hidden word from the word on either side of it. Its tokenizer lies beside it."""

import torch
from torch import nn

framework = "pytorch"
model_type = ""
main_class = "WordGuesser"
category = "masked_language_modeling"
sequence_length = 16
vocab_size = 32
batch_size = 4


class WordGuesser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embedding = nn.Embedding(vocab_size, 32)
        self.neighbours = nn.Conv1d(32, 64, kernel_size=3, padding=1)
        self.head = nn.Linear(64, vocab_size)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        seen = torch.relu(self.neighbours(self.word_embedding(tokens.long()).transpose(1, 2)))
        logits: torch.Tensor = self.head(seen.transpose(1, 2))
        return logits
