"""The toy material of each task: seeded, and with what its chance is computed from."""

import json
from pathlib import Path

import pytest

from support.platforms.tracebloc.playbook.training.chance import better_than_guessing, chance
from support.platforms.tracebloc.sample_data import texts
from support.platforms.tracebloc.sample_data.tasks import TASKS, toy_task

MODELS = Path(__file__).parents[4] / "support" / "platforms" / "tracebloc" / "sample_data" / "models"


@pytest.mark.parametrize("name", TASKS)
def test_data_is_the_same_for_a_seed_and_another_for_another(name: str, tmp_path: Path) -> None:
    def staged(folder: str, seed: int) -> dict[str, bytes]:
        place = tmp_path / folder
        place.mkdir()
        toy_task(name).stage(place, 12, seed)
        return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}

    first = staged("first", 1)
    assert staged("again", 1) == first
    assert staged("other", 2) != first


@pytest.mark.parametrize("name", TASKS)
def test_the_paths_of_a_configuration_are_there(name: str, tmp_path: Path) -> None:
    config = toy_task(name).stage(tmp_path, 12, 1)
    for key in ("csv", "images", "annotations", "masks", "texts", "sequences"):
        assert key not in config or (tmp_path / config[key]).exists()


@pytest.mark.parametrize("name", TASKS)
def test_chance_does_not_beat_itself_and_a_perfect_model_does(name: str) -> None:
    task = toy_task(name)
    expected = chance(task, 40, seed=1)
    assert not expected.is_beaten_by(expected.guess)
    assert expected.is_beaten_by(task.perfect)
    assert "chance reaches" in str(expected)


def test_whoever_guesses_reaches_the_bar_in_fewer_than_one_of_a_hundred_runs() -> None:
    """3 rows, 2 classes: all right is 1/8, so no number of right answers is rare enough; 7 rows: all right is 1/128."""
    assert better_than_guessing(classes=2, rows=3) == 1.0
    assert better_than_guessing(classes=2, rows=7) == 1.0
    assert better_than_guessing(classes=2, rows=10) == 1.0  # 9 of 10: 11/1024
    assert better_than_guessing(classes=2, rows=11) == 10 / 11  # 10 or 11 of 11: 12/2048


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("topic_classifier", {*texts.FILLING, *(word for topic in texts.TOPICS.values() for word in topic)}),
        ("word_guesser", set(texts.RING)),
    ],
)
def test_the_tokenizers_know_every_word(model: str, words: set[str]) -> None:
    vocabulary = json.loads((MODELS / f"{model}_tokenizer.json").read_text())["model"]["vocab"]
    assert words <= set(vocabulary)
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))


def test_an_unknown_task_is_told_with_those_there_are() -> None:
    with pytest.raises(LookupError, match=r"no toy data for the task 'chess'; there is for: tabular classification, "):
        toy_task("chess")
