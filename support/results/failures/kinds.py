"""Whose fault it is when a step raises something: the one place that decides between `failed` and `error`.

`failed`: the platform did not do what was expected, whichever step finds that out. `error`: the step's own code, the feature, or what
surrounds both is wrong. Source: our choice.
"""

from environments.errors import PlatformRefused
from support.results.scenario_result import Status

THE_PLATFORMS = frozenset(
    {
        # refusals, as the usual clients raise them; by name, so that none has to be loaded
        "azure.core.exceptions.HttpResponseError",
        "botocore.exceptions.ClientError",
        "grpc.RpcError",
        "httpx.HTTPStatusError",
        "kubernetes.client.exceptions.ApiException",
        "redis.exceptions.ResponseError",
        "requests.exceptions.HTTPError",
        "urllib.error.HTTPError",
        # waits that never came true
        "builtins.TimeoutError",
        "httpx.TimeoutException",
        "requests.exceptions.Timeout",
        "subprocess.TimeoutExpired",
        "tenacity.RetryError",
    }
)


def status_of_error(error: BaseException) -> Status:
    """How a step ends that raised this."""
    return Status.FAILED if is_the_platforms(error) else Status.ERROR


def is_the_platforms(error: BaseException) -> bool:
    """Whether it says that the platform did not do what was expected: an expectation, a refusal, or a wait in vain."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_the_platforms, error.exceptions))
    if isinstance(error, (AssertionError, PlatformRefused)):
        return True
    return any(f"{kind.__module__}.{kind.__qualname__}" in THE_PLATFORMS for kind in type(error).__mro__)
