"""One cycle's averaging, with the object store as the only memory."""

import numpy as np
import pytest
import safetensors.numpy
from pydantic import BaseModel

from environments.platforms.tracebloc.averaging_service.rounds import Rounds
from environments.platforms.tracebloc.averaging_service.store import StoreUnavailable, WeightsStore
from environments.platforms.tracebloc.messaging.messages import (
    CloseRound,
    CycleAveraged,
    FlopsSpent,
    RoundFailed,
    WeightsRefused,
    averaged_weights_key,
)
from environments.platforms.tracebloc.messaging.queues import PoisonMessage, QueueUnavailable
from tests.platforms.tracebloc.averaging.conftest import Cycle


class Announced:
    """What was sent to the results queue."""

    def __init__(self) -> None:
        self.messages: list[BaseModel] = []
        self.identifiers: list[str] = []

    def __call__(self, message: BaseModel, message_id: str) -> None:
        self.messages.append(message)
        self.identifiers.append(message_id)


@pytest.fixture
def announced() -> Announced:
    return Announced()


@pytest.fixture
def rounds(cycle: Cycle, announced: Announced) -> Rounds:
    return Rounds(cycle.store(), announced)


def test_the_cycle_is_averaged_when_the_last_weights_are_there(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    rounds.handle(cycle.upload("edge-1", 30, 1.0, 2.0))
    assert (cycle.averaged(), announced.messages) == (None, [])
    rounds.handle(cycle.upload("edge-2", 10, 5.0, -2.0))
    assert cycle.averaged() == [2.0, 1.0]
    [message] = announced.messages
    assert isinstance(message, CycleAveraged)
    assert (message.experiment_key, message.cycle) == (cycle.experiment_key, 1)
    assert message.weights_key == averaged_weights_key(cycle.experiment_key, 1)
    assert message.rows == {"edge-1": 30, "edge-2": 10}
    assert message.metrics == pytest.approx({"accuracy": 0.25})  # (30 * 0.30 + 10 * 0.10) / 40


def test_a_duplicate_is_announced_again_and_changes_nothing(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    message = cycle.upload("edge-1", 30, 1.0)
    rounds.handle(message)
    rounds.handle(message)
    rounds.handle(cycle.upload("edge-2", 10, 5.0))
    before = cycle.averaged_bytes()
    cycle.upload("edge-1", 99, 7.0)  # a late second attempt must not change what others go on from
    rounds.handle(message)
    assert cycle.averaged_bytes() == before
    assert announced.messages[0] == announced.messages[1]
    assert announced.identifiers[0] == announced.identifiers[1]


def test_what_the_weights_cost_comes_with_their_average(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    cost = [FlopsSpent(experiment_key="key", cycle=1, client_id=f"edge-{n}", pod=f"pod-{n}", flops=n, grams_co2e=0.5) for n in (1, 2)]
    messages = [cycle.upload(each.client_id, 30, 1.0, metadata={"spent": each.model_dump_json()}) for each in cost]
    for message in (*messages, messages[0]):
        rounds.handle(message)
    # said again when a message comes again, for the first word may be lost
    assert [message.spent for message in announced.messages if isinstance(message, CycleAveraged)] == [cost] * 3


def test_another_service_goes_on_where_the_first_stopped(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    rounds.handle(cycle.upload("edge-1", 30, 1.0))
    Rounds(cycle.store(), announced).handle(cycle.upload("edge-2", 10, 5.0))
    assert cycle.averaged() == [2.0]


def test_a_result_that_could_not_be_sent_is_sent_when_the_message_comes_again(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    def unavailable(_message: BaseModel, _message_id: str) -> None:
        raise QueueUnavailable("queue results: down")

    rounds.handle(cycle.upload("edge-1", 30, 1.0))
    last = cycle.upload("edge-2", 10, 5.0)
    with pytest.raises(QueueUnavailable):
        Rounds(cycle.store(), unavailable).handle(last)
    rounds.handle(last)
    assert [type(message) for message in announced.messages] == [CycleAveraged]


def test_unreadable_weights_are_refused_at_once_and_a_second_attempt_is_averaged(
    cycle: Cycle, rounds: Rounds, announced: Announced
) -> None:
    with pytest.raises(PoisonMessage, match="weights of edge-1 refused: tensor w holds NaN"):
        rounds.handle(cycle.upload("edge-1", 30, float("nan")))
    [refused] = announced.messages
    assert isinstance(refused, WeightsRefused)
    assert (refused.client_id, refused.reason) == ("edge-1", "tensor w holds NaN or infinity")
    rounds.handle(cycle.upload("edge-1", 30, 1.0))
    rounds.handle(cycle.upload("edge-2", 10, 5.0))
    assert cycle.averaged() == [2.0]


def test_the_one_who_differs_is_refused_even_if_it_came_first(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    cycle.participants.append("edge-3")
    rounds.handle(cycle.upload("edge-1", 30, 1.0, 2.0, 3.0))
    rounds.handle(cycle.upload("edge-2", 10, 5.0))
    rounds.handle(cycle.upload("edge-3", 10, 5.0))  # its message is handled: there is nothing wrong with its weights
    assert cycle.averaged() is None
    [refused] = announced.messages
    assert isinstance(refused, WeightsRefused)
    assert (refused.client_id, refused.reason) == ("edge-1", "tensor w has shape (3,), the others' has (1,)")
    rounds.handle(cycle.upload("edge-1", 20, 5.0))
    assert cycle.averaged() == [5.0]


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"rows": "0"}, "trained on 0 rows"),
        ({"rows": "many"}, "stored without usable rows and metrics"),
        ({"metrics": "{"}, "stored without usable rows and metrics"),
    ],
)
def test_rows_and_metrics_have_to_be_there(cycle: Cycle, rounds: Rounds, metadata: dict[str, str], words: str) -> None:
    with pytest.raises(PoisonMessage, match=words):
        rounds.handle(cycle.upload("edge-1", 30, 1.0, metadata=metadata))


def test_truncated_weights_are_refused(cycle: Cycle, rounds: Rounds) -> None:
    content = safetensors.numpy.save({"w": np.ones(9)})[:-5]
    with pytest.raises(PoisonMessage, match="not safetensors"):
        rounds.handle(cycle.upload("edge-1", 30, content=content))


@pytest.mark.parametrize("body", ["", "{}", '{"kind": "flops_spent"}'])
def test_a_message_of_another_kind_is_poison(rounds: Rounds, body: str) -> None:
    with pytest.raises(PoisonMessage, match="no message for the averaging service"):
        rounds.handle(body)


def test_whoever_takes_no_part_is_turned_away(cycle: Cycle, rounds: Rounds) -> None:
    with pytest.raises(PoisonMessage, match="edge-9 takes no part"):
        rounds.handle(cycle.upload("edge-9", 30, 1.0))


def closing(cycle: Cycle, quorum: int) -> str:
    message = CloseRound(experiment_key=cycle.experiment_key, cycle=1, participants=cycle.participants, quorum=quorum)
    return message.model_dump_json()


def test_when_the_time_is_up_whoever_is_there_is_averaged_and_whoever_comes_later_changes_nothing(
    cycle: Cycle, rounds: Rounds, announced: Announced
) -> None:
    cycle.participants.append("edge-3")
    rounds.handle(cycle.upload("edge-1", 30, 1.0))
    rounds.handle(cycle.upload("edge-2", 10, 5.0))
    assert cycle.averaged() is None
    rounds.handle(closing(cycle, quorum=2))
    assert cycle.averaged() == [2.0]
    rounds.handle(cycle.upload("edge-3", 960, 100.0))
    rounds.handle(closing(cycle, quorum=3))
    assert cycle.averaged() == [2.0]
    assert len(announced.messages) == 3
    for message in announced.messages:
        assert isinstance(message, CycleAveraged)
        assert message.rows == {"edge-1": 30, "edge-2": 10}


def test_with_less_than_the_quorum_the_round_fails_and_names_who_is_missing(cycle: Cycle, rounds: Rounds, announced: Announced) -> None:
    rounds.handle(cycle.upload("edge-2", 10, 5.0))
    rounds.handle(closing(cycle, quorum=2))
    assert cycle.averaged() is None
    [failed] = announced.messages
    assert isinstance(failed, RoundFailed)
    assert (failed.cycle, failed.missing, failed.quorum) == (1, ["edge-1"], 2)


def test_a_store_that_does_not_answer_is_not_taken_for_an_empty_one(cycle: Cycle, announced: Announced) -> None:
    message = cycle.upload("edge-1", 30, 1.0)
    nobody_there = WeightsStore("http://127.0.0.1:9", "tracebloc")
    with pytest.raises(StoreUnavailable, match="reading experiments/.*: EndpointConnectionError"):
        Rounds(nobody_there, announced).handle(message)
    with pytest.raises(StoreUnavailable, match="looking for the bucket"):
        nobody_there.check()
    with pytest.raises(StoreUnavailable, match="writing key"):
        nobody_there.put("key", b"", {})
    assert announced.messages == []
