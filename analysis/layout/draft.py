"""A draft's layout beside that of its peers' articles, in plain Chinese. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

import pandas as pd

from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES
from analysis.labels import ALIGN_NAMES
from analysis.layout.body.fixed_parts import LEAD_IN_NAMES, PART_NAMES
from analysis.layout.body.profile import StyleProfile
from analysis.layout.distance import shown_figure
from analysis.layout.measures import FEATURES

__all__ = ["review_draft"]

_RARE = 0.05
_USUAL = 0.8
_SHARED = (
    "font_size_px",
    "heading_px",
    "n_sizes",
    "line_height",
    "letter_spacing_px",
    "side_px",
    "indent_share",
    "paragraph_chars",
    "paragraph_lines_phone",
    "blank_share",
    "bold_share",
    "highlight_share",
    "underline_share",
    "n_colors",
    "images",
    "images_per_1000",
    "gifs",
    "videos",
    "chars",
    "headings",
)


def review_draft(profile: StyleProfile, peers: pd.DataFrame) -> list[str]:
    """What is unusual in a draft beside its peers' articles, in plain Chinese, one line each; empty
    where nothing is.

    `peers` is measures.join_profiles' frame of the peers with at least 10 articles; each account
    weighs the same however much it sends. A figure is unusual where fewer than 5 % of the articles
    are as high or as low; a part, where fewer than 5 % have it, or more than 80 % have what the
    draft lacks. Fewer than three such accounts say nothing: one line says so.
    """
    counts = peers["account_id"].value_counts()
    enough = peers[peers["account_id"].isin(counts[counts >= MIN_ARTICLES].index)]
    accounts = enough["account_id"].nunique()
    if accounts < MIN_ACCOUNTS:
        return [
            f"样本不足：有 {MIN_ARTICLES} 篇以上正文的账号只有 {accounts} 个"
            f"（要 {MIN_ACCOUNTS} 个），没法与同组比"
        ]
    weights = 1 / enough["account_id"].map(enough["account_id"].value_counts()) / accounts
    lines = [
        line
        for name in _SHARED
        if (line := _unusual_figure(name, getattr(profile, name), enough[name], weights))
        is not None
    ]
    lines += _unusual_word("对齐", profile.text_align, enough["text_align"], weights, ALIGN_NAMES)
    lines += _unusual_parts("parts", profile.parts, enough["parts"], weights, PART_NAMES)
    return lines + _unusual_parts(
        "lead_ins", profile.lead_ins, enough["lead_ins"], weights, LEAD_IN_NAMES
    )


def _unusual_figure(
    name: str, value: float | None, own: pd.Series, weights: pd.Series
) -> str | None:
    present = own.notna()
    if value is None or not present.any():
        return None
    values, share = own[present].astype("float64"), weights[present] / weights[present].sum()
    median = _weighted_median(values, share)
    high = value > median
    beyond = float(
        share[values >= value - 1e-9].sum() if high else share[values <= value + 1e-9].sum()
    )
    if beyond >= _RARE or value == median:
        return None
    feature = FEATURES[name]
    how = (
        ("这么多" if high else "这么少")
        if feature.digits == 0
        else ("这么大" if high else "这么小")
    )
    comparison = (
        f"不到 {ceil(beyond * 100 + 1e-9)}% 的文章{how}" if beyond > 0 else f"没有一篇{how}"
    )
    return (
        f"{feature.name} {shown_figure(feature, value)}：同组的中位数是 "
        f"{shown_figure(feature, median)}，{comparison}"
    )


def _weighted_median(values: pd.Series, share: pd.Series) -> float:
    order = values.sort_values().index
    reached = share[order].cumsum()
    return float(values[order][reached >= 0.5 - 1e-9].iloc[0])


def _unusual_word(
    what: str, value: str | None, values: pd.Series, weights: pd.Series, names: Mapping[str, str]
) -> list[str]:
    if value is None:
        return []
    share = float(weights[values == value].sum())
    usual = str(weights.groupby(values.where(values.notna(), "")).sum().sort_index().idxmax())
    if share >= _RARE or usual == value:
        return []
    return [
        f"{what}：{names.get(value, value)}，同组不到 {ceil(share * 100 + 1e-9)}% 的文章这样；"
        f"最常见的是{names.get(usual, usual)}"
    ]


def _unusual_parts(
    what: str, own: Sequence[str], values: pd.Series, weights: pd.Series, names: Mapping[str, str]
) -> list[str]:
    lines = []
    for name, shown in names.items():
        share = float(weights[values.map(lambda match, name=name: name in match)].sum())
        if name in own and share < _RARE:
            lines.append(f"有{shown}：同组不到 {ceil(share * 100 + 1e-9)}% 的文章有")
        elif name not in own and share >= _USUAL and what == "parts":
            lines.append(f"没有{shown}：同组 {share:.0%} 的文章有")
    return lines
