"""Conclusions about content columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from analysis.brief.rules.base import check_on, day_of, join_sentences, name_of
from analysis.brief.sections.columns import Column
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.columns.reuse import classify_reuse
from analysis.evidence import MIN_ARTICLES
from analysis.labels import WEEKDAYS
from analysis.report.findings import Finding, isolate_name
from analysis.report.translation import translate, translate_name

__all__ = ["find_column_news", "find_columned", "find_fixed_days"]

_NEWS_DAYS = 182
_LEAST_NEW = 4
_FAR = 0.2  # so much less in columns is a difference
_WELL_FOUNDED = 0.7  # how well founded a column must be before its end is news


def find_columned(brief: BriefSummary) -> Iterable[Finding]:
    measured = [account for account in brief.accounts if account.enough and account.columned.n]
    if not measured:
        return
    top = max(measured, key=lambda a: (a.columned.share, a.articles))
    largest = top.columns[0]
    own = [account for account in brief.accounts if account.own and account.enough]
    template = "{name}，{share:.0%} 的文章归在栏目里，最大的是「{column}」，{n:,} 篇{mine}。"
    if len(measured) > 1:
        template = (
            "栏目化程度最高的是{name}，{share:.0%} 的文章归在栏目里，最大的是「{column}」，"
            "{n:,} 篇{mine}。"
        )
    mine = (
        translate("；自己是 {share:.0%}", share=own[0].columned.share)
        if own and own[0] is not top
        else ""
    )
    sentence = translate(
        template,
        name=name_of(top),
        share=top.columned.share,
        column=isolate_name(largest.content_column),
        n=largest.n,
        mine=mine,
    )
    yield Finding(
        "columns",
        sentence,
        top.n_titled,
        translate("篇"),
        day_of(top.first),
        day_of(top.last),
        largest.examples,
        *_advise_columns(brief, top),
    )


def _advise_columns(brief: BriefSummary, top: AccountSummary) -> tuple[str, str]:
    own = [account for account in brief.accounts if account.own and account.enough]
    if own and (own[0] is top or own[0].columned.share >= top.columned.share - _FAR):
        return "", ""
    if own:
        check = translate("自己归进栏目的文章有没有超过 {share:.0%}。", share=own[0].columned.share)
    else:
        check = translate(
            "自己归进栏目的文章有没有到 {share:.0%}。", share=min(top.columned.share, 0.5)
        )
    return translate("自己先定两个固定栏目：名字写进标题最前面，各占一天。"), check_on(
        brief, weeks=12
    ) + check


def find_fixed_days(brief: BriefSummary) -> Iterable[Finding]:
    """Rivals' weekly columns that keep their day: at least ten issues, four in five on one weekday,
    a week apart.
    """
    weekly = [
        (a, c)
        for a in brief.accounts
        if a.enough and not a.own
        for c in a.columns
        if _keeps_its_day(c)
    ]
    weekly.sort(
        key=lambda pair: (-pair[1].n, pair[1].content_column, pair[0].account)
    )  # the longest kept of each account is told
    firsts = {account.account_id: (account, column) for account, column in reversed(weekly)}
    for account, column in [pair for pair in weekly if pair == firsts[pair[0].account_id]][:3]:
        assert column.weekday is not None
        assert column.weekday_share is not None
        there = round(column.weekday_share * column.n)
        template = "{name}的「{column}」每周一期，固定{weekday}：{n} 篇里有 {there} 篇在这一天。"
        if there == column.n:
            template = "{name}的「{column}」每周一期，固定{weekday}：{n} 篇全在这一天。"
        title = isolate_name(column.content_column)
        sentence = translate(
            template,
            name=name_of(account),
            column=title,
            weekday=translate_name(WEEKDAYS[column.weekday]),
            n=column.n,
            there=there,
        )
        advised = _advise_day(column, brief)
        yield Finding(
            "fixed day",
            join_sentences(sentence),
            column.n,
            translate("篇"),
            day_of(column.first),
            day_of(column.last),
            column.examples,
            *advised,
        )


def _advise_day(column: Column, brief: BriefSummary) -> tuple[str, str]:
    """The same kind of content on the day rivals send least, where that is clearly another day."""
    day = column.weekday or 0
    sent = (
        [0.0] * 7
        if brief.crowding is None
        else brief.crowding.frame.groupby("weekday")["pushes_per_week"].sum().tolist()
    )
    quiet = sent.index(min(sent))
    if sent[quiet] * 4 > sent[day] * 3 or quiet == day:
        advice = translate(
            "同类内容错开{weekday}；非要同一天，就写它没写过的角度。",
            weekday=translate_name(WEEKDAYS[day]),
        )
    else:
        moved = (
            "同类内容错开{weekday}，放在对手最少的{quiet}（合计每周 {rate:.1f} 次），连出 8 期。"
        )
        advice = translate(
            moved,
            weekday=translate_name(WEEKDAYS[day]),
            quiet=translate_name(WEEKDAYS[quiet]),
            rate=sent[quiet],
        )
    check = (
        "自己 8 期里按时出了几期。"
        if column.adherence is None
        else "自己 8 期里按时出了几期（它的按期率是 {adherence:.0%}）。"
    )
    return advice, check_on(brief) + translate(check, adherence=column.adherence)


def _keeps_its_day(column: Column) -> bool:
    weekly = column.interval_days is not None and 6 <= column.interval_days <= 8
    return (
        weekly
        and column.n >= MIN_ARTICLES
        and column.weekday_share is not None
        and column.weekday_share >= 0.8
    )


def find_column_news(brief: BriefSummary) -> Iterable[Finding]:
    """Rivals' columns that stopped or began in the last half year: ten issues at least of an old
    one, four of a new one.
    """
    changed = [
        (account, column)
        for account in brief.accounts
        if account.enough and not account.own
        for column in account.columns
        if _is_news(account, column, brief)
    ]
    changed.sort(
        key=lambda pair: (
            pair[1].status != "ended",
            -pair[1].n,
            pair[1].content_column,
            pair[0].account,
        )
    )
    for account, column in changed[:2]:
        came = (
            translate("每 {days:g} 天一期", days=column.interval_days)
            if column.interval_days and column.interval_days > 1
            else translate("每天都有")
        )
        first, last = column.first, column.last
        if first is None or last is None:
            continue
        titled = {"name": name_of(account), "column": isolate_name(column.content_column)}
        if column.status == "ended":
            words = (
                "{name}的「{column}」停了：出过 {n} 篇，{came}，{last:%Y-%m-%d} 以后 {silent} "
                "天没再出。"
            )
            sentence = translate(
                words, **titled, n=column.n, came=came, last=last, silent=column.silent_days
            )
            advised = (
                translate("先看它最后几期：是题写完了还是没人写了，再想要不要补这个空。"),
                check_on(brief) + translate("它有没有恢复。"),
            )
        else:
            words = "{name}的「{column}」是新栏目：{first:%Y-%m-%d} 开始，已出 {n} 篇，{came}。"
            sentence = translate(words, **titled, first=first, n=column.n, came=came)
            expected = check_on(brief) + translate("它出到第几期，间隔还是不是{came}。", came=came)
            advised = (
                translate("先看不跟：等它出满 {n} 期、间隔稳住再定。", n=MIN_ARTICLES),
                expected,
            )
        yield Finding(
            "column news",
            join_sentences(sentence),
            column.n,
            translate("篇"),
            day_of(first),
            day_of(last),
            column.examples,
            *advised,
        )


def _is_news(account: AccountSummary, column: Column, brief: BriefSummary) -> bool:
    if column.last is None or brief.last is None or column.strength < _WELL_FOUNDED:
        return False
    recent = column.last >= brief.last - timedelta(days=_NEWS_DAYS)
    titles = [example.title or "" for example in column.examples]
    if classify_reuse(column.content_column, titles, owner=account.account) is not None:
        return False
    return recent and (
        (column.status == "ended" and column.n >= MIN_ARTICLES)
        or (column.status == "new" and column.n >= _LEAST_NEW)
    )
