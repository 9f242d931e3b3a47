"""The chart of how accounts began and went on: one row an account, weeks since its first push."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.charts.base import FAINT, INK, OTHER, SCALE, WIDTH, alt
from analysis.charts.labels import fit_labels, name_axis

__all__ = ["EVENTS", "draw_beginnings", "list_events"]

EVENTS = {"started": "新开栏目", "dropped": "停掉栏目", "redesigns": "换模板"}
_SHAPES = ["triangle-up", "triangle-down", "diamond"]
_ROW, _NAME, _NARROW = 30, 92, 0.09


def list_events(
    phases: pd.DataFrame, names: pd.Series, *, translate: Callable[[str], str] = str
) -> pd.DataFrame:
    """What happened within phases (phases.PHASES, with `names` to show): name, event (of
    EVENTS' words) and week, one row each event and week.
    """
    rows = []
    firsts = phases.groupby("account_id")["since"].transform("min")
    for name, first, phase in zip(names, firsts, phases.to_dict("records"), strict=True):
        for key, days in (
            ("started", phase["started_on"]),
            ("dropped", phase["dropped_on"]),
            ("redesigns", phase["redesigns"]),
        ):
            rows += [
                {
                    "name": name,
                    "event": translate(EVENTS[key]),
                    "week": (pd.Timestamp(day, tz="Asia/Shanghai") - first).days // 7,
                }
                for day in days
            ]
    frame = pd.DataFrame(rows, columns=["name", "event", "week"]).drop_duplicates()
    return frame.astype({"name": "str", "event": "str", "week": "float64"})


def draw_beginnings(
    phases: pd.DataFrame, names: pd.Series, *, translate: Callable[[str], str] = str
) -> alt.LayerChart:
    """Phases as bars, the darker the more pushes a week, pauses left open; marks under a bar for
    columns begun and ended and for redesigns.

    `phases` are phases.PHASES in the order to draw, `names` the accounts' names to show, in the
    same order. All rows have one scale of weeks.
    """
    shown = fit_labels(dict(zip(phases["account_id"], names, strict=True)), _NAME)
    names = phases["account_id"].map(shown)
    until = max(float(phases["week_to"].max()), 1.0)
    bars = phases[["week_from", "week_to", "pushes_per_week", "kind"]].assign(
        name=names.to_numpy(), middle=(phases["week_from"] + phases["week_to"]) / 2
    )
    bars["said"] = [f"{rate:.1f}" if rate == rate else "" for rate in bars["pushes_per_week"]]
    bars.loc[(bars["week_to"] - bars["week_from"]) < until * _NARROW, "said"] = ""
    y = alt.Y("name:N", title=None, sort=list(shown.values()), axis=name_axis(_NAME))
    x = alt.X(
        "week_from:Q",
        title=translate("第几周"),
        scale=alt.Scale(domain=[0, until], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1),
    )
    most = float(bars["pushes_per_week"].max()) if bars["pushes_per_week"].notna().any() else 1.0
    shade = alt.Color(
        "pushes_per_week:Q",
        legend=None,
        scale=alt.Scale(range=SCALE[:4], domain=[0, most], interpolate="rgb"),
    )
    sent = (
        alt.Chart(bars[bars["pushes_per_week"].notna()])
        .mark_bar(aria=False, height=13, stroke="white")
        .encode(x=x, x2="week_to", y=y, color=shade)
    )
    silent = (
        alt.Chart(bars[bars["pushes_per_week"].isna()])
        .mark_bar(aria=False, height=13, fill="white", stroke=FAINT, strokeDash=[2, 2])
        .encode(x=x, x2="week_to", y=y)
    )
    dark = alt.condition(
        alt.datum.pushes_per_week > most * 0.55, alt.value("white"), alt.value(INK)
    )
    figures = (
        alt.Chart(bars[bars["said"] != ""])
        .mark_text(aria=False, fontSize=11)
        .encode(x="middle:Q", y=y, text="said:N", color=dark)
    )
    shape = alt.Shape(
        "event:N",
        legend=None,
        scale=alt.Scale(domain=list(map(translate, EVENTS.values())), range=_SHAPES),
    )
    events = (
        alt.Chart(list_events(phases, names, translate=translate))
        .mark_point(aria=False, filled=True, size=22, yOffset=11, color=OTHER, opacity=1)
        .encode(x="week:Q", y=y, shape=shape)
    )
    chart: alt.LayerChart = (silent + sent + figures + events).properties(
        width=WIDTH - _NAME - 12, height=alt.Step(_ROW)
    )
    return chart
