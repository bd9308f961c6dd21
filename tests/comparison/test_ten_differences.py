"""Ten differences that are seeded between the reference and a deployment, all at once: each is found, and nothing else."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from support.comparison.differences import differences, same_on_both
from support.comparison.observations import observe
from support.evidence import FILE
from support.evidence.entries import Entry
from support.evidence.kinds import Kind
from support.evidence.recorder import LONGEST_DETAIL
from support.evidence.shapes import fields_of
from support.results.run_folder import PLATFORM_FILE
from support.results.run_record import RunRecord
from support.results.scenario_result import Status
from tests.comparison.test_differences import result

Run = Any
"""What a run saw: scenarios, answers with headers, messages, pods, manifests, objects and settings, each by what it is."""

REFERENCE: Run = {
    "scenarios": {"orders": Status.PASSED, "pays": Status.PASSED},
    "answers": {
        "GET /orders/41/": (200, {"id": 41, "total": 2.5, "metrics": {"accuracy": 0.5}}),
        "POST /orders/": (201, {"id": 41, "state": "new"}),
        "PUT /orders/41/": (200, {"id": 41}),
        "GET /people/": (200, [{"name": "e2e-test-ann", "phone": None}]),
        "GET /bakers/": (200, [{"id": 1}]),
        "GET /ovens/": (200, {"ovens": [{"id": 1}], "hot": []}),
        "GET /bills/": (200, {"bills": [{"state": "paid"}, {"state": "open"}]}),
        "GET /carts/41/": [200, {"opened": "2026-11-28T04:16:40Z", "paid": "2026-11-28 04:16:40.5+01:00"}],
        "GET /carts/": (200, {"carts": [], "next": 2, "previous": None}),
        "GET /fires/": (200, {"fire": [{"wood": "x" * 3000}], "cold": False}),
    },
    "headers": {
        "GET /orders/41/": ["content-type", "link"],
        "POST /orders/": ["content-type", "location"],
        "GET /bills/": ["content-type"],
    },
    "properties": {"paid: e2e-test-1f2e3d4c-order-1 was sent": ["subject", "tenant"]},
    "messages": {"paid: e2e-test-1f2e3d4c-order-1 was sent": {"kind": "paid", "order": 41}},
    "pods": {"bake-41": {"client-id": "0a1b2c3d4e5f60718293", "workload": "baking", "attempt": "1"}},
    "manifests": {
        "bake-41": {"spec": {"containers": {"oven": {"securityContext": {"runAsNonRoot": True}, "env": {"HEAT": {"value": ""}}}}}}
    },
    "objects": {"orders/41": ["orders/41/bill.pdf", "orders/41/cake.png"]},
    "settings": {"queue open": {"LockDuration": "PT1M"}, "queue paid": {"LockDuration": "PT1M", "MaxDeliveryCount": "10"}},
}


def asked(what: str, status: int, answer: object, headers: list[str]) -> Entry:
    """What a client notes of an answer; of one that is too long, its beginning and its shape."""
    body = json.dumps(answer)
    cut: dict[str, Any] = {"status": str(status), "shape": sorted(fields_of(body))} if len(body) > LONGEST_DETAIL else {}
    return Entry(kind=Kind.REQUEST, what=what, detail=f"-> {status} {body}"[:LONGEST_DETAIL], headers=headers, **cut)


def write_run(folder: Path, run: Run) -> Path:
    results = [result(name, status) for name, status in run["scenarios"].items()]
    scenario = folder / "scenarios" / "orders"
    (scenario / "manifests").mkdir(parents=True)
    (folder / "scenarios" / "pays").mkdir()
    # what is null once may not have happened yet
    entries = 3 * [asked(what, *answer, run["headers"].get(what, [])) for what, answer in run["answers"].items()]
    for what, body in run["messages"].items():
        entries.append(Entry(kind=Kind.QUEUE, what=what, detail=json.dumps(body), headers=run["properties"][what]))
    for pod, labels in run["pods"].items():
        entries.append(Entry(kind=Kind.POD, what=pod, detail="Succeeded " + " ".join(f"{name}={value}" for name, value in labels.items())))
    entries += [Entry(kind=Kind.OBJECTS, what=f"{under}: 2 objects", detail="\n".join(keys)) for under, keys in run["objects"].items()]
    (scenario / FILE).write_text("".join(entry.model_dump_json() + "\n" for entry in entries))
    for pod, manifest in run["manifests"].items():
        (scenario / "manifests" / f"{pod}.json").write_text(json.dumps(manifest))
    (folder / PLATFORM_FILE).write_text(json.dumps(run["settings"]))
    RunRecord("r", "embedded", None, 1, None, None, "", 0.0, 0.0, 0.0, 0.0, 0, scenarios=results).write(folder)
    return folder


SEEDED: dict[str, tuple[list[Any], Any, list[str]]] = {
    "another outcome": (
        ["scenarios", "pays"],
        Status.FAILED,
        ["features/shop/a.feature: pays: passed on reference, failed on deployment"],
    ),
    "a renamed field": (
        ["answers", "GET /orders/41/"],
        (200, {"number": 41, "total": 2.5, "metrics": {"accuracy": 0.5}}),
        [
            "GET /orders/…/: the field `id` is there on reference only (answer 200)",
            "GET /orders/…/: the field `number` is there on deployment only (answer 200)",
        ],
    ),
    "another status": (
        ["answers", "POST /orders/"],
        (200, {"id": 41, "state": "new"}),
        ["POST /orders/: answered 200 on deployment only", "POST /orders/: answered 201 on reference only"],
    ),
    "a field that is left out and not null": (
        ["answers", "GET /people/"],
        (200, [{"name": "e2e-test-bob"}]),
        ["GET /people/: the field `[].phone` is there on reference only (answer 200)"],
    ),
    "a page in place of a list": (
        ["answers", "GET /bakers/"],
        (200, {"count": 1, "next": None, "results": [{"id": 1}]}),
        ["GET /bakers/: the field `the whole answer` is list on reference, set of fields on deployment (answer 200)"],
    ),
    "a page in place of a list in an answer": (
        ["answers", "GET /ovens/"],
        (200, {"ovens": {"results": [{"id": 1}]}, "hot": []}),
        ["GET /ovens/: the field `ovens` is list on reference, set of fields on deployment (answer 200)"],
    ),
    "a header more": (
        ["headers", "GET /bills/"],
        ["content-type", "x-total-count"],
        ["GET /bills/, headers: the header `x-total-count` is there on deployment only (answer 200)"],
    ),
    "a queue by another name": (
        ["settings", "queue open"],
        None,
        ["queue open: is there on reference only"],
    ),
    "another word for a state": (
        ["answers", "GET /bills/"],
        (200, {"bills": [{"state": "Paid"}]}),
        ["GET /bills/: the field `bills[].state` says open or paid on reference, Paid on deployment (answer 200)"],
    ),
    "a field of another kind": (
        ["answers", "PUT /orders/41/"],
        (200, {"id": "41"}),
        ["PUT /orders/…/: the field `id` is number on reference, text on deployment (answer 200)"],
    ),
    "a missing header": (
        ["headers", "GET /orders/41/"],
        ["content-type"],
        ["GET /orders/…/, headers: the header `link` is there on reference only (answer 200)"],
    ),
    "a message with another field": (
        ["messages", "paid: e2e-test-1f2e3d4c-order-1 was sent"],
        {"kind": "paid", "order": 41, "tip": 1},
        ["message: paid: … was sent: the field `tip` is there on deployment only"],
    ),
    "another queue setting": (
        ["settings", "queue paid", "LockDuration"],
        "PT5S",
        ["queue paid: the setting `LockDuration` is PT1M on reference, PT5S on deployment"],
    ),
    "a missing label": (
        ["pods", "bake-41"],
        {"client-id": "99aabbccddeeff001122", "attempt": "2"},
        ["pod bake-…: the label `workload` is there on reference only"],
    ),
    "a pod that may run as root": (
        ["manifests", "bake-41", "spec", "containers", "oven", "securityContext"],
        {},
        ["manifest of pod bake-…: the entry `spec.containers.oven.securityContext.runAsNonRoot` is there on reference only"],
    ),
    "a time without its zone": (
        ["answers", "GET /carts/41/", 1, "opened"],
        "2026-11-28T04:16:40",
        ["GET /carts/…/: the field `opened` is time with a zone on reference, time without a zone on deployment (answer 200)"],
    ),
    "a time that is written otherwise": (
        ["answers", "GET /carts/41/", 1, "paid"],
        "28 Nov 2026",
        ["GET /carts/…/: the field `paid` is time with a zone on reference, text on deployment (answer 200)"],
    ),
    "what is null and never anything else": (
        ["answers", "GET /carts/"],
        (200, {"carts": None, "next": None, "previous": 1}),
        [
            "GET /carts/: the field `carts` is list on reference, null on deployment (answer 200)",
            "GET /carts/: the field `next` is number on reference, null on deployment (answer 200)",
            "GET /carts/: the field `previous` is null on reference, number on deployment (answer 200)",
        ],
    ),
    "a field of an answer that is too long to be kept": (
        ["answers", "GET /fires/"],
        (200, {"fire": [{"coal": "x" * 4000}], "cold": "no"}),
        [
            "GET /fires/: the field `cold` is true or false on reference, text on deployment (answer 200)",
            "GET /fires/: the field `fire[].coal` is there on deployment only (answer 200)",
            "GET /fires/: the field `fire[].wood` is there on reference only (answer 200)",
        ],
    ),
    "a property of a message": (
        ["properties", "paid: e2e-test-1f2e3d4c-order-1 was sent"],
        ["subject"],
        ["message: paid: … was sent, properties: the property `tenant` is there on reference only"],
    ),
    "another object key": (
        ["objects", "orders/41"],
        ["orders/41/bill.pdf", "orders/41/picture.png"],
        [
            "objects under orders/…: the object `orders/…/cake.png` is there on reference only",
            "objects under orders/…: the object `orders/…/picture.png` is there on deployment only",
        ],
    ),
}


def seeded(*names: str) -> Run:
    run = copy.deepcopy(REFERENCE)
    for name in names:
        (*path, last), value, _ = SEEDED[name]
        place = run
        for step in path:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return run


def found(tmp_path: Path, run: Run) -> list[str]:
    folders = write_run(tmp_path / "one", REFERENCE), write_run(tmp_path / "other", run)
    return sorted(f"{each.where}: {each.what}" for each in differences(*observe(("reference", "deployment"), folders)))


@pytest.mark.parametrize("name", SEEDED)
def test_each_is_found_alone(name: str, tmp_path: Path) -> None:
    # what did not run the same way on both tells nothing but that
    assert found(tmp_path, seeded(name)) == sorted(SEEDED[name][2])


def test_all_are_found_at_once_and_nothing_else(tmp_path: Path) -> None:
    assert len(SEEDED) >= 10
    assert found(tmp_path, seeded(*SEEDED)) == sorted(line for _, _, lines in SEEDED.values() for line in lines)


def test_what_is_the_same_is_told_too(tmp_path: Path) -> None:
    folders = write_run(tmp_path / "one", REFERENCE), write_run(tmp_path / "other", seeded("another status"))
    one, other = observe(("reference", "deployment"), folders)
    same = same_on_both(one, other, differences(one, other))
    assert {"GET /orders/…/", "queue paid", "pod bake-…"} <= set(same)
    assert "POST /orders/" not in same
