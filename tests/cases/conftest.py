"""Runs cases as the runner's tests run their projects."""

from tests.runner.conftest import run, surroundings

__all__ = ["run", "surroundings"]
