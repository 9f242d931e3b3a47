"""The articles that show an account best, each with why: candidates from its history, then ten of
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from analysis.brief.dossiers.measures.exclusions import is_example, is_lasting_column, is_passing
from analysis.brief.sections.columns import Column
from analysis.brief.sections.topics import Topic
from analysis.evidence import MIN_ARTICLES, MIN_OUTLIER_ARTICLES
from analysis.rows import Example, plain, plain_rows
from analysis.text.normalize import normalize_title

__all__ = [
    "MOST",
    "First",
    "Pick",
    "Works",
    "choose_picks",
    "holds",
    "list_candidates",
    "list_topics",
]

MOST = 10
_YEAR = timedelta(days=365)
_OLD_AT_MOST = 3  # of ten, from before the last year
_SAME_COLUMN_AT_MOST = 2
_STEADY = 0.7  # of the due issues came
_LEAST_ISSUES = 6
_TYPICAL = 0.4  # off the column's median length at most
_NEWEST_ISSUES = 5  # among which the typical one is looked for
_STANDS_OUT = 1.8  # times the median length or pictures
_READ_MORE = 1.5  # times the median reads
_HALF_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Pick:
    """One article and why it is shown. `kind`: column, reads, first_on, longest, pictures, topic,
    first, column_first, earlier or headline. `name` is the column's or the topic's; `value` stands
    against `usual` (reads, characters, pictures); `followers` are the accounts that had the topic
    later, the next of them after `hours`; `same_text` where they had the very article.
    """

    kind: str
    example: Example
    at: datetime
    name: str | None = None
    value: float | None = None
    usual: float | None = None
    at_least: bool = False
    followers: tuple[str, ...] = ()
    hours: float | None = None
    same_text: bool = False
    column_id: str | None = None


@dataclass(frozen=True, slots=True)
class First:
    """An article that was surely the first with a topic, or the first of one text: the accounts
    that had it later, in order, the next of them after `hours` (None where a time is known to the
    day).
    """

    article_id: str
    published_at: datetime
    followers: tuple[str, ...]
    hours: float | None
    same_text: bool


@dataclass(frozen=True, slots=True, eq=False)
class Works:
    """What candidates of one account are taken from: its articles as example_frame lists them, its
    columns (the largest first), who was first with what (peers.overlap), its counts at one age.
    """

    articles: pd.DataFrame
    columns: Sequence[Column]
    firsts: Sequence[First]
    counts: pd.DataFrame | None
    began: bool  # whether its first article is its beginning


def holds(column: Column, account: str = "") -> bool:
    """Whether a column runs, is no passing one, and comes as it should."""
    return (
        column.status in ("new", "active")
        and is_lasting_column(column.content_column, account)
        and ((column.adherence or 0) >= _STEADY or column.n >= _LEAST_ISSUES)
    )


def list_candidates(works: Works) -> tuple[Pick, ...]:
    """Every article with a reason, the best reasons first; () of nothing.

    Deleted ones, notices, lotteries, recruiting and advertisements are none
    (exclusions.is_example), nor what stands in a column of such.
    """
    rows = [row for row in plain_rows(works.articles) if _is_shown(row)]
    rows.sort(key=lambda row: (row["published_at"], row["article_id"]))
    if not rows:
        return ()
    last = rows[-1]["published_at"]
    recent = [row for row in rows if row["published_at"] > last - _YEAR]
    account = rows[0]["account"]
    running = [column for column in works.columns if holds(column, account)]
    by_column: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_column.setdefault(row["column_id"] or "", []).append(row)
    return (
        *_newest_issues(running, by_column),
        *_most_read(works.counts, {row["article_id"]: row for row in recent}),
        *_first_on(works.firsts, {row["article_id"]: row for row in recent}),
        *_largest(recent, "chars", "longest"),
        *_largest(recent, "images", "pictures"),
        *([_pick("first", rows[0])] if works.began and _is_first(works, rows[0]) else []),
        *_earlier_issues(running, by_column),
        *_first_issues(running, by_column),
        *_headlines(recent),
    )


def _is_shown(row: Mapping[str, Any]) -> bool:
    if row["title"] is None or row["published_at"] is None:
        return False
    if row["content_column"] and row["kind"] != "theme" and is_passing(row["content_column"]):
        return False
    return is_example(
        row["title"], status=row["status"], purpose=row["purpose"], signal=row["signal"]
    )


def _is_first(works: Works, row: Mapping[str, Any]) -> bool:
    """Whether it is the first of all articles, not only of those that can be shown."""
    return bool(row["published_at"] == plain(works.articles["published_at"].min()))


def _pick(kind: str, row: Mapping[str, Any], **more: Any) -> Pick:
    values = {"column_id": row.get("column_id"), **more}
    return Pick(kind, Example(row["title"], row["url"]), row["published_at"], **values)


def _newest_issues(
    running: Sequence[Column], by_column: Mapping[str, list[dict[str, Any]]]
) -> Iterator[Pick]:
    for column in running:
        issues = by_column.get(column.column_id, [])[-_NEWEST_ISSUES:][::-1]
        typical = [row for row in issues if _is_typical(row, column)] or issues
        if typical:
            yield _pick("column", typical[0], name=column.content_column)


def _is_typical(row: Mapping[str, Any], column: Column) -> bool:
    if column.chars is None or row["chars"] is None or column.n_bodies < MIN_ARTICLES:
        return True
    return bool(abs(row["chars"] - column.chars) <= _TYPICAL * column.chars)


def _most_read(
    counts: pd.DataFrame | None, rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[Pick]:
    if counts is None:
        return
    known = counts[counts["read"].notna()]
    if len(known) < MIN_OUTLIER_ARTICLES:
        return
    usual = float(known["read"].median())
    ranked = known.sort_values(["read", "article_id"], ascending=[False, True])
    shown = [row for row in plain_rows(ranked) if row["article_id"] in rows]
    for count in shown[:2]:
        if usual > 0 and count["read"] >= _READ_MORE * usual:
            yield _pick(
                "reads",
                rows[count["article_id"]],
                value=count["read"],
                usual=usual,
                at_least=count["read_censored"],
            )


def _first_on(firsts: Sequence[First], rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Pick]:
    """Those that others followed, most followers first, then the newest."""
    ranked = sorted(
        (first for first in firsts if first.article_id in rows),
        key=lambda first: (len(first.followers), first.published_at, first.article_id),
        reverse=True,
    )
    for first in ranked[:3]:
        yield _pick(
            "first_on",
            rows[first.article_id],
            followers=first.followers,
            hours=first.hours,
            same_text=first.same_text,
        )


def _largest(rows: Sequence[Mapping[str, Any]], figure: str, kind: str) -> Iterator[Pick]:
    known = [row for row in rows if row[figure] is not None]
    if len(known) < MIN_ARTICLES:
        return
    usual = sorted(row[figure] for row in known)[len(known) // 2]
    largest = max(known, key=lambda row: (row[figure], row["published_at"]))
    if usual > 0 and largest[figure] >= _STANDS_OUT * usual:
        yield _pick(kind, largest, value=largest[figure], usual=usual)


def _earlier_issues(
    running: Sequence[Column], by_column: Mapping[str, list[dict[str, Any]]]
) -> Iterator[Pick]:
    """An issue of half a year ago, to lay beside the newest."""
    for column in running:
        issues = by_column.get(column.column_id, [])
        if not issues:
            continue
        sought = issues[-1]["published_at"] - _HALF_YEAR
        near = min(issues, key=lambda row: abs(row["published_at"] - sought))
        if issues[-1]["published_at"] - near["published_at"] > _HALF_YEAR / 2:
            yield _pick("earlier", near, name=column.content_column)


def _first_issues(
    running: Sequence[Column], by_column: Mapping[str, list[dict[str, Any]]]
) -> Iterator[Pick]:
    for column in running:
        issues = by_column.get(column.column_id, [])
        if len(issues) >= _LEAST_ISSUES and issues[0]["published_at"] == column.first:
            yield _pick("column_first", issues[0], name=column.content_column)


def _headlines(rows: Sequence[Mapping[str, Any]]) -> Iterator[Pick]:
    """The newest headline outside columns of each month, the newest month first: what fills ten."""
    months: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        loose = not row["content_column"] or row["kind"] == "theme"
        if loose and (row["position"] is None or row["position"] == 1):
            months[f"{row['published_at']:%Y-%m}"] = row
    for month in sorted(months, reverse=True):
        yield _pick("headline", months[month])


def list_topics(topics: Iterable[Topic], listed: pd.DataFrame) -> tuple[Pick, ...]:
    """The newest article of each topic that can be shown, in the order of the topics; `listed` is
    an account's dated articles (AccountSummary.listed).
    """
    rows = {(plain(row["title"]), plain(row["url"])): row for row in plain_rows(listed)}
    picks = []
    for topic in topics:
        rows_of_topic = (rows.get((example.title, example.url)) for example in topic.examples)
        shown = [
            row
            for row in rows_of_topic
            if row and row["published_at"] and is_example(row["title"], status=row["status"])
        ]
        if shown:
            newest = max(shown, key=lambda row: (row["published_at"], row["article_id"]))
            picks.append(_pick("topic", newest, name=topic.term))
    return tuple(picks)


def choose_picks(
    candidates: Sequence[Pick], topics: Sequence[Pick] = (), *, most: int = MOST
) -> tuple[Pick, ...]:
    """At most ten, the best reasons first, no title twice, at most two of a column and three from
    before the last year. Topics come after the newest issues of columns and what stands out.
    """
    reasons = {"column": 4, "reads": 2, "first_on": 2, "earlier": 2, "column_first": 2, "topic": 3}
    order = ("column", "reads", "first_on", "longest", "pictures", "topic", "first", "earlier")
    every = [*candidates, *topics]
    last = max((pick.at for pick in every), default=None)
    first_round = [
        pick
        for kind in (*order, "column_first")
        for pick in [pick for pick in every if pick.kind == kind][: reasons.get(kind)]
    ]
    chosen: list[Pick] = []
    for pick in [*first_round, *(pick for pick in every if pick not in first_round)]:
        if len(chosen) == most or last is None:
            break
        if _fits(pick, chosen, last):
            chosen.append(pick)
    return tuple(chosen)


def _fits(pick: Pick, chosen: Sequence[Pick], last: datetime) -> bool:
    titles = {normalize_title(other.example.title or "") for other in chosen}
    if normalize_title(pick.example.title or "") in titles:
        return False
    same = sum(other.column_id == pick.column_id for other in chosen) if pick.column_id else 0
    old = sum(other.at <= last - _YEAR for other in chosen)
    return same < _SAME_COLUMN_AT_MOST and not (pick.at <= last - _YEAR and old >= _OLD_AT_MOST)
