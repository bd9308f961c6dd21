"""Model files that pass at the platform's door and cannot be trained, each for one reason. Source: our choice."""

from environments.errors import WrongScenario
from support.platforms.tracebloc.sample_data.model_headers import HEADER

_TORCH = "import torch\nfrom torch import nn\n" + HEADER.format(framework="pytorch")
_SKLEARN = HEADER.format(framework="sklearn")
_LINEAR = """
class MyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, {outputs})

    def forward(self, rows):
        return self.head(rows){more}
"""

SOURCES = {
    "builds no network": _TORCH + "\ndef MyModel():\n    return {}\n",
    "has nothing to train": _TORCH + "\nclass MyModel(nn.Module):\n    def forward(self, rows):\n        return rows[:, :3]\n",
    "gives one answer too few": _TORCH + _LINEAR.format(outputs=2, more=""),
    "answers with what is no number": _TORCH + _LINEAR.format(outputs=3, more=" * float('nan')"),
    "breaks when it is run": _TORCH + "\nraise RuntimeError('broken on purpose')\n",
    "breaks when it is built": _TORCH + "\nclass MyModel(nn.Module):\n    def __init__(self):\n        raise ValueError('no parts')\n",
    "defines nothing to build": _TORCH + "\nmain_class = 'Missing'\n",
    "wants other columns": _TORCH + _LINEAR.format(outputs=3, more="").replace("nn.Linear(8", "nn.Linear(5"),
    "predicts nothing": "from sklearn.preprocessing import StandardScaler\n" + _SKLEARN + "\ndef MyModel():\n    return StandardScaler()\n",
    "cannot be fitted": "from sklearn.linear_model import LogisticRegression\n"
    + _SKLEARN
    + "\ndef MyModel():\n    return LogisticRegression(C=-1)\n",
    "is a tree": "from sklearn.tree import DecisionTreeClassifier\n" + _SKLEARN + "\ndef MyModel():\n    return DecisionTreeClassifier()\n",
}
"""By what is wrong with them."""


def broken_model(defect: str) -> bytes:
    """The file; a WrongScenario says which there are."""
    if defect not in SOURCES:
        raise WrongScenario(f"there is no model that '{defect}'; there are: {', '.join(SOURCES)}")
    return SOURCES[defect].encode()
