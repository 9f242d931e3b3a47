"""Ranges that published layout guides name, each with its sources and year, and which figures lie
outside them. Guides disagree with each other and with practice, so peers come first. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.evidence import MIN_ARTICLES
from analysis.frames import check_frame
from analysis.layout.body.profile import StyleProfile
from analysis.layout.measures import MEASURES
from analysis.rows import frame_of

__all__ = ["Convention", "CONVENTION_CHECKS", "CONVENTIONS", "check_conventions", "find_departures"]


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


_TINY = {
    "indent_share": 0.02,
    "underline_share": 0.02,
}  # a name or a link underlined breaks no rule


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
    return frame_of(rows, CONVENTION_CHECKS)


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
