"""What an account's articles and titles look like, as short lines."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.dossiers.lines.wording import list_isolated
from analysis.brief.dossiers.measures.first_screen import FirstScreen
from analysis.brief.sections.layout import Counted, Layout
from analysis.brief.sections.words import Titles
from analysis.brief.summary import AccountSummary
from analysis.evidence import MIN_ARTICLES
from analysis.report.rich_text import Content, isolated, join, rich
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_count, format_percent, format_px, name_align

__all__ = ["list_looks", "list_title_habits"]

_FIXED_PART = 0.5  # of its articles
_HEAD, _MIDDLE = ("顶部关注引导",), ("分割线", "编号小标题", "引用框")
_LEAST_HABIT, _LEAST_SIGNALS = 0.15, 0.1  # of its titles


def list_looks(account: AccountSummary, screen: FirstScreen | None) -> tuple[Content, ...]:
    """Its first screen, what stands at head and foot of every issue, whether all look alike, and
    how it differs from the group.
    """
    layout = account.layout
    if layout is None or not layout.enough:
        return ()
    lines = (
        _figures_line(layout),
        *_screen_lines(screen),
        _parts_line(layout),
        _alike_line(layout),
        _apart_line(layout),
    )
    return tuple(line for line in lines if line)


def _figures_line(layout: Layout) -> Content:
    figures = [
        rich("正文 {size} px", size=format_px(layout.font_size_px))
        if layout.font_size_px is not None
        else "",
        rich("行高 {height}", height=f"{layout.line_height:.3g}") if layout.line_height else "",
        name_align(layout.text_align),
        rich(
            "每篇约 {chars} 字、{images} 张图",
            chars=format_count(layout.chars),
            images=format_px(layout.images),
        ),
    ]
    return (join([figure for figure in figures if figure], translate("，")), translate("。"))


def _screen_lines(screen: FirstScreen | None) -> tuple[Content, ...]:
    if screen is None:
        return ()
    seen: list[Content] = []
    if screen.guided >= _FIXED_PART * screen.n:
        seen.append(rich("关注引导"))
    if screen.opening:
        seen.append(rich("固定开头“{line}”", line=isolated(screen.opening, 24)))
    if screen.moving >= _FIXED_PART * screen.n:
        seen.append(rich("动图"))
    elif screen.images >= _FIXED_PART * screen.n:
        seen.append(rich("图片"))
    if screen.covers_known >= MIN_ARTICLES and screen.covers >= _FIXED_PART * screen.covers_known:
        seen.append(rich("正文里再放一次封面"))
    first = (
        rich("打开先看到：{parts}。", parts=join(seen, translate("、")))
        if seen
        else rich("打开就是正文，没有固定的开头。")
    )
    end = (
        rich("结尾固定一句“{line}”。", line=isolated(screen.closing, 24)) if screen.closing else ""
    )
    return (first, end)


def _parts_line(layout: Layout) -> Content:
    fixed = [
        part
        for part in layout.parts
        if part.share >= _FIXED_PART and part.name not in (*_HEAD, *_MIDDLE)
    ]
    inside = [part for part in layout.parts if part.share >= _FIXED_PART and part.name in _MIDDLE]
    pieces = []
    if fixed:
        pieces.append(rich("文末常有：{parts}", parts=_name_parts(fixed)))
    if inside:
        pieces.append(rich("文中常有：{parts}", parts=_name_parts(inside)))
    return (join(pieces, translate("；")), translate("。")) if pieces else ""


def _name_parts(parts: Sequence[Counted]) -> Content:
    return join(
        (f"{translate_phrase(part.name)} {format_percent(part.share)}" for part in parts[:4]),
        translate("、"),
    )


def _alike_line(layout: Layout) -> Content:
    if layout.consistency is None:
        return ""
    words = (
        "几乎篇篇同一套模板"
        if layout.consistency >= 0.9
        else "大多用同一套模板"
        if layout.consistency >= 0.7
        else "几套模板混着用"
        if layout.consistency >= 0.4
        else "版式不统一"
    )
    return rich(
        "{words}（随手抽两篇，{share} 是同一套）。",
        words=translate(words),
        share=format_percent(layout.consistency),
    )


def _apart_line(layout: Layout) -> Content:
    apart = [distance for distance in layout.distances if distance.outside][:2]
    if not apart:
        return ""
    listed = (
        rich(
            "{feature} {median}（别家 {low} 至 {high}）",
            feature=translate_phrase(distance.feature),
            median=translate_phrase(distance.median),
            low=translate_phrase(distance.peer_low),
            high=translate_phrase(distance.peer_high),
        )
        for distance in apart
    )
    return rich("和别家不一样的：{listed}。", listed=join(listed, translate("；")))


def list_title_habits(titles: Titles | None) -> tuple[Content, ...]:
    """How long its titles are, what marks them, its own words, and signals of clickbait."""
    if titles is None or titles.length_median is None:
        return ()
    marks = [
        (name, share)
        for name, share in (
            ("带括号", titles.with_brackets_share),
            ("带数字", titles.with_digits_share),
            ("带感叹号", titles.with_exclamations_share),
            ("提问", titles.question_share),
        )
        if share is not None and share >= _LEAST_HABIT
    ]
    listed = translate("，").join(
        f"{translate(name)} {format_percent(share)}" for name, share in marks
    )
    lines: list[Content] = [
        rich(
            "标题多在 {low}–{high} 字{marks}。",
            low=format_count(titles.length_q1 or 0),
            high=format_count(titles.length_q3 or 0),
            marks=translate("；{listed}", listed=listed) if listed else "",
        )
    ]
    if titles.words:
        words = (word.word for word in titles.words)
        lines.append(rich("比别家爱用的词：{words}。", words=list_isolated(words, most=6)))
    if titles.signals and (titles.clickbait_share or 0) >= _LEAST_SIGNALS:
        signal = titles.signals[0]
        lines.append(
            rich(
                "标题党信号 {share}，最多的是{signal}（{words}）。",
                share=format_percent(titles.clickbait_share or 0),
                signal=translate_phrase(signal.signal),
                words=isolated(translate("、").join(signal.words), 24),
            )
        )
    return tuple(lines)
