"""Conclusions about content columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from analysis.marks import fold_text
from analysis.rules.base import WEEKDAYS, Finding, day_of, isolate_name, name_of
from analysis.sections.cadence import MIN_ARTICLES
from analysis.summary import AccountSummary, BriefSummary, Column

__all__ = ["find_columned", "find_fixed_days", "find_gaps"]

_GAP_RIVALS = 3


def find_columned(brief: BriefSummary) -> Iterable[Finding]:
    measured = [account for account in brief.accounts if account.enough and account.n_columns]
    if not measured:
        return
    top = max(measured, key=lambda a: (a.share_in_columns, a.articles))
    largest = top.columns[0]
    sentence = "栏目化程度最高的是" if len(measured) > 1 else ""
    sentence += f"{name_of(top)}，{top.share_in_columns:.0%} 的文章归在栏目里，最大的是「{isolate_name(largest.content_column)}」，{largest.n:,} 篇"
    own = [account for account in brief.accounts if account.own and account.enough]
    if own and own[0] is not top:
        sentence += f"；自己是 {own[0].share_in_columns:.0%}"
    yield Finding("columns", sentence + "。", top.n_titled, "篇", day_of(top.first), day_of(top.last), largest.examples)


def find_fixed_days(brief: BriefSummary) -> Iterable[Finding]:
    """Weekly columns that keep their day: at least ten issues, four in five on one weekday, a week apart."""
    kept = [(a, c) for a in brief.accounts if a.enough for c in a.columns if _keeps_its_day(c)]
    kept.sort(key=lambda pair: (-pair[1].n, pair[1].content_column, pair[0].account))  # the longest kept of each account is told
    firsts = {account.account_id: (account, column) for account, column in reversed(kept)}
    for account, column in [pair for pair in kept if pair == firsts[pair[0].account_id]][:3]:
        assert column.weekday is not None
        assert column.weekday_share is not None
        there = round(column.weekday_share * column.n)
        kept_to = f"{column.n} 篇全在这一天" if there == column.n else f"{column.n} 篇里有 {there} 篇在这一天"
        sentence = f"{name_of(account)}的「{isolate_name(column.content_column)}」每周一期，固定{WEEKDAYS[column.weekday]}：{kept_to}。"
        yield Finding("fixed day", sentence, column.n, "篇", day_of(column.first), day_of(column.last), column.examples)


def _keeps_its_day(column: Column) -> bool:
    weekly = column.interval_days is not None and 6 <= column.interval_days <= 8
    return weekly and column.n >= MIN_ARTICLES and column.weekday_share is not None and column.weekday_share >= 0.8


def find_gaps(brief: BriefSummary) -> Iterable[Finding]:
    """Column names that three rivals use and the own account doesn't."""
    own = [account for account in brief.accounts if account.own]
    mine = {fold_text(column.content_column) for account in own for column in account.columns}
    users: defaultdict[str, list[tuple[AccountSummary, Column]]] = defaultdict(list)
    for account in brief.accounts:
        for column in account.columns if account.enough and not account.own else ():
            users[fold_text(column.content_column)].append((account, column))
    if not any(account.enough for account in own):
        return
    shared = sorted((pairs for key, pairs in users.items() if len(pairs) >= _GAP_RIVALS and key not in mine), key=lambda p: (-len(p), p[0][1].content_column))
    for pairs in shared[:2]:
        named = "、".join(name_of(account) for account, _ in pairs[:4])
        sentence = f"{len(pairs)} 个对手都有「{isolate_name(pairs[0][1].content_column)}」，自己没有：{named}{'等' if len(pairs) > 4 else ''}。"
        days = [at.date() for _, column in pairs for at in (column.first, column.last) if at is not None]
        examples = tuple(example for _, column in pairs[:3] for example in column.examples[:1])
        yield Finding("gap", sentence, sum(column.n for _, column in pairs), "篇", min(days), max(days), examples)
