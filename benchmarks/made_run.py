"""A run that was made up: as many scenarios as wanted, a twentieth of them failing, all of them with evidence. For benchmarks and tests."""

import json
from pathlib import Path

from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, FeatureHeading, PartResult, ScenarioResult, Status, StepResult, Weight
from support.story import PartOutcome

BEGAN = 1_795_000_000.0
IN_ONE_FEATURE = 20
STEPS = (
    "Given a shop with {n} articles in stock",
    "And a customer who has signed in",
    "When the customer puts {n} articles into the basket",
    "And the customer pays by card",
    "Then the order is accepted",
    "And the stock goes down by {n}",
    "And the customer is told by mail",
)
SERVICES = {"gateway": ["orders"], "orders": ["store"], "store": []}
PRIORITIES = (("p0", Weight.BLOCKS), ("p1", Weight.WARNS), ("p2", Weight.INFORMS))
WORDS = "the stock\nExpected: <{'apples': 7, 'pears': 2, 'plums': 9}>\n     but: was <{'apples': 7, 'pears': 3, 'plums': 9}>\n"
TRACE = "".join(
    f'  File "steps/shop/orders.py", line {line}, in goes_down\n    assert_that(stock, equal_to(expected))\n' for line in range(12)
)


def make_run(folder: Path, count: int, *, run: str = "20261127-120000-abcdef") -> RunRecord:
    """Write the record and the evidence of a run into a new folder below `folder`, and return the record."""
    results = folder / run
    results.mkdir(parents=True)
    scenarios = [_scenario(number, results) for number in range(count)]
    record = RunRecord(
        run=run,
        substrate="embedded",
        sabotage=None,
        workers=2,
        seed=None,
        shard=None,
        shard_plan="",
        ready_seconds=2.5,
        step_seconds=sum(scenario.seconds for scenario in scenarios),
        hook_seconds=1.0,
        wall_seconds=count * 0.4,
        exit_code=1,
        facts={"shop": "reference services"},
        services=SERVICES,
        features=[_feature(number) for number in range(0, count, IN_ONE_FEATURE)],
        scenarios=scenarios,
    )
    record.write(results)
    return record


def _file(number: int) -> str:
    feature = number // IN_ONE_FEATURE
    return f"features/{'shop' if feature % 3 else 'library'}/ring{feature % 3 + 1}/topic_{feature}.feature"


def _feature(number: int) -> FeatureHeading:
    file = _file(number)
    description = f"It protects topic {number // IN_ONE_FEATURE} of what customers rely on.\n\nCatches: an order that nobody hears of."
    return FeatureHeading("Feature", f"Topic {number // IN_ONE_FEATURE}", f"{file}:1", file, description)


def _scenario(number: int, results: Path) -> ScenarioResult:
    failed, skipped = number % 20 == 7, number % 20 in (3, 11)
    status = Status.FAILED if failed else Status.SKIPPED if skipped else Status.PASSED
    priority, weight = PRIORITIES[number % 3]
    file, name = _file(number), f"Order {number} is delivered as it was placed"
    began = BEGAN + number * 0.4
    ring = f"ring{number // IN_ONE_FEATURE % 3 + 1}"
    return ScenarioResult(
        identity=Identity(file, name),
        name=name,
        keyword="Scenario",
        location=f"{file}:{10 + number % IN_ONE_FEATURE * 10}",
        feature=f"Topic {number // IN_ONE_FEATURE}",
        tags=tuple(sorted((ring, priority, "nightly", f"budget.{10 * (1 + number % 4)}"))),
        own_tags=(priority,),
        description="",
        parameters=(),
        weight=weight,
        status=status,
        reason="needs cluster: there is no cluster here" if skipped else None,
        seconds=0.0 if skipped else 0.7 + number % 9,
        wall_seconds=0.0 if skipped else 0.8 + number % 9,
        started_at=began,
        order=number + 1,
        worker=1 + number % 2,
        evidence=None if skipped else _evidence(results, number, began, failed=failed),
        steps=tuple(_step(text, place, number, began, failed=failed, ran=not skipped) for place, text in enumerate(STEPS)),
    )


def _step(text: str, place: int, number: int, began: float, *, failed: bool, ran: bool) -> StepResult:
    here = failed and place == 5
    status = Status.SKIPPED if not ran or (failed and place > 5) else Status.FAILED if here else Status.PASSED
    at = None if status is Status.SKIPPED else began + place * 0.1
    failure = Failure(f"ASSERT FAILED: {WORDS}", "AssertionError", WORDS, TRACE + WORDS) if here else None
    part = PartResult(f"order {number} is seen by the warehouse", PartOutcome.DONE, 0.05, began + place * 0.1)
    return StepResult(
        text.format(n=number % 7 + 2),
        status,
        failure.message if failure else None,
        0.0 if at is None else 0.1,
        at,
        failure=failure,
        parts=(part,) if place in (2, 4) and at is not None else (),
    )


def _evidence(results: Path, number: int, began: float, *, failed: bool) -> str:
    folder = results / "scenarios" / f"order-{number}"
    folder.mkdir(parents=True)
    entries = [_entry(number, began, place, failed=failed) for place in range(60 if failed else 12)]
    (folder / "evidence.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    if failed:
        (folder / "services").mkdir()
        lines = [f"2026-11-27 12:00:{second:02}.000 INFO orders order {number} is looked at" for second in range(60)]
        (folder / "services" / "orders.log").write_text("\n".join([*lines, "2026-11-27 12:01:00.000 ERROR orders the stock is wrong"]))
    return f"scenarios/order-{number}"


def _entry(number: int, began: float, place: int, *, failed: bool) -> dict[str, object]:
    at = began + place * 0.01
    if place % 6 == 5:
        waited = f"waited 0.1 s for order {number}\n  expected: 'paid'\n     0.0 s to 0.1 s: 'new'"
        return {"at": at, "kind": "wait", "what": f"order {number} to be paid", "detail": waited, "seconds": 0.1}
    if place % 6 == 4:
        return {"at": at, "kind": "queue", "what": f"orders-{number:012x}: order was sent", "detail": json.dumps({"order": number})}
    request = {
        "at": at,
        "kind": "request",
        "what": f"GET /orders/{number}",
        "detail": '-> 200 {"state":"new"}',
        "seconds": 0.01,
        "service": "orders",
    }
    return request | ({"failed": True} if failed and place == 59 else {})
