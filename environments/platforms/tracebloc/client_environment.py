"""The guard on the platform's environment name: nothing starts under an unset, unknown or production name.

Source: tracebloc client chart 1.9.62 (accepts dev, stg, prod and their long forms only); its installer and the ingestor
fall through to PRODUCTION when the name is unset or unknown, which is what this guard is for.
"""

ACCEPTED = {"dev": "dev", "development": "dev", "stg": "stg", "staging": "stg"}
PRODUCTION = {"prod", "production"}


class ClientEnvironmentRefused(ValueError):
    """The environment name is not one that scenarios may run under; the text says why and which may."""


def guarded_client_environment(name: str | None) -> str:
    """The short form (`dev` or `stg`) of an environment name; raises ClientEnvironmentRefused."""
    given = (name or "").strip()
    if not given:
        raise ClientEnvironmentRefused(
            "the environment name is not set. The platform would take that for production, so nothing was started: set it to dev or stg"
        )
    if given in PRODUCTION:
        raise ClientEnvironmentRefused(f"'{given}' is production: scenarios create and delete data and never run there. Use dev or stg")
    if given not in ACCEPTED:
        # only who mistyped waits for it
        from difflib import get_close_matches

        near = get_close_matches(given.lower(), ACCEPTED, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ClientEnvironmentRefused(
            f"'{given}' is not an environment of the platform (its chart knows dev, stg and prod, and would send an unknown one to "
            f"production), so nothing was started: use dev or stg.{hint}"
        )
    return ACCEPTED[given]
