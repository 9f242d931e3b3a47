"""Pages as SingleFile saves them with its default settings: its own command line in a real
Chromium, on pages served from here under WeChat's name.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.places import ROOT

__all__ = ["save_with_single_file"]

_PROGRAM = ROOT / ".venv" / "node" / "node_modules" / ".bin" / "single-file"
_CHROMIUM = os.environ.get("DUIBIAO_CHROMIUM", "/usr/bin/chromium")
_BROWSER = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_TIMEOUT_S = 90
_ATTEMPTS = 4  # on a busy machine it gives up, with exit code 0, when the page is ready too late


def save_with_single_file(
    pages: Mapping[str, bytes], folder: Path, *, zone: str = "Asia/Shanghai"
) -> dict[str, bytes]:
    """Each page, by its path on the site, as a browser in this time zone saves it."""
    if not _PROGRAM.exists() or not Path(_CHROMIUM).exists():
        reason = "SingleFile is missing: npm install --prefix .venv/node single-file-cli@2.0.83"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with _serve(pages) as port:
        return {
            path: _save(path, port, folder / f"{number}.html", zone)
            for number, path in enumerate(pages)
        }


def _save(path: str, port: int, file: Path, zone: str) -> bytes:
    arguments = [*_BROWSER, f"--host-resolver-rules=MAP * 127.0.0.1:{port}"]
    command = [
        _PROGRAM,
        f"http://mp.weixin.qq.com{path}",
        file,
        f"--browser-executable-path={_CHROMIUM}",
        "--browser-wait-until=load",
        *(f"--browser-arg={argument}" for argument in arguments),
    ]
    environment = {**os.environ, "TZ": zone}
    for _ in range(_ATTEMPTS):
        done = subprocess.run(
            command, check=True, capture_output=True, timeout=_TIMEOUT_S, env=environment
        )
        if file.exists():
            return file.read_bytes()
    raise AssertionError(done.stderr.decode() or done.stdout.decode())


@contextmanager
def _serve(pages: Mapping[str, bytes]) -> Iterator[int]:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
