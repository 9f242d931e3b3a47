"""What to expect: quartiles of what the group's accounts do, one value an account; reads only where
counts were imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.content.titles import describe_titles
from analysis.evidence import MIN_ARTICLES, MIN_READS
from analysis.prelaunch.answers.pace import PaceAnswer, Quartiles, quartiles_of
from analysis.prelaunch.group import Group

__all__ = ["Norm", "measure_norms"]

_RUNNING = ("new", "active")


@dataclass(frozen=True, slots=True)
class Norm:
    """One figure over the group's accounts; quartiles are None below three accounts. `articles` it
    rests on; digits to show it with.
    """

    key: str
    name: str
    unit: str
    digits: int
    accounts: int
    articles: int
    quartiles: Quartiles | None


def measure_norms(group: Group, pace: PaceAnswer) -> tuple[Norm, ...]:
    """Sending and articles a week, titles, length, pictures, columns, originals in the window, and
    reads where there are any.
    """
    recent = group.in_window(group.articles)
    enough = recent[recent["account_id"].isin([pace_row.account_id for pace_row in pace.enough])]
    sent = sum(pace_row.articles for pace_row in pace.enough)
    paces = [
        _norm(
            "pushes_per_week",
            "推送",
            "次/周",
            1,
            [pace_row.pushes_per_week for pace_row in pace.enough],
            sent,
        ),
        _norm(
            "articles_per_week",
            "文章",
            "篇/周",
            1,
            [pace_row.articles_per_week for pace_row in pace.enough],
            sent,
        ),
        _norm(
            "articles_per_push",
            "每次推送",
            "篇",
            1,
            [pace_row.articles_per_push for pace_row in pace.enough],
            sent,
        ),
    ]
    return (
        *paces,
        *_title_norms(enough),
        *_body_norms(group, enough),
        *_column_norms(group, enough),
        *_original_norms(enough),
        *_read_norms(group, enough),
    )


def _norm(
    key: str, name: str, unit: str, digits: int, values: Iterable[float], articles: int
) -> Norm:
    numbers = [float(value) for value in values]
    return Norm(key, name, unit, digits, len(numbers), articles, quartiles_of(numbers))


def _title_norms(enough: pd.DataFrame) -> Iterable[Norm]:
    titles = describe_titles(enough)
    lengths = _medians(titles, "length")
    yield _norm("title_length", "标题", "字", 0, lengths, len(titles))


def _body_norms(group: Group, enough: pd.DataFrame) -> Iterable[Norm]:
    profiled = group.profiled[group.profiled["article_id"].isin(enough["article_id"])]
    for key, name, unit in (("chars", "正文", "字/篇"), ("images", "图片", "张/篇")):
        yield _norm(key, name, unit, 0, _medians(profiled, key), len(profiled))


def _column_norms(group: Group, enough: pd.DataFrame) -> Iterable[Norm]:
    running_columns = (
        group.columns[group.columns["status"].isin(_RUNNING)].groupby("account_id").size()
    )
    counts = [int(running_columns.get(key, 0)) for key in dict.fromkeys(enough["account_id"])]
    inside = group.assigned[group.assigned["article_id"].isin(enough["article_id"])]
    shares = (
        (inside["content_column"].notna() & (inside["kind"] != "theme"))
        .groupby(inside["account_id"])
        .mean()
    )
    yield _norm("columns", "在更的栏目", "个", 0, counts, len(inside))
    yield _norm("column_share", "在栏目里的文章", "%", 0, shares * 100, len(inside))


def _original_norms(enough: pd.DataFrame) -> Iterable[Norm]:
    marked = enough.dropna(subset=["original"])
    grouped = (
        marked["original"].astype("float64").groupby(marked["account_id"]).agg(["mean", "size"])
    )
    sufficient = grouped[grouped["size"] >= MIN_ARTICLES]
    yield _norm(
        "original_share",
        "标原创的文章",
        "%",
        0,
        sufficient["mean"] * 100,
        int(sufficient["size"].sum()),
    )


def _read_norms(group: Group, enough: pd.DataFrame) -> Iterable[Norm]:
    counted = enough.assign(
        reads=enough["article_id"].map(dict(group.reads)).astype("float64")
    ).dropna(subset=["reads"])
    grouped = counted.groupby("account_id")["reads"].agg(["median", "size"])
    sufficient = grouped[grouped["size"] >= MIN_READS]
    if len(sufficient):
        yield _norm(
            "reads",
            "阅读（导入的观测）",
            "次/篇",
            0,
            sufficient["median"],
            int(sufficient["size"].sum()),
        )


def _medians(frame: pd.DataFrame, column: str) -> pd.Series:
    """One median an account with ten articles that have the figure."""
    grouped = frame.groupby("account_id")[column].agg(["median", "count"])
    return grouped.loc[grouped["count"] >= MIN_ARTICLES, "median"].astype("float64")
