"""The web server: for browsers of this machine alone."""

from __future__ import annotations

import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition
from typing import Any
from urllib.parse import parse_qs, urlsplit

from netcompiler.serve.reading import Reading
from netcompiler.serve.views import MISTAKES, Still, View, record, told

ADDRESS = "127.0.0.1"

_NAMES = frozenset({ADDRESS, "localhost"})
"""What this machine may be called. A page of another site can make that site's name mean this address; its
requests say that name.
"""

_ALIVE = 15.0
"""Seconds after which a connection that waits for news is written to, to see whether it is still there."""

_IDLE = 120.0
"""Seconds for which a connection is kept that asks for nothing."""


class Server(ThreadingHTTPServer):
    """Shows one reading of a spec until it is given the next."""

    daemon_threads = True

    def __init__(self, port: int, view: View, reading: Reading) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.view = view
        self.reading = reading
        self._changed = Condition()

    @property
    def url(self) -> str:
        """Where it can be reached."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def publish(self, reading: Reading) -> None:
        """Show this from now on, and tell all pages that are open."""
        with self._changed:
            self.reading = reading
            self._changed.notify_all()

    def wait(self, version: str) -> str:
        """The version that is shown once it is not this one, or after a while still this one."""
        with self._changed:
            self._changed.wait_for(lambda: self.reading.version != version, _ALIVE)
            return self.reading.version

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no mistake; anything else is reported as always."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE

    def do_GET(self) -> None:
        """Answer a request."""
        host = (self.headers.get("Host") or "").partition(":")[0]
        if host.lower() not in _NAMES:
            return self._fail(HTTPStatus.FORBIDDEN, "this page is for the machine that it runs on")
        address = urlsplit(self.path)
        net = parse_qs(address.query).get("net", [""])[0]
        server, reading = self.server, self.server.reading
        if address.path == "/":
            return self._send("text/html; charset=utf-8", server.view.page(reading, net))
        if address.path == "/net":
            return self._send("application/json", record(server.view, reading, net))
        if address.path == "/events":
            return self._events()
        if address.path == "/picture.svg" and isinstance(server.view, Still):
            return self._picture(server.view, reading, net)
        return self._fail(HTTPStatus.NOT_FOUND, "there is nothing here")

    def _picture(self, view: Still, reading: Reading, net: str) -> None:
        try:
            self._send("image/svg+xml", view.picture(reading, reading.chosen(net)))
        except MISTAKES as error:
            self._fail(HTTPStatus.CONFLICT, told(error))

    def _events(self) -> None:
        """Tell the version that is shown now, and each one after it."""
        self.close_connection = True
        self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream"})
        version = ""
        while True:
            now = self.server.wait(version)
            self.wfile.write(f"data: {now}\n\n".encode() if now != version else b":\n\n")
            version = now

    def _send(self, kind: str, body: bytes, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _fail(self, status: HTTPStatus, message: str) -> None:
        self._send("text/plain; charset=utf-8", f"{message}\n".encode(), status)

    def _head(self, status: HTTPStatus, fields: dict[str, str]) -> None:
        self.send_response(status)
        common = {
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        for name, value in {**common, **fields}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Requests are not worth a line."""
