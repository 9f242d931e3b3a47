"""A chart that a brief remembers is what it would draw again, and is drawn again only where
something is new.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from analysis.charts import base
from analysis.charts.base import draw_svg, render_svg
from analysis.charts.cache import cached_charts
from analysis.compute.cache import FrameCache


def count_calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """What a function of a module is called with from now on."""
    called: list[Any] = []
    real = getattr(module, name)

    def counting(first: Any, *args: Any, **more: Any) -> Any:
        called.append(first)
        return real(first, *args, **more)

    monkeypatch.setattr(module, name, counting)
    return called


@pytest.fixture
def kept(tmp_path: Path) -> FrameCache:
    return FrameCache(tmp_path / "kept")


def test_a_chart_is_drawn_once_and_again_only_when_its_figures_differ(
    kept: FrameCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chart(frame: pd.DataFrame, *, own: bool = False) -> alt.Chart:
        return alt.Chart(frame).mark_bar(color="red" if own else "blue").encode(x="n:Q")

    frames = [pd.DataFrame({"n": [1, high]}) for high in (2, 3)]
    plain = render_svg(chart(frames[0]), name="a", text="图")
    rendered = count_calls(monkeypatch, base, "render_svg")
    drawn = []
    for _ in range(2):
        with cached_charts(kept, "zh"):
            drawn.append([draw_svg(chart, frame, name="a", text="图") for frame in frames])
    assert drawn[0] == drawn[1]
    assert drawn[0][0] == plain
    assert len(rendered) == 2
    with cached_charts(kept, "zh"):
        assert 'aria-label="别的"' in draw_svg(chart, frames[0], name="a", text="别的")
        assert draw_svg(chart, frames[0], own=True, name="a", text="图") != plain
    assert len(rendered) == 4
    with cached_charts(kept, "en"):
        draw_svg(chart, frames[0], name="a", text="图")
    assert len(rendered) == 5
