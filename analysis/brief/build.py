"""A group of accounts -> a brief on disk: summarise, render, save. What a brief says is summary's
and page's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date as Date
from datetime import datetime
from pathlib import Path

from analysis.brief.changes import compare_briefs
from analysis.brief.exports import check_paths, save_exports
from analysis.brief.page import BriefError, render_brief
from analysis.brief.record import load_record
from analysis.brief.summary import BriefSummary, summarise
from analysis.charts.cache import cached_charts
from analysis.compute.cache import cache_for
from analysis.group import AccountGroup
from analysis.report.translation import using_language
from crawler.records import BEIJING

__all__ = ["load_summary", "make_brief"]


def make_brief(
    group: AccountGroup,
    path: Path | str,
    *,
    date: Date | None = None,
    axes: tuple[str, str] | None = None,
    title: str | None = None,
    lang: str = "zh",
    also: Sequence[Path] = (),
    against: Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write the competitor brief of a group to `path` and each of `also`, by their endings
    (exports.ENDINGS).

    `date` is the day it is made on, today without; `axes` are the map's, `title` heads the page,
    `lang` is its language, one of LANGUAGES; `against` is an earlier brief's JSON, to tell
    what has changed since. Gives the files written. Raises StoreError for an unknown account,
    BriefError for a window without articles, OutputError where a file can't be written, RecordError
    where `against` is no brief's, ChromiumError as save_exports.
    """
    path = Path(path)
    check_paths([path, *also], force=force)
    old = load_record(against) if against else None
    brief = load_summary(group, date=date, axes=axes, title=title)
    with _cached_charts(group, lang), using_language(lang):
        changed = compare_briefs(brief, old) if old else None
        page = render_brief(brief, since=changed, lang=lang)
    return save_exports(brief, page, [path, *also], since=changed, lang=lang, force=force)


def load_summary(
    group: AccountGroup,
    *,
    date: Date | None = None,
    axes: tuple[str, str] | None = None,
    title: str | None = None,
) -> BriefSummary:
    """The figures of a brief about a group: see make_brief. Raises StoreError for an unknown
    account, BriefError for a window without articles.
    """
    windowed = group.since or group.until
    if windowed and group.store and group.articles.empty and next(group.store.articles(), None):
        raise BriefError(
            "这段时间里没有文章：放宽 --since、--until，duibiao status 列出每个账号的首末时间"
        )
    today = date or datetime.now(BEIJING).date()
    with group.using_cache():
        return summarise(group, date=today, axes=axes, title=title)


@contextmanager
def _cached_charts(group: AccountGroup, lang: str) -> Iterator[None]:
    if group.store is None:
        yield
        return
    with cached_charts(cache_for(group.store), lang):
        yield
