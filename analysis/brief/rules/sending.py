"""Conclusions about what is sent and around which days: formats that rivals use, holidays and
sales.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import pandas as pd

from analysis.brief.rules.base import check_on, day_of, examples_of, join_sentences, name_of
from analysis.brief.sections.sending import EVENT_NAMES, Event
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.cadence.formats import KIND_NAMES
from analysis.report.findings import Finding
from analysis.report.translation import translate, translate_name

__all__ = ["find_formats", "find_seasons"]

_RIVALS = 3
_USED = 0.1  # one article in ten is a format an account uses
_UNUSED = 0.02
_MORE, _LESS = 1.3, 0.7  # times the usual rate
_NONE = 0.05  # below that most sent nothing
_READY = {
    "618": "5 月 20 日前",
    "双11": "10 月 20 日前",
    "春节前": "春节前三周",
    "春节": "春节前两周",
    "春节后": "放假前",
}
_SET_OFF = {"618": " 618 "}  # by spaces, from the Chinese around it


def find_formats(brief: BriefSummary) -> Iterable[Finding]:
    """A format besides plain articles that half of three or more rivals used in the last half year,
    and the own account did not.
    """
    rivals = [
        account
        for account in brief.accounts
        if account.enough and not account.own and account.sending
    ]
    own = [account for account in brief.accounts if account.own and account.enough]
    if len(rivals) < _RIVALS:
        return
    for kind in ("video", "audio", "image"):
        used = [(account, share) for account in rivals if (share := _share(account, kind)) >= _USED]
        if len(used) * 2 < len(rivals) or any(_share(account, kind) >= _UNUSED for account in own):
            continue
        used.sort(key=lambda pair: (-pair[1], pair[0].account))
        shares = translate("，").join(
            f"{name_of(account)} {share:.0%}" for account, share in used[:3]
        )
        template = (
            "近半年 {rivals} 个对手里有 {n} 个在发{what}：{shares}；自己几乎没有。"
            if own
            else "近半年 {rivals} 个对手里有 {n} 个在发{what}：{shares}。"
        )
        what, shares = (
            translate_name(KIND_NAMES[kind]),
            translate("{shares}等", shares=shares) if len(used) > 3 else shares,
        )
        sentence = translate(template, rivals=len(rivals), n=len(used), what=what, shares=shares)
        target = max(round(median(share for _, share in used) * 10), 1)
        advice = translate(
            "先按每 10 篇 {n} 条的量试 8 周{what}，做不动就停。", n=target, what=what
        )
        examples = tuple(
            example
            for account, _ in used[:3]
            for example in examples_of(
                account.listed[account.listed["kind"] == kind].iloc[::-1], most=1
            )
        )
        n = sum(account.sending.recent for account in rivals if account.sending)
        expected = check_on(brief) + translate("这 8 周发出几条，每条花几个工时。")
        yield Finding(
            "formats",
            sentence,
            n,
            translate("篇"),
            day_of(brief.first),
            day_of(brief.last),
            examples,
            advice,
            expected,
        )
        return


def _share(account: AccountSummary, kind: str) -> float:
    return (account.sending.recent_share(kind) if account.sending else None) or 0.0


def find_seasons(brief: BriefSummary) -> Iterable[Finding]:
    """The one of 春节, 618 and 双11 around which at least three accounts changed their rate most,
    against their own eight weeks before.
    """
    seasons = []
    for name in EVENT_NAMES:
        seasonal = [
            (account, event)
            for account in brief.accounts
            if account.enough and (event := _event(account, name)) is not None
        ]
        latest = max((event.first for _, event in seasonal), default=None)
        seasonal = [(account, event) for account, event in seasonal if event.first == latest]
        middle = (
            median(event.ratio or 0.0 for _, event in seasonal) if len(seasonal) >= _RIVALS else 1.0
        )
        if middle >= _MORE or middle <= _LESS:
            seasons.append((-max(middle, 1 / max(middle, 0.01)), name, middle, seasonal))
    if not seasons:
        return
    _, name, middle, seasonal = min(seasons, key=lambda event: event[:2])
    event = seasonal[0][1]
    way = (
        [account for account, season in seasonal if (season.ratio or 0.0) > 1]
        if middle > 1
        else [account for account, season in seasonal if (season.ratio or 0.0) < 1]
    )
    template = (
        "{event}（{first:%m-%d} 至 {last:%m-%d}），{of} 个账号里有 {n} 个少发，{none} 个一次没发。"
    )
    if middle >= _NONE:
        template = (
            "{event}（{first:%m-%d} 至 {last:%m-%d}），{of} 个账号里有 {n} 个少发，"
            "中位数是平时的 {middle:.1f} 倍。"
        )
    if middle > 1:
        template = (
            "{event}（{first:%m-%d} 至 {last:%m-%d}），{of} 个账号里有 {n} 个加更，"
            "中位数是平时的 {middle:.1f} 倍。"
        )
    values = {
        "first": event.first,
        "last": event.last,
        "none": sum(season.pushes == 0 for _, season in seasonal),
        "middle": middle,
    }
    sentence = join_sentences(
        translate(template, event=_name_event(event.name), of=len(seasonal), n=len(way), **values)
    )
    following, ready = translate_name(_SET_OFF.get(name, name)), translate(_READY[name])
    advice = translate(
        "下个{event}发不发先定下来：要发，{ready}把稿排好。", event=following, ready=ready
    )
    if middle > 1:
        advice = translate(
            "下个{event}按平时的 {middle:.1f} 倍备稿，{ready}备齐。",
            event=following,
            middle=middle,
            ready=ready,
        )
    n = sum(season.pushes for _, season in seasonal)
    examples = tuple(
        example
        for account, _ in seasonal
        for example in examples_of(_within(account, event), most=1)
    )[:3]
    expected = translate("下个{event}过后再看：自己和对手各是平时的几倍。", event=following)
    yield Finding(
        "season",
        sentence,
        n,
        translate("次推送"),
        day_of(event.first),
        day_of(event.last),
        examples,
        advice,
        expected,
    )


def _name_event(name: str) -> str:
    """An event with its year: 春节 2026."""
    event, _, year = name.partition(" ")
    return f"{translate_name(_SET_OFF.get(event, event)).strip()} {year}"


def _event(account: AccountSummary, name: str) -> Event | None:
    event = account.sending.events.get(name) if account.sending else None
    return event if event and event.ratio is not None else None


def _within(account: AccountSummary, event: Event) -> pd.DataFrame:
    days = account.listed["published_at"].dt.tz_localize(None).dt.normalize()
    inside: pd.DataFrame = account.listed[(days >= event.first) & (days <= event.last)]
    return inside
