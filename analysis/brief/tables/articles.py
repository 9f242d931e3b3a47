"""The articles behind a brief as one sheet of its workbook: to sort, to filter, to look things up.
Its page does not list them.
"""

from __future__ import annotations

from typing import Any

from analysis.brief.summary import BriefSummary
from analysis.cadence.formats import KIND_NAMES
from analysis.engagement.counts import EXCLUDED
from analysis.frames import METRICS
from analysis.report.translation import translate, translate_phrase
from analysis.report.workbook import Sheet, SheetRow
from analysis.rows import plain_rows

__all__ = ["list_articles"]

_MOST = 100_000  # rows: a workbook of a million articles takes gigabytes to write
_COUNTS = {
    "read": "阅读",
    "like": "点赞",
    "wow": "在看",
    "share": "转发",
    "comment": "留言",
    "favourite": "收藏",
}


def list_articles(brief: BriefSummary) -> Sheet:
    """One row an article, by account and time; of more than 100,000 the latest. Counts are the
    latest imported ones, whatever the article's age.
    """
    listed = brief.article_list
    if len(listed) > _MOST:
        latest = listed["published_at"].sort_values(ascending=False, kind="stable").index[:_MOST]
        listed = listed.loc[latest.sort_values()]
    headings = (
        *("公众号", "发布时间", "标题", "栏目", "目的", "类型", "位置"),
        *(_COUNTS[metric] for metric in METRICS),
        *("取数时间", "关于这些数", "链接"),
    )
    return Sheet(
        translate("文章"), tuple(map(translate, headings)), tuple(map(_row, plain_rows(listed)))
    )


def _row(article: dict[str, Any]) -> SheetRow:
    at = article["published_at"]
    by_day = at is not None and article["time_precision"] == "day"
    kind, purpose = article["kind"], article["purpose"]
    return (
        article["account"],
        at.date() if by_day else at,
        article["title"],
        article["content_column"],
        purpose and translate_phrase(purpose),
        kind and translate_phrase(KIND_NAMES[kind]),
        article["position"],
        *(article[metric] for metric in METRICS),
        article["counted_at"],
        _about_counts(article),
        article["url"],
    )


def _about_counts(article: dict[str, Any]) -> str | None:
    """Which counts mean at least this many, and why figures leave them out."""
    names = "、".join(translate(_COUNTS[metric]) for metric in article["at_least"] or ())
    notes = [translate("{names}至少这么多", names=names)] if names else []
    if article["kept_out"]:
        notes.append(translate_phrase(EXCLUDED[article["kept_out"]]))
    return "；".join(notes) or None
