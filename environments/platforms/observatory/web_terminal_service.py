"""How the terminal server runs: one for the whole platform, and others that scenarios start with settings of their own."""

from collections.abc import Mapping

from environments.services import HTTP, PythonModule, ServiceSpec, Site

NAME, METRICS, BEARER = "web_terminal", "metrics", "terminal-bearer"

IN_INTEGRATION = {"PTY_PER_IP_CAP": "30"}
"""Scenarios come from one address, all of them. Source: the project's docker-compose.integration.yml."""


def web_terminal(changed: Mapping[str, str] | None = None, *, bearer: bool = False) -> ServiceSpec:
    """The service.

    Args:
        changed: variables other than by default.
        bearer: whether it asks for the secret BEARER.
    """

    def variables(site: Site) -> Mapping[str, str]:
        listens = {"PTY_HOST": site.host(), "PTY_WS_PORT": str(site.port()), "PTY_METRICS_PORT": str(site.port(METRICS))}
        reads = {"READ_MODEL_URL": site.address("read_model").url, "GATEWAY_URL": site.address("gateway").url}
        token = {"PTY_AUTH_TOKEN": site.secret(BEARER)} if bearer else {}
        return {**listens, **reads, **token, **(changed or {})}

    return ServiceSpec(
        NAME,
        PythonModule("environments.platforms.observatory.web_terminal"),
        variables,
        (HTTP, METRICS),
        ready_port=HTTP,
        secrets=(BEARER,) if bearer else (),
        # whoever opens a terminal waits for it, and nobody else has to
        awaited=False,
    )
