"""Filters on their own: what is true, false and unknown, and what is no filter at all."""

import time
import uuid

import pytest

from environments.service_bus.codec.message import APPLICATION_PROPERTIES, PROPERTIES, Message, section
from environments.service_bus.codec.types import Value
from environments.service_bus.entities.declarations import duration, options_of
from environments.service_bus.entities.filters import Correlation, Properties
from environments.service_bus.entities.sql import InvalidExpression, SqlFilter, like
from environments.service_bus.queues.options import EntityOptions

USER: dict[str, Value] = {
    "rows": 100,
    "kind": "image",
    "loss": 0.5,
    "ready": True,
    "Owner": "hospital-7",
    "two words": "yes",
    "quote": "it's",
}


def properties(**system: str) -> Properties:
    places = {"message_id": 0, "to": 2, "label": 3, "reply_to": 4, "correlation_id": 5, "content_type": 6, "session_id": 10}
    standard: list[Value] = [None] * 13
    for name, value in system.items():
        standard[places[name]] = value
    return Properties(Message(section(PROPERTIES, standard) + section(APPLICATION_PROPERTIES, USER)))


TRUE = [
    "rows = 100",
    "rows <> 99",
    "rows != 99 AND kind = 'image'",
    "rows > 99 AND rows >= 100 AND rows < 101 AND rows <= 100",
    "rows = 1 OR kind = 'image'",
    "NOT rows = 99",
    "NOT (rows = 99 OR kind = 'text')",
    "kind IN ('text', 'image')",
    "kind NOT IN ('text', 'table')",
    "rows IN (1, 100)",
    "owner LIKE 'hospital-%'",
    "OWNER LIKE '%tal__'",
    "kind NOT LIKE 'im_ge_'",
    "user.kind = 'image'",
    "[two words] = 'yes'",
    "\"two words\" = 'yes'",
    "quote = 'it''s'",
    "ready = TRUE",
    "ready",
    "loss < 1",
    "loss = 0.5",
    "rows * 2 + 1 = 201",
    "rows / 8.0 = 12.5 AND rows % 30 = 10 AND -rows = 0 - 100",
    # as C# calculates
    "rows / 8 = 12 AND -rows / 8 = -12 AND rows / -8 = -12 AND -rows / -8 = 12",
    "rows % -30 = 10 AND -rows % 30 = -10 AND loss % 0.2 < 0.11 AND -loss % 0.2 < 0",
    "sys.EnqueuedTimeUtc IS NOT NULL AND sys.SessionId IS NULL",
    "missing IS NULL",
    "kind IS NOT NULL",
    "EXISTS(kind) AND NOT EXISTS(missing)",
    "sys.Label = 'weights'",
    "sys.label = 'weights' and sys.CorrelationId = 'c'",
    "sys.To IS NULL",
    "kind = @wanted",
    "1=1",
    # and binds more strongly than or
    "rows = 100 OR rows = 1 AND rows = 2",
]
NOT_TRUE = [
    "rows = 99",
    "kind = 'IMAGE'",
    # neither true nor false
    "missing = 1",
    "missing <> 1",
    "NOT missing = 1",
    "missing IN (1, 2)",
    "missing NOT IN (1, 2)",
    "missing LIKE '%'",
    "rows < 'text'",
    "rows = '100'",
    "ready = 1",
    "rows LIKE '1%'",
    "kind * 1000000000 = 'x'",
    "rows / 0 = 1",
    "rows % 0 = 1",
    "loss % 0 = 1",
    "rows / 8 = 12.5",
    "kind",
    "1=0",
    "kind = NULL",
]
INVALID = [
    "",
    "rows =",
    "= 1",
    "rows = 1 AND",
    "(rows = 1",
    "rows = 1)",
    "kind IN ()",
    "kind IN 'a'",
    "kind NOT 'a'",
    "rows ~ 1",
    "'open",
    "x = @none",
    "sys.Priority = 1",
    "sys.rows = 100",
]
INVALID += ["SET x = 1; rows", "rows = 1 rows = 2", "(" * 40 + "1=1" + ")" * 40, "a = '" + "x" * 1100 + "'", "sys. = 1"]


@pytest.mark.parametrize("expression", TRUE)
def test_it_is_true(expression: str) -> None:
    assert SqlFilter(expression, {"@wanted": "image"}).matches(properties(label="weights", correlation_id="c"))


@pytest.mark.parametrize("expression", NOT_TRUE)
def test_it_is_not_true(expression: str) -> None:
    assert not SqlFilter(expression).matches(properties())


@pytest.mark.parametrize("expression", INVALID)
def test_it_is_no_condition(expression: str) -> None:
    with pytest.raises(InvalidExpression):
        SqlFilter(expression)


def test_a_pattern_that_could_be_tried_for_ever_is_not() -> None:
    started = time.perf_counter()
    assert not like("a" * 5000, "%a" * 200 + "b", "")
    assert time.perf_counter() - started < 2
    assert like("50%", "50!%", "!")
    assert not like("500", "50!%", "!")
    assert like("", "%", "")


def test_a_correlation_filter_wants_everything_it_names() -> None:
    wanted = Correlation({"label": "weights", "sessionid": "s"}, {"Rows": 100, "ready": True})
    assert wanted.matches(properties(label="weights", session_id="s"))
    assert not wanted.matches(properties(label="weights"))
    assert not Correlation({}, {"rows": True}).matches(properties())
    assert Correlation({"messageid": str(uuid.UUID(int=1))}).matches(Properties(Message(section(PROPERTIES, [uuid.UUID(int=1)]))))


def test_settings_have_azures_names_and_durations() -> None:
    assert duration("PT1M30.5S") == 90.5
    assert duration("P1DT2H") == 26 * 3600
    assert duration("P10675199DT2H48M5.4775807S") is None
    for text in ("", "P", "PT", "30", "PT-1S", "1H"):
        with pytest.raises(ValueError, match="not a duration"):
            duration(text)
    said = {"RequiresDuplicateDetection": True, "LockDuration": "PT5S", "MaxSizeInMegabytes": "2", "ForwardTo": ""}
    assert options_of(said, EntityOptions()) == EntityOptions(lock_seconds=5, duplicate_window=600, max_bytes=2 << 20)
    assert options_of({"DuplicateDetectionHistoryTimeWindow": "PT1M"}, EntityOptions()) == EntityOptions()
    with pytest.raises(ValueError, match="MaxDeliveryCount is '0'"):
        options_of({"MaxDeliveryCount": 0}, EntityOptions())
