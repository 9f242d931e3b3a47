"""Who is nearest to the plan's positioning, and why: the words they share, and articles that show
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.prelaunch.answers.nearness import Nearness, is_telling
from analysis.prelaunch.answers.topics import find_term, find_terms, launch_words, spell_terms
from analysis.prelaunch.group import Group, examples_of
from analysis.prelaunch.plan import Plan
from analysis.rows import Example, plain, plain_rows, to_time
from analysis.text.normalize import normalize_word

__all__ = [
    "MentionedAccount",
    "Rival",
    "SharedWord",
    "find_rivals",
    "find_titles",
    "select_mentions",
    "distinctive_words",
]

_SHOWN = 8
_WORDS = 4
_EXAMPLES = 3
_COMMON = 0.15  # a word in more titles than that is the niche itself


@dataclass(frozen=True, slots=True)
class SharedWord:
    """A word of the plan that stands in `n` titles of `accounts` accounts."""

    word: str
    n: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Rival:
    """One account near the plan: `likeness` is what accounts are ordered by, the sum of `meaning`
    and `shared` (see nearness.Nearness).
    """

    rank: int
    account: str
    account_id: str
    role: str | None
    signature: str | None
    likeness: float
    meaning: float
    shared: float
    words: tuple[SharedWord, ...]
    examples: tuple[Example, ...]
    articles: int
    first: datetime | None
    last: datetime | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class MentionedAccount:
    """An account outside the store, and how many stored ones, in how many articles, mention it."""

    candidate: str | None
    candidate_id: str | None
    accounts: int
    articles: int


def select_mentions(
    mentions: pd.DataFrame | None, *, top: int = _SHOWN
) -> tuple[MentionedAccount, ...]:
    """The first few of mentions.count_mentions' accounts."""
    rows = [] if mentions is None else plain_rows(mentions.head(top))
    return tuple(
        MentionedAccount(row["candidate"], row["candidate_id"], row["accounts"], row["articles"])
        for row in rows
    )


def find_rivals(
    plan: Plan, group: Group, nearness: Sequence[Nearness], *, top: int = _SHOWN
) -> tuple[Rival, ...]:
    """The accounts that are near the plan, nearest first; () where nobody is."""
    near = [account for account in nearness if account.near][:top]
    about = {str(row["account_id"]): row for row in plain_rows(group.accounts)}
    aim = "\n".join(part for part in (plan.positioning, plan.audience) if part)
    words = [word for word in find_terms([aim])[0] if is_telling(word)]
    spelled = spell_terms([aim, *group.articles["title"].dropna()])
    return tuple(
        _rival(rank, account, about[account.account_id], words, spelled, group)
        for rank, account in enumerate(near, 1)
    )


def _rival(
    rank: int,
    near: Nearness,
    about: Mapping[str, object],
    words: Sequence[str],
    spelled: Mapping[str, str],
    group: Group,
) -> Rival:
    own = group.in_window(group.articles[group.articles["account_id"] == near.account_id])
    hits = {
        word: article_ids for word, article_ids in find_titles(own, words).items() if article_ids
    }
    whole = [
        word for word in hits if not any(word != other and word in other for other in hits)
    ]  # 小东西 says it, 东西 adds nothing
    shared = sorted(
        (SharedWord(spelled.get(word, word), len(hits[word]), 1) for word in whole),
        key=lambda shared_word: -shared_word.n,
    )[:_WORDS]
    return Rival(
        rank=rank,
        account=near.account,
        account_id=near.account_id,
        role=near.role,
        signature=plain(about["signature"]),
        likeness=near.nearness,
        meaning=near.meaning,
        shared=near.shared,
        words=tuple(shared),
        examples=examples_of(
            group,
            _best_examples(own, [normalize_word(shared_word.word) for shared_word in shared], hits),
        ),
        articles=len(own),
        first=to_time(own["published_at"].min()),
        last=to_time(own["published_at"].max()),
        coverage=group.coverage.get(near.account_id),
    )


def _best_examples(
    own: pd.DataFrame, words: Sequence[str], hits: Mapping[str, set[str]]
) -> list[str]:
    """One article for each of the first words: the one with most of them, the newest of equals."""
    shared = own["article_id"].map(lambda key: sum(key in hits[word] for word in words))
    ranked = (
        own.assign(shared=shared)
        .sort_values(["shared", "published_at", "article_id"], ascending=[False, False, True])
        .drop_duplicates("title")
    )
    chosen: list[str] = []
    for word in words:
        chosen += [key for key in ranked["article_id"] if key in hits[word] and key not in chosen][
            :1
        ]
    return chosen[:_EXAMPLES]


def find_titles(articles: pd.DataFrame, words: Iterable[str]) -> dict[str, set[str]]:
    """The article_ids whose folded title holds each (folded) word."""
    titled = articles.dropna(subset=["title"])
    folded = [normalize_word(title) for title in titled["title"]]
    return {
        word: {
            key
            for key, title in zip(titled["article_id"], folded, strict=True)
            if find_term(word, title)
        }
        for word in words
    }


def distinctive_words(
    name: str, titles: Sequence[str], articles: pd.DataFrame, *, most: int = 4
) -> tuple[tuple[SharedWord, ...], set[str]]:
    """What a column is about, as words of its name, then nouns of its titles, that stand in some of
    these articles' titles, but not in so many that it is the niche's own word; those in most titles
    first. With the articles that hold any of them.
    """
    words = list(
        dict.fromkeys(
            [
                *find_terms([name])[0],
                *(word for terms in find_terms(titles, kinds="n") for word in terms),
            ]
        )
    )
    subjects = [word for word in words if word not in launch_words("no_subject")]
    hits = {
        word: article_ids
        for word, article_ids in find_titles(articles, subjects).items()
        if 0 < len(article_ids) <= max(len(articles) * _COMMON, 1)
    }
    owner = dict(zip(articles["article_id"], articles["account_id"], strict=True))
    folded = normalize_word(name)
    best = sorted(hits, key=lambda word: (word not in folded, -len(hits[word]), word))[:most]
    spelled = spell_terms([name, *titles, *articles["title"].dropna()])
    shared = tuple(
        SharedWord(
            spelled.get(word, word), len(hits[word]), len({owner[key] for key in hits[word]})
        )
        for word in best
    )
    return shared, {key for word in best for key in hits[word]}
