"""Charts of an account's content columns."""

from __future__ import annotations

from datetime import date

import altair as alt
import pandas as pd

from analysis.charts.base import WIDTH, shades, time_axis, utc_days

__all__ = ["draw_column_months"]


def draw_column_months(months: pd.DataFrame, *, since: date, until: date, own: bool = False) -> alt.Chart:
    """One account's content columns over time, from content_columns.count_column_months in the order given: the darker, the more that month."""
    order = list(dict.fromkeys(months["content_column"]))
    rows = utc_days(months[["content_column", "month", "n"]], "month")
    name = alt.Y("content_column:N", title=None, sort=order, axis=alt.Axis(labelLimit=100, minExtent=100, maxExtent=100, domain=False, ticks=False, grid=True))
    month = time_axis("month", since, until, unit="utcyearmonth")
    shade = alt.Color("n:Q", scale=shades(own), legend=None)
    bars = alt.Chart(rows).mark_bar(aria=False, height=12).encode(x=month, y=name, color=shade)
    chart: alt.Chart = bars.properties(width=WIDTH - 108, height=alt.Step(20))
    return chart
