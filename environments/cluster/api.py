"""A cluster's API by the official client: one client a process, since connections do not survive a fork; refusals in words."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubernetes.client import ApiClient, AppsV1Api, BatchV1Api, CoreV1Api, NetworkingV1Api
    from kubernetes.client.exceptions import ApiException

NOT_FOUND, CONFLICT = 404, 409
PATIENCE_SECONDS = 30.0
"""For one answer of the API."""


class ApiRefused(Exception):
    """The cluster refused a request, or does not answer; `status` is HTTP's, 0 without an answer."""

    def __init__(self, text: str, status: int = 0) -> None:
        self.status = status
        super().__init__(text)


class Api:
    """The API of one cluster, as whoever `connect` logs in as."""

    def __init__(self, connect: "Callable[[], ApiClient]") -> None:
        self._connect = connect
        self._clients: dict[int, ApiClient] = {}

    @classmethod
    def by_kubeconfig(cls, file: Path | None, context: str | None = None) -> "Api":
        """By a kubeconfig; None: the user's own file, or its current context."""

        def connect() -> "ApiClient":
            from kubernetes import config

            client: ApiClient = config.new_client_from_config(None if file is None else str(file), context)
            return client

        return cls(connect)

    @classmethod
    def of_this_pod(cls) -> "Api":
        """By the token of the pod that this process runs in."""

        def connect() -> "ApiClient":
            from kubernetes import client, config

            configuration = client.Configuration()
            config.load_incluster_config(client_configuration=configuration)
            return client.ApiClient(configuration)

        return cls(connect)

    @property
    def client(self) -> "ApiClient":
        """This process's own."""
        if os.getpid() not in self._clients:
            self._clients.clear()
            with refusals():
                self._clients[os.getpid()] = self._connect()
        return self._clients[os.getpid()]

    def plain(self, thing: object) -> dict[str, Any]:
        """An object of the client's, as its manifest has it."""
        found: dict[str, Any] = self.client.sanitize_for_serialization(thing)
        return found

    @property
    def core(self) -> "CoreV1Api":
        """Pods, services, namespaces and what else is in `v1`."""
        from kubernetes.client import CoreV1Api

        return CoreV1Api(self.client)

    @property
    def batch(self) -> "BatchV1Api":
        """Jobs."""
        from kubernetes.client import BatchV1Api

        return BatchV1Api(self.client)

    @property
    def apps(self) -> "AppsV1Api":
        """Deployments."""
        from kubernetes.client import AppsV1Api

        return AppsV1Api(self.client)

    @property
    def networking(self) -> "NetworkingV1Api":
        """Network policies."""
        from kubernetes.client import NetworkingV1Api

        return NetworkingV1Api(self.client)


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what the client raises into ApiRefused, in the cluster's own words."""
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import ConfigException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise _refused(error) from None
    except AttributeError as error:
        # the client stumbles over an answer to exec that has no body. Source: kubernetes 36
        if not isinstance(error.__context__, ApiException):
            raise
        raise _refused(error.__context__) from None
    except (ConfigException, HTTPError, OSError) as error:
        raise ApiRefused(f"the cluster's API does not answer: {type(error).__name__}: {error}") from None


def _refused(error: "ApiException") -> ApiRefused:
    return ApiRefused(_words(error.body) or f"HTTP {error.status} {error.reason}", int(error.status or 0))


def _words(body: str | bytes | None) -> str:
    try:
        return str(json.loads(body or "{}").get("message", ""))
    except (ValueError, AttributeError):
        return ""
