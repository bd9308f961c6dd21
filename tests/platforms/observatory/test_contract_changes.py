"""What a change of a contract means, deep in it too, and which version it needs."""

from pathlib import Path

import pytest

from support.platforms.observatory.contract_changes import changes, needed_version, read_schemas, too_small_step

PRODUCER = {"type": "object", "properties": {"service": {"type": "string", "pattern": "a+"}}, "required": ["service"]}
OLD = {"$version": "1.2.3", "type": "object", "properties": {"producer": PRODUCER}}


def _with(producer: dict[str, object], version: str = "1.2.3") -> dict[str, object]:
    return OLD | {"$version": version, "properties": {"producer": PRODUCER | producer}}


def test_a_change_inside_of_a_field_is_found() -> None:
    assert [str(change) for change in changes(OLD, _with({"required": []}))] == ["producer.service may be missing now"]
    narrower = _with({"properties": {"service": {"type": "string", "pattern": "a"}}})
    assert [str(change) for change in changes(OLD, narrower)] == ["the pattern of producer.service is a, and was a+"]


def test_an_enum_that_appears_or_goes_breaks() -> None:
    free, bound = {"properties": {"s": {}}}, {"properties": {"s": {"enum": ["a"]}}}
    assert needed_version(free, bound) == needed_version(bound, free) == "major"


def test_words_are_nobodys_concern() -> None:
    assert needed_version(OLD, OLD | {"description": "other words", "title": "T"}) == "patch"
    assert too_small_step(OLD, OLD | {"description": "other words"}) is None


@pytest.mark.parametrize(("version", "enough"), [("1.2.4", False), ("1.3.0", False), ("2.0.0", True), ("0.9.0", False)])
def test_only_a_new_major_version_may_break(version: str, enough: bool) -> None:
    assert (too_small_step(OLD, _with({"required": []}, version)) is None) == enough


def test_a_version_never_falls() -> None:
    assert "1.2.2 after 1.2.3 is too small a step" in str(too_small_step(OLD, OLD | {"$version": "1.2.2"}))


@pytest.mark.parametrize("version", ["", "1.0", "1.0.x"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="is no version of a contract"):
        too_small_step(OLD, OLD | {"$version": version})


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text("{\n  ]")
    with pytest.raises(ValueError, match=r"job\.json cannot be read: line 2"):
        read_schemas(tmp_path)
