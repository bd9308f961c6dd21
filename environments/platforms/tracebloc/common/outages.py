"""What a service says when something it needs does not answer."""


class Unavailable(Exception):
    """Something this service needs is away, perhaps for a moment only; the text says what and holds no secret."""
