"""Five articles worth reading, and why each: most read, first on a topic, typical of a column that
holds, of the topic that rises, or unlike anything the others write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis.brief.front.news_content import can_be_copied, newest_issues
from analysis.brief.front.records import Pick, rivals_of
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.columns.reuse import classify_reuse
from analysis.evidence import MIN_ARTICLES
from analysis.report.findings import isolate_name
from analysis.report.translation import translate
from analysis.rows import Example, plain

__all__ = ["MOST_PICKS", "draw_picks"]

MOST_PICKS = 5
_OF_AN_ACCOUNT, _OF_A_RULE = 2, 2
_DAYS = 90
_WELL_FOUNDED = 0.7
_LEAST_CHARS = 12  # of a title that stands for what it is about
_UNLIKE = 0.15  # cosine of 2-grams to the nearest title of another account
_MOST_COMPARED = 4000  # titles: the similarity of each two is computed


def draw_picks(brief: BriefSummary) -> tuple[Pick, ...]:
    """At most five articles of rivals, two of an account and two for the same reason, as far as
    others have any; all from the last 90 days of the window but for typical ones.
    """
    rules: tuple[Callable[[BriefSummary], Iterable[Pick]], ...] = (
        _most_read,
        _first_on_topics,
        _of_rising_topics,
        _typical,
        _unlike_others,
    )
    candidates = [list(rule(brief)) for rule in rules]
    chosen: list[Pick] = []
    for again in range(_OF_A_RULE):
        for picks in candidates:
            fresh = [pick for pick in picks if _is_fresh(pick, chosen)]
            if len(chosen) < MOST_PICKS and fresh and _count(chosen, fresh[0].rule) <= again:
                chosen.append(fresh[0])
    return tuple(chosen)


def _count(chosen: Iterable[Pick], rule: str) -> int:
    return sum(pick.rule == rule for pick in chosen)


def _is_fresh(pick: Pick, chosen: Iterable[Pick]) -> bool:
    owners = Counter(other.account.account_id for other in chosen)
    titles = {other.example.title for other in chosen}
    return owners[pick.account.account_id] < _OF_AN_ACCOUNT and pick.example.title not in titles


def _since(brief: BriefSummary) -> date:
    return brief.window.until - timedelta(days=_DAYS) if brief.window else date.min


def _most_read(brief: BriefSummary) -> Iterator[Pick]:
    counts, since = brief.engagement, _since(brief)
    outliers = [
        (outlier, account)
        for account in (rivals_of(brief) if counts else ())
        if counts and account.account_id in counts.accounts
        for outlier in counts.accounts[account.account_id].outliers
        if _is_since(account, outlier.example, since)
    ]
    for outlier, account in sorted(outliers, key=lambda pair: (-pair[0].ratio, pair[1].account_id)):
        yield Pick(
            "most read",
            account,
            outlier.example,
            translate("读的人是它平时的 {ratio:.1f} 倍", ratio=outlier.ratio),
        )


def _is_since(account: AccountSummary, example: Example, since: date) -> bool:
    days = account.listed.loc[account.listed["url"] == example.url, "published_at"]
    return bool((days.dt.date >= since).any())


def _first_on_topics(brief: BriefSummary) -> Iterator[Pick]:
    since = _since(brief)
    firsts = [
        (first, account)
        for account in rivals_of(brief)
        if account.account_id in brief.firsts
        for first in brief.firsts[account.account_id].articles
        if first.day >= since
    ]
    firsts.sort(key=lambda pair: (-pair[0].followers, -pair[0].day.toordinal(), pair[0].article_id))
    for first, account in firsts:
        if _is_subject(account, first.example):
            yield Pick(
                "first",
                account,
                first.example,
                translate("它先写，{n} 家在三天里跟着写", n=first.followers)
                if first.followers > 1
                else translate("它先写，三天里就有一家跟着写"),
            )


def _of_rising_topics(brief: BriefSummary) -> Iterator[Pick]:
    accounts = {account.account_id: account for account in rivals_of(brief)}
    for topic in brief.rising:
        owners = [key for key in topic.accounts if key in accounts]
        for key, example in zip(owners, topic.examples, strict=False):
            account = accounts[key]
            if example.title in set(account.listed["title"]) and _is_subject(account, example):
                yield Pick(
                    "rising",
                    account,
                    example,
                    translate("眼下最热的题「{topic}」里的一篇", topic=isolate_name(topic.term)),
                )
                break


def _typical(brief: BriefSummary) -> Iterator[Pick]:
    columns = [
        (column, account)
        for account in rivals_of(brief)
        for column in account.columns
        if column.status in ("active", "new")
        and column.n >= MIN_ARTICLES
        and column.strength >= _WELL_FOUNDED
        and can_be_copied(account, column)
    ]
    columns.sort(
        key=lambda pair: (
            -(pair[0].adherence or 0) * min(pair[0].due or 0, 52),
            pair[1].account_id,
            pair[0].column_id,
        )
    )
    for column, account in columns:
        yield Pick(
            "typical",
            account,
            newest_issues(account, column)[0],
            translate(
                "「{column}」最近的一期，这个栏目出了 {n} 期还在更",
                column=isolate_name(column.content_column),
                n=column.n,
            ),
        )


def _unlike_others(brief: BriefSummary) -> Iterator[Pick]:
    """The articles whose title is least like any of another account's: pairs of characters, TF-IDF,
    cosine to the nearest.
    """
    rivals = rivals_of(brief)
    rows = [(account, row) for account in rivals for row in _subjects(account, _since(brief))]
    if len(rivals) < 2 or not 2 < len(rows) <= _MOST_COMPARED:
        return
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 2)).fit_transform(
        [title for _, (title, _) in rows]
    )
    owners = np.array([account.account_id for account, _ in rows])
    similarity = (vectors @ vectors.T).toarray()
    similarity[owners[:, None] == owners[None, :]] = 0.0
    nearest = similarity.max(axis=1)
    for index in np.lexsort((np.arange(len(rows)), nearest)):
        if nearest[index] >= _UNLIKE:
            return
        account, (title, url) = rows[index]
        yield Pick("unlike", account, Example(title, url), translate("这个题别家都没写"))


def _subjects(account: AccountSummary, since: date) -> Iterator[tuple[str, str | None]]:
    """Its articles of these days that are about something, with their links, the newest first."""
    listed = account.listed
    recent = listed[(listed["published_at"].dt.date >= since) & (listed["kind"] == "article")]
    for title, url in recent[["title", "url"]].iloc[::-1].itertuples(index=False):
        if _is_subject(account, Example(title, plain(url))):
            yield str(title), plain(url)


def _is_subject(account: AccountSummary, example: Example) -> bool:
    title = example.title or ""
    return len(title) >= _LEAST_CHARS and classify_reuse("", [title], owner=account.account) is None
