"""Conclusions about when accounts send: changes of rhythm, crowded hours, fixed hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import pandas as pd

from analysis.brief.rules.base import (
    check_on,
    examples_of,
    join_list,
    join_sentences,
    name_of,
    newest_of,
    sample_of,
)
from analysis.brief.sections.cadence import WAKING, Cadence, Change, Crowding, HourCrowding
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.cadence.regularity import Regularity
from analysis.evidence import MIN_TIMED
from analysis.labels import WEEKDAYS, format_clock
from analysis.report.findings import Finding
from analysis.report.translation import translate, translate_name

__all__ = ["find_changed", "find_clockwork", "find_crowded", "find_fixed_hours"]

_NEW_DAYS = 365  # a change longer ago is history, not news
_STEADY = 0.8  # four in five is fixed; below that it is a habit
_FIXED = 0.5  # half of the pushes in one hour is a fixed hour
_CROWDED = 1.0  # pushes a week by all rivals in the one hour


def find_changed(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts whose rhythm changed in the last year of what is held, the latest change first; own
    account included.
    """
    if brief.last is None:
        return
    since = brief.last.replace(tzinfo=None) - timedelta(days=_NEW_DAYS)
    changed = [
        (
            account,
            [
                change
                for change in account.cadence.changes
                if change.date >= since
                and not brief.is_of_source(account.account_id, change.kind, change.date.date())
            ],
        )
        for account in brief.accounts
        if account.cadence and account.enough
    ]
    recent = sorted(
        (pair for pair in changed if pair[1]),
        key=lambda pair: (-max(change.date for change in pair[1]).toordinal(), pair[0].account),
    )
    for account, changes in recent[:3]:
        weeks = groupby(
            sorted(changes, key=lambda change: (change.date, change.kind != "rate")),
            key=lambda change: (change.date, change.kind in ("pause", "resume")),
        )
        sentence_parts = translate("；").join(
            _tell_week(at, to_the_day, list(part)) for (at, to_the_day), part in weeks
        )
        listed = (
            account.listed[
                account.listed["published_at"]
                >= changes[-1].date.replace(tzinfo=account.last.tzinfo)
            ]
            if account.last
            else account.listed
        )
        sentence = translate(
            "{name}的节奏变了：{said}。", name=name_of(account), said=sentence_parts
        )
        yield Finding(
            "change",
            sentence,
            *sample_of([account]),
            examples_of(listed),
            *_advise_change(account, changes, brief),
        )


def _tell_week(at: datetime, to_the_day: bool, changes: Sequence[Change]) -> str:
    """The changes of one week; `held` where it is known to the day."""
    changes_text = translate("，").join(_tell(change) for change in changes)
    return translate(
        "{at:%Y-%m-%d} {said}" if to_the_day else "{at:%Y-%m-%d} 那周起，{said}",
        at=at,
        said=changes_text,
    )


def _tell(change: Change) -> str:
    if change.kind == "pause":
        return translate("起收录里没有文章")
    if change.kind == "resume":
        return translate("恢复，之后每周 {after:.1f} 次", after=change.after)
    return _tell_hour(change) if change.kind == "hour" else _tell_rate(change)


def _advise_change(
    account: AccountSummary, changes: list[Change], brief: BriefSummary
) -> tuple[str, str]:
    """What the latest change asks for: of the own account whether it was meant, of a rival a place
    left free or a closer look.
    """
    last = {change.kind: change for change in sorted(changes, key=lambda change: change.date)}
    rate, hour = last.get("rate"), last.get("hour")
    if account.own:
        return translate("先查是不是自己定的；不是，就回到原来的日子和钟点。"), check_on(
            brief
        ) + translate("每周次数和钟点有没有稳住。")
    if hour:
        left = translate(
            "它原来的 {clock} 前后空出来了，可以拿一天试发 8 周。", clock=format_clock(hour.before)
        )
        return left, check_on(brief) + translate(
            "它有没有回到 {clock}；有自己的阅读数，再和原来的钟点比。",
            clock=format_clock(hour.before),
        )
    if rate and rate.after < rate.before:
        advice = translate("先别跟着减；对照栏目表，看它停了哪几个栏目，挑一个接。")
        return advice, check_on(brief) + translate(
            "它每周是否还在 {after:.1f} 次上下。", after=rate.after
        )
    if rate:
        advice = translate("先别跟着加；看它 {at:%Y-%m-%d} 以后多出来的是哪个栏目。", at=rate.date)
        return advice, check_on(brief) + translate(
            "它每周是否还有 {after:.1f} 次。", after=rate.after
        )
    if max(last.values(), key=lambda change: change.date).kind == "resume":
        return translate("把它当新账号看：栏目和节奏都以恢复以后的为准。"), check_on(
            brief
        ) + translate("恢复后的节奏守没守住。")
    return translate("先打开它的主页核对：是停更，还是没收到。"), translate(
        "核对以后重做这份简报。"
    )


def _tell_rate(change: Change) -> str:
    fell = change.after < change.before
    template = (
        "推送从每周 {before:.1f} 次降到 {after:.1f} 次"
        if fell
        else "推送从每周 {before:.1f} 次升到 {after:.1f} 次"
    )
    return translate(template, before=change.before, after=change.after)


def _tell_hour(change: Change) -> str:
    return translate(
        "常用时刻从 {before} 前后改到 {after} 前后",
        before=format_clock(change.before),
        after=format_clock(change.after),
    )


def find_crowded(brief: BriefSummary) -> Iterable[Finding]:
    """The own account's usual slot where rivals crowd it and a free one is near; without one, an
    hour that half of three or more accounts share.
    """
    crowding = brief.crowding
    slot = crowding.own_slot if crowding else None
    own = [account for account in brief.accounts if account.own and account.enough]
    if (
        own
        and crowding
        and slot
        and crowding.own_timed >= MIN_TIMED
        and slot.pushes_per_week >= _CROWDED
        and crowding.free
    ):
        free_slot = _slot(crowding.free[0])
        template = (
            "自己最常用的{slot}，{n} 个对手也用过，每周合计 {rate:.1f} 次推送；"
            "最近的空档是{free}，对手合计不到四周一次。"
        )
        sentence = translate(
            template, slot=_slot(slot), n=slot.accounts, rate=slot.pushes_per_week, free=free_slot
        )
        expected = check_on(brief) + translate(
            "新时段对手合计是否仍不到四周一次；有自己的阅读数，再比挪前挪后。"
        )
        advised = translate("把这一次挪到{free}，试 8 周。", free=free_slot), expected
        examples = tuple(
            example
            for account in brief.accounts
            if not account.own
            for example in examples_of(_sent_at(account, slot), most=1)
        )[:3]
        yield Finding(
            "crowding",
            join_sentences(sentence),
            crowding.pushes_timed,
            translate("次推送"),
            crowding.first.date(),
            crowding.last.date(),
            examples,
            *advised,
        )
        return
    timed = [
        (account, account.recent.hour)
        for account in brief.accounts
        if account.enough and account.recent and _has_hour(account.recent)
    ]
    hour, count = min(
        Counter(hour for _, hour in timed).items(),
        key=lambda item: (-item[1], item[0] or 0),
        default=(0, 0),
    )
    if count >= 3 and count * 2 >= len(timed):
        crowd = [account for account, usual in timed if usual == hour]
        free = _quieter_hour(crowding, hour or 0)
        sentence = translate(
            "{of} 个账号里有 {n} 个最常在 {hour} 点档推送，这个点最挤。",
            of=len(timed),
            n=count,
            hour=hour,
        )
        yield Finding(
            "crowding",
            sentence,
            *sample_of(crowd),
            newest_of(crowd),
            *_advise_hour(hour or 0, free, brief),
        )


def _advise_hour(hour: int, free: int | None, brief: BriefSummary) -> tuple[str, str]:
    """The emptier hour instead of the crowded one, where there is any."""
    if free is None:
        return "", ""
    expected = check_on(brief) + translate(
        "{free} 点档对手有没有变多；有自己的阅读数，再比两个钟点。", free=free
    )
    return translate(
        "避开 {hour} 点档，先试 {free} 点档，守满 8 周。", hour=hour, free=free
    ), expected


def _quieter_hour(crowding: Crowding | None, hour: int) -> int | None:
    """Of the waking hours within two of a crowded one, that in which rivals send least, where it is
    half as full at most.
    """
    if crowding is None:
        return None
    sent = crowding.frame.groupby("hour")["pushes_per_week"].sum()
    near = [
        candidate
        for candidate in range(hour - 2, hour + 3)
        if candidate != hour and candidate in WAKING
    ]
    best = min(
        near,
        key=lambda candidate: (sent[candidate], abs(candidate - hour), candidate),
        default=None,
    )
    return best if best is not None and sent[best] * 2 <= sent[hour] else None


def _sent_at(account: AccountSummary, slot: HourCrowding) -> pd.DataFrame:
    """Its articles of that hour of the week, the newest first."""
    timed = account.listed[account.listed["time_precision"].isin(["second", "minute"])].iloc[::-1]
    there: pd.DataFrame = timed[
        (timed["published_at"].dt.day_of_week == slot.weekday)
        & (timed["published_at"].dt.hour == slot.hour)
    ]
    return there


def _slot(slot: HourCrowding) -> str:
    return translate(
        "{weekday} {hour} 点档", weekday=translate_name(WEEKDAYS[slot.weekday]), hour=slot.hour
    )


def find_clockwork(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts that send every day at one time, whose readers can wait for it."""
    daily = [
        (account, account.cadence.regularity_figures)
        for account in brief.accounts
        if account.enough
        and account.cadence
        and account.cadence.regularity == "每天固定时间"
        and account.cadence.pushes_timed >= MIN_TIMED
    ]
    for account, regularity in sorted(daily, key=lambda pair: (-pair[0].articles, pair[0].account))[
        :1
    ]:
        advice = translate("学准点，不必学天天：自己每周那几次固定在一个钟点，守满 8 周。")
        because = _describe_punctual(regularity)
        template = (
            "{name}天天准点：{because}；这样的还有 {more} 个。"
            if len(daily) > 1
            else "{name}天天准点：{because}。"
        )
        sentence = translate(template, name=name_of(account), because=because, more=len(daily) - 1)
        yield Finding(
            "clockwork",
            sentence,
            *sample_of([account]),
            account.latest,
            advice,
            check_on(brief) + translate("自己八成以上的推送是不是在这个钟点。"),
        )


def _describe_punctual(regularity: Regularity) -> str:
    """Why an account is called punctual, in the language spoken."""
    return translate(
        "{share} 的日子发文，其中 {on_time} 在 {clock} 起的一小时里",
        share=f"{regularity.active_day_share:.0%}",
        on_time=f"{regularity.usual_time_share:.0%}",
        clock=regularity.clock,
    )


def find_fixed_hours(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts that keep half of their pushes to one hour, where that hour has not moved and they
    are not told as clockwork.
    """
    timed = [
        a
        for a in brief.accounts
        if a.enough and a.recent and _has_hour(a.recent) and a.recent.regularity != "每天固定时间"
    ]
    steady = [
        a
        for a in timed
        if not any(change.kind == "hour" for change in (a.cadence.changes if a.cadence else ()))
    ]
    fixed = sorted(
        (a for a in steady if _hour_share(a) >= _FIXED), key=lambda a: (-_hour_share(a), a.account)
    )
    if fixed:
        hours = [
            translate(
                "{name} {share:.0%} 的推送在 {hour} 点档",
                name=name_of(a),
                share=_hour_share(a),
                hour=a.recent.hour if a.recent else 0,
            )
            for a in fixed[:4]
        ]
        more = [translate("另有 {n} 个也是", n=len(fixed) - 4)] if len(fixed) > 4 else []
        sentence = translate(
            "发文钟点固定：{named}。"
            if _hour_share(fixed[-1]) >= _STEADY
            else "发文钟点集中：{named}。",
            named=translate("；").join(hours + more),
        )
        taken = join_list(
            [
                str(hour)
                for hour in sorted(
                    {a.recent.hour for a in fixed if a.recent and a.recent.hour is not None}
                )
            ]
        )
        advice = translate("自己也固定一个钟点，错开 {taken} 点档，守满 8 周。", taken=taken)
        yield Finding(
            "hours",
            sentence,
            *sample_of(fixed),
            newest_of(fixed),
            advice,
            check_on(brief) + translate("自己一半以上的推送是不是在这个钟点。"),
        )


def _has_hour(cadence: Cadence) -> bool:
    return cadence.pushes_timed >= MIN_TIMED and cadence.hour is not None


def _hour_share(account: AccountSummary) -> float:
    return (account.recent.hour_share if account.recent else None) or 0.0
