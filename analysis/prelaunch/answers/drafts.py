"""The first titles of a plan, proposed: topics that rivals write about and a planned column can
take, as a title where it comes out as a sentence, else as a topic and an angle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from analysis.prelaunch.answers.candidates import (
    LEAST_ARTICLES,
    Topic,
    TopicTitles,
    find_candidates,
)
from analysis.prelaunch.answers.nearness import direction_of, is_telling, plan_words
from analysis.prelaunch.answers.title_forms import shape_title
from analysis.prelaunch.answers.topics import find_terms, launch_words
from analysis.prelaunch.group import Group
from analysis.prelaunch.plan import Plan, PlannedColumn
from analysis.rows import Example
from analysis.text.normalize import normalize_key
from analysis.text.tokens import dictionary_words

__all__ = ["MOST_DRAFTS", "TitleDraft", "draft_titles"]

MOST_DRAFTS = 8
# cosine of a topic's titles with a column, from which the column can take it: on the sample and
# two real groups, read by hand, below it the topic has nothing to do with the column
_FITS = 0.35
_SPECIFIC = 0.25  # of the score: how rare the topic is in Chinese (拖地, 钙钛矿), 0 to 1
_SPREAD = 0.1  # of the score: for every doubling of the brands that write about it
_KNOWN = 3  # known words of a column, from which it says by itself what it is about
_SHARES = 0.3  # of the score: the share of the topic's titles with a word of the plan
_MOST_IN_DICTIONARY = 20_000.0  # how often jieba's dictionary counted words that everybody uses
_MONTHLY = 0.25  # times a week
_TRADE_WIDE = 0.04  # of rivals' titles with a word: from there on it is the trade, no angle
_MOST_OF_AN_ANGLE = 2  # drafts with the same angle
_MOST_OF_A_FORM = 2  # drafts whose titles differ by the topic alone

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TitleDraft:
    """One proposal: the plan's column it stands in (None where the plan has none), the topic, a
    `title` (None where none comes out as a sentence), the word of the positioning to bring it down
    to (`angle`) and a planned title to write it like (`model`), each None where there is none; the
    article to study, `articles` that rivals of `brands` brands wrote about it in the window.
    """

    column: str | None
    topic: str
    title: str | None
    angle: str | None
    model: str | None
    account: str
    example: Example
    articles: int
    brands: int


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A planned column with its direction among words."""

    planned: PlannedColumn
    words: frozenset[str]
    direction: Floats = field(repr=False)


def draft_titles(
    plan: Plan, group: Group, *, dropped: Sequence[str] = (), most: int = MOST_DRAFTS
) -> tuple[TitleDraft, ...]:
    """At most `most` titles, the columns in turn as often as they are meant to appear; fewer where
    rivals' titles hold no more topics that suit. None for the columns in `dropped`.
    """
    planned = [column for column in plan.columns if column.name not in dropped]
    if (plan.columns and not planned) or group.articles.empty:
        return ()
    columns = [_describe(column, plan) for column in planned or [PlannedColumn("")]]
    candidates = find_candidates(group, without=_taken(plan))
    directions = [
        direction_of(Counter(word for row in topic.rows for word in candidates.terms[row]))
        for topic in candidates.topics
    ]
    own = frozenset(plan_words(plan))
    ranked = [_rank(column, candidates, directions, own) for column in columns]
    drafts: list[TitleDraft] = []
    used: list[str] = []
    angles: Counter[str | None] = Counter()
    forms: Counter[str] = Counter()
    for turn in _turns(columns, most):
        place = next(
            (place for place in ranked[turn] if _is_new(candidates.topics[place].term, used)), None
        )
        if place is None:
            continue
        topic = candidates.topics[place]
        used.append(topic.term)
        column = columns[turn].planned
        row = _best_row(topic, columns[turn], candidates)
        article = candidates.articles.iloc[row]
        before = sum(draft.column == column.name for draft in drafts)
        angle = _angle(topic, directions[place], candidates, plan, angles)
        angles[angle] += 1
        title = _title(topic, column, candidates, turn=before)
        form = (title or "").replace(topic.shown, "")
        forms[form] += 1
        drafts.append(
            TitleDraft(
                column=column.name or None,
                topic=topic.shown,
                title=title if forms[form] <= _MOST_OF_A_FORM else None,
                angle=angle,
                model=column.titles[before % len(column.titles)] if column.titles else None,
                account=str(article["account"]),
                example=group.shown[str(article["article_id"])],
                articles=len(topic.rows),
                brands=topic.brands,
            )
        )
    return tuple(drafts)


def _is_new(term: str, used: Sequence[str]) -> bool:
    return not any(term in other or other in term for other in used)


def _describe(column: PlannedColumn, plan: Plan) -> _Column:
    words = Counter(word for terms in find_terms([column.name, *column.titles]) for word in terms)
    aim = Counter(word for terms in find_terms([plan.positioning]) for word in terms)
    known = sum(bool(direction_of({word: 1}).any()) for word in words)
    own = direction_of(words) * min(known / _KNOWN, 1.0)
    direction = 1.5 * own + direction_of(aim)
    length = float(np.linalg.norm(direction))
    return _Column(column, frozenset(words), direction / length if length else direction)


def _taken(plan: Plan) -> list[str]:
    """What the plan has titles on already, folded."""
    titles = [title for column in plan.columns for title in column.titles]
    return list(dict.fromkeys(word for terms in find_terms(titles, kinds="n") for word in terms))


def _turns(columns: Sequence[_Column], most: int) -> Iterator[int]:
    """The columns' places as often as their rhythms say, the most overdue first; a column without
    a rhythm as if it were monthly.
    """
    rates = [
        (column.planned.rhythm.per_week if column.planned.rhythm else 0.0) or _MONTHLY
        for column in columns
    ]
    given = [0] * len(columns)
    for _ in range(most):
        due = min(range(len(columns)), key=lambda place: ((given[place] + 1) / rates[place], place))
        given[due] += 1
        yield due


def _rank(
    column: _Column, candidates: TopicTitles, directions: Sequence[Floats], own: frozenset[str]
) -> list[int]:
    """The places of the topics the column can take, the best first."""
    scores: list[tuple[float, int]] = []
    beside = own | column.words
    for place, (topic, direction) in enumerate(zip(candidates.topics, directions, strict=True)):
        fit = float(direction @ column.direction)
        if topic.term in own or fit < _FITS:
            continue
        shared = sum(not beside.isdisjoint(candidates.terms[row]) for row in topic.rows)
        score = (
            fit
            + _SPECIFIC * _specificity(topic.term)
            + _SHARES * shared / len(topic.rows)
            + _SPREAD * float(np.log2(topic.brands))
        )
        scores.append((round(score, 9), place))
    return [place for _, place in sorted(scores, key=lambda pair: (-pair[0], pair[1]))]


def _specificity(term: str) -> float:
    """0 for a word everybody uses, 1 for one the dictionary doesn't have."""
    counted = _dictionary().get(term, 0)
    return 1.0 - min(float(np.log1p(counted) / np.log1p(_MOST_IN_DICTIONARY)), 1.0)


@cache
def _dictionary() -> Mapping[str, int]:
    return {word: count for word, count, _ in dictionary_words()}


def _best_row(topic: Topic, column: _Column, candidates: TopicTitles) -> int:
    """The article to study: about the least else, then nearest to the column, then the newest."""
    others = Counter(row for other in candidates.topics for row in other.rows)

    def merit(row: int) -> tuple[int, float, int]:
        direction = direction_of(Counter(candidates.terms[row]))
        return -others[row], round(float(direction @ column.direction), 3), row

    return max(topic.rows, key=merit)


def _title(
    topic: Topic, column: PlannedColumn, candidates: TopicTitles, *, turn: int
) -> str | None:
    """A title of the column's kind; None where there is none, or where a rival has it already."""
    titles = [candidates.folded[row] for row in topic.rows]
    title = shape_title(topic.shown, column.name, titles, turn=turn)
    if title is None:
        return None
    folded = normalize_key(title)
    asked = re.compile(re.escape(normalize_key(topic.shown)) + "(?:怎么|如何|怎样)")
    copied = any(
        folded in other or (asked.search(folded) and asked.search(other))
        for other in candidates.everything
    )
    return None if copied else title


def _angle(
    topic: Topic,
    direction: Floats,
    candidates: TopicTitles,
    plan: Plan,
    used: Mapping[str | None, int],
) -> str | None:
    """The noun of the positioning nearest to the topic that rivals write about, though not
    everywhere and never with the topic, and that isn't `used` up; None where there is none.
    """
    titles = [candidates.folded[row] for row in topic.rows]
    nouns = [
        word
        for word in find_terms([plan.positioning], kinds="n")[0]
        if is_telling(word)
        and not word.isascii()
        and word not in launch_words("no_subject")
        and used.get(word, 0) < _MOST_OF_AN_ANGLE
        and not any(word in title for title in titles)
        and LEAST_ARTICLES
        <= sum(word in words for words in candidates.terms)
        <= max(len(candidates.terms) * _TRADE_WIDE, LEAST_ARTICLES)
    ]
    return max(
        nouns, key=lambda word: round(float(direction_of({word: 1}) @ direction), 6), default=None
    )
