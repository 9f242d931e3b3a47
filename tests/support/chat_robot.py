"""A group chat's robot on loopback, which keeps what it is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["robot"]


@contextmanager
def robot(
    answer: bytes = b'{"errcode":0}', status: int = 200
) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """A chat robot on loopback: its address, and what it was sent as (path with query, message)."""
    messages: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(
                (self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/send?key=PLANTED-SECRET", messages
    finally:
        server.shutdown()
        server.server_close()
