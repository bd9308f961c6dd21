"""A copy of the checkout runs its own code, whatever was compiled before, and the checkout stays as it is."""

import os
import subprocess
from pathlib import Path

import pytest

from environments.processes.variables import PROJECT_FOLDER
from support.mutation.checkout_copy import CheckoutCopy, NoCheckout, refuse_elsewhere

FILE = "environments/reference_services/jitter.py"
CODE = "import environments.reference_services.jitter as it; print(it.__file__, getattr(it, 'MARK', 0))"


@pytest.fixture
def copy(tmp_path: Path) -> CheckoutCopy:
    source = tmp_path / "source"
    for file in ("environments/__init__.py", FILE, "support/__init__.py", "tests/test_a.py", ".git/config", "reports/out/run.json"):
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        (source / file).write_text("MARK = 1\n")
    return CheckoutCopy.make(tmp_path / "copy", source / "reports" / "out", source)


def seen(copy: CheckoutCopy) -> list[str]:
    command = [copy.command()[0], "-c", CODE]
    ended = subprocess.run(command, cwd=copy.folder, env={**os.environ, **copy.variables}, capture_output=True, text=True, check=True)
    return ended.stdout.split()


def test_what_runs_in_it_is_its_own_code(copy: CheckoutCopy) -> None:
    assert seen(copy) == [str(copy.folder / FILE), "1"]


def test_a_change_is_seen_at_once_and_gone_afterwards(copy: CheckoutCopy) -> None:
    # of the same size and within the same second, so that only the content can tell
    for mark in ("2", "3", "4"):
        with copy.changed(FILE, f"MARK = {mark}\n"):
            assert seen(copy)[1] == mark
        assert seen(copy)[1] == "1"


def test_a_change_is_taken_back_after_an_error(copy: CheckoutCopy) -> None:
    with pytest.raises(RuntimeError), copy.changed(FILE, "MARK = 2\n"):
        raise RuntimeError
    assert (copy.folder / FILE).read_text() == "MARK = 1\n"


def test_tests_hidden_folders_and_results_are_not_copied(copy: CheckoutCopy) -> None:
    assert sorted(file.name for file in copy.folder.iterdir()) == ["environments", "reports", "support"]
    assert list((copy.folder / "reports").iterdir()) == []


def test_nothing_is_written_outside_of_it(copy: CheckoutCopy) -> None:
    with pytest.raises(ValueError, match="not in the copy"):
        copy.write("../source/" + FILE, "MARK = 2\n")


def test_elsewhere_than_in_the_checkout_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoCheckout, match=str(PROJECT_FOLDER)):
        refuse_elsewhere()
