"""What accounts write about: terms of titles, the topics of each account, and topics that are new
or rising in a group. Whether a topic is one's own advertising or an event is columns.reuse's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from scipy.stats import binom

from analysis.compute.cache import cached
from analysis.frames import TIME, check_frame
from analysis.rows import parts_of
from analysis.text.normalize import normalize_word
from analysis.text.terms import find_terms, general_share

__all__ = ["ARTICLE_TERMS", "RISING", "TOPICS", "assign_terms", "count_topics", "find_rising"]

ARTICLE_TERMS = {"article_id": "str", "account_id": "str", "published_at": TIME, "term": "str"}
TOPICS = {
    "account_id": "str",
    "account": "str",
    "topic": "str",
    "n": "int64",
    "share": "float64",
    "titles": "int64",
    "score": "float64",
    "examples": "object",
}
RISING = {
    "topic": "str",
    "n": "int64",
    "n_before": "int64",
    "accounts": "object",
    "counts": "object",
    "titles": "int64",
    "titles_before": "int64",
    "days": "int64",
    "since": TIME,
    "ratio": "float64",
    "p": "float64",
    "examples": "object",
}
_NEEDED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "title": "str",
    "published_at": TIME,
}
_NAMED = {"article_id": "str", "content_column": "str"}

_LEAST, _LEAST_SHARE = 3, 0.01  # titles of an account that have a term, before it is its topic
_SAME = 0.6  # of the rarer term's titles that the other has too: one topic by two names
_USUAL = 4  # times the share in general Chinese, from which a term says anything
_SPANS = (30, 90)  # days
_BEFORE = 270  # days a rising topic is compared with
_RISEN = 5  # titles
_TIMES = 3.0
_ONE_SIDED = 0.8  # of the titles by one account, beyond which a topic is that account's
_LABEL = 0.6  # of a term's titles where it stands as a label
_P = 1e-5  # some thousands of terms are tried in a group
_EXAMPLES = 3


@cached(ARTICLE_TERMS, {"articles": _NEEDED, "column_articles": _NAMED})
def assign_terms(articles: pd.DataFrame, column_articles: pd.DataFrame) -> pd.DataFrame:
    """The terms of each title (text.terms.find_terms), without those that only name its account or
    the content column it stands in: 「避坑」 in every title of a column is no topic of its own.

    `column_articles` has `content_column` by article_id, missing where there is none. Of titles an
    account sent twice the first counts. Returns one row per article and term, in the order of
    `articles`: article_id, account_id, published_at, term. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    check_frame(column_articles, _NAMED, name="column_articles")
    rows = articles.loc[articles["title"].notna(), list(_NEEDED)].drop_duplicates(
        ["account_id", "title"], ignore_index=True
    )
    columns = column_articles.set_index("article_id")["content_column"]
    named = rows["article_id"].map(columns[~columns.index.duplicated()])
    terms = [
        _without_names(terms, account, column)
        for terms, account, column in zip(
            find_terms(rows["title"].tolist()), rows["account"], named, strict=True
        )
    ]
    long = rows.assign(term=pd.Series(terms, dtype="object")).explode("term")
    terms_only = long.dropna(subset=["term"])[list(ARTICLE_TERMS)]
    return terms_only.astype(ARTICLE_TERMS).reset_index(drop=True)


def _without_names(terms: Iterable[str], account: str, column: object) -> list[str]:
    names = [normalize_word(account), normalize_word(column) if isinstance(column, str) else ""]
    return [term for term in terms if not any(normalize_word(term) in name for name in names)]


def count_topics(
    articles: pd.DataFrame, article_terms: pd.DataFrame, *, most: int = 12
) -> pd.DataFrame:
    """What each account writes about most, in the articles given.

    A topic is a term of at least three of an account's titles and 1 % of them, and four times as
    common there as in general Chinese, which doesn't mostly stand as a label. Terms that share 60 %
    of the rarer one's titles are one topic, by the name that says more. Ordered by n times the
    logarithm of how much commoner the term is than in general Chinese, times the root of how much
    commoner than in all titles given.

    Returns at most `most` rows an account: account_id, account, topic str; n int64 titles; share
    float64 (0 to 1) of its different `titles` int64; score float64; examples object, a list of at
    most three article_ids, the newest first. Sorted by account_id, score falling, topic. Raises
    FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    check_frame(article_terms, ARTICLE_TERMS, name="article_terms")
    rows = articles[articles["title"].notna()].drop_duplicates(["account_id", "title"])
    inside = article_terms[article_terms["article_id"].isin(rows["article_id"])]
    names = rows.drop_duplicates("account_id").set_index("account_id")["account"]
    titles = rows["account_id"].value_counts()
    written = rows.set_index("article_id")["title"]
    common = inside["term"].value_counts() / max(len(rows), 1)
    topics = []
    for account_id, terms in sorted(parts_of(inside).items()):
        n = int(titles[account_id])
        scores = _score_terms(terms["term"], n, common)
        newest = terms.sort_values(["published_at", "article_id"], ascending=[False, True])
        by_term = newest.groupby("term", sort=False)["article_id"].agg(list)
        titles_of = {str(term): article_ids for term, article_ids in by_term.items()}
        subjects = [
            term
            for term in _merge_terms(scores, titles_of)
            if not _is_label(term, written[titles_of[term]])
        ]
        for term in subjects[:most]:
            article_ids = titles_of[term]
            topics.append(
                {
                    "account_id": account_id,
                    "account": names[account_id],
                    "topic": term,
                    "n": len(article_ids),
                    "share": len(article_ids) / n,
                    "titles": n,
                    "score": scores[term],
                    "examples": article_ids[:_EXAMPLES],
                }
            )
    return pd.DataFrame(topics, columns=list(TOPICS)).astype(TOPICS)


def _score_terms(terms: pd.Series[str], titles: int, common: pd.Series[float]) -> dict[str, float]:
    counts = terms.value_counts()
    scores = {}
    for term, n in counts[counts >= max(_LEAST, _LEAST_SHARE * titles)].items():
        share = n / titles
        times = share / general_share(str(term)) / _USUAL
        if times > 1:
            scores[str(term)] = n * math.log(times) * math.sqrt(share / common[str(term)])
    return scores


def _merge_terms(scores: dict[str, float], titles_of: dict[str, list[str]]) -> list[str]:
    """The terms in order of their score, each topic once: of two that mostly stand in the same
    titles, or one of which is part of the other's name, the first; by the longer name where most of
    its titles have it (压力 becomes 压力传感器).
    """
    chosen: list[str] = []
    articles = {term: frozenset(titles_of[term]) for term in scores}
    for term in sorted(scores, key=lambda term: (-scores[term], term)):
        same = next((other for other in chosen if _are_same(term, other, articles)), None)
        if same is None:
            chosen.append(term)
        elif same in term and len(articles[term]) >= _SAME * len(articles[same]):
            chosen[chosen.index(same)] = term
    return chosen


def _are_same(term: str, other: str, articles: dict[str, frozenset[str]]) -> bool:
    shared = len(articles[term] & articles[other])
    one, two = term.casefold(), other.casefold()
    return (
        one in two or two in one or shared >= _SAME * min(len(articles[term]), len(articles[other]))
    )


def find_rising(
    articles: pd.DataFrame,
    article_terms: pd.DataFrame,
    *,
    spans: Sequence[int] = _SPANS,
    least_accounts: int = 2,
) -> pd.DataFrame:
    """Topics that several accounts have taken up lately: terms of many more titles in the last days
    than in the nine months before; no account has more than four fifths of them. Given the articles
    of one account and `least_accounts` 1, what it has taken up itself. Labels are no topics.

    For each of `spans` (days, up to the newest article), terms of at least five titles at
    `least_accounts` or more, three times as frequent as in the 270 days before, and by chance
    (binomial, given how many titles each time has) in less than one case of 100,000; the span where
    chance is least is shown. Accounts of which less than half of the days before is there are left
    out: a new one brings its topics with it.

    Returns one row per topic, the least likely by chance first: topic str; n, n_before int64
    titles; accounts object, a list of account_ids, those with most first, counts object, how many
    each; titles, titles_before
    int64 in all; days int64 of the span and since, its first moment; ratio float64 of the two
    frequencies; p float64; examples object, at most three article_ids: the newest of each account,
    then the next. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    check_frame(article_terms, ARTICLE_TERMS, name="article_terms")
    dated = articles[articles["title"].notna() & articles["published_at"].notna()]
    dated = dated.drop_duplicates(["account_id", "title"])
    best: dict[str, _Rise] = {}
    for days in spans if len(dated) else ():
        for rise in _rise_within(dated, article_terms, days, least_accounts):
            if rise.topic not in best or rise.p < best[rise.topic].p:
                best[rise.topic] = rise
    unlikely = {topic: -math.log(max(rise.p, 1e-300)) for topic, rise in best.items()}
    titles_of = {topic: rise.article_ids for topic, rise in best.items()}
    rows = [_row(best[topic], dated) for topic in _merge_terms(unlikely, titles_of)]
    return pd.DataFrame(rows, columns=list(RISING)).astype(RISING)


@dataclass(frozen=True, slots=True)
class _Rise:
    topic: str
    article_ids: list[str]
    n_before: int
    titles: int
    titles_before: int
    days: int
    since: datetime
    p: float


def _rise_within(
    dated: pd.DataFrame, article_terms: pd.DataFrame, days: int, least_accounts: int
) -> Iterator[_Rise]:
    since = dated["published_at"].max().normalize() - pd.Timedelta(days=days - 1)
    begin = since - pd.Timedelta(days=_BEFORE)
    firsts = dated.groupby("account_id")["published_at"].min()
    compared = firsts.index[firsts <= since - pd.Timedelta(days=_BEFORE // 2)]
    rows = dated[dated["account_id"].isin(compared) & (dated["published_at"] >= begin)]
    now = rows["published_at"] >= since
    titles, titles_before = int(now.sum()), int((~now).sum())
    terms = article_terms[article_terms["article_id"].isin(rows["article_id"])]
    lately = terms["published_at"] >= since
    before = terms.loc[~lately, "term"].value_counts()
    grouped = terms[lately].groupby("term")
    counts = grouped.agg(n=("article_id", "size"), accounts=("account_id", "nunique"))
    risen = counts[(counts["n"] >= _RISEN) & (counts["accounts"] >= least_accounts)]
    for term, n in risen["n"].items():
        rows_of_term = grouped.get_group(term)
        if least_accounts > 1 and rows_of_term["account_id"].value_counts().max() > _ONE_SIDED * n:
            continue
        earlier = int(before.get(term, 0))
        p = float(binom.sf(n - 1, n + earlier, titles / max(titles + titles_before, 1)))
        if p < _P and n * titles_before >= _TIMES * (earlier + 0.5) * titles:
            article_ids = rows_of_term["article_id"].tolist()
            shown = rows.loc[rows["article_id"].isin(article_ids), "title"]
            if not _is_label(str(term), shown):
                yield _Rise(str(term), article_ids, earlier, titles, titles_before, days, since, p)


def _is_label(term: str, titles: pd.Series[str]) -> bool:
    """Whether a term mostly stands by itself before a sign or at the end, as labels do: the
    conference or the journal a paper is in (… | Nature Photonics), a series (arXiv：…).
    """
    standing = rf"(?<![A-Za-z0-9\u4e00-\u9fd5]){re.escape(term)}"
    label = re.compile(rf"{standing}(?:[ .'’]*[A-Za-z0-9]+)*[.\s]*(?:[:：|｜丨】》\]⎜]|$)", re.I)
    return float(titles.str.contains(label).mean()) >= _LABEL


def _row(rise: _Rise, dated: pd.DataFrame) -> dict[str, Any]:
    articles = dated[dated["article_id"].isin(rise.article_ids)].sort_values(
        ["published_at", "article_id"], ascending=[False, True]
    )
    accounts = articles["account_id"].value_counts()
    order = sorted(accounts.index, key=lambda account_id: (-accounts[account_id], account_id))
    newest = articles.assign(
        again=articles.groupby("account_id").cumcount(),
        place=articles["account_id"].map({key: place for place, key in enumerate(order)}),
    ).sort_values(["again", "place"], kind="stable")
    n = len(articles)
    return {
        "topic": rise.topic,
        "n": n,
        "n_before": rise.n_before,
        "accounts": order,
        "counts": [int(accounts[account_id]) for account_id in order],
        "titles": rise.titles,
        "titles_before": rise.titles_before,
        "days": rise.days,
        "since": rise.since,
        "ratio": (n / rise.titles) / (max(rise.n_before, 0.5) / max(rise.titles_before, 1)),
        "p": rise.p,
        "examples": newest["article_id"].head(_EXAMPLES).tolist(),
    }
