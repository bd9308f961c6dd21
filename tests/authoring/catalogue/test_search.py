"""What people search for among each platform's steps, and the sentence that has to be among the first three."""

import os
from pathlib import Path

import pytest

from support.authoring.catalogue.entries import Catalogue, read_catalogue
from support.authoring.catalogue.search import find_steps
from support.authoring.catalogue.words import UnreadableSynonyms, ideas_of, stems_of, synonyms_of

PROJECT = Path(__file__).parents[3]
SHOWN_FIRST = 3
ASKED = {
    "leaderboard": "the leaderboard shows:",
    "ranking": "the leaderboard shows:",
    "who leads": "the leaderboard shows:",
    "lower is better": 'a use case for "{task}" scored by "{score}" is published on them, where lower is better',
    "raise the budget": "the owner changes the budget of {use_case} to {float} PetaFLOPs",
    "budget exhausted": "{string} cannot start an experiment: {string}",
    "how much budget has a team": "the team of {string} has a budget of {float} PetaFLOPs, of which {float} are spent",
    "two use cases": "the {nameable} is called {string}",
    "several environments": "the {nameable} is called {string}",
    "environment goes offline": "{secure_environment} falls silent",
    "heartbeat": "{secure_environment} is heard from",
    "restart the backend": "the {service} is started again",
    "object store crashes": "the {service} is killed",
    "submit a cycle": "{string} submits cycle {int} for inference",
    "submission rejected": "{string} cannot submit cycle {int}: {string}",
    "My Submissions": "My Submissions of {string} shows {int} submission/submissions",
    "inference only": '{string} has the "{model}" scored without training',
    "better than guessing": "the {score} of cycle {int} is better than chance",
    "federated averaging": "the averaged weights equal the row-weighted mean of the trained weights",
    "cancel an experiment": "{string} stops {experiment}",
    "experiment finished": '{experiment} is "{experiment_status}"',
    "start a training": '{string} has started the "{model}" for {int} epoch/epochs and {int} cycle/cycles',
    "train a model": '{string} trains the "{model}" for {int} epoch/epochs and {int} cycle/cycles',
    "invite a collaborator": "{string} is invited to {use_case}",
    "join without accepting the rules": "{string} cannot join without accepting the rules: {string}",
    "teammate": "{string} is in the team of {string}",
    "merge two teams": "the team of {string} asks the team of {string} to merge, which accepts",
    "register a user": "{string} has an account",
    "wrong password": "{string} tries to log in with the SDK with a wrong password",
    "confirm the mail address": "{string} verifies the e-mail address with the code from the mail",
    "import pictures": "the owner ingests a few images",
    "ingestion crashes": "the ingestion of {int} rows is killed as soon as the first are in the table",
    "download a model": '{string} fetches the "{model}" with the SDK',
    "upload a model": '{string} uploads the "{model}" with the SDK',
    "message broker down": "the Service Bus is unreachable",
    "corrupt photo": "a picture of the training data is damaged",
    "epoch metrics": "cycle {int} shows the metrics of {int} epochs",
    "installing the client": "the owner installs the client with the one-line installer",
    "take an environment's keys away": "the owner revokes the {word} secure environment",
    "publishing a use case": 'a/another use case for "{task}" scored by "{score}" is published on them',
    "network is cut off": "{string} cannot reach {string} over the network",
    "log out": "{string} logs out with the SDK",
}
ASKED_OF_OBSERVATORY = {
    "rabbitmq down": "the {part} is away",
    "redis timeout": "the {part} hangs",
    "restart the database": "the {part} is back",
    "duplicate message": "the same event of a new job is delivered twice",
    "dlq": "it is kept as a dead letter of the {string}, with all six fields",
    "poison message": "{poison} is delivered as an event",
    "post a job": "a job is submitted",
    "task finished": "the job is completed",
    "bad request": "the gateway refuses it, and names {string}",
    "trace id": "a job is submitted with a correlation id",
    "prometheus counter": "the gateway counted {int} job/jobs of that kind",
    "liveness of the read model": "the read model is healthy",
    "reconnect": "{word} comes back",
    "replay of the buffer": "{word} is shown what was missed, once and in order",
    "session limits": "its log tells of these limits",
    "failure injection": "{word} tries to open a terminal in test mode {string}",
    "fallback dashboard": "people are told that there is no terminal, with the figures of the platform",
    "resize the window": "{word}'s window is {int} columns wide and {int} rows high",
    "drift between compose and kubernetes": "the services are rendered for compose and for Kubernetes",
    "release gate": "the victory gate decides",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    here = Path.cwd()
    os.chdir(PROJECT)
    try:
        return read_catalogue()
    finally:
        os.chdir(here)


@pytest.mark.parametrize(
    ("platform", "query", "sentence"),
    [
        *(("tracebloc", query, sentence) for query, sentence in ASKED.items()),
        *(("observatory", query, sentence) for query, sentence in ASKED_OF_OBSERVATORY.items()),
    ],
)
def test_what_people_ask_for_is_among_the_first_three(
    catalogue: Catalogue, platform: str, query: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    found = find_steps([query], {entry.definition: len(entry.uses) for entry in catalogue.entries if entry.definition.serves(platform)})
    assert sentence in [definition.sentence for definition in found[:SHOWN_FIRST]]


def test_words_that_say_nothing_are_left_out_unless_nothing_else_is_there() -> None:
    assert stems_of("the averaged weights of the team") == ["averag", "weight", "team"]
    assert stems_of("the") == ["the"]


def test_a_phrase_with_synonyms_is_one_idea(tmp_path: Path) -> None:
    (tmp_path / "tracebloc").mkdir()
    (tmp_path / "tracebloc" / "synonyms.toml").write_text('same = [["lower is better", "rmse"], ["ranks", "leaderboard"]]')
    first, second, third = ideas_of("lower is better ranks teams", tmp_path)
    assert (first.asked, first.same["tracebloc"]) == (("lower", "better"), {("rmse",)})
    assert second.same["tracebloc"] == {("leaderboard",)}
    assert (third.asked, third.same["tracebloc"]) == (("team",), frozenset())


@pytest.mark.parametrize(("text", "why"), [("same = 3", "has to be a list of lists of texts"), ("same = [", "cannot be read")])
def test_synonyms_that_cannot_be_read_are_refused_in_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "synonyms.toml").write_text(text)
    with pytest.raises(UnreadableSynonyms, match=why):
        synonyms_of(tmp_path)
