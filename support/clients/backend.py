"""The platform's web flows, as one person sees them.

Source: our choice where the flows are not public (see `environments/reference_platform/backend`); paths that the SDK or the CLI use
are theirs.
"""

from types import TracebackType
from typing import Any, Self

import httpx

Json = dict[str, Any]


class Refused(Exception):
    """The platform refused a request; carries its words, its code and the HTTP status."""

    def __init__(self, request: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{request} was refused with {status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class BackendSession:
    """The session with the backend of whoever logs in: a person or a secure environment."""

    def __init__(self, base_url: str, timeout: float = 15.0) -> None:
        # no proxy and no ~/.netrc of the machine may come between
        self._http = httpx.Client(base_url=base_url.rstrip("/"), timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def log_in(self, username: str, password: str) -> Json:
        """Log in; later requests carry the token. Raises Refused when the credentials are not right."""
        answer = self._object("POST", "/api-token-auth/", data={"username": username, "password": password})
        self._http.headers["Authorization"] = f"{answer['token_scheme']} {answer['token']}"
        return answer

    def _object(self, method: str, path: str, **content: Any) -> Json:
        answer = self._send(method, path, **content)
        if not isinstance(answer, dict):
            raise TypeError(f"{method} {path} answered with a {type(answer).__name__}, not with an object")
        return answer

    def _list(self, method: str, path: str, **content: Any) -> list[Json]:
        answer = self._send(method, path, **content)
        if not isinstance(answer, list):
            raise TypeError(f"{method} {path} answered with a {type(answer).__name__}, not with a list")
        return answer

    def _send(self, method: str, path: str, **content: Any) -> object:
        response = self._http.request(method, path, **content)
        if response.is_error:
            raise _refusal(f"{method} {path}", response)
        return response.json() if response.content else {}


class BackendClient(BackendSession):
    """One person's session with the backend."""

    # accounts
    def register(self, email: str, password: str) -> Json:
        """Sign up; the platform sends a verification e-mail."""
        return self._object("POST", "/register/", json={"email": email, "password": password})

    def verify(self, token: str) -> Json:
        """Confirm the e-mail address with the code from the e-mail."""
        return self._object("POST", "/register/verify/", json={"token": token})

    def user_info(self) -> Json:
        """Who is logged in."""
        return self._object("GET", "/userinfo/")

    # secure environments
    def register_secure_environment(self, name: str) -> Json:
        """Register a secure environment; the answer holds its Client ID and, this once, its password."""
        return self._object("POST", "/edge-device/", json={"name": name})

    def secure_environment(self, identity: int | str) -> Json:
        """One of the caller's secure environments."""
        return self._object("GET", f"/edge-device/{identity}/")

    def change_secure_environment(self, identity: int | str, **changes: Any) -> Json:
        """Change one of the caller's secure environments: name, login_seconds."""
        return self._object("PATCH", f"/edge-device/{identity}/", json=changes)

    # datasets
    def datasets(self) -> list[Json]:
        """The caller's ingested datasets."""
        return self._list("GET", "/datasets/")

    # use cases
    def create_use_case(self, title: str, task: str, private: bool = True, domains: list[str] | None = None) -> Json:
        """Create a use case as a draft."""
        return self._object("POST", "/use-cases/", json={"title": title, "task": task, "private": private, "domains": domains or []})

    def use_case(self, key: str) -> Json:
        """One use case that the caller may see."""
        return self._object("GET", f"/use-cases/{key}/")

    def change_use_case(self, key: str, **changes: Any) -> Json:
        """Change a draft: description, rules, score, rounds, budget_petaflops."""
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

    def team(self, key: str) -> Json:
        """The caller's team in a use case."""
        return self._object("GET", f"/use-cases/{key}/team/")

    def invite_teammate(self, key: str, email: str) -> Json:
        """Invite a teammate into the caller's team."""
        return self._object("POST", f"/use-cases/{key}/team/invitations/", json={"email": email})

    # experiments, submissions, leaderboard
    def experiment(self, key: str) -> Json:
        """One experiment of the caller's team, with its cycles, metrics and pods."""
        return self._object("GET", f"/experiments/{key}/")

    def experiments(self, use_case_key: str) -> list[Json]:
        """The experiments of the caller's team in a use case, newest first."""
        return self._list("GET", "/experiments/", params={"use_case": use_case_key})

    def submit_cycle(self, experiment_key: str, cycle: int) -> Json:
        """Submit a finished cycle for inference."""
        return self._object("POST", f"/experiments/{experiment_key}/cycles/{cycle}/submissions/")

    def my_submissions(self, key: str) -> list[Json]:
        """The team's submissions in a use case."""
        return self._list("GET", f"/use-cases/{key}/submissions/")

    def leaderboard(self, key: str) -> list[Json]:
        """The rows of a use case's leaderboard, in the order the platform ranks them."""
        return self._list("GET", f"/use-cases/{key}/leaderboard/")


def _refusal(request: str, response: httpx.Response) -> Refused:
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    message = body.get("message") or body.get("detail") or body.get("non_field_errors") or response.reason_phrase
    return Refused(request, response.status_code, str(body.get("code", "")), str(message))
