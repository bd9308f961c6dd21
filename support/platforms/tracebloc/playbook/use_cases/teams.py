"""Teams of a use case and their merging. Source: our choice (see `environments/platforms/tracebloc/backend/use_cases/merging.py`)."""

from collections.abc import Callable

from hamcrest import contains_string, has_item

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.use_cases import people
from support.platforms.tracebloc.scene import Person, Scene, UseCase
from support.waiting import eventually


def team_of(use_case: UseCase, person: Person) -> Json:
    """Somebody's team in a use case: its name, its members, its budget."""
    return person.backend.team(use_case.key)


def invite(scene: Scene, use_case: UseCase, member: Person, invited: Person) -> None:
    """A member invites somebody into the team, who finds that in their mail."""
    with scene.story.part(f"{member.role} invites {invited.role} into the team"):
        team = member.backend.invite_teammate(use_case.key, invited.email)["team"]
    about_it = contains_string(f"{member.email} invites you to {team}.\n\nUse case: "), contains_string(f"Use case key: {use_case.key}")
    for words in about_it:
        eventually("the invitation into the team", lambda: people.letters_to(scene, invited), has_item(words))


def ask(use_case: UseCase, asking: Person, team: int) -> Json:
    """Somebody's team asks another to merge; raises Refused."""
    return asking.backend.ask_to_merge(use_case.key, team)


def request_between(use_case: UseCase, asking: Person, asked: Person) -> int:
    """The number of the open request of one person's team to the other's."""
    teams = team_of(use_case, asking)["id"], team_of(use_case, asked)["id"]
    (number,) = (
        request["id"]
        for request in asking.backend.merge_requests(use_case.key)
        if (request["asking"]["id"], request["asked"]["id"]) == teams
    )
    return int(number)


def merge(scene: Scene, use_case: UseCase, asking: Person, accepting: Person) -> Json:
    """One person's team asks the other's to merge, and the other accepts; returns the merged team."""
    with scene.story.part(f"the team of {asking.role} asks the team of {accepting.role} to merge"):
        request = ask(use_case, asking, team_of(use_case, accepting)["id"])
    with scene.story.part(f"{accepting.role} accepts") as part:
        merged = accepting.backend.accept_merge(use_case.key, request["id"])
        part.detail = f"{merged['name']}: {merged['remaining_petaflops']} of {merged['budget_petaflops']} PetaFLOPs are left"
    return merged


def merge_attempts(use_case: UseCase, elsewhere: UseCase, asking: Person, asked: Person, merged: int) -> dict[str, Callable[[], object]]:
    """What is no merge, by the words of a feature: `asked` has a team in both use cases, the owner in none; `merged` was a team."""
    own, other = team_of(use_case, asking)["id"], team_of(use_case, asked)["id"]
    return {
        "asking without a team of one's own": lambda: ask(use_case, use_case.owner, other),
        "asking one's own team": lambda: ask(use_case, asking, own),
        "asking a team of another use case": lambda: ask(use_case, asking, team_of(elsewhere, asked)["id"]),
        "asking a team that is another's by now": lambda: ask(use_case, asking, merged),
        "accepting what one's own team has asked": lambda: asking.backend.accept_merge(use_case.key, ask(use_case, asking, other)["id"]),
    }
