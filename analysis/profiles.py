"""Layout profiles as a frame: one row per article, measured once and kept while the article's body and this code are the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from analysis.kept import Kept, kept_beside, key_of, key_of_code
from analysis.styles import StyleProfile, measure_style
from crawler.store import Store, shown_id

__all__ = ["PROFILES", "iter_covers", "load_profiles", "profile_bodies"]

_DTYPES = {
    "int": "int64",
    "float": "float64",
    "float | None": "float64",
    "str | None": "str",
    "bool | None": "boolean",
    "list[str]": "object",
    "list[int]": "object",
}
PROFILES: Mapping[str, str] = {"article_id": "str", **{field.name: _DTYPES[str(field.type)] for field in fields(StyleProfile)}}
_MADE_BY = ("styles.py", "style/*.py", "lexicons/layout_words.toml")
_NAME = "layout_profiles"
_SAVED_EVERY = 2000


def profile_bodies(bodies: Iterable[tuple[str, str]], *, covers: Mapping[str, tuple[str | None, str | None]] | None = None) -> pd.DataFrame:
    """The layout profile of each body, given as (article_id, inner HTML); `covers` are the addresses of (cover, square cover) by article_id.

    Returns article_id str and the fields of styles.StyleProfile, lists as objects; what can't be told is missing; sorted by article_id.
    """
    known = covers or {}
    rows = []
    for article_id, body in bodies:
        cover, square = known.get(article_id, (None, None))
        rows.append({"article_id": article_id, **asdict(measure_style(body, cover=cover, square=square))})
    return _frame(rows).sort_values("article_id", ignore_index=True)


def load_profiles(store: Store, *, accounts: Sequence[str] | None = None, kept: Kept | None = None, say: Callable[[str], None] | None = None) -> pd.DataFrame:
    """The layout profiles of a store's articles (of some accounts), measured only where the body is new or the code has changed.

    The same frame as profile_bodies gives. Raises StoreError for an unknown account.
    """
    numbers = None if accounts is None else [account["number"] for account in store.find_accounts(accounts)]
    shelf = kept or kept_beside(store)
    code = key_of_code(_MADE_BY, repr(PROFILES))
    held = _held_rows(shelf.load(_NAME, code))
    covers = iter_covers(store, numbers)
    wanted, new = set(), 0
    for number, body in store.bodies(accounts=numbers):
        article_id = shown_id(number)
        cover, square = covers.get(article_id, (None, None))
        digest = key_of([body, cover or "", square or ""])
        wanted.add(article_id)
        if held.get(article_id, {}).get("digest") != digest:
            held[article_id] = {"article_id": article_id, **asdict(measure_style(body, cover=cover, square=square)), "digest": digest}
            new += 1
            if new % _SAVED_EVERY == 0 and say:
                say(f"量了 {new} 篇的排版…")
    if new:
        shelf.save(_NAME, code, _frame(held.values(), {"digest": "str"}))
    return _frame(row for key, row in held.items() if key in wanted).sort_values("article_id", ignore_index=True)


def iter_covers(store: Store, accounts: Sequence[int] | None = None) -> dict[str, tuple[str | None, str | None]]:
    """The addresses of each article's covers, (ordinary, square), by article_id; only of articles that have one."""
    told = ((row["article_id"], json.loads(row["more"])) for row in store.articles(accounts=accounts))
    return {shown_id(number): (more.get("cover"), more.get("cover_square")) for number, more in told if more.get("cover") or more.get("cover_square")}


def _held_rows(frame: pd.DataFrame | None) -> dict[str, dict[str, Any]]:
    if frame is None:
        return {}
    lists = [column for column, dtype in PROFILES.items() if dtype == "object"]
    rows = ({**row, **{column: list(row[column]) for column in lists}} for row in frame.to_dict("records"))
    return {str(row["article_id"]): {str(key): value for key, value in row.items()} for row in rows}


def _frame(rows: Iterable[Mapping[str, Any]], more: Mapping[str, str] | None = None) -> pd.DataFrame:
    listed = list(rows)
    return pd.DataFrame({column: _column([row[column] for row in listed], dtype) for column, dtype in {**PROFILES, **(more or {})}.items()})


def _column(values: list[Any], dtype: str) -> pd.Series:
    if dtype != "object":
        return pd.Series(values, dtype=dtype)
    column = pd.Series([None] * len(values), dtype="object")
    for number, value in enumerate(values):
        column.iat[number] = value
    return column
