"""Finished frame -> Altair chart, chart -> SVG that needs no script. No arithmetic on the figures here.

Charts are at most 360 px wide, so that their text is as large on a phone as it is on paper.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import altair as alt
import pandas as pd
import vl_convert

__all__ = ["FONTS", "WIDTH", "draw_column_months", "draw_hours", "draw_weeks", "render_svg"]

WIDTH = 340
FONTS = '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif'
_INK, _FAINT, _GRID = "#333333", "#666666", "#e4e4e0"
_OWN, _OTHER = "#b5541c", "#2f6690"  # told apart by lightness and in every common colour blindness, and on a grey printer
_SCALE = ["#e3edf4", "#a9c8dd", "#6a9fc4", "#3a73a0", "#173f5f"]
_OWN_SCALE = ["#f8e8dd", "#efc3a4", "#dd9364", "#b5541c", "#6f2f0c"]
_WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
_THEME: dict[str, Any] = {
    "background": None, "padding": 2, "font": FONTS, "view": {"stroke": None},
    "axis": {
        "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelColor": _INK, "titleColor": _FAINT, "gridColor": _GRID,
        "domainColor": "#999999", "tickColor": "#999999", "tickSize": 4, "labelPadding": 3,
    },
    "legend": {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"},
}  # fmt: skip
_ROLES = re.compile(r' (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"')
_IDS = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_SIZE = re.compile(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>')
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def draw_weeks(weeks: pd.DataFrame, *, since: date, until: date, most: int, own: bool = False) -> alt.Chart:
    """One account's pushes per week as steps, from cadence.count_weeks; `since`, `until` and `most` are the scales all accounts share."""
    count = alt.Y("pushes:Q", title="次/周", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(tickCount=3, format="d"))
    steps = alt.Chart(_utc(weeks[["week", "pushes"]], "week")).mark_area(interpolate="step", color=_OWN if own else _OTHER, opacity=0.85, aria=False)
    chart: alt.Chart = steps.encode(x=_time_axis("week", since, until), y=count).properties(width=WIDTH - 45, height=70)
    return chart


def draw_hours(hours: pd.DataFrame, *, own: bool = False) -> alt.Chart:
    """One account's pushes by weekday and hour as its own shares, from cadence.count_hours; empty cells stay empty."""
    cells = hours.loc[hours["pushes"] > 0, ["weekday", "hour", "pushes", "share"]]
    cells = cells.assign(weekday=cells["weekday"].map(dict(enumerate(_WEEKDAYS))))
    every_third = alt.Axis(labelAngle=0, values=list(range(0, 24, 3)))
    hour = alt.X("hour:O", title="点（北京时间）", scale=alt.Scale(domain=list(range(24)), paddingInner=0.08), axis=every_third)
    day = alt.Y("weekday:O", title=None, scale=alt.Scale(domain=_WEEKDAYS, paddingInner=0.08))
    shade = alt.Color("share:Q", scale=_shades(own), legend=None)
    chart: alt.Chart = alt.Chart(cells).mark_rect(aria=False).encode(x=hour, y=day, color=shade).properties(width=WIDTH - 45, height=126)
    return chart


def draw_column_months(months: pd.DataFrame, *, since: date, until: date, own: bool = False) -> alt.Chart:
    """One account's content columns over time, from content_columns.count_column_months in the order given: the darker, the more that month."""
    order = list(dict.fromkeys(months["content_column"]))
    rows = _utc(months[["content_column", "month", "n"]], "month")
    name = alt.Y("content_column:N", title=None, sort=order, axis=alt.Axis(labelLimit=100, minExtent=100, maxExtent=100, domain=False, ticks=False, grid=True))
    month = _time_axis("month", since, until, unit="utcyearmonth")
    shade = alt.Color("n:Q", scale=_shades(own), legend=None)
    bars = alt.Chart(rows).mark_bar(aria=False, height=12).encode(x=month, y=name, color=shade)
    chart: alt.Chart = bars.properties(width=WIDTH - 108, height=alt.Step(20))
    return chart


def _shades(own: bool) -> alt.Scale:
    return alt.Scale(range=_OWN_SCALE if own else _SCALE, zero=True, interpolate="rgb")


def _time_axis(field: str, since: date, until: date, *, unit: str = "utcyearmonthdate") -> alt.X:
    months = (until.year - since.year) * 12 + until.month - since.month
    form = "%Y" if months > 30 else "%y/%-m" if months > 2 else "%-m/%-d"
    ticks = alt.Axis(format=form, tickCount="year" if months > 30 else 5, grid=False, labelOverlap=True, labelFlush=True)
    scale = alt.Scale(type="utc", domain=[_stamp(since), _stamp(until)], nice=False)
    return alt.X(f"{unit}({field}):T", title=None, scale=scale, axis=ticks)


def _stamp(day: date) -> Any:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _utc(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Days as UTC midnights: without a zone the renderer's own would move them."""
    return frame.assign(**{column: frame[column].dt.tz_localize("UTC")})


def render_svg(chart: alt.Chart, *, name: str, text: str) -> str:
    """A chart as inline SVG: the same bytes for the same chart, ids led by `name`, `text` as what a screen reader says."""
    spec = _clean(chart.to_dict()) | {"config": _THEME}
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    svg = _IDS.sub(rf"\1{name}-\2", _ROLES.sub("", svg))
    box = _SIZE.match(svg)
    if box is None:
        raise ValueError(f"chart {name!r}: no SVG came back but {svg[:60]!r}")
    label = _CONTROL.sub("", text)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box[1]}" width="{box[1].split()[2]}" role="img" aria-label={quoteattr(label)}>'
    return f"{head}<title>{escape(label)}</title>{svg[box.end() :]}"


def _clean(value: Any) -> Any:
    """The specification without control characters, which XML has no way to write, and bidi controls, which would turn the labels round."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return _CONTROL.sub("", value) if isinstance(value, str) else value
