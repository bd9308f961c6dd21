"""Settings that are given by variables of one prefix, such as `RINGMASTER_KIND_<NAME>`. Source: our choice."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from environments.errors import SubstrateError

SettingsT = TypeVar("SettingsT")


def read_variables(
    prefix: str, names: Collection[str], environment: Mapping[str, str], make: Callable[[Mapping[str, str]], SettingsT]
) -> SettingsT:
    """The settings that `make` makes of those that are given; raises SubstrateError that names a wrong one.

    Args:
        prefix: what the variables begin with.
        names: of all settings, in lower case.
        environment: variables that are empty count as not given.
        make: gets texts by name, and raises ValueError.
    """
    given = {name.removeprefix(prefix).lower(): value for name, value in environment.items() if name.startswith(prefix) and value}
    for name in given.keys() - set(names):
        known = ", ".join(prefix + known.upper() for known in names)
        raise SubstrateError(f"{prefix}{name.upper()} is not a setting; there are: {known}")
    try:
        return make(given)
    except ValueError as error:
        raise SubstrateError(f"one of the variables {prefix}... cannot be read: {error}") from None
