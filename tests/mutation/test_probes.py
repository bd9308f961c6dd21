"""Which statements ran, told by the statements themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.mutation.probes import MODULE, Probes, module_text, read_runs

SERVICE = '''"""A service."""

from __future__ import annotations

LIMIT = 5


def total(prices):
    """The sum."""
    found = 0
    for price in prices:
        if price > LIMIT:
            found += price
        elif price < 0:
            raise ValueError(
                price
            )
    try:
        return found
    finally:
        print("ended")


class Shop:
    def sell(self):
        def inner():
            return 1

        return inner()
'''


@pytest.fixture
def probes(tmp_path: Path) -> Probes:
    found = Probes()
    (tmp_path / "service.py").write_text(found.add("service.py", SERVICE, tmp_path / f"{MODULE}.py"))
    (tmp_path / f"{MODULE}.py").write_text(module_text(tmp_path / "touched"))
    (tmp_path / "touched").write_bytes(bytes(found.count))
    return found


def run(folder: Path, code: str, *options: str) -> None:
    subprocess.run([sys.executable, *options, "-c", code], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def lines_of(probes: Probes, ran: set[int]) -> set[int]:
    return {first for first, _, number in probes.files["service.py"] if number in ran}


def test_what_ran_belongs_to_the_scenario_in_whose_time_it_did(tmp_path: Path, probes: Probes) -> None:
    code = f"from {MODULE} import begins; import service; begins('a'); service.total([6]); begins('b'); service.Shop().sell(); begins('c')"
    run(tmp_path, code)
    found = [(scenario, lines_of(probes, ran)) for scenario, ran in read_runs(tmp_path / "touched")]
    assert found == [("", set()), ("a", {10, 11, 12, 13, 18, 19, 21}), ("b", {26, 27, 29})]


def test_what_a_killed_child_ran_is_known(tmp_path: Path, probes: Probes) -> None:
    code = f"""
import os, signal, service
from {MODULE} import begins
begins("a")
if os.fork() == 0:
    service.total([])
    os.kill(os.getpid(), signal.SIGKILL)
os.wait()
begins("b")
"""
    run(tmp_path, code)
    assert lines_of(probes, dict(read_runs(tmp_path / "touched"))["a"]) == {10, 11, 18, 19, 21}


def test_a_process_that_finds_no_modules_tells_too(tmp_path: Path, probes: Probes) -> None:
    run(tmp_path, "import runpy; runpy.run_path('service.py')['total']([])", "-I")
    assert sum((tmp_path / "touched").read_bytes()) == 5


def test_code_runs_as_before_where_nothing_can_be_told(tmp_path: Path, probes: Probes) -> None:
    (tmp_path / "touched").unlink()
    run(tmp_path, "import service; assert service.total([6, 7]) == 13")


def test_a_line_is_part_of_its_innermost_statement(probes: Probes) -> None:
    by_line = {line: probes.at("service.py", line) for line in range(1, 31)}
    assert by_line[5] is None
    assert by_line[8] is None
    assert by_line[15] == by_line[16] == by_line[17]
    assert by_line[12] != by_line[13]
    assert probes.at("other.py", 3) is None
