"""How far an account's layout, or a draft's, lies from its peers' and from what guides recommend.
Pure.

Conventions are ranges that published guides name, each with its sources and year; they disagree
with each other and with practice, so peers come first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES
from analysis.frames import check_frame
from analysis.labels import ALIGN_NAMES
from analysis.layout.body.fixed_parts import LEAD_IN_NAMES, PART_NAMES
from analysis.layout.body.profile import StyleProfile
from analysis.layout.measures import FEATURES, MEASURES, Feature

__all__ = [
    "ALIGN_NAMES",
    "CONVENTIONS",
    "CONVENTION_CHECKS",
    "DISTANCES",
    "Convention",
    "check_conventions",
    "find_departures",
    "measure_distances",
    "review_draft",
    "shown_figure",
]


@dataclass(frozen=True, slots=True)
class Convention:
    """A range that guides name for one figure; None is open. `year` is None where the source states
    none.
    """

    feature: str
    low: float | None
    high: float | None
    says: str
    sources: str
    year: int | None = None


DISTANCES = {
    "account_id": "str",
    "account": "str",
    "feature": "str",
    "n": "int64",
    "median": "float64",
    "peers": "int64",
    "peer_median": "float64",
    "peer_low": "float64",
    "peer_high": "float64",
    "gap": "float64",
    "outside": "boolean",
}
CONVENTION_CHECKS = {
    "account_id": "str",
    "account": "str",
    "feature": "str",
    "n": "int64",
    "median": "float64",
    "low": "float64",
    "high": "float64",
    "verdict": "str",
    "says": "str",
    "sources": "str",
    "year": "Int64",
}
CONVENTIONS: tuple[Convention, ...] = (
    Convention(
        "font_size_px",
        14,
        16,
        "正文 14–16 px，15 最常见；平台默认 17",
        "90011.cn/nws/4228；99xcs 3619939；i排版（简书 254ad61cf28a）",
    ),
    Convention("heading_px", 16, 20, "小标题 16–20 px", "99xcs 3619939；diwuai 10275"),
    Convention("n_sizes", None, 3, "字号不超过 3 种", "i排版（简书 254ad61cf28a）"),
    Convention(
        "line_height",
        1.5,
        2,
        "行高 1.5、1.75 或 2 倍",
        "hgsbcw detail_2244；qwer.com.cn/essences/4353；90011.cn/nws/4228；99xcs 3619939",
    ),
    Convention(
        "letter_spacing_px",
        0,
        1.5,
        "字间距 1 或 1.5 px；模板里常用 0.5",
        "hgsbcw detail_2244；fzdayan show-16681",
    ),
    Convention(
        "side_px",
        8,
        30,
        "两侧边距：模板 8–16 px，教程 10–30 px",
        "AutoWeChat VI_STANDARD.md；diwuai 10275；fzdayan show-16681",
    ),
    Convention(
        "paragraph_lines_phone", None, 5, "一段不超过 5 行", "hgsbcw detail_2244；简书 352fcf958ca9"
    ),
    Convention("indent_share", None, 0, "首行不缩进", "hgsbcw detail_2244；简书 352fcf958ca9"),
    Convention(
        "n_colors", None, 3, "颜色不超过 3 种", "i排版（简书 254ad61cf28a）；简书 352fcf958ca9"
    ),
    Convention(
        "underline_share", None, 0, "不用下划线", "99xcs 3619939；i排版（简书 254ad61cf28a）"
    ),
    Convention(
        "images_per_1000",
        1,
        1.25,
        "每 800–1000 字一张图（说的是头条类文章）",
        "GitHub 排版规范 55749642682",
    ),
)
_NONE = np.zeros(0)
_TINY = {
    "indent_share": 0.02,
    "underline_share": 0.02,
}  # a name or a link underlined breaks no rule
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


def measure_distances(measures: pd.DataFrame) -> pd.DataFrame:
    """Each account's medians beside those of the other accounts, feature by feature.

    `measures` is layout.measure_features'. Peers are the other accounts with at least 10 articles
    that have the figure. Returns median and n as there; peers how many; peer_median the median of
    their medians, peer_low and peer_high the lowest and highest of them, gap = median −
    peer_median, outside whether it lies beyond all of them: missing below three peers or 10 own
    articles. Units as in `measures`; its order. Raises FrameError.
    """
    check_frame(measures, MEASURES, name="measures")
    enough = measures[measures["n"] >= MIN_ARTICLES]
    by_feature = {
        str(name): (part["account_id"].to_numpy(dtype=object), part["median"].to_numpy())
        for name, part in enough.groupby("feature")
    }
    rows = []
    for row in measures.to_dict("records"):
        owners, medians = by_feature.get(row["feature"], (_NONE, _NONE))
        others = medians[owners != row["account_id"]]
        comparable = len(others) >= MIN_ACCOUNTS and row["n"] >= MIN_ARTICLES
        median, low, high = (
            (float(np.median(others)), float(others.min()), float(others.max()))
            if comparable
            else (None, None, None)
        )
        rows.append(
            {
                **{name: row[name] for name in ("account_id", "account", "feature", "n", "median")},
                "peers": len(others),
                "peer_median": median,
                "peer_low": low,
                "peer_high": high,
                "gap": None if median is None else row["median"] - median,
                "outside": None
                if low is None or high is None
                else not low <= row["median"] <= high,
            }
        )
    return _frame(rows, DISTANCES)


def check_conventions(measures: pd.DataFrame) -> pd.DataFrame:
    """Each account's medians beside the ranges that guides name.

    Returns one row per account and convention: median and n as in `measures`; low and high, missing
    where open; verdict within, below or above, missing below 10 articles; says, sources and year
    (missing where the source states none). Sorted as `measures`, then as CONVENTIONS.
    Raises FrameError.
    """
    check_frame(measures, MEASURES, name="measures")
    rows = []
    for (account, account_id), part in measures.groupby(["account", "account_id"]):
        figures = {row["feature"]: row for row in part.to_dict("records")}
        for convention in CONVENTIONS:
            row = figures[convention.feature]
            verdict = _verdict(convention, row["median"]) if row["n"] >= MIN_ARTICLES else None
            rows.append(
                {
                    "account_id": account_id,
                    "account": account,
                    "feature": convention.feature,
                    "n": row["n"],
                    "median": row["median"],
                    "low": convention.low,
                    "high": convention.high,
                    "verdict": verdict,
                    "says": convention.says,
                    "sources": convention.sources,
                    "year": convention.year,
                }
            )
    return _frame(rows, CONVENTION_CHECKS)


def _verdict(convention: Convention, value: float) -> str:
    slack = _TINY.get(convention.feature, 0.0)
    if convention.low is not None and value < convention.low:
        return "below"
    return "above" if convention.high is not None and value > convention.high + slack else "within"


def find_departures(profile: StyleProfile) -> list[tuple[Convention, float, str]]:
    """The conventions one article departs from: (convention, its figure, below or above)."""
    departures = []
    for convention in CONVENTIONS:
        value = getattr(profile, convention.feature)
        if value is not None and (verdict := _verdict(convention, value)) != "within":
            departures.append((convention, float(value), verdict))
    return departures


def review_draft(profile: StyleProfile, peers: pd.DataFrame) -> list[str]:
    """What is unusual in a draft beside its peers' articles, in plain Chinese, one line each; empty
    where nothing is.

    `peers` is layout.join_profiles' frame of the peers with at least 10 articles; each account
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


def shown_figure(feature: Feature, value: float) -> str:
    """A figure with its unit for people; shares as per cent."""
    number = value * 100 if feature.unit == "%" else value
    text = f"{number:.{feature.digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{'' if feature.unit == '%' else ' '}{feature.unit}".strip()


def _frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in columns.items()
        }
    )
