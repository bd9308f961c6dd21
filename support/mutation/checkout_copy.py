"""A copy of the checkout, in which code is changed and run: the checkout itself is never touched, nor a process that loaded its code."""

import compileall
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from environments.processes.variables import PROJECT_FOLDER

# what no run reads
LEFT_OUT = {"tests", "docs", "benchmarks", "build", "dist", "__pycache__"}
CODE = ("environments", "support", "reports", "steps")


class NoCheckout(Exception):
    """The command does not stand in the checkout whose code it would change."""


def refuse_elsewhere() -> None:
    """Return when this is the checkout; raises NoCheckout."""
    if Path.cwd() != PROJECT_FOLDER:
        raise NoCheckout(f"random mutants are made of the code in {PROJECT_FOLDER}: run the command there")


@dataclass(frozen=True)
class CheckoutCopy:
    """The copy in `folder`."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, results: Path, source: Path = PROJECT_FOLDER) -> "CheckoutCopy":
        """Copy what runs need of the source into a folder that is not there yet; `results` are left out."""

        def left_out(parent: str, names: list[str]) -> list[str]:
            here = Path(parent).resolve()
            top = LEFT_OUT if here == source.resolve() else {"__pycache__"}
            return [name for name in names if name in top or name.startswith(".") or here / name == results.resolve()]

        shutil.copytree(source, folder, ignore=left_out)
        # by their content, not their time: a changed file must never be taken for the one compiled before
        checked = PycInvalidationMode.CHECKED_HASH
        for code in CODE:
            compileall.compile_dir(folder / code, quiet=2, invalidation_mode=checked)
        return cls(folder)

    @property
    def variables(self) -> Mapping[str, str]:
        """For processes that run in it, besides those of this one: its code comes first, and nothing is compiled into it."""
        elsewhere = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and Path(path) != PROJECT_FOLDER]
        return {"PYTHONPATH": os.pathsep.join([str(self.folder), *elsewhere]), "PYTHONDONTWRITEBYTECODE": "1"}

    def write(self, file: str, text: str) -> None:
        """Write a file of it; raises ValueError for a place outside."""
        place = (self.folder / file).resolve()
        if self.folder.resolve() not in place.parents:
            raise ValueError(f"{file} is not in the copy")
        place.write_text(text, encoding="utf-8")

    @contextmanager
    def changed(self, file: str, text: str) -> Iterator[None]:
        """As long as the block lasts, a file has another text."""
        before = (self.folder / file).read_text(encoding="utf-8")
        self.write(file, text)
        try:
            yield
        finally:
            self.write(file, before)

    def command(self, *arguments: str) -> list[str]:
        """`ringmaster` with these arguments, of the copy's own code."""
        return [sys.executable, "-m", "support", *arguments]
