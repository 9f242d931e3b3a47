"""What accounts write about and what several have taken up lately, as a brief shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.rows import Example, Examples, plain_rows

__all__ = ["RisingTopic", "Topic", "list_rising", "list_topics"]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something an account writes about: `n` of its titles, a `share` (0 to 1) of them, the newest
    as examples.
    """

    term: str
    n: int
    share: float
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class RisingTopic:
    """A topic that several accounts or one have taken up; see content.topics.find_rising.
    `accounts` are account_ids, those with most first, `counts` how many each; `titles` are all of
    the `days`, `titles_before` of the nine months before.
    """

    term: str
    n: int
    n_before: int
    accounts: tuple[str, ...]
    counts: tuple[int, ...]
    titles: int
    titles_before: int
    days: int
    since: date
    ratio: float
    examples: tuple[Example, ...]


def list_topics(topics: pd.DataFrame, articles: pd.DataFrame) -> dict[str, tuple[Topic, ...]]:
    """The topics of each account, by account_id, as content.topics.count_topics orders them."""
    examples = Examples(articles)
    listed: dict[str, list[Topic]] = {}
    for row in plain_rows(topics):
        shown = tuple(examples[article_id] for article_id in row["examples"])
        listed.setdefault(row["account_id"], []).append(
            Topic(row["topic"], row["n"], row["share"], shown)
        )
    return {account_id: tuple(own) for account_id, own in listed.items()}


def list_rising(rising: pd.DataFrame, articles: pd.DataFrame) -> tuple[RisingTopic, ...]:
    """The rising topics, the least likely by chance first."""
    examples = Examples(articles)
    return tuple(
        RisingTopic(
            row["topic"],
            row["n"],
            row["n_before"],
            tuple(row["accounts"]),
            tuple(row["counts"]),
            row["titles"],
            row["titles_before"],
            row["days"],
            row["since"].date(),
            row["ratio"],
            tuple(examples[article_id] for article_id in row["examples"]),
        )
        for row in plain_rows(rising)
    )
