"""From a store to its content columns: load, take what is kept, find the rest, keep it, and apply a
person's corrections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from analysis.columns.assign import ASSIGNED, assign_columns
from analysis.columns.attribution import ATTRIBUTES
from analysis.columns.edits import ColumnEdit, apply_edits, load_edits
from analysis.compute.cache import cache_for, cached_by_account, using_cache
from analysis.frames import load_articles
from analysis.layout.load import load_profiles
from analysis.layout.templates import assign_templates
from crawler.store import Store
from crawler.store.store import shown_id

__all__ = [
    "LoadedColumns",
    "add_attributes",
    "assign",
    "find_edits_file",
    "load_columns",
    "load_reads",
]

_FOUND = ("content_column", "kind", "strength", "column_id")
_READ = (
    "article_id",
    "title",
    "push_id",
    "position",
    "published_at",
    "time_precision",
    "albums",
    *ATTRIBUTES,
)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedColumns:
    """Articles of the window with the columns they are in, the layout profiles of all that have a
    body, and the corrections that found nothing to correct.
    """

    articles: pd.DataFrame
    assigned: pd.DataFrame
    profiles: pd.DataFrame
    idle_edits: tuple[ColumnEdit, ...]


def load_columns(
    store: Store,
    *,
    accounts: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    edits: Path | None = None,
    themes: bool = True,
) -> LoadedColumns:
    """The articles of some accounts and a window with their content columns, which are found on the
    accounts' whole history.

    What was found before is taken from beside the store while an account's articles and this code
    are the same. `edits` is a file of corrections. Themes take most of the time: without `themes`
    none is looked for, unless a correction may name one, and none is given. Raises StoreError and
    ColumnEditsError.
    """
    corrections = load_edits(edits) if edits else ()
    articles = load_articles(store, accounts=accounts)
    profiles = load_profiles(store, accounts=accounts)
    with using_cache(cache_for(store)):
        found = assign(add_attributes(articles, profiles), themes=themes or bool(corrections))
    assigned, idle = apply_edits(found, corrections)
    if not themes:
        assigned = _without_themes(assigned)
    if since is not None or until is not None:
        at = articles["published_at"]
        inside = at.notna() & (at >= since if since else True) & (at < until if until else True)
        articles, assigned = (
            frame[inside.to_numpy()].reset_index(drop=True) for frame in (articles, assigned)
        )
    return LoadedColumns(articles, assigned, profiles, tuple(idle))


def add_attributes(articles: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """The articles with opening, closing and template (a number within the account) as text,
    missing where no body tells.
    """
    families = assign_templates(articles, profiles).set_index("article_id")["template"]
    attributes = profiles.set_index("article_id")[["opening", "closing"]].reindex(
        articles["article_id"]
    )
    template = families.reindex(articles["article_id"]).astype("Int64").astype("str").array
    return articles.assign(
        opening=attributes["opening"].astype("str").array,
        closing=attributes["closing"].astype("str").array,
        template=template,
    )


def find_edits_file(store: Store) -> Path | None:
    """The columns.toml beside a store's SQLite file, if there is one."""
    url = store.engine.url
    path = (
        Path(url.database).parent / "columns.toml"
        if url.get_backend_name() == "sqlite" and url.database
        else None
    )
    return path if path is not None and path.exists() else None


def load_reads(store: Store, *, accounts: Sequence[str] | None = None) -> dict[str, float]:
    """The latest read count of each article that has one, by article_id. Raises StoreError."""
    numbers = None if accounts is None else [a["number"] for a in store.find_accounts(accounts)]
    found: dict[str, float] = {}
    for row in store.observations(accounts=numbers):
        if row["metric"] == "read" and row["value"] is not None:
            found[shown_id(row["article_id"])] = float(
                row["value"]
            )  # by time, so the last one stays
    return found


def _without_themes(assigned: pd.DataFrame) -> pd.DataFrame:
    theme = assigned["kind"].eq("theme").fillna(False).astype(bool)
    return assigned.assign(**{field: assigned[field].mask(theme) for field in _FOUND})


@cached_by_account(
    ASSIGNED, {"articles": _READ}, as_given=("published_at", "title", "url"), parallel_from=4000
)
def assign(articles: pd.DataFrame, *, themes: bool) -> pd.DataFrame:
    """assign_columns, kept and on all cores: accounts know nothing of each other, so the answer is
    the same.
    """
    return assign_columns(articles, themes=themes)
