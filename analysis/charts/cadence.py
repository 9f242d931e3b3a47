"""Charts of when and how often an account sends."""

from __future__ import annotations

from datetime import date

import altair as alt
import pandas as pd

from analysis.charts.base import OTHER, OWN, WEEKDAY_NAMES, WIDTH, shades, time_axis, utc_days

__all__ = ["draw_hours", "draw_weeks"]


def draw_weeks(weeks: pd.DataFrame, *, since: date, until: date, most: int, own: bool = False) -> alt.Chart:
    """One account's pushes per week as steps, from cadence.count_weeks; `since`, `until` and `most` are the scales all accounts share."""
    count = alt.Y("pushes:Q", title="次/周", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(tickCount=3, format="d"))
    steps = alt.Chart(utc_days(weeks[["week", "pushes"]], "week")).mark_area(interpolate="step", color=OWN if own else OTHER, opacity=0.85, aria=False)
    chart: alt.Chart = steps.encode(x=time_axis("week", since, until), y=count).properties(width=WIDTH - 45, height=70)
    return chart


def draw_hours(hours: pd.DataFrame, *, own: bool = False) -> alt.Chart:
    """One account's pushes by weekday and hour as its own shares, from cadence.count_hours; empty cells stay empty."""
    cells = hours.loc[hours["pushes"] > 0, ["weekday", "hour", "pushes", "share"]]
    cells = cells.assign(weekday=cells["weekday"].map(dict(enumerate(WEEKDAY_NAMES))))
    every_third = alt.Axis(labelAngle=0, values=list(range(0, 24, 3)))
    hour = alt.X("hour:O", title="点（北京时间）", scale=alt.Scale(domain=list(range(24)), paddingInner=0.08), axis=every_third)
    day = alt.Y("weekday:O", title=None, scale=alt.Scale(domain=WEEKDAY_NAMES, paddingInner=0.08))
    shade = alt.Color("share:Q", scale=shades(own), legend=None)
    chart: alt.Chart = alt.Chart(cells).mark_rect(aria=False).encode(x=hour, y=day, color=shade).properties(width=WIDTH - 45, height=126)
    return chart
