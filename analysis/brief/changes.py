"""This brief beside an earlier one: what has changed since, and what was there before and is only
seen now.

Changed is what two dated observations show: an article after the last one held then, against what
was held then. What lies before that day and was not in the earlier brief is news to us, not of the
account: more was collected, or the weeks since made it certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.brief.record import OldAccount, OldBrief
from analysis.brief.sections.cadence import MIN_DAYS, Change
from analysis.brief.summary import AccountSummary, BriefSummary, Column
from analysis.labels import format_clock
from analysis.layout.words import Difference
from analysis.report.findings import isolate_name
from analysis.report.translation import translate, translate_phrase

__all__ = ["AccountSince", "SinceLast", "compare_briefs"]

# columns an earlier brief lists at most: of one that lists so many, a column missing there says
# nothing
_LISTED = 10
_NEAR = timedelta(days=21)  # the same change is dated a little differently when more is known
_SUSPENDED = ("paused", "ended")
_STATUSES = {"paused": "停更", "ended": "已停"}


@dataclass(frozen=True, slots=True)
class AccountSince:
    """One account since the last brief. `since` is the last day held then; pushes after it, and
    pushes up to it that were not held then (negative: held then and not now). `changed` and
    `seen_now` are sentences.
    """

    account: AccountSummary
    since: date | None
    articles_before: int
    pushes_since: int
    pushes_filled_in: int
    pushes_per_week_since: float | None
    pushes_per_week_before: float | None
    changed: tuple[str, ...]
    seen_now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SinceLast:
    """What compare_briefs finds: accounts in the brief's order, then the names of those that joined
    and of those that left the comparison.
    """

    date: date
    accounts: tuple[AccountSince, ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]


def compare_briefs(brief: BriefSummary, old: OldBrief) -> SinceLast:
    """The brief beside an earlier one, its sentences in the language spoken. An account that only
    one of them has is named and not compared.
    """
    now = {account.account_id: account for account in brief.accounts}
    return SinceLast(
        old.date,
        tuple(
            _compare(account, old.accounts[key])
            for key, account in now.items()
            if key in old.accounts
        ),
        tuple(account.account for key, account in now.items() if key not in old.accounts),
        tuple(account.account for key, account in old.accounts.items() if key not in now),
    )


def _compare(account: AccountSummary, old: OldAccount) -> AccountSince:
    days = account.cadence.push_days if account.cadence else ()
    after = [
        day for day in days if old.last is not None and day > old.last
    ]  # of an account of which nothing was held, all is news to us
    filled = len(days) - len(after) - old.pushes
    news = [
        *_cadence_news(account, old, filled),
        *_column_news(account, old),
        *_layout_news(account, old, filled),
    ]
    span = (days[-1] - old.last).days if days and old.last else 0
    return AccountSince(
        account,
        old.last,
        old.articles,
        len(after),
        filled,
        len(after) / span * 7 if span >= MIN_DAYS and account.enough else None,
        old.pushes_per_week if old.enough else None,
        tuple(sentence for changed, sentence in news if changed),
        tuple(sentence for changed, sentence in news if not changed),
    )


def _why(filled: int) -> str:
    return (
        translate("（这次补收了更早的文章才看到）")
        if filled > 0
        else translate("（上次文章还不够，看不出来）")
    )


def _cadence_news(
    account: AccountSummary, old: OldAccount, filled: int
) -> Iterator[tuple[bool, str]]:
    """(whether it is a change since then, the sentence) of each change of rhythm that the earlier
    brief did not have.
    """
    for change in account.cadence.changes if account.cadence else ():
        day_of_change = change.date.date()
        if any(
            kind == change.kind and abs(day_of_change - day) <= _NEAR for kind, day in old.changes
        ):
            continue
        since = old.last is not None and day_of_change > old.last
        yield since, f"{_describe(change)}{'' if since else _why(filled)}"


def _describe(change: Change) -> str:
    day = f"{change.date:%Y-%m-%d}"
    if change.kind == "hour":
        return translate(
            "{day} 起常用时刻由 {before} 改到 {after}",
            day=day,
            before=format_clock(change.before),
            after=format_clock(change.after),
        )
    if change.kind == "pause":
        return translate("{day} 起收录里没有文章", day=day)
    if change.kind == "resume":
        return translate("{day} 恢复，之后每周 {after} 次", day=day, after=f"{change.after:.1f}")
    return translate(
        "{day} 起每周推送由 {before} 次变为 {after} 次",
        day=day,
        before=f"{change.before:.1f}",
        after=f"{change.after:.1f}",
    )


def _column_news(account: AccountSummary, old: OldAccount) -> Iterator[tuple[bool, str]]:
    """Of each column: opened or stopped since then, or there before and only told apart now."""
    statuses = {name: status for name, status, _ in old.columns.values()}
    for column in account.columns:
        name = isolate_name(column.content_column)
        earlier = old.columns.get(column.column_id)
        before = earlier[1] if earlier else statuses.get(column.content_column, "")
        if before == "":
            yield from _first_seen(column, old, name)
        elif (
            before in ("new", "active")
            and column.status in _SUSPENDED
            and column.last
            and account.last
        ):
            status, last, until = (
                translate_phrase(_STATUSES[column.status]),
                f"{column.last:%Y-%m-%d}",
                f"{account.last:%Y-%m-%d}",
            )
            yield (
                True,
                translate(
                    "栏目「{name}」{status}：最近一篇 {last}，此后到 {until} 收录的文章里没有",
                    name=name,
                    status=status,
                    last=last,
                    until=until,
                ),
            )
        elif (
            before in _SUSPENDED
            and column.status in ("new", "active")
            and column.last
            and old.last
            and column.last.date() > old.last
        ):
            yield (
                True,
                translate(
                    "栏目「{name}」又更了：最近一篇 {last}",
                    name=name,
                    last=f"{column.last:%Y-%m-%d}",
                ),
            )


def _first_seen(column: Column, old: OldAccount, name: str) -> Iterator[tuple[bool, str]]:
    if column.first is None:
        return
    if old.last is not None and column.first.date() > old.last:
        yield (
            True,
            translate(
                "新开栏目「{name}」：第一篇 {first}，已有 {n} 篇",
                name=name,
                first=f"{column.first:%Y-%m-%d}",
                n=column.n,
            ),
        )
    elif len(old.columns) < _LISTED:
        yield (
            False,
            translate(
                "栏目「{name}」第一篇在 {first}，早就有，上次没认出来",
                name=name,
                first=f"{column.first:%Y-%m-%d}",
            ),
        )


def _layout_news(
    account: AccountSummary, old: OldAccount, filled: int
) -> Iterator[tuple[bool, str]]:
    for redesign in account.layout.redesigns if account.layout else ():
        day_of_change = redesign.at.date()
        if any(abs(day_of_change - day) <= _NEAR for day in old.redesigns):
            continue
        since = old.last is not None and day_of_change > old.last
        differs = translate("，").join(map(_format_difference, redesign.changed[:3]))
        sentence = (
            translate("{day} 起换了模板：{differs}", day=day_of_change, differs=differs)
            if differs
            else translate("{day} 起换了模板", day=day_of_change)
        )
        yield since, f"{sentence}{'' if since else _why(filled)}"


def _format_difference(difference: Difference) -> str:
    before, after = (
        translate_phrase(side or "无") for side in (difference.before, difference.after)
    )
    return f"{translate_phrase(difference.what)} {before} → {after}"
