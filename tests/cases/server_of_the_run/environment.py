"""Starts a server in a thread, which only the run's own process has."""

import socketserver
import threading

from behave.runner import Context


class Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"here")


def before_all(context: Context) -> None:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    context.port = server.server_address[1]
    context.add_cleanup(server.shutdown)
