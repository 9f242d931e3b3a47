"""Conclusions about layout."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from analysis.rules.base import Finding, day_of, name_of
from analysis.sections.cadence import MIN_ARTICLES
from analysis.summary import BriefSummary

__all__ = ["compare_type_sizes"]


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
