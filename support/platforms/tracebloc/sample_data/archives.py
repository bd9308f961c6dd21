"""A toy model as an archive of several files, which comes to the same numbers as the model in one file."""

import io
import zipfile

from environments.errors import WrongScenario

_HEAD = "nn.Linear(1, output_classes)"
_HEADS_OWN_FILE = """
from torch import nn


def head(output_classes: int) -> nn.Linear:
    return nn.Linear(1, output_classes)
"""


def archived(source: str, name: str) -> bytes:
    """The toy model `weak linear` (its text) as a .zip: its head stands in a folder, and a file that is no model comes first.

    Raises:
        WrongScenario: the text has no such head.
    """
    if _HEAD not in source:
        raise WrongScenario(f"only a model with the head {_HEAD} can be divided into files")
    main = source.replace(_HEAD, "heads.head(output_classes)").replace("import torch\n", "import torch\nfrom parts import heads\n", 1)
    files = {
        "about.py": 'words = "told beside the model"\n',
        f"{name}.py": main,
        "parts/__init__.py": "",
        "parts/heads.py": _HEADS_OWN_FILE,
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return written.getvalue()
