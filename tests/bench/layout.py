"""Milliseconds a page takes to become a layout profile, beyond parsing its HTML.

python -m tests.bench.layout [FOLDER]     default: the shared real pages that hold an article
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from analysis.layout.body.profile import measure_page
from analysis.layout.css import declarations as css
from analysis.layout.css import lengths
from analysis.layout.css import stylesheets as sheets

ROUNDS = 3
_CACHES = (css.parse_declarations, lengths.parse_length, lengths.parse_number, sheets.parse_sheet)


def time_page(raw: bytes) -> tuple[float, float]:
    """(milliseconds to parse, milliseconds beyond it) of one page met for the first time; the best
    of a few rounds.
    """
    parsing = min(_timed(lambda: LexborHTMLParser(raw)) for _ in range(ROUNDS))
    whole = min(_first_time(raw) for _ in range(ROUNDS))
    return parsing * 1000, max(whole - parsing, 0.0) * 1000


def _first_time(raw: bytes) -> float:
    for cache in _CACHES:
        cache.cache_clear()
    return _timed(lambda: measure_page(raw))


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()  # of this core alone, whatever else the machine does
    work()
    return time.process_time() - began


def main(folder: Path) -> None:
    """Print the times of every page with a body."""
    pages = [
        raw
        for path in sorted(folder.rglob("*.html"))
        if b'id="js_content"' in (raw := path.read_bytes())
    ]
    timed = [time_page(raw) for raw in pages]
    print(
        f"{len(pages)} pages, {sum(map(len, pages)) / 1e6:.0f} MB, every cache empty before each "
        f"page, best of {ROUNDS} rounds"
    )
    for name, times in (
        ("parsing", [parsing for parsing, _ in timed]),
        ("beyond parsing", [beyond for _, beyond in timed]),
    ):
        print(
            f"{name:15} median {statistics.median(times):6.2f} ms   nine in ten below "
            f"{statistics.quantiles(times, n=10)[-1]:6.2f} ms   most {max(times):7.2f} ms"
        )


if __name__ == "__main__":
    main(
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else Path(__file__).resolve().parents[3] / "shared" / "pages"
    )
