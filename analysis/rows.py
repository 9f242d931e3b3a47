"""Rows of frames as plain Python, for records and loops: pandas takes a millisecond for each of a
thousand small groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

__all__ = [
    "Example",
    "Examples",
    "commonest",
    "frame_of",
    "parts_of",
    "plain",
    "plain_rows",
    "rows_of",
    "to_time",
]


@dataclass(frozen=True, slots=True)
class Example:
    """One article to look at; either may be missing in the source."""

    title: str | None
    url: str | None


class Examples:
    """The articles of a frame as examples, by article_id, each made when it is asked for: all of a
    large store's would take longer than a section.
    """

    def __init__(self, articles: pd.DataFrame) -> None:
        self._index = pd.Index(articles["article_id"])
        self._rows = articles[["title", "url"]]

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._index

    def __getitem__(self, article_id: str) -> Example:
        title, url = self._rows.iloc[self._index.get_loc(article_id)]
        return Example(plain(title), plain(url))


def rows_of(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The one row of each account, by account_id."""
    return {str(row["account_id"]): row for row in plain_rows(frame)}


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """All rows with plain values."""
    return [
        {str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records")
    ]


def parts_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each account, by account_id, in their order."""
    return {
        str(key): part.reset_index(drop=True)
        for key, part in frame.groupby("account_id", sort=False)
    }


def plain(value: Any) -> Any:
    """A frame's value as plain Python; what is missing as None."""
    if value is None or (not isinstance(value, (list, dict)) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return to_time(value)
    return value.item() if hasattr(value, "item") else value


def to_time(value: Any) -> datetime | None:
    """A timestamp as a datetime, NaT as None."""
    return None if pd.isna(value) else value.to_pydatetime()


def commonest(words: Iterable[str], most: int) -> list[str]:
    """The different words, the most frequent first, of equals the first in code points; at most
    `most`.
    """
    counts = Counter(words)
    return sorted(counts, key=lambda word: (-counts[word], word))[:most]


def frame_of(rows: Sequence[Mapping[str, Any]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Rows as a frame of these columns and dtypes, also without any row."""
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in dtypes.items()
        }
    )
