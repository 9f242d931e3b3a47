"""page.py is fast because it looks at part of the page: it must still read what reading all of it
gives.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.wechat.page import parse_page
from tests.bench.page import differences
from tests.support.places import PAGES


@pytest.mark.parametrize("name", ["g1_2018", "g2_2023", "video_2019"])
def test_golden_pages_read_in_part_as_in_whole(name: str) -> None:
    assert differences((PAGES / f"{name}.html").read_bytes()) == {}


def test_real_pages_read_in_part_as_in_whole(shared_pages: Path) -> None:
    compared, wrong = 0, {}
    for path in sorted(shared_pages.rglob("*.html")):
        if "readabilityjs/test/test-pages/wechat/" in str(path) and path.name != "source.html":
            continue  # extracts, not pages
        raw = path.read_bytes()
        if (
            b"js_article" not in raw
            or b'\\"js_article' in raw
            or parse_page(raw).status != "fetched"
        ):
            continue
        compared += 1
        if found := differences(raw):
            wrong[str(path.relative_to(shared_pages))] = found
    assert wrong == {}
    assert compared == 99
