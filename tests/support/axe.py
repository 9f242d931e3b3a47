"""What axe-core finds serious about a page in the browser. It ships in axe-playwright-python;
without it the test is skipped, on CI it fails.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

__all__ = ["find_serious"]

# the specimens show what accounts look like, in colours that are theirs to choose; the same figures
# stand beside them as words
_RUN = "() => axe.run({exclude: [['.specimens figure > div']]}, {resultTypes: ['violations']})"


def find_serious(page: Any) -> list[tuple[str, str, str]]:
    """(rule, what it says, the first place) of every violation that axe-core calls serious or
    critical.
    """
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        reason = "axe-playwright-python is not installed: pip install '.[test]'"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    page.evaluate(Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    results = page.evaluate(_RUN)
    return [
        (violation["id"], violation["help"], violation["nodes"][0]["html"][:200])
        for violation in results["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
