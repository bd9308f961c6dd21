"""What lights up in the picture of the platform: what evidence speaks of, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from reports.html.evidence import evidence_of


def crossed(folder: Path, **entry: Any) -> dict[str, int]:
    """What one entry of the evidence lights up."""
    (folder / "evidence.jsonl").write_text(json.dumps({"at": 1.0, "what": "GET /orders/", **entry}) + "\n")
    return evidence_of(folder, 0.0, failed=False).crossed


@pytest.mark.parametrize(
    ("entry", "lit"),
    [
        ({"kind": "request", "service": "orders"}, {"orders": 1}),
        ({"kind": "request", "service": "orders", "times": 2, "asked": {"orders_db": 5}}, {"orders": 2, "orders_db": 5}),
        ({"kind": "log", "service": "packing", "times": 3}, {"packing": 3}),
        ({"kind": "queue", "what": "parcels: 2 waiting", "service": "bus"}, {"queue parcels": 1, "bus": 1}),
        ({"kind": "wait"}, {}),
    ],
)
def test_services_light_up_that_the_evidence_speaks_of(tmp_path: Path, entry: dict[str, Any], lit: dict[str, int]) -> None:
    assert crossed(tmp_path, **entry) == lit


@pytest.mark.parametrize(
    "odd",
    [
        '{"at": "soon"}',
        '{"at": NaN}',
        '{"at": 1e999}',
        f'{{"at": 1{"0" * 400}}}',
        '{"seconds": "long"}',
        '{"times": "many"}',
        '{"asked": [1]}',
        '{"asked": {"orders_db": "often"}}',
        '{"service": {"name": "orders"}}',
        '{"what": []}',
        '{"kind": 5}',
        "[1]",
        f'{{"detail": {"[" * 100_000}',
    ],
)
def test_an_odd_line_ends_the_evidence_and_is_named(tmp_path: Path, odd: str) -> None:
    usual = '{"at": 1.0, "kind": "request", "what": "GET /", "service": "orders"}'
    # of two members of a name, the last one counts
    line = f"{usual[:-1]}, {odd[1:]}" if odd.startswith("{") else odd
    (tmp_path / "evidence.jsonl").write_text(f"{usual}\n{line}\n{usual}\n")
    found = evidence_of(tmp_path, 0.0, failed=True)
    assert found.problem == "Its evidence ends at line 2, which is cut off or broken."
    assert found.crossed == {"orders": 1}


def test_a_log_that_is_gone_takes_nothing_from_the_others(tmp_path: Path) -> None:
    (tmp_path / "evidence.jsonl").write_text("")
    logs = tmp_path / "services"
    (logs / "folder.log").mkdir(parents=True)
    (logs / "gone.log").symlink_to(tmp_path / "nowhere")
    (logs / "orders.log").write_text("10:00 an order")
    assert evidence_of(tmp_path, 0.0, failed=True).logs == {"services/orders": "10:00 an order"}
