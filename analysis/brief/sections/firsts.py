"""Who was first on topics that others took up, as a brief shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.rows import Example, plain_rows

__all__ = ["FirstArticle", "Firsts", "measure_firsts"]


@dataclass(frozen=True, slots=True)
class FirstArticle:
    """An article on a topic before `followers` other accounts wrote on it within three days."""

    article_id: str
    example: Example
    day: date
    followers: int


@dataclass(frozen=True, slots=True)
class Firsts:
    """How often an account was first, of the `shared` topics where the times tell; the articles
    with which it was, the newest first.
    """

    shared: int
    articles: tuple[FirstArticle, ...]


def measure_firsts(overlaps: pd.DataFrame, articles: pd.DataFrame) -> dict[str, Firsts]:
    """The firsts of each account that shares a topic with another, by account_id. `overlaps` as
    peers.overlap.find_overlaps; reposts are no firsts.
    """
    topics = overlaps[(overlaps["kind"] == "same_topic") & overlaps["first"].notna()]
    deleted = set(articles.loc[~articles["status"].isin(("listed", "fetched")), "article_id"])
    firsts: dict[str, Firsts] = {}
    for account_id, rows in topics.groupby("account_id"):
        led = rows[rows["first"].astype(bool) & ~rows["repost"]]
        led = led[~led["article_id"].isin(deleted)]
        newest = led.sort_values(["published_at", "article_id"], ascending=[False, True])
        firsts[str(account_id)] = Firsts(len(rows), tuple(map(_first, plain_rows(newest))))
    return firsts


def _first(row: Mapping[str, Any]) -> FirstArticle:
    return FirstArticle(
        row["article_id"],
        Example(row["title"], row["url"]),
        row["published_at"].date(),
        row["n_accounts"] - 1,
    )
