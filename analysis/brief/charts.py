"""The charts of a brief as SVG, by account: which figures are drawn, on which shared scales. No
arithmetic beyond the scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
from markupsafe import Markup

from analysis.brief.sections.cadence import CALENDAR_DAYS, Cadence, Crowding
from analysis.brief.sections.gaps import RivalsSection
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.charts.base import draw_svg
from analysis.charts.beginnings import draw_beginnings
from analysis.charts.cadence import draw_crowding, draw_days, draw_hours, draw_weeks
from analysis.charts.compare import draw_positions
from analysis.charts.content_columns import draw_column_lives
from analysis.charts.portrait import draw_portrait
from analysis.charts.purpose import draw_needs
from analysis.evidence import MIN_ARTICLES
from analysis.layout.style_card import render_style_card
from analysis.peers.dimensions import DIMENSIONS
from analysis.report.safe_text import clamp, safe_text
from analysis.report.translation import translate, translate_phrase

__all__ = [
    "BEGUN",
    "CROWDING",
    "MAX_CHARTED",
    "draw_cards",
    "draw_charts",
    "draw_map",
    "draw_portraits",
]

MAX_CHARTED = (
    24  # accounts with charts; at 60 KB each the page stays under 3 MB, and nobody reads more
)
BEGUN = "begun"  # the name under which the chart of all accounts' phases stands
CROWDING = ""  # the name under which the chart of all accounts together stands
_PORTRAIT_WEEKS = 13
_DAY_MOST = 2  # pushes a day at the dark end of the calendars: few accounts send more


def draw_charts(brief: BriefSummary) -> dict[str, dict[str, Markup]]:
    """The charts of each account that carries conclusions, and under CROWDING the one of all
    rivals; time axes and scales are shared.
    """
    drawn = {
        account.account_id: _draw_account(account, f"c{i}", brief)
        for i, account in enumerate(charted(brief))
    }
    if brief.crowding:
        drawn[CROWDING] = {"crowding": Markup(_draw_crowding(brief.crowding))}
    if brief.rivals and brief.rivals.beginnings:
        drawn[BEGUN] = {"begun": Markup(_draw_begun(brief.rivals))}
    return drawn


def _draw_begun(rivals: RivalsSection) -> str:
    frame = rivals.phases_frame[rivals.phases_frame["row"] < MAX_CHARTED]
    names = frame["account"].map(safe_text)
    spans = [
        translate(
            "{account} {phases} 段，共 {weeks} 周",
            account=clamp(beginning.account, 24),
            phases=len(beginning.phases),
            weeks=f"{beginning.phases[-1].week_to:.0f}",
        )
        for beginning in rivals.beginnings[:MAX_CHARTED]
    ]
    text = translate("各账号从收到的第一篇起的阶段：{phases}", phases=translate("；").join(spans))
    return draw_svg(
        draw_beginnings, frame, names, translate=translate_phrase, name="begun", text=text
    )


def draw_cards(brief: BriefSummary) -> dict[str, Markup]:
    """The style card of the template each account uses now."""
    measured = [
        account
        for account in brief.accounts
        if account.layout and account.layout.enough and account.layout.template_now
    ]
    return {account.account_id: Markup(_draw_card(account)) for account in measured[:MAX_CHARTED]}


def draw_portraits(brief: BriefSummary) -> dict[str, Markup]:
    """A small picture of each account: how its articles look, and its pushes of the last thirteen
    weeks of the window on one scale.
    """
    days = {account.account_id: _recent_days(account) for account in brief.accounts}
    until = brief.window.until if brief.window else brief.date
    weeks = {
        key: [
            sum(
                until - timedelta(days=7 * (ago + 1)) < day <= until - timedelta(days=7 * ago)
                for day in pushed
            )
            for ago in reversed(range(_PORTRAIT_WEEKS))
        ]
        for key, pushed in days.items()
    }
    most = max((max(counts) for counts in weeks.values()), default=1)
    portraits = {}
    for account in brief.accounts:
        template = account.layout.template_now if account.layout and account.layout.enough else None
        counts = weeks[account.account_id]
        text = translate(
            "{account}：最近 {weeks} 周推送 {pushes} 次",
            account=clamp(account.account, 24),
            weeks=_PORTRAIT_WEEKS,
            pushes=sum(counts),
        )
        svg = draw_portrait(
            counts, most=most, look=template.look if template else None, own=account.own, text=text
        )
        portraits[account.account_id] = Markup(svg)
    return portraits


def _recent_days(account: AccountSummary) -> Sequence[date]:
    return account.cadence.push_days if account.cadence else ()


def draw_map(brief: BriefSummary) -> Markup | None:
    """The accounts on the two axes; None below two that have both figures."""
    comparison = brief.comparison
    if len(comparison.places) < 2:
        return None
    rows = [
        {"account": clamp(place.account, 10), "own": place.own, "x": place.x, "y": place.y}
        for place in comparison.places[:MAX_CHARTED]
    ]
    x, y = (DIMENSIONS[key] for key in comparison.axes)
    positions = [
        translate(
            "{account}：{across}，{up}",
            account=clamp(place.account, 24),
            across=translate_phrase(x.with_unit(place.x)),
            up=translate_phrase(y.with_unit(place.y)),
        )
        for place in comparison.places[:MAX_CHARTED]
    ]
    titles = [
        translate(
            "{name}（{unit}）", name=translate_phrase(axis.name), unit=translate_phrase(axis.unit)
        )
        for axis in (x, y)
    ]
    text = translate(
        "定位图，横轴{across}，纵轴{up}。{told}",
        across=translate_phrase(x.name),
        up=translate_phrase(y.name),
        told=translate("；").join(positions),
    )
    drawn = draw_svg(
        draw_positions,
        pd.DataFrame(rows),
        x=titles[0],
        y=titles[1],
        x_percent=x.unit == "%",
        y_percent=y.unit == "%",
        name="map",
        text=text,
    )
    return Markup(drawn)


def _draw_card(account: AccountSummary) -> str:
    layout = account.layout
    template = layout.template_now if layout else None
    if layout is None or template is None:
        raise ValueError(f"{account.account!r} has no template to draw")
    window = translate("没有日期")
    if template.first and template.last:
        window = translate(
            "{since} 至 {until}",
            since=f"{template.first:%Y-%m-%d}",
            until=f"{template.last:%Y-%m-%d}",
        )
    return render_style_card(
        clamp(account.account, 24), template.look, n=template.n, window=window, translate=translate
    )


def charted(brief: BriefSummary) -> list[AccountSummary]:
    """The accounts that get charts."""
    return [account for account in brief.accounts if account.enough][:MAX_CHARTED]


def _draw_crowding(crowding: Crowding) -> str:
    text = translate(
        "{accounts} 个对手的推送在一周里的分布，{pushes} 次推送",
        accounts=crowding.accounts_timed,
        pushes=crowding.pushes_timed,
    )
    return draw_svg(
        draw_crowding,
        crowding.frame,
        own_hours=crowding.own_hours,
        translate=translate_phrase,
        name="crowding",
        text=text,
    )


def _draw_account(account: AccountSummary, name: str, brief: BriefSummary) -> dict[str, Markup]:
    cadences = [account.cadence for account in charted(brief) if account.cadence]
    since, until = (
        min(cadence.push_days[0] for cadence in cadences),
        max(cadence.push_days[-1] for cadence in cadences),
    )
    most = max(int(cadence.weeks_frame["pushes"].max()) for cadence in cadences)
    drawn = _draw_cadence(account, name, since, until, most)
    if account.purposes and account.purposes.self_share is not None:
        text = translate(
            "{account}：文章按读者的五种需要分，{articles} 篇",
            account=clamp(account.account, 24),
            articles=account.purposes.articles,
        )
        drawn["needs"] = draw_svg(
            draw_needs,
            account.purposes.needs,
            own=account.own,
            translate=translate_phrase,
            name=f"{name}n",
            text=text,
        )
    if (columns := account.columned).shown:
        name_shown, shown = clamp(account.account, 24), len(columns.shown)
        text = translate(
            "{account}：{columns} 个栏目从第一篇到最近一篇，{since} 至 {until}",
            account=name_shown,
            columns=shown,
            since=since,
            until=until,
        )
        frame, issues = (
            frame.assign(content_column=frame["content_column"].map(safe_text))
            for frame in (columns.frame, columns.issues)
        )
        drawn["columns"] = draw_svg(
            draw_column_lives,
            frame,
            issues,
            since=since,
            until=until,
            own=account.own,
            name=f"{name}m",
            text=text,
        )
    return {kind: Markup(svg) for kind, svg in drawn.items()}


def _draw_cadence(
    account: AccountSummary, name: str, since: date, until: date, most: int
) -> dict[str, str]:
    title, own, cadence = clamp(account.account, 24), account.own, account.cadence
    if cadence is None:
        return {}
    text = translate(
        "{account}：每周推送次数，{since} 至 {until}，平均每周 {rate} 次，{changes} 处变化",
        account=title,
        since=since,
        until=until,
        rate=f"{cadence.pushes_per_week:.1f}",
        changes=len(cadence.changes),
    )
    monday = since - timedelta(days=since.weekday())
    given = {
        "since": monday,
        "until": until,
        "most": most,
        "own": own,
        "changes": cadence.changes_frame,
        "feed": True,
        "translate": translate_phrase,
    }
    drawn = {
        "weeks": draw_svg(draw_weeks, cadence.weeks_frame, **given, name=f"{name}w", text=text)
    }
    if cadence.pushes_timed >= MIN_ARTICLES:
        text = translate(
            "{account}：星期与钟点的推送分布，{pushes} 次推送",
            account=title,
            pushes=cadence.pushes_timed,
        )
        drawn["hours"] = draw_svg(
            draw_hours,
            cadence.hours_frame,
            own=own,
            translate=translate_phrase,
            name=f"{name}h",
            text=text,
        )
    return drawn | {"days": _draw_calendar(cadence, title, name, own=own)}


def _draw_calendar(cadence: Cadence, title: str, name: str, *, own: bool) -> str:
    until = cadence.push_days[-1]
    begin = until - timedelta(days=CALENDAR_DAYS - 7 + until.weekday())
    capped = cadence.calendar.assign(pushes=cadence.calendar["pushes"].clip(upper=_DAY_MOST))
    text = translate(
        "{account}：{since} 至 {until} 每天的推送，有推送的 {days} 天",
        account=title,
        since=begin,
        until=until,
        days=(capped["pushes"] > 0).sum(),
    )
    return draw_svg(
        draw_days,
        capped,
        since=begin,
        until=until,
        most=_DAY_MOST,
        own=own,
        translate=translate_phrase,
        name=f"{name}d",
        text=text,
    )
