"""A real browser for tests: Chromium through Playwright, no network. Import the fixtures `browser`
and `visit`, or `chromium` where the code under test starts it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.report.browser import ChromiumError, find_chromium

__all__ = ["browser", "chromium", "visit"]

_CHROMIUM = Path(os.environ.get("DUIBIAO_CHROMIUM", "/usr/bin/chromium"))
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _give_up(reason: str) -> None:
    """Skip on a developer's machine; on CI a browser test that doesn't run is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium() -> None:
    """The browser that the code under test finds by itself is there."""
    try:
        find_chromium()
    except ChromiumError as error:
        _give_up(str(error))


@pytest.fixture(
    scope="module"
)  # not session: each importing module has its own, and Playwright runs once at a time in a process
def browser() -> Iterator[Any]:
    """A running Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _give_up("playwright is not installed: pip install playwright")
    if not _CHROMIUM.exists():
        _give_up(f"no browser at {_CHROMIUM}: install chromium or set DUIBIAO_CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(_CHROMIUM), args=_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open a page's HTML from disk; `page.said` holds console errors, `page.asked` every request
    but the page's own.
    """
    contexts = []

    def open_page(html: str, *, width: int = 1280, scripts: bool = True) -> Any:
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on(
            "console",
            lambda message: (
                page.said.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on(
            "request",
            lambda request: (
                page.asked.append(request.url) if request.url != file.as_uri() else None
            ),
        )
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
