"""How often and when an account sends and what changed in it, as short lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from analysis.brief.dossiers.lines.wording import describe_rate, describe_when
from analysis.brief.dossiers.measures.lately import Lately, Window
from analysis.brief.sections.cadence import Cadence, Change
from analysis.brief.sections.sending import Sending
from analysis.brief.summary import AccountSummary
from analysis.evidence import MIN_ARTICLES
from analysis.labels import format_clock
from analysis.report.rich_text import Content, bold, faint, join, rich
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import (
    format_count,
    format_day,
    format_decimal,
    format_percent,
    name_position,
    name_weekdays,
)

__all__ = ["describe_change", "list_changes", "list_rhythm"]

_QUIET_DAYS = 28  # behind the newest of all, before it is worth a line
_SILENCE_DAYS = 14
_LEAST_FORMAT = 0.05  # of the last half year's articles
_TOGETHER = timedelta(days=7)
_SEVERAL = 2  # other accounts that changed in the same week


def list_rhythm(
    account: AccountSummary, lately: Lately | None, window: Window | None
) -> tuple[Content, ...]:
    """How often in the window and in the long run, when, since when not."""
    cadence = account.cadence
    if cadence is None or lately is None or window is None:
        return ()
    lines = (
        _pace_line(cadence, lately),
        _when_line(lately),
        _places_line(account.sending),
        _formats_line(account.sending),
        _silence_line(cadence),
        _quiet_line(account, window),
    )
    return tuple(line for line in lines if line)


def _pace_line(cadence: Cadence, lately: Lately) -> Content:
    long_run = rich("全部历史平均每周 {rate} 次", rate=format_decimal(cadence.pushes_per_week))
    rate = describe_rate(lately)
    if not rate:
        few = rich("这段时间只有 {n} 次推送", n=lately.pushes)
        return (few, translate("；"), long_run, translate("。"))
    size = format_decimal(lately.articles_per_push or 0)
    return rich(
        "{rate}，每次 {size} 篇；{long_run}。", rate=bold(rate), size=size, long_run=long_run
    )


def _when_line(lately: Lately) -> Content:
    if lately.pushes_per_week is None:
        return ""
    when = describe_when(lately)
    if not when:
        return rich("日子和钟点都不固定。") if lately.timed >= MIN_ARTICLES else ""
    if lately.usual_time_share is None:
        return rich("多在{when}，钟点不固定。", when=when)
    return rich(
        "多在{when}（{share} 的推送在这一小时）。",
        when=when,
        share=format_percent(lately.usual_time_share),
    )


def _places_line(sending: Sending | None) -> Content:
    slots = [slot for slot in sending.fixed if not slot.ended] if sending else []
    if not slots:
        return ""
    fixed = (
        rich(
            "{weekdays} {hour} 点档的{positions}",
            weekdays=name_weekdays(slot.weekdays),
            hour=slot.hour,
            positions=translate("、").join(map(name_position, slot.positions)),
        )
        for slot in slots[:2]
    )
    return rich("固定位置：{slots}。", slots=join(fixed, translate("；")))


def _formats_line(sending: Sending | None) -> Content:
    shown = (
        [kind for kind in sending.formats if (kind.recent_share or 0) >= _LEAST_FORMAT]
        if sending
        else []
    )
    if len(shown) < 2:
        return ""
    parts = (
        f"{translate_phrase(kind.name)} {format_percent(kind.recent_share or 0)}" for kind in shown
    )
    return rich("近半年的形式：{formats}。", formats=join(parts, translate("，")))


def _silence_line(cadence: Cadence) -> Content:
    days = cadence.longest_silence_days
    if days is None or days < _SILENCE_DAYS or cadence.silent_from is None:
        return ""
    return rich(
        "最长一次 {days} 天没有新文章，从 {since} 起。",
        days=format_count(days),
        since=format_day(cadence.silent_from),
    )


def _quiet_line(account: AccountSummary, window: Window) -> Content:
    if account.last is None or (window.until - account.last.date()).days <= _QUIET_DAYS:
        return ""
    return rich(
        "最近一篇是 {last}；到 {until} 没有新的，可能停更，也可能没收到。",
        last=format_day(account.last),
        until=format_day(window.until),
    )


def list_changes(account: AccountSummary, others: Sequence[AccountSummary]) -> tuple[Content, ...]:
    """Its changes of rhythm, newest first. One that two other accounts had in the same week and of
    the same kind is told as what it more likely is, a change of the source.
    """
    cadence = account.cadence
    changes = sorted(
        cadence.changes if cadence else (), key=lambda change: change.date, reverse=True
    )
    lines = []
    for change in changes:
        with_it = sum(
            any(
                other.kind == change.kind and abs(other.date - change.date) <= _TOGETHER
                for other in (account_.cadence.changes if account_.cadence else ())
            )
            for account_ in others
        )
        doubt = (
            faint(rich("（{n} 家同一周都变了，更像是资料来源变了）", n=with_it + 1))
            if with_it >= _SEVERAL
            else ""
        )
        lines.append((describe_change(change), doubt))
    return tuple(lines)


def describe_change(change: Change) -> Content:
    """One change in plain words."""
    day = bold(format_day(change.date))
    if change.kind == "pause":
        return rich("{day} 起没有新文章", day=day)
    if change.kind == "resume":
        return rich("{day} 恢复，之后每周 {rate} 次", day=day, rate=format_decimal(change.after))
    if change.kind == "hour":
        return rich(
            "{day} 那周起，发文时间从 {before} 前后改到 {after} 前后",
            day=day,
            before=format_clock(change.before),
            after=format_clock(change.after),
        )
    words = (
        "{day} 那周起，从每周 {before} 次减到 {after} 次"
        if change.after < change.before
        else "{day} 那周起，从每周 {before} 次加到 {after} 次"
    )
    return rich(
        words, day=day, before=format_decimal(change.before), after=format_decimal(change.after)
    )
