"""Who is nearest to the plan's positioning, and why: the words they share, and articles that show
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.peers.similar import TEXTS, index_content, rank_texts
from analysis.prelaunch.group import Group, examples_of
from analysis.prelaunch.plan import Plan
from analysis.rows import Example, plain, plain_rows, to_time
from analysis.text.normalize import normalize_word
from analysis.text.tokens import find_topics

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
    """One account, with the similarity of its titles, name and words to the positioning (0 to 1
    each; see similar.rank_texts).
    """

    rank: int
    account: str
    account_id: str
    role: str | None
    signature: str | None
    likeness: float
    title_likeness: float
    name_likeness: float
    meaning: float
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


def find_rivals(plan: Plan, group: Group, *, top: int = _SHOWN) -> tuple[Rival, ...]:
    """The accounts nearest to the plan's positioning and audience, nearest first; () for a group
    without accounts.
    """
    if group.accounts.empty:
        return ()
    positioning = "\n".join(part for part in (plan.positioning, plan.audience) if part)
    asked = pd.DataFrame({"query": ["plan"], "text": [positioning]}).astype(TEXTS)
    ranked = plain_rows(rank_texts(index_content(group.articles, group.accounts), asked, top=top))
    about = {str(row["account_id"]): row for row in plain_rows(group.accounts)}
    words = find_topics([positioning])[0]
    return tuple(_rival(row, about[str(row["account_id"])], words, group) for row in ranked)


def _rival(
    row: Mapping[str, object], about: Mapping[str, object], words: Sequence[str], group: Group
) -> Rival:
    key = str(row["account_id"])
    own = group.articles[group.articles["account_id"] == key]
    hits = {
        word: article_ids for word, article_ids in find_titles(own, words).items() if article_ids
    }
    whole = [
        word for word in hits if not any(word != other and word in other for other in hits)
    ]  # 小东西 says it, 东西 adds nothing
    shared = sorted(
        (SharedWord(word, len(hits[word]), 1) for word in whole),
        key=lambda shared_word: -shared_word.n,
    )[:_WORDS]
    return Rival(
        rank=int(str(row["rank"])),
        account=str(row["account"]),
        account_id=key,
        role=plain(about["role"]),
        signature=plain(about["signature"]),
        likeness=float(str(row["content"])),
        **{name: float(str(row[name])) for name in ("title_likeness", "name_likeness", "meaning")},
        words=tuple(shared),
        examples=examples_of(
            group, _best_examples(own, [shared_word.word for shared_word in shared], hits)
        ),
        articles=len(own),
        first=to_time(own["published_at"].min()),
        last=to_time(own["published_at"].max()),
        coverage=group.coverage.get(key),
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
            key for key, title in zip(titled["article_id"], folded, strict=True) if word in title
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
                *find_topics([name])[0],
                *(word for topics in find_topics(titles, kinds="n") for word in topics),
            ]
        )
    )
    hits = {
        word: article_ids
        for word, article_ids in find_titles(articles, words).items()
        if 0 < len(article_ids) <= max(len(articles) * _COMMON, 1)
    }
    owner = dict(zip(articles["article_id"], articles["account_id"], strict=True))
    folded = normalize_word(name)
    best = sorted(hits, key=lambda word: (word not in folded, -len(hits[word]), word))[:most]
    shared = tuple(
        SharedWord(word, len(hits[word]), len({owner[key] for key in hits[word]})) for word in best
    )
    return shared, {key for word in best for key in hits[word]}
