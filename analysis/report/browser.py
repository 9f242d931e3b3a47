"""A page on disk -> PDF and long pictures, by an installed Chromium: found, started for one page,
driven on loopback, closed.

The browser's own protocol (DevTools) is JSON messages over a WebSocket; five of its commands are
used, so no driver is needed.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from crawler.errors import DuibiaoError

__all__ = ["ChromiumError", "draw_pictures", "find_chromium", "print_pdf"]

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
_INSTALL_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
)
_PLAYWRIGHT_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-win*/chrome.exe",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
_ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--mute-audio",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-port=0",
    "about:blank",
)
_PATIENCE_S = 60.0
_WIDTH, _SCALE = 375, 2  # CSS px and pixels of each: the phone layout, 750 px wide
# CSS px of one picture: 10,000 pixels, which chat apps show sharp; Chromium draws 16,384 at most
_TALLEST = 5000
_DRAWABLE = 8192  # CSS px of the most that Chromium draws
_PDF_DATE = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}(?=\+00'00'\))")
_PDF_NODE = re.compile(rb"(?<=\(node)\d{8}(?=\))")
_UNFOLD = """(() => {
  document.documentElement.classList.add('picture');
  const folds = document.querySelectorAll('details:not(.tree *)');
  for (const fold of folds) fold.open = true;
})()"""  # in a picture nothing opens; the examples of the tree stay closed, they would double it
_CUTS = """(() => {
  const wanted = [
    'main > section', 'main > section > *', '.chapter > section > *', '.dossier', '.dossier > *',
    '.cards > *', '.tree > *', 'tbody tr', '.findings > li', '.facts > dt',
  ].join();
  const top = e => Math.floor(e.getBoundingClientRect().top + window.scrollY);
  const tops = [...document.querySelectorAll(wanted)].map(top);
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  const front = document.querySelector('#front');
  const below = front && front.nextElementSibling;
  return JSON.stringify({height, tops, front: below ? top(below) : 0});
})()"""


class ChromiumError(DuibiaoError, RuntimeError):
    """There is no browser, or it did not do what it was asked; says what to do."""


def find_chromium() -> Path:
    """The browser to draw with: DUIBIAO_CHROMIUM, one on the PATH, one where it is usually
    installed, Playwright's own. Raises ChromiumError.
    """
    if named := os.environ.get("DUIBIAO_CHROMIUM"):
        if Path(named).is_file():
            return Path(named)
        raise ChromiumError(
            f"DUIBIAO_CHROMIUM 指的 {named} 不是一个文件：改成 Chromium、Chrome 或 Edge 的程序路径"
        )
    on_path = filter(None, map(shutil.which, _NAMES))
    installed = (path for path in _INSTALL_PATHS if Path(path).is_file())
    if program := next(chain(on_path, installed), None):
        return Path(program)
    for folder in _playwright_folders():
        for pattern in _PLAYWRIGHT_PATTERNS:
            if programs := sorted(folder.glob(pattern)):
                return programs[-1]
    raise ChromiumError(
        "PDF 和长图要用 Chromium、Chrome 或 Edge，这台机器上没找到：装一个，或用 DUIBIAO_CHROMIUM "
        "指明它的路径"
    )


def _playwright_folders() -> list[Path]:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    local = os.environ.get("LOCALAPPDATA")
    return [
        *([Path(named)] if named else []),
        Path.home() / ".cache/ms-playwright",
        Path.home() / "Library/Caches/ms-playwright",
        *([Path(local) / "ms-playwright"] if local else []),
    ]


def print_pdf(page: str, *, day: date) -> bytes:
    """The page as it prints, A4 with page numbers, dated `day` whenever it is made. Raises
    ChromiumError.
    """
    with _open_page(page) as tab:
        options = {
            "printBackground": True,
            "preferCSSPageSize": True,
            "displayHeaderFooter": True,
            "headerTemplate": "<span></span>",
            "generateDocumentOutline": True,
            "generateTaggedPDF": True,
            "footerTemplate": (
                '<div style="width:100%;text-align:center;font-size:8px;'
                f'color:#777">{day:%Y-%m-%d} · <span class="pageNumber"></span> / <span '
                'class="totalPages"></span></div>'
            ),
        }
        raw = base64.b64decode(tab.ask("Page.printToPDF", **options)["data"])
    return _make_reproducible(raw, day)


def _make_reproducible(raw: bytes, day: date) -> bytes:
    """The same document with what differs from run to run made the same: its dates, and the numbers
    of its structure's nodes. No byte moves.
    """
    ranks = {
        number: b"%08d" % rank for rank, number in enumerate(sorted(set(_PDF_NODE.findall(raw))), 1)
    }
    numbered = _PDF_NODE.sub(lambda match: ranks[match[0]], raw)
    return _PDF_DATE.sub(lambda match: match[1] + f"{day:%Y%m%d}000000".encode(), numbered)


def draw_pictures(page: str) -> list[bytes]:
    """The page in its phone layout as PNG, 750 pixels wide: its front part as one picture, then the
    rest, cut between blocks where a picture would be too tall. Raises ChromiumError.
    """
    with _open_page(page) as tab:
        tab.ask(
            "Emulation.setDeviceMetricsOverride",
            width=_WIDTH,
            height=900,
            deviceScaleFactor=_SCALE,
            mobile=False,
        )
        tab.ask("Runtime.evaluate", expression=_UNFOLD)
        measured = json.loads(
            tab.ask("Runtime.evaluate", expression=_CUTS, returnByValue=True)["result"]["value"]
        )
        edges = _cut(measured["height"], measured["tops"], front=measured["front"])
        return [_draw_piece(tab, top, bottom) for top, bottom in pairwise(edges)]


def _cut(height: int, tops: list[int], *, front: int = 0) -> list[int]:
    """Where to cut, from 0 to the height: at the end of the front part, where there is one that can
    be drawn whole, then as low as a picture may reach, at the top of a block where there is one in
    its lower half.
    """
    edges = [0, front] if 0 < front < height and front <= _DRAWABLE else [0]
    while height - edges[-1] > _TALLEST:
        reach = edges[-1] + _TALLEST
        edges.append(
            max((top for top in tops if reach - _TALLEST // 2 < top <= reach), default=reach)
        )
    return [*edges, height]


def _draw_piece(tab: _Tab, top: int, bottom: int) -> bytes:
    clip = {"x": 0, "y": top, "width": _WIDTH, "height": bottom - top, "scale": 1}
    return base64.b64decode(
        tab.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)[
            "data"
        ]
    )


@contextmanager
def _open_page(page: str) -> Iterator[_Tab]:
    """The page in a browser of its own, with a profile that is thrown away."""
    program = find_chromium()
    with tempfile.TemporaryDirectory(prefix="duibiao-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "brief.html"
        file.write_text(page, encoding="utf-8")
        arguments = [
            str(program),
            f"--user-data-dir={folder}/profile",
            *(["--no-sandbox"] if _is_root() else []),
            *_ARGUMENTS,
        ]
        running = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = _find_tab(running, Path(folder) / "profile" / "DevToolsActivePort")
            with _connect(url) as connection:
                tab = _Tab(connection)
                tab.ask("Page.enable")
                tab.ask("Page.navigate", url=file.as_uri())
                tab.wait("Page.loadEventFired")
                yield tab
        except (OSError, KeyError, ValueError, WebSocketException) as error:
            raise ChromiumError(
                f"{program} 没有画出来（{type(error).__name__}）：用 DUIBIAO_CHROMIUM 换一个 "
                "Chromium、Chrome 或 Edge 再试"
            ) from None
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _find_tab(running: subprocess.Popen[bytes], port_file: Path) -> str:
    """The WebSocket address of the browser's first tab, once the browser has written its port."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and running.poll() is None:
        if port_file.exists() and len(lines := port_file.read_text().split()) == 2:
            return _first_tab(int(lines[0]))
        time.sleep(0.05)
    raise TimeoutError("the browser never listened")


def _first_tab(port: int) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=_PATIENCE_S) as answer:
        tabs = json.load(answer)
    return next(str(tab["webSocketDebuggerUrl"]) for tab in tabs if tab["type"] == "page")


def _connect(url: str) -> AbstractContextManager[ClientConnection]:
    return connect(
        url,
        compression=None,
        proxy=None,
        open_timeout=_PATIENCE_S,
        ping_interval=None,  # a tab lives for seconds
        max_size=None,  # a picture is one message
    )


class _Tab:
    """One tab of the browser: commands with answers, and events to wait for."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._count = 0
        self._events: list[str] = []

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers. Raises ValueError where it answers with an error."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": parameters}
        self._connection.send(json.dumps(command))
        while (message := self._receive()).get("id") != self._count:
            self._events.append(str(message.get("method")))
        if "error" in message:
            raise ValueError(f"{method}: {message['error']}")
        result: dict[str, Any] = message["result"]
        return result

    def wait(self, event: str) -> None:
        """Until the event has come."""
        while event not in self._events:
            self._events.append(str(self._receive().get("method")))

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(timeout=_PATIENCE_S))
        return message
