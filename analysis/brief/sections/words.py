"""What articles are for and how titles are written, as a brief shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.content.audience import measure_needs, measure_self_talk
from analysis.content.distinctive_words import compare_words
from analysis.content.purpose import UNSURE, count_purposes
from analysis.content.titles import CLICKBAIT, count_signals, measure_habits
from analysis.rows import Example, parts_of, plain_rows, rows_of

__all__ = ["Mix", "Purposes", "Signal", "Titles", "Word", "measure_words"]

_WORDS_SHOWN = 10
_MIX_SHOWN = 4
_EXAMPLES = 3
_NEWS = "企业动态"
_HABITS = (
    "titles",
    "length_median",
    "length_q1",
    "length_q3",
    "with_brackets_share",
    "with_digits_share",
    "question_share",
    "how_to_share",
    "list_share",
    "with_exclamations_share",
    "chasing_share",
    "clickbait_share",
    "repeated_share",
    "original_known",
    "original_share",
)


@dataclass(frozen=True, slots=True)
class Mix:
    """One purpose of one account: its articles and their share of all, None below ten articles."""

    purpose: str
    n: int
    share: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Purposes:
    """What one account's articles are for; `unsure` of `articles` nothing speaks for. Shares are 0
    to 1, None below ten articles.
    """

    articles: int
    mix: tuple[Mix, ...]
    unsure: int
    self_n: int
    self_share: float | None
    reader_share: float | None
    needs: pd.DataFrame = field(repr=False)
    news_n: int = (
        0  # of `self_n` those about anniversaries, awards and meetings, which titles tell surely
    )
    news_examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word that tells an account's titles from all the others'."""

    word: str
    n: int
    n_others: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A clickbait signal of an account's titles with the words found most."""

    signal: str
    n: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """How one account writes its titles; see titles.measure_habits. Shares are None below ten
    titles.
    """

    titles: int
    length_median: float | None
    length_q1: float | None
    length_q3: float | None
    with_brackets_share: float | None
    with_digits_share: float | None
    question_share: float | None
    how_to_share: float | None
    list_share: float | None
    with_exclamations_share: float | None
    chasing_share: float | None
    clickbait_share: float | None
    repeated_share: float | None
    original_known: int
    original_share: float | None
    words: tuple[Word, ...]
    signals: tuple[Signal, ...]


def measure_words(
    articles: pd.DataFrame, purposes: pd.DataFrame, titles: pd.DataFrame
) -> tuple[dict[str, Purposes], dict[str, Titles]]:
    """The purposes and the titles of each account, by account_id; accounts without a title have
    none of the second. `purposes` and `titles` have a row an article.
    """
    return _measure_purposes(purposes), _measure_titles(articles, titles)


def _measure_purposes(assigned: pd.DataFrame) -> dict[str, Purposes]:
    mixes, talk, needs = (
        parts_of(count_purposes(assigned)),
        rows_of(measure_self_talk(assigned)),
        parts_of(measure_needs(assigned)),
    )
    about = assigned[assigned["purpose"] == _NEWS].sort_values(
        ["published_at", "article_id"], ascending=[False, True]
    )
    examples = {
        key: tuple(Example(row["title"], row["url"]) for row in plain_rows(part.head(_EXAMPLES)))
        for key, part in parts_of(about).items()
    }
    purposes = {}
    for key, row in talk.items():
        rows = plain_rows(mixes[key])
        mix = tuple(
            Mix(part["purpose"], part["n"], part["share"])
            for part in rows
            if part["purpose"] != UNSURE
        )[:_MIX_SHOWN]
        news = sum(part["n"] for part in rows if part["purpose"] == _NEWS)
        unsure = sum(part["n"] for part in rows if part["purpose"] == UNSURE)
        purposes[key] = Purposes(
            row["articles"],
            mix,
            unsure,
            row["self_n"],
            row["self_share"],
            row["reader_share"],
            needs[key],
            news,
            examples.get(key, ()),
        )
    return purposes


def _measure_titles(articles: pd.DataFrame, described: pd.DataFrame) -> dict[str, Titles]:
    words, signals = (
        parts_of(compare_words(articles, most=_WORDS_SHOWN)),
        parts_of(count_signals(described)),
    )
    titles = {}
    for key, row in rows_of(measure_habits(described)).items():
        favourites = (
            tuple(_word(counted) for counted in plain_rows(words[key])) if key in words else ()
        )
        baits = (
            tuple(
                _signal(counted)
                for counted in plain_rows(signals[key])
                if counted["signal"] in CLICKBAIT
            )
            if key in signals
            else ()
        )
        titles[key] = Titles(
            **{name: row[name] for name in _HABITS}, words=favourites, signals=baits
        )
    return titles


def _word(row: dict[str, Any]) -> Word:
    return Word(row["word"], row["n"], row["n_others"])


def _signal(row: dict[str, Any]) -> Signal:
    return Signal(row["signal"], row["n"], tuple(row["words"][:3]))
