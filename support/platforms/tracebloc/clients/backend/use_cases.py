"""Use cases: making one, inviting, joining, teams."""

from collections.abc import Sequence
from typing import Any

from support.platforms.tracebloc.clients.backend.connection import BackendConnection, Json


class UseCases(BackendConnection):
    """What owners and collaborators do about use cases."""

    def create_use_case(self, title: str, task: str, private: bool = True, domains: Sequence[str] = ()) -> Json:
        """Create a use case as a draft; only people of `domains` may enter it, or of any domain when there are none."""
        return self._object("POST", "/use-cases/", json={"title": title, "task": task, "private": private, "domains": list(domains)})

    def use_case(self, key: str) -> Json:
        """One use case that the caller may see."""
        return self._object("GET", f"/use-cases/{key}/")

    def use_cases(self) -> list[Json]:
        """The use cases that the caller may see."""
        return self._list("GET", "/use-cases/")

    def change_use_case(self, key: str, **changes: Any) -> Json:
        """Change a use case: description, rules, score, rounds, budget_petaflops."""
        return self._object("PATCH", f"/use-cases/{key}/", json=changes)

    def attach_datasets(self, key: str, training: list[str], test: list[str]) -> Json:
        """Attach ingested datasets to a draft; the answer holds the id that participants train on."""
        return self._object("PUT", f"/use-cases/{key}/datasets/", json={"training": training, "test": test})

    def invite(self, key: str, emails: list[str]) -> Json:
        """Invite collaborators by e-mail."""
        return self._object("POST", f"/use-cases/{key}/invitations/", json={"emails": emails})

    def publish(self, key: str) -> Json:
        """Publish a draft; refused while anything is missing."""
        return self._object("POST", f"/use-cases/{key}/publish/")

    def join(self, key: str, accept_rules: bool = True) -> Json:
        """Accept the rules and join; the answer holds the caller's team."""
        return self._object("POST", f"/use-cases/{key}/join/", json={"accept_rules": accept_rules})

    def leave(self, key: str) -> None:
        """Be part of a use case no more."""
        self._send("POST", f"/use-cases/{key}/leave/")

    def team(self, key: str) -> Json:
        """The caller's team in a use case."""
        return self._object("GET", f"/use-cases/{key}/team/")

    def invite_teammate(self, key: str, email: str) -> Json:
        """Invite a teammate into the caller's team."""
        return self._object("POST", f"/use-cases/{key}/team/invitations/", json={"email": email})

    def ask_to_merge(self, key: str, team: int) -> Json:
        """Ask another team to merge with the caller's."""
        return self._object("POST", f"/use-cases/{key}/team/merge-requests/", json={"team": team})

    def merge_requests(self, key: str) -> list[Json]:
        """The open requests by and to the caller's team, the oldest first."""
        return self._list("GET", f"/use-cases/{key}/team/merge-requests/")

    def end_merge_request(self, key: str, request: int) -> None:
        """Take a request of one's own team back, or decline another one's."""
        self._send("DELETE", f"/use-cases/{key}/team/merge-requests/{request}/")

    def accept_merge(self, key: str, request: int) -> Json:
        """Accept another team's request to merge; the answer is the merged team."""
        return self._object("POST", f"/use-cases/{key}/team/merge-requests/{request}/accept/")
