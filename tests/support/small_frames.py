"""Articles and accounts frames from a few visible words, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import pandas as pd

from analysis.frames import ACCOUNTS, ARTICLES, TIME
from analysis.layout.body.profile import measure_style
from analysis.layout.load import PROFILES
from crawler.records import KINDS, PRECISIONS, ROLES, STATUSES

_CATEGORIES = {
    "time_precision": PRECISIONS,
    "kind": KINDS,
    "status": STATUSES,
    "role": ROLES,
    "source": ("page",),
}
_USUAL = asdict(measure_style(f'<p style="font-size:16px">{"字" * 100}</p>' * 10 + "<img>" * 3)) | {
    "images_per_1000": 3.0
}
MADE_ON = date(2026, 9, 1)


def article(
    at: str | None = "2026-03-02 20:00",
    title: str | None = "题目",
    *,
    account: str = "甲",
    **more: Any,
) -> dict[str, Any]:
    """One row: a Beijing time, a title, and whatever else matters to the test."""
    precision = (
        "none"
        if at is None
        else "day"
        if len(at) == 10
        else "minute"
        if len(at) == 16
        else "second"
    )
    row = dict.fromkeys(ARTICLES) | {
        "account": account,
        "account_id": f"id-{account}",
        "title": title,
        "published_at": at,
        "time_precision": precision,
    }
    return row | {"kind": "article", "status": "fetched", "albums": [], "source": "page"} | more


def articles(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """The articles frame of the rows, in their order, numbered where they have no article_id."""
    listed = [
        row | {"article_id": row["article_id"] or f"a{number:07d}"}
        for number, row in enumerate(rows)
    ]
    return _frame(listed, ARTICLES)


def accounts(*rows: dict[str, Any]) -> pd.DataFrame:
    """The accounts frame: rows need `account` only."""
    full = [
        dict.fromkeys(ACCOUNTS)
        | {"account_id": f"id-{row['account']}", "names": [row["account"]], "facts": {}}
        | row
        for row in rows
    ]
    return _frame(full, ACCOUNTS)


def coverage(*rows: dict[str, Any]) -> pd.DataFrame:
    """The coverage frame's columns that a brief reads."""
    return pd.DataFrame([{"coverage": None, "basis": "", "permissions": []} | row for row in rows])


def profiles(*rows: dict[str, Any]) -> pd.DataFrame:
    """The profiles frame: rows need `article_id` only."""
    return _frame([_USUAL | row for row in rows], PROFILES)


def _frame(rows: list[dict[str, Any]], columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: _series([row[column] for row in rows], column, dtype)
            for column, dtype in columns.items()
        }
    )


def _series(values: list[Any], column: str, dtype: str) -> Any:
    if dtype == TIME:
        times = pd.Series(
            [None if value is None else datetime.fromisoformat(value) for value in values],
            dtype="datetime64[us]",
        )
        return times.dt.tz_localize("Asia/Shanghai").astype(TIME)
    if dtype == "category":
        return pd.Series(pd.Categorical(values, categories=list(_CATEGORIES[column])))
    series = pd.Series([None] * len(values), dtype="object")
    for number, value in enumerate(values):
        series.iat[number] = value
    return series if dtype == "object" else series.astype(dtype)
