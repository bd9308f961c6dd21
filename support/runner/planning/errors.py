"""Why a selection cannot be run; apart, so that what reads profiles, records and shards is loaded only where one is asked for."""


class SelectionError(Exception):
    """The scenarios that were asked for cannot be run: not found, not readable, or none selected; the text says which."""


class ProfileError(SelectionError):
    """There is no such profile, or the file of profiles is wrong; the text says which and what would do."""


class NothingToRerun(SelectionError):
    """There is no last run, or nothing failed in it; the text says which."""


class WrongShard(SelectionError):
    """A shard that is not written as `2/3`, or is not one of its own number; the text says which."""
