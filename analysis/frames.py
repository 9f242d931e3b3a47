"""Stored records -> frames, and the contracts of their columns. The one place where UTC becomes
Asia/Shanghai.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crawler.errors import DuibiaoError
from crawler.records import KINDS, PRECISIONS, ROLES, STATUSES
from crawler.store import Store
from crawler.store.store import AccountCoverage, shown_id

__all__ = [
    "ACCOUNTS",
    "ARTICLES",
    "METRICS",
    "OBSERVATIONS",
    "SEND_TIMES",
    "FrameError",
    "TIME",
    "check_frame",
    "empty_frame",
    "fill_column",
    "load_accounts",
    "load_articles",
    "load_coverage",
    "load_observations",
    "load_send_times",
]

TIME = "datetime64[us, Asia/Shanghai]"
ARTICLES: Mapping[str, str] = {
    "article_id": "str",
    "account": "str",
    "account_id": "str",
    "push_id": "str",
    "position": "Int64",
    "title": "str",
    "digest": "str",
    "author": "str",
    "published_at": TIME,
    "time_precision": "category",
    "kind": "category",
    "original": "boolean",
    "url": "str",
    "status": "category",
    "albums": "object",
    "source": "category",
}
ACCOUNTS: Mapping[str, str] = {
    "account_id": "str",
    "account": "str",
    "brand": "str",
    "role": "category",
    "alias": "str",
    "signature": "str",
    "subject": "str",
    "names": "object",
    "facts": "object",
    "about": "object",
}
SEND_TIMES: Mapping[str, str] = {
    name: ARTICLES[name]
    for name in (
        "account_id",
        "account",
        "push_id",
        "position",
        "published_at",
        "time_precision",
        "kind",
    )
}
METRICS = ("read", "like", "wow", "share", "comment", "favourite")  # like is 点赞, wow is 在看
OBSERVATIONS: Mapping[str, str] = {
    "article_id": "str",
    "metric": "category",
    "value": "int64",
    "censored": "bool",
    "seen_at": TIME,
    "flag": "str",
    "source": "str",
}
_CATEGORIES = {
    "metric": METRICS,
    "time_precision": PRECISIONS,
    "kind": KINDS,
    "status": STATUSES,
    "role": ROLES,
}
_STORED = (
    "title",
    "digest",
    "author",
    "published_at",
    "time_precision",
    "kind",
    "original",
    "url",
    "status",
    "source",
)  # named as in the store
_UNKNOWN = "未知账号"


class FrameError(DuibiaoError, ValueError):
    """A frame lacks columns or has another dtype than its contract; names both."""


def check_frame(frame: pd.DataFrame, columns: Mapping[str, str], *, name: str = "frame") -> None:
    """Check a frame at the door. Raises FrameError naming the missing columns, or the dtype found
    where another is needed.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise FrameError(
            f"{name} lacks the columns {', '.join(missing)}; it has "
            f"{', '.join(map(str, frame.columns))}"
        )
    for column, dtype in columns.items():
        if str(frame[column].dtype) != dtype:
            raise FrameError(
                f"{name}: column {column!r} has dtype {frame[column].dtype}, needs {dtype}"
            )


def empty_frame(columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of the contract with no rows."""
    return _empty(tuple(columns.items())).copy()


@cache
def _empty(contract: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({column: _column([], column, dtype) for column, dtype in contract})


def load_articles(
    store: Store,
    *,
    accounts: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pd.DataFrame:
    """The articles frame: one row per article, sorted by account, published_at, position,
    article_id.

    `accounts` are names, ids or brands; `since` ≤ published_at < `until`. Missing is NaN/NaT/NA,
    never "". `albums` holds lists of album titles; `push_id` is the push's mid within the account.
    Raises StoreError for an unknown account.
    """
    account_pks = _find_account_pks(store, accounts)
    titles = {a["album_id"]: a["title"] or a["album_id"] for a in store.albums()}
    names = ("article_id", "account_id", "albums", *_STORED)
    rows = [
        row
        for block in store.article_columns(
            (*names, "mid", "idx"),
            accounts=account_pks,
            since=_seconds(since),
            until=_seconds(until),
        )
        for row in block
    ]
    article_pks, owner_pks, albums, *stored, mid, idx = (
        (list(column) for column in zip(*rows, strict=True))
        if rows
        else ([] for _ in (*names, "mid", "idx"))
    )
    owners = _load_owners(store).reindex(owner_pks)
    data = {
        "article_id": [shown_id(article_pk) for article_pk in article_pks],
        "account": owners["name"].fillna(_UNKNOWN).array,
        "account_id": owners["id"].fillna(_UNKNOWN).array,
        "push_id": mid,
        "position": idx,
        "albums": [
            [titles.get(album_id, album_id) for album_id in json.loads(text)] if text else []
            for text in albums
        ],
        **dict(zip(_STORED, stored, strict=True)),
    }
    frame = pd.DataFrame(
        {column: _column(data[column], column, dtype) for column, dtype in ARTICLES.items()}
    )
    return frame.sort_values(
        ["account", "published_at", "position", "article_id"], ignore_index=True
    )


def load_send_times(
    store: Store,
    *,
    accounts: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pd.DataFrame:
    """Only the columns of the articles frame that say when articles went out (SEND_TIMES), in no
    order: a million rows in seconds.

    `accounts`, `since`, `until` as load_articles. Raises StoreError for an unknown account.
    """
    account_pks = _find_account_pks(store, accounts)
    owners = _load_owners(store)
    names = ("account_id", "mid", "idx", "published_at", "time_precision", "kind")
    parts = [
        _build_send_times(block, owners)
        for block in store.article_columns(
            names, accounts=account_pks, since=_seconds(since), until=_seconds(until)
        )
    ]
    return pd.concat(parts, ignore_index=True) if parts else empty_frame(SEND_TIMES)


def _find_account_pks(store: Store, accounts: Sequence[str] | None) -> list[int] | None:
    """The keys of the accounts named; None where all are meant. Raises StoreError."""
    return (
        None if accounts is None else [row["account_pk"] for row in store.find_accounts(accounts)]
    )


def _load_owners(store: Store) -> pd.DataFrame:
    """The id and name of each account, by its key."""
    rows = store.accounts()
    data = {"id": [str(a["account_id"]) for a in rows], "name": [str(a["name"]) for a in rows]}
    return pd.DataFrame(
        data, index=pd.Index([a["account_pk"] for a in rows], dtype="int64"), dtype="str"
    )


def _build_send_times(block: Sequence[tuple[Any, ...]], owners: pd.DataFrame) -> pd.DataFrame:
    owner_pks, mid, idx, published_at, precision, kind = (
        list(column) for column in zip(*block, strict=True)
    )
    block_owners = owners.reindex(owner_pks)
    data = {
        "account_id": block_owners["id"].fillna(_UNKNOWN).array,
        "account": block_owners["name"].fillna(_UNKNOWN).array,
        "push_id": mid,
        "position": idx,
        "published_at": published_at,
        "time_precision": precision,
        "kind": kind,
    }
    return pd.DataFrame(
        {column: _column(data[column], column, dtype) for column, dtype in SEND_TIMES.items()}
    )


def load_accounts(store: Store) -> pd.DataFrame:
    """One row per account, sorted by account: see ACCOUNTS. `names` lists all names it had, `facts`
    is a dict of user-provided facts, `about` of what WeChat's page about the account states.
    """
    rows = store.accounts()
    data = {
        column: [row.get("name" if column == "account" else column) for row in rows]
        for column in ACCOUNTS
    }
    data["names"] = [row.get("names") or [row["name"]] for row in rows]
    data["facts"] = [row.get("facts") or {} for row in rows]
    data["about"] = [row.get("about") or {} for row in rows]
    return pd.DataFrame(
        {column: _column(data[column], column, dtype) for column, dtype in ACCOUNTS.items()}
    )


def load_coverage(store: Store, *, accounts: Sequence[str] | None = None) -> pd.DataFrame:
    """How much of each account's history is in the store: one row per account, columns of
    crawler.store.coverage.AccountCoverage; times in Asia/Shanghai.
    """
    account_pks = _find_account_pks(store, accounts)
    columns = [column.name for column in fields(AccountCoverage)]
    frame = pd.DataFrame(
        [coverage.as_dict() for coverage in store.coverage(accounts=account_pks)], columns=columns
    )
    for column in ("first", "last"):
        frame[column] = _column(list(frame[column]), column, TIME)
    return frame


def load_observations(store: Store, *, accounts: Sequence[str] | None = None) -> pd.DataFrame:
    """Every imported count, one row each: see OBSERVATIONS. Sorted by article_id, metric, seen_at,
    source.

    `value` is a count at `seen_at`, missing where the source does not say when; `censored` means at
    least this many (10万+); `flag` says why the import keeps it out of figures (impossible,
    constant); `source` is the label of the file it came from. Raises StoreError.
    """
    account_pks = _find_account_pks(store, accounts)
    rows = [
        tuple(row[key] for key in _OBSERVED)
        for row in store.observations(accounts=account_pks)
        if row["metric"] in METRICS
    ]
    if not rows:
        return empty_frame(OBSERVATIONS)
    labels = {source["source_id"]: source["label"] for source in store.sources()}
    data = dict(zip(_OBSERVED, zip(*rows, strict=True), strict=True))
    columns = {
        **data,
        "article_id": [shown_id(article_pk) for article_pk in data["article_id"]],
        "source": [labels.get(source_id) for source_id in data["source_id"]],
    }
    frame = pd.DataFrame(
        {
            column: _column(list(columns[column]), column, dtype)
            for column, dtype in OBSERVATIONS.items()
        }
    )
    return frame.sort_values(["article_id", "metric", "seen_at", "source"], ignore_index=True)


_OBSERVED = ("article_id", "metric", "value", "censored", "seen_at", "flag", "source_id")


def _column(values: list[Any], column: str, dtype: str) -> pd.Series:
    if dtype == TIME:
        seconds = pd.Series(pd.array(values, dtype="Int64"))
        return (
            pd.to_datetime(seconds, unit="s", utc=True)
            .dt.tz_convert("Asia/Shanghai")
            .dt.as_unit("us")
        )
    if dtype == "category":
        categories = _CATEGORIES.get(column) or sorted(
            {value for value in values if value is not None}
        )
        return pd.Series(pd.Categorical(values, categories=list(categories)))
    return fill_column(values, dtype)


def fill_column(values: Iterable[Any], dtype: str) -> pd.Series:
    """A column of this dtype; values of object columns stay what they are, lists of
    one length too.
    """
    listed = list(values)
    if dtype != "object":
        return pd.Series(listed, dtype=dtype)
    # filled one by one: lists of one length would become a matrix
    objects = np.empty(len(listed), dtype=object)
    for row, value in enumerate(listed):
        objects[row] = value
    return pd.Series(objects, dtype="object")


def _seconds(time: datetime | None) -> int | None:
    return int(time.timestamp()) if time is not None else None
