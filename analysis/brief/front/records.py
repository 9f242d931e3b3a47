"""What stands on the one page: records of sentences ready to be shown, and of what they rest on.

Names in sentences stand between isolates, as report.findings.isolate_name sets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.brief.rules.base import name_of
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.rows import Example, plain

__all__ = [
    "Lesson",
    "News",
    "Pick",
    "Task",
    "Who",
    "age_in_days",
    "any_own",
    "articles_about",
    "example_of",
    "main_own",
    "names_of",
    "rivals_of",
]


@dataclass(frozen=True, slots=True)
class Who:
    """One account in a line; `place` is its number in the brief from 1, which its page has too."""

    place: int
    account: AccountSummary
    sentence: str


@dataclass(frozen=True, slots=True)
class News:
    """Something that changed in the last 90 days: the sentence, what it means for us, what to do.

    `day` is when; `size` how many articles a week it concerns, to tell large from small; `content`
    whether it is about what is written and not about form; `basis` the figures behind it.
    """

    rule: str
    day: date
    content: bool
    size: float
    accounts: tuple[str, ...]
    sentence: str
    meaning: str
    action: str
    basis: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The one thing to learn of one account, with the article that shows it. `strength` orders
    lessons of one kind.
    """

    rule: str
    account: AccountSummary
    strength: float
    thing: str
    sentence: str
    basis: str
    example: Example


@dataclass(frozen=True, slots=True)
class Pick:
    """An article worth reading, and why."""

    rule: str
    account: AccountSummary
    example: Example
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do next week: what, when, how it should look, why, and an example."""

    rule: str
    what: str
    when: str
    how: str
    why: str
    example: Example | None


def any_own(brief: BriefSummary) -> AccountSummary | None:
    """The reader's own account, though too little of it may be there to compare."""
    return next((account for account in brief.accounts if account.own), None)


def main_own(brief: BriefSummary) -> AccountSummary | None:
    """The reader's own account, where it carries conclusions; the largest of several."""
    return next((account for account in brief.accounts if account.own and account.enough), None)


def rivals_of(brief: BriefSummary) -> list[AccountSummary]:
    """The others that carry conclusions, in the brief's order."""
    return [account for account in brief.accounts if account.enough and not account.own]


def articles_about(
    account: AccountSummary, term: str, *, since: date | None = None
) -> pd.DataFrame:
    """Its articles with the term in the title, from that day on, oldest first."""
    titles = account.listed["title"]
    inside = titles.str.contains(term, case=False, regex=False, na=False)
    if since is not None:
        inside &= account.listed["published_at"].dt.date >= since
    articles: pd.DataFrame = account.listed[inside.to_numpy(dtype=bool)]
    return articles


def age_in_days(brief: BriefSummary, day: date) -> int:
    """How long ago, from the last day of the brief's window."""
    return (brief.window.until - day).days if brief.window else 0


def example_of(articles: pd.DataFrame, index: int = -1) -> Example | None:
    """One of some articles, the last without `index`; None of none."""
    if articles.empty:
        return None
    row = articles.iloc[index]
    return Example(plain(row["title"]), plain(row["url"]))


def names_of(brief: BriefSummary, account_ids: Sequence[str]) -> list[str]:
    """Names for a sentence, in the order given."""
    accounts = {account.account_id: account for account in brief.accounts}
    return [name_of(accounts[key]) for key in account_ids if key in accounts]
