"""The terminal server's environment; the names are those of the project's own server, so that it can take this one's place."""

import re
from typing import Annotated

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings


def _known_mode(mode: str) -> str:
    if mode and not re.fullmatch(r"fail|delay:\d{1,5}", mode):
        raise ValueError("a test mode is fail, or delay: with milliseconds")
    return mode


class Settings(BaseSettings):
    """What the server is started with. Seconds, bytes and frames; empty is off."""

    pty_host: str = "127.0.0.1"
    pty_ws_port: int
    pty_metrics_port: int
    pty_tui_binary: str = ""
    """What runs in the terminal; empty is the dashboard of this folder."""
    pty_auth_token: SecretStr = SecretStr("")
    pty_read_only: bool = False
    pty_per_ip_cap: int = 5
    pty_global_cap: int = 50
    pty_disconnect_grace_secs: float = 30.0
    pty_idle_timeout_secs: float = 1800.0
    pty_token_ttl_secs: float = 300.0
    pty_ring_max_bytes: int = 1_048_576
    pty_ring_max_frames: int = 1000
    pty_test_mode: Annotated[str, AfterValidator(_known_mode)] = ""
    read_model_url: str = ""
    gateway_url: str = ""
