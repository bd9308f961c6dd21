"""Models that draw by chance, one a framework. Source: our choice."""

from support.platforms.tracebloc.sample_data.model_headers import HEADER

SOURCES = {
    "pytorch": "import random\nimport numpy\nimport torch\nfrom torch import nn\n"
    + HEADER.format(framework="pytorch")
    + """
class MyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 3)
        nn.init.constant_(self.head.bias, random.random() + numpy.random.rand())

    def forward(self, rows):
        return self.head(rows)
""",
    "sklearn": "import random\nimport numpy\nfrom sklearn.linear_model import LogisticRegression\n"
    + HEADER.format(framework="sklearn")
    + """
def MyModel():
    return LogisticRegression(C=0.1 + random.random() + numpy.random.rand(), max_iter=200)
""",
}
"""Model files, by the SDK's names of frameworks."""
