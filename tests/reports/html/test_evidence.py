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
