"""From a store to its content columns: load, take what is kept, find the rest, keep it, and apply a person's corrections."""

from __future__ import annotations

import heapq
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from analysis.columns.credits import BORNE
from analysis.columns.edits import ColumnEdit, apply_edits, load_edits
from analysis.content_columns import ASSIGNED, assign_columns
from analysis.frames import load_articles
from analysis.kept import kept_beside, key_accounts, key_of_code
from analysis.layout_families import assign_templates
from analysis.profiles import load_profiles
from crawler.store import Store, shown_id

__all__ = ["LoadedColumns", "add_borne", "edits_beside", "load_columns", "load_reads"]

_NAME, _NAME_WITHOUT = "columns", "columns_without_themes"
_MADE_BY = (
    "marks.py", "tokens.py", "content_columns.py", "word_vectors.py", "columns/*.py", *(f"lexicons/{name}" for name in (
        "column_words.txt", "column_not.txt", "surnames.txt", "media.txt", "column_weights.json", "pair_model.json", "word_vectors.json")),
)  # fmt: skip
_SPREAD_ROWS = 4000  # below it, starting another Python takes longer than it saves
_PARTS_A_WORKER = 4
_FOUND = ("content_column", "kind", "strength", "column_id")
_READ = ("article_id", "account", "title", "push_id", "position", "published_at", "time_precision", "albums", *BORNE)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedColumns:
    """Articles of the window with the columns they are in, the layout profiles of all that have a body, and the corrections that found
    nothing to correct."""

    articles: pd.DataFrame
    assigned: pd.DataFrame
    profiles: pd.DataFrame
    idle_edits: tuple[ColumnEdit, ...]


def load_columns(
    store: Store, *, accounts: Sequence[str] | None = None, since: datetime | None = None, until: datetime | None = None, edits: Path | None = None,
    themes: bool = True,
) -> LoadedColumns:  # fmt: skip
    """The articles of some accounts and a window with their content columns, which are found on the accounts' whole history.

    What was found before is taken from beside the store while an account's articles and this code are the same. `edits` is a file of
    corrections. Themes take most of the time: without `themes` none is looked for, unless a correction may name one, and none is given.
    Raises StoreError and ColumnEditsError.
    """
    corrections = load_edits(edits) if edits else ()
    articles = load_articles(store, accounts=accounts)
    profiles = load_profiles(store, accounts=accounts)
    found = _find(store, add_borne(articles, profiles), whole=accounts is None, themes=themes or bool(corrections))
    assigned, idle = apply_edits(found, corrections)
    if not themes:
        assigned = _without_themes(assigned)
    if since is not None or until is not None:
        at = articles["published_at"]
        inside = at.notna() & (at >= since if since else True) & (at < until if until else True)
        articles, assigned = (frame[inside.to_numpy()].reset_index(drop=True) for frame in (articles, assigned))
    return LoadedColumns(articles, assigned, profiles, tuple(idle))


def add_borne(articles: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """The articles with opening, closing and template (a number within the account) as text, missing where no body tells."""
    families = assign_templates(articles, profiles).set_index("article_id")["template"]
    blocks, keys = profiles.set_index("article_id"), articles["article_id"]
    template = keys.map(families).astype("Int64").astype("str").where(keys.isin(families.index))
    return articles.assign(opening=keys.map(blocks["opening"]).astype("str"), closing=keys.map(blocks["closing"]).astype("str"), template=template)


def edits_beside(store: Store) -> Path | None:
    """The columns.toml beside a store's SQLite file, if there is one."""
    url = store.engine.url
    path = Path(url.database).parent / "columns.toml" if url.get_backend_name() == "sqlite" and url.database else None
    return path if path is not None and path.exists() else None


def load_reads(store: Store, *, accounts: Sequence[str] | None = None) -> dict[str, float]:
    """The latest read count of each article that has one, by article_id. Raises StoreError."""
    numbers = None if accounts is None else [a["number"] for a in store.find_accounts(accounts)]
    found: dict[str, float] = {}
    for row in store.observations(accounts=numbers):
        if row["metric"] == "read" and row["value"] is not None:
            found[shown_id(row["article_id"])] = float(row["value"])  # by time, so the last one stays
    return found


def _without_themes(assigned: pd.DataFrame) -> pd.DataFrame:
    theme = assigned["kind"].eq("theme").fillna(False).astype(bool)
    return assigned.assign(**{field: assigned[field].mask(theme) for field in _FOUND})


def _find(store: Store, articles: pd.DataFrame, *, whole: bool, themes: bool) -> pd.DataFrame:
    def make(wanted: set[str]) -> pd.DataFrame:
        return _assign(articles[articles["account_id"].isin(wanted)], themes=themes)[["article_id", "account_id", *_FOUND]]

    name = _NAME if themes else _NAME_WITHOUT
    every = kept_beside(store).by_account(name, key_of_code(_MADE_BY), key_accounts(articles, _READ), make, whole=whole)
    joined = articles[["article_id", "account_id", "account", "published_at", "title", "url"]].merge(
        every[["article_id", *_FOUND]], on="article_id", how="left"
    )
    return joined.astype(ASSIGNED)[list(ASSIGNED)]


def _assign(articles: pd.DataFrame, *, themes: bool) -> pd.DataFrame:
    """assign_columns, on all cores where there is work enough: accounts know nothing of each other, so the answer is the same."""
    workers = os.cpu_count() or 1
    sizes = articles["account_id"].value_counts(sort=True)
    if workers == 1 or len(sizes) < 2 or len(articles) < _SPREAD_ROWS:
        return assign_columns(articles, themes=themes)
    heap = [(0, number) for number in range(workers * _PARTS_A_WORKER)]
    part_of: dict[str, int] = {}
    for account_id, size in sorted(sizes.items(), key=lambda pair: (-pair[1], str(pair[0]))):
        load, number = heapq.heappop(heap)
        part_of[str(account_id)] = number
        heapq.heappush(heap, (load + int(size), number))
    parts = [part for _, part in articles.groupby(articles["account_id"].map(part_of))]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(partial(assign_columns, themes=themes), parts))
    joined = pd.concat([made.set_index(part.index) for made, part in zip(done, parts, strict=True)])
    return joined.loc[articles.index].reset_index(drop=True)
