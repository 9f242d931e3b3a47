"""How near each account of the store is to what a plan is about, by content alone, and from where
it counts as near. A name that a plan and an account share says nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.prelaunch.answers.topics import find_terms, name_pieces
from analysis.prelaunch.group import Group
from analysis.prelaunch.plan import Plan
from analysis.text.ngrams import hash_gram, load_intro_weights
from analysis.text.normalize import normalize_word
from analysis.text.word_vectors import hash_word, load_word_vectors

__all__ = [
    "NEAR",
    "NEAR_WORDS",
    "Nearness",
    "direction_of",
    "is_telling",
    "measure_nearness",
    "near_group",
    "plan_words",
    "shared_names",
]

# Measured with 25 invented plans against real histories, 41 accounts about AI (2024) and 97 of
# research (2025-12 to 2026-08). Of 22 plans of another trade (home, food, pets, funds, law, garden,
# materials, ocean, ...) 21 have none of the 41 at or above the floor; the other, about journalism
# research with papers, algorithms and methods in it, has 2. None of 14 plans for consumers has any
# of the 97. Plans of the trade itself find 36 and 33 of the 41, of a corner of it (Python) 10;
# plans about materials, ocean, mechanics and journalism find 7 of 9, 8 of 8, 5 of 6 and 2 of 5
# accounts of theirs. At .70 three plans of another trade have one to five of the 41.
NEAR = 0.76
NEAR_WORDS = 2  # different words of the plan in an account's titles: one alone may be chance
# how telling a word is in an introduction (ngrams.load_intro_weights), before it counts for
# NEAR_WORDS: 论文 and 实验 do, 平台 and 专业 don't
_TELLING = 0.6
_MOST_SHARE = 0.05  # of titles with a word: one word everywhere doesn't make a trade
_LEAST_TITLES = 2  # with a word of the names, at accounts not so called, before it is no name
_MOST_TITLES = 400  # of an account, the newest: what it is about now

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nearness:
    """One account: `meaning` is the cosine of the plan's words with its titles' (0 to 1, below 0
    as 0); `shared` the sum over the plan's words of the share of its titles that have the word (at
    most .05 each), weighted by how telling the word is; `words` those telling ones, the most used
    first; `role` is what the reader of the accounts file said.
    """

    account_id: str
    account: str
    role: str | None
    meaning: float
    shared: float
    words: tuple[str, ...]
    asked: int = NEAR_WORDS

    @property
    def nearness(self) -> float:
        """The sum that accounts are ordered by; from NEAR on, with NEAR_WORDS words, an account
        is near.
        """
        return round(self.meaning + self.shared, 9)

    @property
    def near(self) -> bool:
        """Whether it writes about the same as the plan."""
        return self.nearness >= NEAR and len(self.words) >= self.asked


def plan_words(plan: Plan) -> list[str]:
    """What a plan is about, folded: the words of its positioning, its columns and their titles."""
    texts = [plan.positioning, *(column.name for column in plan.columns)]
    texts += [title for column in plan.columns for title in column.titles]
    return list(dict.fromkeys(word for words in find_terms(texts) for word in words))


def measure_nearness(plan: Plan, group: Group) -> tuple[Nearness, ...]:
    """Every account of a group, the nearest first."""
    words = plan_words(plan)
    titled = group.articles.dropna(subset=["title"]).sort_values(["published_at", "article_id"])
    newest = titled.groupby("account_id").tail(_MOST_TITLES)
    terms = newest[["account_id"]].assign(
        terms=pd.Series(
            [frozenset(words) for words in find_terms(newest["title"].tolist())],
            index=newest.index,
            dtype="object",
        )
    )
    by_account = {str(key): part["terms"].tolist() for key, part in terms.groupby("account_id")}
    pieces = shared_names(plan, group)
    rows = zip(
        group.accounts["account_id"], group.accounts["account"], group.accounts["role"], strict=True
    )
    measured = [
        _measure(str(key), str(name), role, words, by_account.get(str(key), []), pieces[str(key)])
        for key, name, role in rows
    ]
    return tuple(sorted(measured, key=lambda row: (-row.nearness, row.account, row.account_id)))


def near_group(group: Group, nearness: Iterable[Nearness], *, chosen: bool = False) -> Group:
    """The accounts a plan is compared with: those near it and those somebody has called rivals; all
    where the reader has `chosen` them.
    """
    return group.only(
        {
            account.account_id
            for account in nearness
            if chosen or account.near or account.role is not None
        }
    )


def shared_names(plan: Plan, group: Group) -> dict[str, tuple[str, ...]]:
    """By account the pieces of the plan's name that it is called too, folded, unless accounts not
    so called write about them: then they are a topic (大模型), no name (青石).
    """
    pieces = {key: name_pieces(plan.name, called) for key, called in group.called.items()}
    titled = group.articles.dropna(subset=["title"])
    folded = [normalize_word(title) for title in titled["title"]]
    topics = {
        piece
        for piece in {piece for shared in pieces.values() for piece in shared}
        if sum(
            piece in title and piece not in pieces[key]
            for key, title in zip(titled["account_id"], folded, strict=True)
        )
        >= _LEAST_TITLES
    }
    return {
        key: tuple(piece for piece in shared if piece not in topics)
        for key, shared in pieces.items()
    }


def _measure(
    key: str,
    name: str,
    role: object,
    words: Sequence[str],
    titles: Sequence[frozenset[str]],
    pieces: Sequence[str],
) -> Nearness:
    weights = load_intro_weights()
    own = [word for word in words if not any(piece in word for piece in pieces)]
    counts = Counter(
        term for terms in titles for term in terms if not any(piece in term for piece in pieces)
    )
    used = [word for word in own if counts[word]]
    shared = sum(
        weights.get(hash_gram(word), 1.0) * min(counts[word] / len(titles), _MOST_SHARE)
        for word in used
    )
    telling = [word for word in used if is_telling(word)]
    cosine = float(direction_of(Counter(own), weights) @ direction_of(counts))
    return Nearness(
        account_id=key,
        account=name,
        role=role if isinstance(role, str) else None,
        meaning=round(max(cosine, 0.0), 9),
        shared=round(shared, 9),
        words=tuple(sorted(telling, key=lambda word: -counts[word])),
        asked=max(min(NEAR_WORDS, sum(map(is_telling, own))), 1),
    )


def is_telling(word: str) -> bool:
    """Whether a word says what an account is about: most introductions do without it."""
    return load_intro_weights().get(hash_gram(word), 1.0) >= _TELLING


def direction_of(words: Mapping[str, int], weights: Mapping[int, float] | None = None) -> Floats:
    """The direction of counted words: (1 + ln count) · weight · the word's vector, at length 1;
    zero where no word is known.
    """
    lexicon = load_word_vectors()
    total = np.zeros(lexicon.vectors.shape[1])
    for word, count in sorted(words.items()):
        row = lexicon.rows.get(hash_word(word))
        if row is not None:
            weight = (1.0 + np.log(count)) * (weights or {}).get(hash_gram(word), 1.0)
            total += weight * lexicon.vectors[row].astype(np.float64)
    length = float(np.linalg.norm(total))
    return total / length if length > 0 else total
