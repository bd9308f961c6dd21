"""The fixtures of the embedded substrate's own tests, for tracebloc on it."""

from tests.embedded.conftest import own_folders, server, short_folder, supervisor

__all__ = ["own_folders", "server", "short_folder", "supervisor"]
