"""What can be set of the compose substrate, by variables `RINGMASTER_COMPOSE_<NAME>`. Source: our choice."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.settings.values import existing_folder, flag
from environments.settings.variables import read_variables

PREFIX = "RINGMASTER_COMPOSE_"
NAMES = ("base_image", "index", "extra_index", "wheels", "init", "node_memory_mebibytes", "layers")


@dataclass(frozen=True)
class ComposeSettings:
    """Where images come from, what builds them, and what containers may have."""

    base_image: str = "python:3.11-slim"
    """What images are made from: a Debian with Python 3.11 or newer, and pip."""
    index: str = ""
    """The index that packages come from, instead of the public one."""
    extra_index: str = ""
    """An index that is looked at first, such as PyTorch's for processors without CUDA."""
    wheels: Path | None = None
    """A folder with wheels that no index has."""
    init: bool = True
    """Whether containers have Docker's own first process, which not every Docker brings along; our services do without."""
    node_memory_mebibytes: int = 8192
    """The most that all pods together may use."""

    layers: Path | None = None
    """Where layers of images are kept for machines that build anew each time; needs a builder that hands them out."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "ComposeSettings":
        """Read the variables; raises SubstrateError that names a wrong one."""
        return read_variables(PREFIX, NAMES, environment, cls._made_of)

    @classmethod
    def _made_of(cls, given: Mapping[str, str]) -> "ComposeSettings":
        return cls(
            base_image=given.get("base_image", cls.base_image),
            index=given.get("index", ""),
            extra_index=given.get("extra_index", ""),
            wheels=existing_folder(given["wheels"]) if "wheels" in given else None,
            init=flag(given.get("init", True)),
            layers=Path(given["layers"]).expanduser().absolute() if "layers" in given else None,
            node_memory_mebibytes=int(given.get("node_memory_mebibytes", cls.node_memory_mebibytes)),
        )
