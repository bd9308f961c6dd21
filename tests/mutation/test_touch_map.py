"""Which scenarios are run against a mutant, and when the map is made again."""

from pathlib import Path

import pytest

from support.mutation.touch_map import Touch, TouchMap, fingerprint_of_code, fingerprints, read_touch_map

A, B, C, D = "features/one.feature:3", "features/one.feature:9", "features/two.feature:3", "features/two.feature:7"


def touch(location: str, seconds: float, *ran: int, status: str = "passed") -> Touch:
    return Touch(location=location, name=location, status=status, seconds=seconds, ran=list(ran))


@pytest.fixture
def touch_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TouchMap:
    monkeypatch.chdir(tmp_path)
    Path("features").mkdir()
    Path("features/one.feature").write_text("Feature: one\n")
    Path("features/two.feature").write_text("Feature: two\n")
    return TouchMap(
        code=fingerprint_of_code(),
        features=dict(fingerprints([A, C])),
        statements={"shop/a.py": [(10, 12, 0), (11, 11, 1), (20, 20, 2)], "shop/b.py": [(5, 5, 3)], "shop/values.py": []},
        at_start=[2],
        touches=[touch(A, 3.0, 0, 1), touch(B, 1.0, 0), touch(C, 2.0, 3), touch(D, 0.5, 0, status="failed")],
    )


def found(touch_map: TouchMap, file: str, line: int, selected: tuple[str, ...] = (A, B, C, D)) -> list[str]:
    return [each.location for each in touch_map.scenarios_at(file, line, selected).scenarios]


def test_of_those_that_run_the_line_the_quickest_comes_first(touch_map: TouchMap) -> None:
    assert found(touch_map, "shop/a.py", 10) == [B, A]
    assert found(touch_map, "shop/a.py", 11) == [A]


def test_next_comes_what_runs_something_else_of_the_file(touch_map: TouchMap) -> None:
    touch_map.touches.append(touch("features/two.feature:20", 2.0, 0))
    assert found(touch_map, "shop/a.py", 10, (A, B, "features/two.feature:20")) == [B, A, "features/two.feature:20"]


def test_what_failed_when_it_was_recorded_is_not_run(touch_map: TouchMap) -> None:
    assert D not in found(touch_map, "shop/a.py", 10)


def test_what_is_not_selected_is_not_run(touch_map: TouchMap) -> None:
    assert found(touch_map, "shop/a.py", 10, (A,)) == [A]


def test_a_line_that_runs_while_the_platform_starts_concerns_all(touch_map: TouchMap) -> None:
    assert found(touch_map, "shop/a.py", 20) == [B, A, C]


def test_a_line_that_runs_while_the_platform_starts_concerns_others_than_who_runs_it_again_too(touch_map: TouchMap) -> None:
    touch_map.at_start.append(1)
    assert found(touch_map, "shop/a.py", 11) == [A, B, C]


def test_a_line_outside_of_functions_concerns_all_that_run_its_file(touch_map: TouchMap) -> None:
    assert found(touch_map, "shop/a.py", 1) == [B, A]


def test_where_a_file_has_no_functions_it_concerns_all_that_run_its_folder(touch_map: TouchMap) -> None:
    assert found(touch_map, "shop/values.py", 1) == [B, C, A]


def test_a_line_that_nobody_runs_concerns_nobody(touch_map: TouchMap) -> None:
    touch_map.at_start.clear()
    assert found(touch_map, "shop/a.py", 20) == []


def test_a_changed_feature_file_is_recorded_again_and_the_others_are_not(touch_map: TouchMap) -> None:
    assert touch_map.outdated(fingerprint_of_code(), [A, B, C]) == []
    Path("features/two.feature").write_text("Feature: two, changed\n")
    assert touch_map.outdated(fingerprint_of_code(), [A, B, C]) == [C]
    newer = touch_map.model_copy(update={"features": dict(fingerprints([C])), "touches": [touch(C, 9.0, 1)]})
    whole = touch_map.with_newer(newer)
    assert whole.outdated(fingerprint_of_code(), [A, B, C]) == []
    assert found(whole, "shop/a.py", 11) == [A, C]


def test_with_other_settings_it_is_recorded_again(touch_map: TouchMap) -> None:
    assert touch_map.outdated(fingerprint_of_code("ingestor=reference"), [A]) == [A]


def test_changed_code_is_recorded_again_as_a_whole(touch_map: TouchMap) -> None:
    Path("environments").mkdir()
    Path("environments/a.py").write_text("x = 1\n")
    assert touch_map.outdated(fingerprint_of_code(), [A, B, C]) == [A, B, C]


def test_it_is_kept_in_a_file_and_a_damaged_one_is_none(touch_map: TouchMap, tmp_path: Path) -> None:
    file = tmp_path / "out" / "map.json"
    assert read_touch_map(file) is None
    touch_map.write(file)
    assert read_touch_map(file) == touch_map
    file.write_text(file.read_text()[:-20])
    assert read_touch_map(file) is None
