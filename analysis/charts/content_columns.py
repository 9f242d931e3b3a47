"""Charts of an account's content columns."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.charts.base import OTHER, OWN, WIDTH, alt, time_axis, utc_days
from analysis.charts.labels import fit_labels, name_axis

__all__ = ["draw_column_lives"]


def draw_column_lives(
    columns: pd.DataFrame, articles: pd.DataFrame, *, since: date, until: date, own: bool = False
) -> alt.LayerChart:
    """One account's content columns as life-lines: from the first to the last issue a line, each
    issue a dot, what has ended or pauses faint.

    `columns` are rows of columns.assign.describe_columns of one account, drawn in the order given;
    `articles` rows of columns.assign.assign_columns, of which those in these columns are drawn.
    Days are Beijing's.
    """
    shown = fit_labels({name: name for name in columns["content_column"]})
    dated = columns.dropna(subset=["first", "last"])
    lines = dated.assign(
        first=_days(dated["first"]),
        last=_days(dated["last"]),
        alive=dated["status"].isin(["new", "active"]) | dated["status"].isna(),
    )
    issues = articles[articles["content_column"].isin(list(shown))].dropna(subset=["published_at"])
    dots = issues.assign(day=_days(issues["published_at"]))[
        ["content_column", "day"]
    ].drop_duplicates()
    lines, dots = (
        frame.assign(content_column=frame["content_column"].map(shown)) for frame in (lines, dots)
    )
    name = alt.Y(
        "content_column:N", title=None, sort=list(shown.values()), axis=name_axis(grid=True)
    )
    faint = alt.Opacity(
        "alive:N", scale=alt.Scale(domain=[True, False], range=[0.9, 0.35]), legend=None
    )
    color = OWN if own else OTHER
    line = alt.Chart(
        utc_days(utc_days(lines[["content_column", "first", "last", "alive"]], "first"), "last")
    ).mark_rule(aria=False, color=color, strokeWidth=2)
    dot = alt.Chart(utc_days(dots, "day")).mark_tick(aria=False, color=color, thickness=1.5, size=9)
    drawn = line.encode(
        x=time_axis("first", since, until), x2="last:T", y=name, opacity=faint
    ) + dot.encode(x=time_axis("day", since, until), y=name)
    chart: alt.LayerChart = drawn.properties(width=WIDTH - 108, height=alt.Step(20))
    return chart


def _days(times: pd.Series) -> pd.Series:
    days: pd.Series = times.dt.tz_localize(None).dt.normalize()
    return days
