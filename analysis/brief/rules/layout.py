"""Conclusions about layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from analysis.brief.rules.base import (
    check_on,
    day_of,
    examples_of,
    name_of,
    newest_of,
    translate_figure,
)
from analysis.brief.sections.layout import Distance
from analysis.brief.summary import BriefSummary
from analysis.labels import ALIGN_NAMES
from analysis.layout.measures import FEATURES
from analysis.layout.words import Difference
from analysis.report.findings import Finding
from analysis.report.translation import translate, translate_name

__all__ = ["TYPESET_NAMES", "find_group_layout", "find_layout_apart", "find_redesigned"]

_NEW_DAYS = 365  # a redesign longer ago is what readers are used to
_MOST_SHOWN = 4
_GROUP = 3
_TYPESET = (
    "font_size_px",
    "line_height",
    "letter_spacing_px",
    "side_px",
    "indent_share",
    "paragraph_lines_phone",
    "n_colors",
)
TYPESET_NAMES = {
    FEATURES[name].name for name in _TYPESET
}  # what a template sets; how long articles are and how many pictures they have is no layout


def find_redesigned(brief: BriefSummary) -> Iterable[Finding]:
    """Accounts that changed their template for good in the last year of what is held, the latest
    first.
    """
    redesigned = [
        (redesign, account)
        for account in brief.accounts
        if account.layout and account.layout.enough
        for redesign in account.layout.redesigns[-1:]
    ]
    for redesign, account in sorted(
        redesigned, key=lambda pair: (-pair[0].at.toordinal(), pair[1].account)
    )[:2]:
        if (
            brief.last is None
            or redesign.at < brief.last - timedelta(days=_NEW_DAYS)
            or not redesign.changed
        ):
            continue
        what = translate("，").join(
            _tell_difference(difference) for difference in redesign.changed[:_MOST_SHOWN]
        )
        words = (
            "{name} {at:%Y-%m-%d} 起换了模板：{what}等。"
            if len(redesign.changed) > _MOST_SHOWN
            else "{name} {at:%Y-%m-%d} 起换了模板：{what}。"
        )
        sentence = translate(words, name=name_of(account), at=redesign.at, what=what)
        layout = account.layout
        span = (day_of(layout.first if layout else None), day_of(layout.last if layout else None))
        examples = examples_of(account.listed[account.listed["published_at"] >= redesign.at])
        advised = ("", "") if account.own else _advise_redesign(brief)
        yield Finding(
            "redesign",
            sentence,
            redesign.n_before + redesign.n_after,
            translate("篇"),
            *span,
            examples,
            *advised,
        )


def _tell_difference(difference: Difference) -> str:
    before, after = (
        translate_figure(value or "无") for value in (difference.before, difference.after)
    )
    return f"{translate_figure(difference.what)} {before} → {after}"


def _advise_redesign(brief: BriefSummary) -> tuple[str, str]:
    return translate("改前改后各挑一篇，和自己的放在手机上并排看，再定改不改。"), check_on(
        brief, weeks=26
    ) + translate("它有没有又改回去。")


def find_layout_apart(brief: BriefSummary) -> Iterable[Finding]:
    """What of the own typography lies beyond all accounts of the group."""
    for account in brief.accounts:
        layout = account.layout
        if not account.own or layout is None or not layout.enough:
            continue
        out = [
            distance
            for distance in layout.distances
            if distance.outside and distance.feature in TYPESET_NAMES
        ][:_GROUP]
        if out:
            distances_text = translate("；").join(_tell_distance(distance) for distance in out)
            sentence = translate(
                "自己的排版有 {n} 处超出 {peers} 个同组账号的范围：{told}。",
                n=len(out),
                peers=layout.peers,
                told=distances_text,
            )
            advice = translate(
                "改到同组的中位数：{aims}；别的先不动。",
                aims=translate("，").join(_aim(distance) for distance in out),
            )
            expected = translate("改后发满 10 篇再看：是否回到同组的范围里。")
            yield Finding(
                "layout apart",
                sentence,
                layout.n_text,
                translate("篇"),
                day_of(layout.first),
                day_of(layout.last),
                account.latest,
                advice,
                expected,
            )


def _tell_distance(distance: Distance) -> str:
    figures = {
        "median": translate_figure(distance.median),
        "low": translate_figure(distance.peer_low),
        "high": translate_figure(distance.peer_high),
    }
    return translate(
        "{feature} {median}（同组 {low} 至 {high}）",
        feature=translate_name(distance.feature),
        **figures,
    )


def _aim(distance: Distance) -> str:
    unindented = distance.feature == FEATURES["indent_share"].name and distance.peer_median == "0%"
    return (
        translate("首行不缩进")
        if unindented
        else f"{translate_name(distance.feature)} {translate_figure(distance.peer_median)}"
    )


def find_group_layout(brief: BriefSummary) -> Iterable[Finding]:
    """Where the own layout can't be measured: what a template would have to match to look like the
    group.
    """
    if any(account.own and account.layout and account.layout.enough for account in brief.accounts):
        return
    group = [
        (account, layout)
        for account in brief.accounts
        if (layout := account.layout) and layout.enough and layout.font_size_px
    ]
    if len(group) < _GROUP:
        return
    sizes = sorted(layout.font_size_px or 0 for _, layout in group)
    aligned, count = min(
        Counter(layout.text_align or "left" for _, layout in group).items(),
        key=lambda item: (-item[1], item[0]),
    )
    template = (
        "{n} 个账号的正文字号从 {low:g} 到 {high:g} px，中位数 {middle:g} px；{count} "
        "个以{aligned}为主。"
    )
    if sizes[0] == sizes[-1]:
        template = "{n} 个账号的正文字号都是 {low:g} px；{count} 个以{aligned}为主。"
    align = translate_name(ALIGN_NAMES[aligned])
    sentence = translate(
        template,
        n=len(group),
        low=sizes[0],
        high=sizes[-1],
        middle=median(sizes),
        count=count,
        aligned=align,
    )
    advice = translate(
        "自己的模板先定 {size:g} px、{aligned}，一套用到底。", size=median(sizes), aligned=align
    )
    first = min((layout.first for _, layout in group if layout.first), default=None)
    last = max((layout.last for _, layout in group if layout.last), default=None)
    n, examples = (
        sum(layout.n_text for _, layout in group),
        newest_of([account for account, _ in group]),
    )
    expected = translate("自己发满 10 篇再看：排版一致度有没有到 0.9。")
    yield Finding(
        "group layout",
        sentence,
        n,
        translate("篇"),
        day_of(first),
        day_of(last),
        examples,
        advice,
        expected,
    )
