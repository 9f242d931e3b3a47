"""Charts of what articles are for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from analysis.charts.base import INK, OTHER, OWN, WIDTH, alt

__all__ = ["draw_needs", "draw_purposes"]


def draw_purposes(
    mix: pd.DataFrame, *, purposes: Sequence[str], most: float, own: bool = False
) -> alt.LayerChart:
    """One account's purposes as bars of its articles, from purpose.count_purposes; `purposes` is
    the order and `most` the scale all accounts share.
    """
    rows = mix[["purpose", "n", "share"]].dropna(subset=["share"])
    name = alt.Y(
        "purpose:N",
        title=None,
        sort=list(purposes),
        scale=alt.Scale(domain=list(purposes)),
        axis=_names(),
    )
    share = alt.X(
        "share:Q",
        title="占全部文章",
        scale=alt.Scale(domain=[0, most]),
        axis=alt.Axis(format=".0%", tickCount=4),
    )
    base = alt.Chart(rows).encode(y=name, x=share)
    bars = base.mark_bar(color=OWN if own else OTHER, height=11, aria=False)
    counts = base.mark_text(align="left", dx=3, fontSize=10, color=INK, aria=False).encode(
        text=alt.Text("n:Q", format="d")
    )
    chart: alt.LayerChart = (bars + counts).properties(width=WIDTH - 124, height=alt.Step(17))
    return chart


def draw_needs(
    needs: pd.DataFrame, *, own: bool = False, translate: Callable[[str], str] = str
) -> alt.LayerChart:
    """One account's articles by the five needs (bars) beside the published share of readers (ticks,
    where there is one), from audience.measure_needs.
    """
    rows = needs[["need", "n", "share", "demand"]].dropna(subset=["share"])
    rows = rows.assign(need=[translate(need) for need in rows["need"]])
    name = alt.Y("need:N", title=None, sort=list(rows["need"]), axis=_names())
    share = alt.X(
        "share:Q",
        title=translate("文章占比（条）与读者占比（竖线）"),
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", tickCount=4),
    )
    bars = (
        alt.Chart(rows)
        .mark_bar(color=OWN if own else OTHER, height=11, aria=False)
        .encode(y=name, x=share)
    )
    ticks = (
        alt.Chart(rows.dropna(subset=["demand"]))
        .mark_tick(color=INK, thickness=2, size=16, aria=False)
        .encode(y=name, x="demand:Q")
    )
    chart: alt.LayerChart = (bars + ticks).properties(width=WIDTH - 124, height=alt.Step(20))
    return chart


def _names() -> alt.Axis:
    return alt.Axis(labelLimit=100, minExtent=100, maxExtent=100, domain=False, ticks=False)
