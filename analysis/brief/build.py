"""From a store to a brief on disk: load, summarise, render, save. What a brief says is summary.py's
and page.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from pathlib import Path

from analysis.brief.changes import compare_briefs
from analysis.brief.exports import check_paths, save_exports
from analysis.brief.page import BriefError, render_brief
from analysis.brief.record import load_record
from analysis.brief.summary import BriefSummary, summarise
from analysis.charts.cache import cached_charts
from analysis.columns.load import find_edits_file, load_columns
from analysis.compute.cache import cache_for, using_cache
from analysis.content.load import load_leads
from analysis.content.text_sketches import load_sketches
from analysis.frames import load_accounts, load_coverage, load_observations
from analysis.peers.load import set_own
from analysis.report.wording import using_language
from crawler.store import Store

__all__ = ["load_summary", "make_brief"]


def make_brief(
    store: Store,
    path: Path,
    *,
    date: Date,
    accounts: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    own: str | None = None,
    axes: tuple[str, str] | None = None,
    title: str | None = None,
    lang: str = "zh",
    also: Sequence[Path] = (),
    against: Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write the competitor brief of a store (or of some of its accounts and the own one) to `path`
    and each of `also`, by their endings (exports.ENDINGS).

    What it is about is load_summary's. `against` is an earlier brief's JSON, to tell what has
    changed since; `lang` is the page's language, one of wording.LANGUAGES. Gives the files written.
    Raises StoreError for an unknown account, BriefError where a file can't be written, RecordError
    where `against` is no brief's, ChromiumError as save_exports.
    """
    check_paths([path, *also], force=force)
    old = load_record(against) if against else None
    brief = load_summary(
        store,
        date=date,
        accounts=accounts,
        since=since,
        until=until,
        own=own,
        axes=axes,
        title=title,
    )
    with cached_charts(cache_for(store), lang), using_language(lang):
        page = render_brief(brief, since=compare_briefs(brief, old) if old else None, lang=lang)
    return save_exports(brief, page, [path, *also], force=force)


def load_summary(
    store: Store,
    *,
    date: Date,
    accounts: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    own: str | None = None,
    axes: tuple[str, str] | None = None,
    title: str | None = None,
) -> BriefSummary:
    """The figures of a brief about a store's accounts, or some of them and the own one.

    `own` names the reader's account or brand, whatever the accounts file says; `axes` are the
    map's, `title` heads the page. Raises StoreError for an unknown account, BriefError for a window
    without articles.
    """
    accounts = [*accounts, own] if accounts is not None and own else accounts
    wanted = None if accounts is None else store.find_accounts(accounts)
    loaded = load_columns(
        store, accounts=accounts, since=since, until=until, edits=find_edits_file(store)
    )
    articles = loaded.articles
    if articles.empty and (since or until) and next(store.articles(), None) is not None:
        raise BriefError(
            "这段时间里没有文章：放宽 --since、--until，duibiao status 列出每个账号的首末时间"
        )
    owners = set_own(load_accounts(store), store, own)
    if wanted is not None:
        owners = owners[owners["account_id"].isin([a["account_id"] for a in wanted])].reset_index(
            drop=True
        )
    coverage = load_coverage(store, accounts=accounts)
    with using_cache(cache_for(store)):
        return summarise(
            articles,
            owners,
            coverage,
            loaded.profiles,
            date=date,
            assigned=loaded.assigned,
            observations=load_observations(store, accounts=accounts),
            leads=load_leads(store, accounts=accounts),
            sketches=load_sketches(store, accounts=accounts),
            since=since,
            axes=axes,
            title=title,
        )
