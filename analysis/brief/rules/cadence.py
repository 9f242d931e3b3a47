"""Conclusions about when accounts send: changes of rhythm, crowded hours, fixed hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from analysis.brief.rules.base import WEEKDAYS, Finding, name_of, rests_on
from analysis.brief.sections.cadence import MIN_TIMED, Cadence, Change, Slot
from analysis.brief.summary import AccountSummary, BriefSummary

__all__ = ["find_changed", "find_clockwork", "find_crowded", "find_fixed_hours"]

_NEW_DAYS = 365  # a change longer ago is history, not news
_STEADY = 0.8  # four in five is fixed; below that it is a habit
_FIXED = 0.5  # half of the pushes in one hour is a fixed hour
_CROWDED = 1.0  # pushes a week by all rivals in the one hour


def find_changed(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts whose rhythm changed in the last year of what is held, the latest change first; own account included."""
    if brief.last is None:
        return
    since = brief.last.replace(tzinfo=None) - timedelta(days=_NEW_DAYS)
    changed = [(account, [one for one in account.cadence.changes if one.date >= since]) for account in brief.accounts if account.cadence and account.enough]
    told = sorted((pair for pair in changed if pair[1]), key=lambda pair: (-max(one.date for one in pair[1]).toordinal(), pair[0].account))
    for account, changes in told[:3]:
        rates = [_tell_rate(one) for one in changes if one.kind == "rate"]
        hours = [_tell_hour(one) for one in changes if one.kind == "hour"]
        pauses = [f"{one.date:%Y-%m-%d} 起收录里没有文章" for one in changes if one.kind == "pause"]
        pauses += [f"{one.date:%Y-%m-%d} 恢复，之后每周 {one.after:.1f} 次" for one in changes if one.kind == "resume"]
        yield Finding("change", f"{name_of(account)}的节奏变了：{'；'.join(rates + hours + pauses)}。", *rests_on([account]))


def _tell_rate(change: Change) -> str:
    way = "降到" if change.after < change.before else "升到"
    said = f"{change.date:%Y-%m-%d} 那周起，推送从每周 {change.before:.1f} 次{way} {change.after:.1f} 次"
    return f"{said}（95% 区间 {change.before_low:.1f}–{change.before_high:.1f} 与 {change.after_low:.1f}–{change.after_high:.1f}）"


def _tell_hour(change: Change) -> str:
    return f"{change.date:%Y-%m-%d} 那周起，常用时刻从 {_clock(change.before)} 前后改到 {_clock(change.after)} 前后"


def _clock(hours: float) -> str:
    minutes = round(hours * 60) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def find_crowded(brief: BriefSummary) -> Iterable[Finding]:
    """The own account's usual slot where rivals crowd it and a free one is near; without one, an hour that half of three or more accounts share."""
    crowding = brief.crowding
    slot = crowding.own_slot if crowding else None
    own = [account for account in brief.accounts if account.own and account.enough]
    if own and crowding and slot and crowding.own_timed >= MIN_TIMED and slot.pushes_per_week >= _CROWDED and crowding.free:
        sentence = f"自己最常用的{_slot(slot)}，{slot.accounts} 个对手也用过，每周合计 {slot.pushes_per_week:.1f} 次推送；"
        sentence += f"最近的空档是{_slot(crowding.free[0])}，对手合计不到四周一次。"
        yield Finding("crowding", sentence, crowding.pushes_timed, "次推送", crowding.first.date(), crowding.last.date())
        return
    timed = [(account, account.cadence.hour) for account in brief.accounts if account.enough and account.cadence and _has_hour(account.cadence)]
    hour, count = min(Counter(hour for _, hour in timed).items(), key=lambda item: (-item[1], item[0] or 0), default=(0, 0))
    if count >= 3 and count * 2 >= len(timed):
        crowd = [account for account, usual in timed if usual == hour]
        yield Finding("crowding", f"{len(timed)} 个账号里有 {count} 个最常在 {hour} 点档推送，这个点最挤。", *rests_on(crowd))


def _slot(slot: Slot) -> str:
    return f"{WEEKDAYS[slot.weekday]} {slot.hour} 点档"


def find_clockwork(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts that send every day at one time, whose readers can wait for it."""
    daily = [a for a in brief.accounts if a.enough and a.cadence and a.cadence.regularity == "每天固定时间" and a.cadence.pushes_timed >= MIN_TIMED]
    for account in sorted(daily, key=lambda a: (-a.articles, a.account))[:1]:
        more = f"；这样的还有 {len(daily) - 1} 个" if len(daily) > 1 else ""
        because = account.cadence.regularity_because if account.cadence else ""
        yield Finding("clockwork", f"{name_of(account)}天天准点：{because}{more}。", *rests_on([account]))


def find_fixed_hours(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts that keep half of their pushes to one hour, where that hour has not moved and they are not told as clockwork."""
    timed = [a for a in brief.accounts if a.enough and a.cadence and _has_hour(a.cadence) and a.cadence.regularity != "每天固定时间"]
    steady = [a for a in timed if not any(change.kind == "hour" for change in (a.cadence.changes if a.cadence else ()))]
    fixed = sorted((a for a in steady if _hour_share(a) >= _FIXED), key=lambda a: (-_hour_share(a), a.account))
    if fixed:
        named = "；".join(f"{name_of(a)} {_hour_share(a):.0%} 的推送在 {a.cadence.hour if a.cadence else 0} 点档" for a in fixed[:4])
        more = f"；另有 {len(fixed) - 4} 个也是" if len(fixed) > 4 else ""
        yield Finding("hours", f"发文钟点{'固定' if _hour_share(fixed[-1]) >= _STEADY else '集中'}：{named}{more}。", *rests_on(fixed))


def _has_hour(cadence: Cadence) -> bool:
    return cadence.pushes_timed >= MIN_TIMED and cadence.hour is not None


def _hour_share(account: AccountSummary) -> float:
    return (account.cadence.hour_share if account.cadence else None) or 0.0
