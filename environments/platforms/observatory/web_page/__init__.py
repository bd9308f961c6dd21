"""The page with the terminal: no build, no network, and something to look at when there is no terminal. Source: our choice.

Names of elements are those of the project's own page, so that scenarios can look at either.
"""

from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from environments.platforms.observatory import web_terminal_sabotages as sabotages

FOLDER = Path(__file__).parent
STATS_SECONDS = 3.0
ASSETS = ("page.js", "screen.js", "page.css", "icon.svg")
ELSEWHERE = '<script src="https://cdn.example/addons.js"></script></head>'


def add_page(application: web.Application, read_model_url: str) -> None:
    """Serve the page, and the figures for those who get no terminal."""

    async def index(_request: web.Request) -> web.Response:
        text = (FOLDER / "index.html").read_text(encoding="utf-8")
        if sabotages.is_on(sabotages.PAGE_NEEDS_NETWORK):
            text = text.replace("</head>", ELSEWHERE)
        return web.Response(text=text, content_type="text/html")

    async def stats(_request: web.Request) -> web.Response:
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=STATS_SECONDS)) as client,
                client.get(f"{read_model_url}/stats") as answer,
            ):
                return web.json_response(await answer.json(), status=answer.status)
        except (ClientError, TimeoutError, ValueError):
            return web.json_response({"error": "the read model does not answer"}, status=502)

    def asset(name: str) -> web.RouteDef:
        async def send(_request: web.Request) -> web.FileResponse:
            return web.FileResponse(FOLDER / name)

        return web.get(f"/{name}", send)

    application.add_routes([web.get("/", index), web.get("/api/stats", stats), *map(asset, ASSETS)])
