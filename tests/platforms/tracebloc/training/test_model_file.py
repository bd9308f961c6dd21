"""Loading an uploaded file, as the SDK means its header."""

import io
import zipfile
from pathlib import Path

import pytest

from environments.platforms.tracebloc.training import model_file
from environments.platforms.tracebloc.training.protocol import ModelFailed


def built(source: str, folder: Path) -> object:
    return model_file.load("model.py", source.encode(), folder)()


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return content.getvalue()


@pytest.mark.parametrize(
    "source",
    [
        "def MyModel():\n    return 'right'\n",
        "main_method = 'build'\ndef build():\n    return 'right'\ndef other():\n    return 'wrong'\n",
        'main_method = "wrong"\nmain_method = "build"  # the last one counts\ndef build():\n    return "right"\n',
        "main_class = Right\nclass Right:\n    pass\n".replace("main_class = Right\n", "") + "main_class = Right\n",
        "main_class = 'Right'\nclass Right:\n    def __init__(self):\n        super(Right, self).__init__()\n",
    ],
)
def test_the_header_names_what_builds_the_model(source: str, tmp_path: Path) -> None:
    model = built("\ufeff" + source, tmp_path)
    assert model == "right" or type(model).__name__ == "Right"


def test_a_zip_archive_is_run_from_its_main_file(tmp_path: Path) -> None:
    network = "from layers import value\nframework = 'pytorch'\ndef MyModel():\n    return value\n"
    content = zipped(layers="value = 'from layers'\n", network=network)
    assert model_file.load("model.zip", content, tmp_path)() == "from layers"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.py", b"def MyModel(:\n", "the model file is not Python"),
        ("model.py", b"\xff\xfe\x00", "the model file is not Python"),
        ("model.py", b"import no_such_module\n", "the model file cannot be run: ModuleNotFoundError: No module named 'no_such_module'"),
        ("model.py", b"main_class = 'Gone'\n", "the model file defines no Gone"),
        ("model.py", b"x = 1\n", "the model file defines no MyModel"),
        ("model.zip", b"not a zip", "the model file is not a usable zip archive"),
        ("model.zip", zipped(a="x = 1\n"), "exactly one file of the zip archive must assign `framework`, 0 do"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ModelFailed) as failure:
        model_file.load(name, content, tmp_path)
    assert words in str(failure.value)


def test_a_model_that_cannot_be_built_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelFailed, match=r"the model cannot be built: MyModel\(\): TypeError: .*missing 1 required"):
        built("def MyModel(size):\n    pass\n", tmp_path)
