"""What the one page rests on, once and in words; and what is new since an earlier brief."""

from __future__ import annotations

from datetime import timedelta

from analysis.brief.changes import SinceLast
from analysis.brief.rules.base import join_list, join_sentences, name_of
from analysis.brief.summary import BriefSummary
from analysis.report.translation import translate

__all__ = ["describe_sample", "tell_since"]

_MOST_CHANGES = 5
_FULL = 0.9  # below this share held, what is counted is a lower bound
_STALE_DAYS = 56


def describe_sample(brief: BriefSummary) -> str:
    """How many accounts and articles, which days are compared, how much of the histories is there,
    and what is left out.
    """
    if brief.window is None:
        return translate("没有带日期的文章：样本不足。")
    few = [account for account in brief.accounts if not account.enough]
    undated = sum(account.undated for account in brief.accounts)
    return join_sentences(
        translate(
            "看了 {n} 个号、{articles:,} 篇；谁是谁、学谁、下周做什么都数 {since:%Y-%m-%d} 至 "
            "{until:%Y-%m-%d} 这 {days} 天，栏目守没守住看全部历史。",
            n=len(brief.accounts),
            articles=brief.articles,
            since=brief.window.since,
            until=brief.window.until,
            days=brief.window.days,
        ),
        _tell_coverage(brief),
        translate(
            "样本不足、只列名字的：{names}。",
            names=join_list([name_of(account) for account in few], most=4),
        )
        if few
        else "",
        translate("{n} 篇没有日期，不算在内。", n=undated) if undated else "",
        _tell_source_changes(brief),
        _tell_stale(brief),
        translate("阅读数用的是导入的数。") if brief.engagement else translate("没有用到阅读数。"),
    )


def _tell_coverage(brief: BriefSummary) -> str:
    shares = [account.coverage for account in brief.accounts]
    full = sum(share is not None and share >= _FULL for share in shares)
    partly = sum(share is not None and share < _FULL for share in shares)
    unknown = sum(share is None for share in shares)
    counts = {
        "{n} 个至多收全九成以上": full,
        "{n} 个没收全": partly,
        "{n} 个没有合集可对照，收全多少不知道": unknown,
    }
    parts = translate("，").join(translate(words, n=n) for words, n in counts.items() if n)
    return translate("覆盖：{parts}。", parts=parts)


def _tell_source_changes(brief: BriefSummary) -> str:
    """Weeks of the window in which several accounts changed at once, as one source has them."""
    assert brief.window is not None
    weeks = [
        change
        for change in brief.source_changes
        if change.week >= brief.window.since and change.kinds - {"begin"}
    ]
    return "".join(
        translate(
            "{week.month} 月 {week.day} 日那周 {n} 个号同时变了，看来是数据来源变了，"
            "不算它们自己的变化。",
            week=change.week,
            n=len(change.account_ids),
        )
        for change in weeks[:2]
    )


def _tell_stale(brief: BriefSummary) -> str:
    assert brief.window is not None
    if brief.window.until >= brief.date - timedelta(days=_STALE_DAYS):
        return ""
    return translate(
        "收录停在 {until:%Y-%m-%d}，距今已超过 8 周：先更新数据，再照着做。",
        until=brief.window.until,
    )


def tell_since(since: SinceLast) -> tuple[str, ...]:
    """The news since an earlier brief in a few lines: how much was sent, and what changed."""
    sent = [account for account in since.accounts if account.pushes_since]
    lines = [
        translate(
            "{n} 个号新发 {pushes} 次：{names}。",
            n=len(sent),
            pushes=sum(account.pushes_since for account in sent),
            names=join_list([name_of(account.account) for account in sent], most=4),
        )
        if sent
        else translate("收到的文章里没有新发的。")
    ]
    changes = [
        translate("{name}：{sentence}。", name=name_of(account.account), sentence=sentence)
        for account in since.accounts
        for sentence in account.changed
    ]
    lines += changes[:_MOST_CHANGES]
    if len(changes) > _MOST_CHANGES:
        lines.append(translate("另有 {n} 处变化。", n=len(changes) - _MOST_CHANGES))
    if not changes:
        lines.append(translate("节奏、栏目、排版都没有看到变化。"))
    return tuple(lines)
