"""The charts of earlier briefs: drawn again only where their figures are new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from analysis.charts.base import remember_charts
from analysis.compute.cache import FrameCache
from analysis.compute.keys import key_of_code

__all__ = ["cached_charts"]

_MOST_CHARTS = 500  # some 4 MB: the briefs of 24 accounts over three or four windows


@contextmanager
def cached_charts(cache: FrameCache, lang: str) -> Iterator[None]:
    """Charts drawn inside, in this language, are taken from what was drawn before from the same
    figures; the newest are kept.
    """
    code = key_of_code("analysis.charts.base")
    cached = cache.load("charts", code)
    before: dict[str, str] = (
        dict(zip(cached["key"], cached["svg"], strict=True)) if cached is not None else {}
    )
    with remember_charts(before, salt=lang) as drawn:
        yield
    if drawn.keys() - before.keys():
        newest = {**drawn, **{key: svg for key, svg in before.items() if key not in drawn}}
        rows = list(newest.items())[:_MOST_CHARTS]
        cache.save("charts", code, pd.DataFrame(rows, columns=["key", "svg"], dtype="str"))
