"""Conclusions about layout."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from analysis.brief.rules.base import Finding, day_of, name_of
from analysis.brief.sections.cadence import MIN_ARTICLES
from analysis.brief.summary import BriefSummary

__all__ = ["compare_type_sizes", "find_redesigned"]

_NEW_DAYS = 365  # a redesign longer ago is what readers are used to
_TOLD = 4


def find_redesigned(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts that changed their template for good in the last year of what is held, the latest first."""
    told = [(one, account) for account in brief.accounts if account.layout and account.layout.enough for one in account.layout.redesigns[-1:]]
    for one, account in sorted(told, key=lambda pair: (-pair[0].at.toordinal(), pair[1].account))[:2]:
        if brief.last is None or one.at < brief.last - timedelta(days=_NEW_DAYS) or not one.changed:
            continue
        what = "，".join(f"{d.what} {d.before or '无'} → {d.after or '无'}" for d in one.changed[:_TOLD])
        sentence = f"{name_of(account)} {one.at:%Y-%m-%d} 起换了模板：{what}{'等' if len(one.changed) > _TOLD else ''}。"
        layout = account.layout
        yield Finding("redesign", sentence, one.n_before + one.n_after, "篇", day_of(layout.first if layout else None), day_of(layout.last if layout else None))


def compare_type_sizes(brief: BriefSummary) -> Iterable[Finding]:
    sized = [(a, a.layout.font_size_px, a.layout.n_text) for a in brief.accounts if a.layout and a.layout.n_text >= MIN_ARTICLES and a.layout.font_size_px]
    if len(sized) < 2:
        return
    own = [size for account, size, _ in sized if account.own]
    rivals = [size for account, size, _ in sized if not account.own]
    n = sum(count for _, _, count in sized)
    if own and len(rivals) >= 3:
        middle = median(rivals)
        sentence = f"正文字号：自己 {own[0]:g} px，{len(rivals)} 个对手的中位数{'也是' if middle == own[0] else '是'} {middle:g} px。"
    elif len(sized) <= 4:
        sentence = "正文字号：" + "，".join(f"{'自己' if a.own else name_of(a)} {size:g} px" for a, size, _ in sized) + "。"
    else:
        low, high = min(sized, key=lambda item: item[1]), max(sized, key=lambda item: item[1])
        sentence = f"正文字号从 {low[1]:g} px（{name_of(low[0])}）到 {high[1]:g} px（{name_of(high[0])}），"
        sentence += f"{len(sized)} 个账号的中位数 {median(rivals + own):g} px。"
    yield Finding("type size", sentence, n, "篇", day_of(brief.first), day_of(brief.last))
