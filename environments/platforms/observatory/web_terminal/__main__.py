"""The terminal server: WebSockets and the page on one port, liveness and metrics on another."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from environments.platforms.observatory import web_terminal_sabotages as sabotages
from environments.platforms.observatory.log_lines import begin_log
from environments.platforms.observatory.web_page import add_page
from environments.platforms.observatory.web_terminal.connections import Connections
from environments.platforms.observatory.web_terminal.sessions import Sessions
from environments.platforms.observatory.web_terminal.settings import Settings
from environments.reference_services.settings import read_settings

LOOK_SECONDS = 0.2


def metrics(sessions: Sessions) -> web.Application:
    """What operators look at."""
    registry = CollectorRegistry()

    def gauge(name: str, meaning: str, value: Callable[[], float]) -> None:
        Gauge(name, meaning, registry=registry).set_function(value)

    def connected() -> int:
        counts_all = sabotages.is_on(sabotages.LEAVERS_COUNTED_AS_CONNECTED)
        return sum(each.left is None or counts_all for each in sessions.all.values())

    gauge("pty_sessions_active", "Sessions, connected or not", lambda: len(sessions.all))
    gauge("pty_sessions_connected", "Sessions with a connection", connected)
    gauge("pty_sessions_disconnected", "Sessions that wait for their owner", lambda: len(sessions.all) - connected())
    gauge("pty_output_queue_bytes_total", "Bytes kept for replays", lambda: sum(each.ring.bytes for each in sessions.all.values()))
    gauge("pty_output_drops_total", "Frames dropped from replays", lambda: sum(each.ring.dropped for each in sessions.all.values()))

    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def fine(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    application = web.Application()
    application.add_routes([web.get("/metrics", show), web.get("/healthz", fine), web.get("/readyz", fine)])
    return application


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM; raises OSError when a port is taken."""
    sessions, stopping = Sessions(settings), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    for_browsers = web.Application()
    for_browsers.add_routes([web.get("/ws", Connections(settings, sessions).take)])
    add_page(for_browsers, settings.read_model_url)
    # no access log: bearer tokens of browsers stand in addresses
    runners = [web.AppRunner(application, access_log=None, shutdown_timeout=1.0) for application in (metrics(sessions), for_browsers)]
    for runner, port in zip(runners, (settings.pty_metrics_port, settings.pty_ws_port), strict=True):
        await runner.setup()
        await web.TCPSite(runner, settings.pty_host, port).start()
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()
    while not stopping.is_set():
        sessions.end_the_forgotten()
        try:
            await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue
    for session in list(sessions.all.values()):
        sessions.end(session)
    for runner in runners:
        await runner.cleanup()


def main() -> None:
    """Serve with the settings of the environment."""
    settings = read_settings(Settings)
    log = begin_log("web_terminal")
    shown = settings.model_dump(exclude={"pty_auth_token", "read_model_url", "gateway_url"})
    log.info("starting: %s, bearer token %s", shown, "asked for" if settings.pty_auth_token.get_secret_value() else "off")
    try:
        asyncio.run(serve(settings))
    except OSError as error:
        log.error("the server cannot listen: %s", error.strerror)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
