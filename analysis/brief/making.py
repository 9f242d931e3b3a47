"""From a store to a brief on disk: load, summarise, render, save. What a brief says is summary.py's and page.py's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from pathlib import Path

from analysis.brief import BriefError, render_brief, save_brief, summarise
from analysis.columns.making import edits_beside, load_columns
from analysis.comparing import set_own
from analysis.frames import load_accounts, load_coverage, load_observations
from analysis.kept_leads import load_leads
from analysis.rivals import load_rivals
from crawler.store import Store

__all__ = ["make_brief"]


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
    force: bool = False,
) -> None:
    """Write the competitor brief of a store (or of some of its accounts and the own one) as one HTML file.

    `own` names the reader's account or brand, whatever the accounts file says; `axes` are the map's, `title` heads the page.

    Raises StoreError for an unknown account and BriefError where the file can't be written.
    """
    accounts = [*accounts, own] if accounts is not None and own else accounts
    wanted = None if accounts is None else store.find_accounts(accounts)
    loaded = load_columns(store, accounts=accounts, since=since, until=until, edits=edits_beside(store))
    articles = loaded.articles
    if articles.empty and (since or until) and next(store.articles(), None) is not None:
        raise BriefError("这段时间里没有文章：放宽 --since、--until，duibiao status 列出每个账号的首末时间")
    owners = set_own(load_accounts(store), store, own)
    if wanted is not None:
        owners = owners[owners["account_id"].isin([a["account_id"] for a in wanted])].reset_index(drop=True)
    coverage = load_coverage(store, accounts=accounts)
    counted = {"observations": load_observations(store, accounts=accounts), "leads": load_leads(store, accounts=accounts)}
    rivals = load_rivals(store, articles, loaded.assigned, owners, coverage, loaded.profiles, since=since, wanted=accounts)
    brief = summarise(articles, owners, coverage, loaded.profiles, date=date, assigned=loaded.assigned, rivals=rivals, axes=axes, title=title, **counted)
    save_brief(render_brief(brief), path, force=force)
