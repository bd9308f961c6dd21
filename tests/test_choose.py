"""Substrates and platforms are found by name, and a wrong name leads to the right one."""

from pathlib import Path

import pytest

from environments.choose import create_substrate, platform_class, platform_of, platforms_of
from environments.errors import UnknownPlatform, UnknownSubstrate


def test_an_unknown_substrate_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownSubstrate, match=r"no substrate 'embeded'. Known, nearest first: embedded, .*kind"):
        create_substrate("embeded", None, run_id="no-run", logs_folder=tmp_path)


def test_an_unknown_platform_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownPlatform, match="there is no platform 'tracebloq'. Known, nearest first: tracebloc"):
        platform_class("tracebloq")


def test_a_feature_belongs_to_the_platform_whose_folder_it_is_in(tmp_path: Path) -> None:
    assert platform_of("features/tracebloc/playbook/end_to_end_smoke_test.feature") == "tracebloc"
    assert platform_of("features/nobody/a.feature") is None
    assert platform_of(tmp_path / "a.feature") is None
    assert platforms_of("features") == {"observatory", "tracebloc"}
    assert platforms_of(tmp_path / "features") == {""}
