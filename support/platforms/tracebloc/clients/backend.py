"""The platform's web flows, as one person sees them.

Source: our choice where the flows are not public (see `environments/platforms/tracebloc/backend`); paths that the SDK or the CLI use
are theirs.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from environments.direct_http import direct_client
from environments.errors import PlatformRefused
from support.evidence.http import watched
from support.platforms.tracebloc.clients.clock import PlatformClock

Json = dict[str, Any]


class Refused(PlatformRefused):
    """The platform refused a request; carries its words, its code and the HTTP status."""

    def __init__(self, request: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{request} was refused with {status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class BackendClient:
    """One person's session with the backend."""

    def __init__(self, base_url: str, timeout: float = 15.0, clock: PlatformClock | None = None) -> None:
        # no proxy and no ~/.netrc of the machine may come between
        self._http = watched(direct_client(base_url.rstrip("/"), timeout=timeout), "backend")
        if clock is not None:
            self._http.event_hooks["request"].append(clock.stamp)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # accounts
    def register(self, email: str, password: str) -> Json:
        """Sign up; the platform sends a verification e-mail."""
        return self._object("POST", "/register/", json={"email": email, "password": password})

    def verify(self, token: str) -> Json:
        """Confirm the e-mail address with the code from the e-mail."""
        return self._object("POST", "/register/verify/", json={"token": token})

    def log_in(self, username: str, password: str) -> Json:
        """Log in; later requests carry the token. Raises Refused when the credentials are not right."""
        answer = self._object("POST", "/api-token-auth/", data={"username": username, "password": password})
        self._http.headers["Authorization"] = f"{answer['token_scheme']} {answer['token']}"
        return answer

    def user_info(self) -> Json:
        """Who is logged in."""
        return self._object("GET", "/userinfo/")

    @property
    def token(self) -> str:
        """The token of the last login, without its scheme; empty when there was none."""
        return str(self._http.headers.get("Authorization", "")).partition(" ")[2]

    def log_out(self) -> None:
        """End this login: its token is worth nothing from then on, whoever holds it."""
        self._send("POST", "/logout/")

    def decide_device_code(self, user_code: str, approve: bool) -> None:
        """Say yes or no to the sign-in code that a command line shows."""
        self._send("POST", "/device/approve/", json={"user_code": user_code, "approve": approve})

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

    def revoke_secure_environment(self, identity: int | str) -> Json:
        """Take the credential of one of the caller's secure environments away."""
        return self._object("POST", f"/edge-device/{identity}/revoke/")

    def ingest_failures(self, identity: int | str) -> list[Json]:
        """The ingestions of a secure environment that ended without a dataset, oldest first."""
        return self._list("GET", f"/edge-device/{identity}/ingest-failures/")

    # datasets
    def datasets(self) -> list[Json]:
        """The caller's ingested datasets."""
        return self._list("GET", "/datasets/")

    def dataset(self, key: str) -> Json:
        """All that was reported to the platform of one of the caller's datasets."""
        return self._object("GET", f"/datasets/{key}/")

    # use cases
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

    def accept_merge(self, key: str, request: int) -> Json:
        """Accept another team's request to merge; the answer is the merged team."""
        return self._object("POST", f"/use-cases/{key}/team/merge-requests/{request}/accept/")

    # models and datasets
    def keep_model(self, model: Path, weights: bytes | None = None) -> Json:
        """Upload a model in the Run tab, with or without weights, where the SDK fetches it by its name."""
        files: dict[str, Any] = {"upload_file": (model.name, model.read_bytes())}
        if weights is not None:
            files["upload_weights"] = (f"{model.stem}_weights.safetensors", weights)
        return self._object("POST", "/check-model/checks/", data={"model_name": model.stem}, files=files)

    def kept_weights(self, model: str) -> bytes:
        """The weights beside a model that was uploaded in the Run tab."""
        return self._answer("GET", f"/check-model/uploads/{model}/weights/").content

    def kept_model(self, model: str) -> bytes:
        """The file of a model that was uploaded in the Run tab."""
        return self._answer("GET", f"/check-model/uploads/{model}/model/").content

    def columns(self, dataset_key: str) -> Json:
        """The columns of a dataset, with their types."""
        return self._object("GET", "/dataset/global_meta_data/", params={"dataset_id": dataset_key})

    # experiments, submissions, leaderboard
    def start_experiment(self, dataset_key: str, model: str, name: str, **plan: str) -> Json:
        """Start an experiment past the SDK, by a request of one's own making."""
        return self._object("POST", "/experiments/", data={"dataset_key": dataset_key, "model_name": model, "name": name, **plan})

    def experiments(self, use_case: str) -> list[Json]:
        """The experiments of the caller's team in a use case, the newest first."""
        return self._list("GET", "/experiments/", params={"use_case": use_case})

    def pause_experiment(self, key: str) -> Json:
        """Begin no new cycle until it is resumed."""
        return self._object("POST", f"/experiments/{key}/pause/")

    def resume_experiment(self, key: str) -> Json:
        """Go on with a paused experiment."""
        return self._object("POST", f"/experiments/{key}/resume/")

    def stop_experiment(self, key: str) -> Json:
        """End an experiment for good."""
        return self._object("POST", f"/experiments/{key}/stop/")

    def experiment(self, key: str) -> Json:
        """One experiment of the caller's team, with its cycles, metrics and pods."""
        return self._object("GET", f"/experiments/{key}/")

    def submit_cycle(self, experiment_key: str, cycle: int) -> Json:
        """Submit a finished cycle for inference."""
        return self._object("POST", f"/experiments/{experiment_key}/cycles/{cycle}/submissions/")

    def my_submissions(self, key: str) -> list[Json]:
        """The team's submissions in a use case."""
        return self._list("GET", f"/use-cases/{key}/submissions/")

    def leaderboard(self, key: str) -> list[Json]:
        """The rows of a use case's leaderboard, in the order the platform ranks them."""
        return self._list("GET", f"/use-cases/{key}/leaderboard/")

    def pages(self, path: str, **parameters: str | int) -> list[list[Json]]:
        """A list as it comes page by page, each beginning where the answer before says."""
        pages: list[list[Json]] = []
        response = self._answer("GET", path, params=parameters)
        pages.append(response.json())
        while (following := response.links.get("next", {}).get("url")) is not None:
            response = self._answer("GET", following)
            pages.append(response.json())
        return pages

    def page_of_environments(self, number: int) -> Json:
        """One page of the caller's secure environments, with how many there are and where the next is. Source: tracebloc CLI."""
        return self._object("GET", "/edge-device/", params={"page": number})

    def _object(self, method: str, path: str, **content: Any) -> Json:
        answer = self._send(method, path, **content)
        if not isinstance(answer, dict):
            raise TypeError(f"{method} {path} answered with a {type(answer).__name__}, not with an object")
        return answer

    def _list(self, method: str, path: str, **content: Any) -> list[Json]:
        listed: list[Json] = []
        following: str | None = path
        while following is not None:
            response = self._answer(method, following, **content)
            page = response.json()
            if not isinstance(page, list):
                raise TypeError(f"{method} {path} answered with a {type(page).__name__}, not with a list")
            listed += page
            # its address holds the parameters
            following, content = response.links.get("next", {}).get("url"), {}
        return listed

    def _send(self, method: str, path: str, **content: Any) -> object:
        response = self._answer(method, path, **content)
        return response.json() if response.content else {}

    def _answer(self, method: str, path: str, **content: Any) -> httpx.Response:
        response = self._http.request(method, path, **content)
        if response.is_error:
            raise refusal(f"{method} {path}", response)
        return response


def refusal(request: str, response: httpx.Response) -> Refused:
    """What a service of the platform said when it refused a request."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    message = body.get("message") or body.get("detail") or body.get("non_field_errors") or response.reason_phrase
    return Refused(request, response.status_code, str(body.get("code", "")), str(message))
