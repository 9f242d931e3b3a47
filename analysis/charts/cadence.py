"""Charts of when and how often accounts send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from analysis.charts.base import INK, OTHER, OWN, WIDTH, alt, shades, time_axis, utc_days
from analysis.labels import WEEKDAYS

__all__ = ["FEED_CHANGES", "draw_crowding", "draw_days", "draw_hours", "draw_weeks"]

# When WeChat changed how readers see pushes; the day a change reached everybody is not known, so
# each is a month.
FEED_CHANGES = {
    date(2018, 6, 20): "信息流改为卡片，只露前两条",
    date(2020, 5, 1): "信息流不再按时间排",
}
_MARKS = {"rate": "频率变", "hour": "时刻变", "pause": "停更", "resume": "恢复"}
_PLOT = WIDTH - 45


def draw_weeks(
    weeks: pd.DataFrame,
    *,
    since: date,
    until: date,
    most: int,
    own: bool = False,
    changes: pd.DataFrame | None = None,
    feed: bool = False,
    translate: Callable[[str], str] = str,
) -> alt.Chart | alt.LayerChart:
    """One account's pushes per week as steps, from pushes.count_weeks; `since`, `until` and `most`
    are the scales all accounts share.

    With `changes`, from changes.find_changes, each is a dashed line with its kind, and the rates
    before and after as level lines. With `feed`, WeChat's own changes of the reader's feed that lie
    in the window are marked too. `say` words what is written in another language.
    """
    count = alt.Y(
        "pushes:Q",
        title=translate("次/周"),
        scale=alt.Scale(domain=[0, most]),
        axis=alt.Axis(tickCount=3, format="d"),
    )
    steps = alt.Chart(utc_days(weeks[["week", "pushes"]], "week")).mark_area(
        interpolate="step", color=OWN if own else OTHER, opacity=0.85, aria=False
    )
    chart: alt.Chart = steps.encode(x=time_axis("week", since, until), y=count).properties(
        width=_PLOT, height=70
    )
    marks = _marks(changes, since, until, feed=feed, translate=translate)
    if marks.empty:
        return chart
    at = time_axis("date", since, until)
    rules = alt.Chart(marks).mark_rule(color=INK, strokeDash=[3, 2], aria=False).encode(x=at)
    words = alt.Chart(marks).mark_text(
        align=alt.expr("datum.late ? 'right' : 'left'"),
        dx=alt.expr("datum.late ? -3 : 3"),
        fontSize=11,
        color=INK,
        aria=False,
    )
    layers = [
        chart,
        rules,
        words.encode(x=at, y=alt.Y("line:Q", scale=None, axis=None), text="text:N"),
    ]
    layered: alt.LayerChart = (
        alt.layer(*layers, *_levels(changes, weeks, since, until, most))
        .resolve_scale(y="independent")
        .properties(width=_PLOT, height=70)
    )
    return layered


def _marks(
    changes: pd.DataFrame | None,
    since: date,
    until: date,
    *,
    feed: bool,
    translate: Callable[[str], str],
) -> pd.DataFrame:
    """What to write at which day, those of one day on one line; every other one lower, so that
    neighbours don't cover each other.
    """
    named = (
        []
        if changes is None
        else [
            (day, translate(_MARKS[kind]))
            for day, kind in zip(changes["date"], changes["kind"], strict=True)
        ]
    )
    redesigns = (
        [(pd.Timestamp(day), translate(text)) for day, text in FEED_CHANGES.items()] if feed else []
    )
    inside = [
        (day, text)
        for day, text in sorted(named + redesigns)
        if pd.Timestamp(since) <= day <= pd.Timestamp(until)
    ]
    texts: dict[pd.Timestamp, str] = {}
    for day, text in inside:
        texts[day] = f"{texts[day]}{translate('、')}{text}" if day in texts else text
    rows = pd.DataFrame({"date": list(texts), "text": list(texts.values())})
    middle = pd.Timestamp(since) + (pd.Timestamp(until) - pd.Timestamp(since)) * 0.6
    rows = rows.assign(
        date=pd.to_datetime(rows["date"]).astype("datetime64[us]"),
        line=[6 + 13 * (index % 2) for index in range(len(rows))],
    )
    return utc_days(rows.assign(late=rows["date"] > middle), "date")


def _levels(
    changes: pd.DataFrame | None, weeks: pd.DataFrame, since: date, until: date, most: int
) -> list[alt.Chart]:
    """The mean rate of each stretch between changes of rate, as a level line."""
    rates = (
        changes[changes["kind"] == "rate"].sort_values("date")
        if changes is not None
        else pd.DataFrame()
    )
    if rates.empty:
        return []
    edges = [weeks["week"].min(), *rates["date"], weeks["week"].max() + pd.Timedelta(days=7)]
    levels = [*rates["before"], rates["after"].iloc[-1]]
    rows = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "rate": levels}).astype(
        {"from": "datetime64[us]", "to": "datetime64[us]"}
    )
    line = alt.Chart(utc_days(utc_days(rows, "from"), "to")).mark_rule(
        color=INK, strokeWidth=1.5, aria=False
    )
    y = alt.Y("rate:Q", scale=alt.Scale(domain=[0, most]), axis=None)
    return [line.encode(x=time_axis("from", since, until), x2="to:T", y=y)]


def draw_hours(
    hours: pd.DataFrame, *, own: bool = False, translate: Callable[[str], str] = str
) -> alt.Chart:
    """One account's pushes by weekday and hour as its own shares, from pushes.count_hours; empty
    cells stay empty.
    """
    cells = hours.loc[hours["pushes"] > 0, ["weekday", "hour", "pushes", "share"]]
    return _week_map(cells, "share", own=own, translate=translate)


def draw_crowding(
    crowding: pd.DataFrame,
    *,
    own_hours: pd.DataFrame | None = None,
    translate: Callable[[str], str] = str,
) -> alt.Chart | alt.LayerChart:
    """All rivals' pushes by weekday and hour, from crowding.count_crowding: the darker, the more
    pushes a week fall there.

    With `own_hours`, from pushes.count_hours of one's own account, the slots it uses are framed.
    """
    cells = crowding.loc[crowding["pushes"] > 0, ["weekday", "hour", "pushes", "pushes_per_week"]]
    chart = _week_map(cells, "pushes_per_week", own=False, translate=translate)
    if own_hours is None or not (own_hours["pushes"] > 0).any():
        return chart
    used = own_hours.loc[own_hours["pushes"] > 0, ["weekday", "hour"]]
    frames = (
        alt.Chart(_named_days(used, translate))
        .mark_rect(filled=False, stroke=OWN, strokeWidth=2, aria=False)
        .encode(x=_hour_axis(translate), y=_day_axis(translate))
    )
    return alt.LayerChart(layer=[chart, frames])


def draw_days(
    days: pd.DataFrame,
    *,
    since: date,
    until: date,
    most: int,
    own: bool = False,
    translate: Callable[[str], str] = str,
) -> alt.Chart:
    """One account's calendar: a column a week, a row a weekday, the darker the more pushes, from
    pushes.count_days; days without stay empty.

    `since`, `until` and `most` (pushes a day at the dark end) are the scales all accounts share.
    """
    sent = days.loc[days["pushes"] > 0, ["day", "pushes"]]
    week = sent["day"] - pd.to_timedelta(sent["day"].dt.day_of_week, unit="D")
    cells = _named_days(
        sent.assign(
            weekday=sent["day"].dt.day_of_week, week=week, next=week + pd.Timedelta(days=7)
        ),
        translate,
    )
    cells = utc_days(utc_days(cells.drop(columns="day"), "week"), "next")
    scale = shades(own)
    scale.domain = [0, most]
    shade = alt.Color("pushes:Q", scale=scale, legend=None)
    x = time_axis("week", since, until)
    chart: alt.Chart = (
        alt.Chart(cells)
        .mark_rect(aria=False, clip=True)
        .encode(x=x, x2="next:T", y=_day_axis(translate), color=shade)
        .properties(width=_PLOT, height=91)
    )
    return chart


def _week_map(
    cells: pd.DataFrame, value: str, *, own: bool, translate: Callable[[str], str]
) -> alt.Chart:
    shade = alt.Color(f"{value}:Q", scale=shades(own), legend=None)
    chart: alt.Chart = (
        alt.Chart(_named_days(cells, translate))
        .mark_rect(aria=False)
        .encode(x=_hour_axis(translate), y=_day_axis(translate), color=shade)
        .properties(width=_PLOT, height=126)
    )
    return chart


def _named_days(cells: pd.DataFrame, translate: Callable[[str], str]) -> pd.DataFrame:
    return cells.assign(weekday=cells["weekday"].map(dict(enumerate(map(translate, WEEKDAYS)))))


def _hour_axis(translate: Callable[[str], str]) -> alt.X:
    every_third = alt.Axis(labelAngle=0, values=list(range(0, 24, 3)))
    return alt.X(
        "hour:O",
        title=translate("点（北京时间）"),
        scale=alt.Scale(domain=list(range(24)), paddingInner=0.08),
        axis=every_third,
    )


def _day_axis(translate: Callable[[str], str]) -> alt.Y:
    return alt.Y(
        "weekday:O",
        title=None,
        scale=alt.Scale(domain=list(map(translate, WEEKDAYS)), paddingInner=0.08),
    )
