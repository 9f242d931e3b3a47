"""How far layout profiles agree with a real browser on real pages; prints the agreement, figure by
figure.

python -m tests.eval.layout [FOLDER] default: the shared real pages; needs Chromium and Playwright
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from analysis.layout.body.profile import measure_page
from tests.support.layout_truth import FIGURES, MEASURE, WIDTH, disagreements

_CHROMIUM = os.environ.get("DUIBIAO_CHROMIUM", "/usr/bin/chromium")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def ask_browser(pages: list[Path]) -> dict[Path, dict[str, Any]]:
    """The browser's figures of every page that has article text: scripts off, nothing but the page
    itself loaded.
    """
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        context = browser.new_context(
            java_script_enabled=False, offline=True, viewport={"width": WIDTH, "height": 1000}
        )
        context.route(
            "**/*",
            lambda route: (
                route.continue_()
                if route.request.resource_type == "document"
                and route.request.url.startswith("file:")
                else route.abort()
            ),
        )
        tab = context.new_page()
        for path in pages:
            tab.goto(path.resolve().as_uri(), wait_until="domcontentloaded", timeout=60_000)
            truth = tab.evaluate(MEASURE)
            if truth["chars"]:
                found[path] = truth
        browser.close()
    return found


def main(folder: Path) -> None:
    """Print the agreement."""
    pages = [
        path for path in sorted(folder.rglob("*.html")) if b'id="js_content"' in path.read_bytes()
    ]
    if not pages:
        print(f"no real pages in {folder}: nothing to compare")
        return
    truths = ask_browser(pages)
    wrong: Counter[str] = Counter()
    for path, truth in truths.items():
        for name, (expected, got) in disagreements(truth, measure_page(path.read_bytes())).items():
            wrong[name] += 1
            print(f"{name}: browser {expected}, profile {got}: {path.relative_to(folder)}")
    for name in FIGURES:
        print(f"{name:18} {len(truths) - wrong[name]}/{len(truths)}")
    print(
        f"layout agreement {1 - wrong.total() / max(len(truths) * len(FIGURES), 1):.4f} over "
        f"{len(truths)} pages"
    )


if __name__ == "__main__":
    main(
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else Path(__file__).resolve().parents[3] / "shared" / "pages"
    )
