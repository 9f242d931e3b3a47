"""What every rule needs: a conclusion, names and lists for sentences, and what a sentence rests on.

Sentences go through report.translation; the catalogue holds each by its Chinese words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pandas as pd

from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.report.findings import isolate_name
from analysis.report.translation import language, translate, translate_name
from analysis.rows import Example, plain

__all__ = [
    "call_account",
    "check_on",
    "day_of",
    "examples_of",
    "join_list",
    "join_sentences",
    "list_names",
    "name_of",
    "newest_of",
    "sample_of",
    "translate_figure",
]

_EXAMPLES = 3
_WITH_UNIT = re.compile(r"(?P<number>[\d.,-]+) (?P<unit>\D.*)")


def name_of(account: AccountSummary) -> str:
    """An account's name for a sentence."""
    return isolate_name(account.account)


def call_account(account: AccountSummary) -> str:
    """An account's name for a sentence, told as the reader's own where it is."""
    return translate("自己（{name}）", name=name_of(account)) if account.own else name_of(account)


def join_list(parts: Sequence[str], *, most: int | None = None) -> str:
    """The first few of a list (all without `most`), 等 where there are more."""
    listed = translate("、").join(parts[:most])
    return listed if most is None or len(parts) <= most else translate("{listed}等", listed=listed)


def list_names(accounts: Sequence[AccountSummary], *, most: int = 3) -> str:
    """The first few names, 等 where there are more."""
    return join_list([name_of(account) for account in accounts], most=most)


def join_sentences(*sentences: str) -> str:
    """Sentences one after the other, the empty ones left out. Chinese sets no space between them;
    others do, and begin each with a capital.
    """
    texts = [sentence for sentence in sentences if sentence]
    return (
        "".join(texts)
        if language() == "zh"
        else " ".join(sentence[0].upper() + sentence[1:] for sentence in texts)
    )


def translate_figure(text: str) -> str:
    """A figure or word as the analysis gives it (16 px, 1.75 倍, 左对齐, #333): its unit, or
    itself, in the language spoken.
    """
    if text.isascii():
        return text
    figure = _WITH_UNIT.fullmatch(text)
    if figure is None:
        return translate_name(text)
    return translate_name(f"{{number}} {figure['unit'].strip()}").format(number=figure["number"])


def sample_of(accounts: Sequence[AccountSummary]) -> tuple[int, str, date | None, date | None]:
    """The pushes of these accounts and their window: n, unit, first, last of a Finding."""
    cadences = [account.cadence for account in accounts if account.cadence]
    first, last = (
        min((c.first for c in cadences), default=None),
        max((c.last for c in cadences), default=None),
    )
    return sum(c.pushes for c in cadences), translate("次推送"), day_of(first), day_of(last)


def day_of(at: datetime | None) -> date | None:
    """The day of a moment."""
    return at.date() if at is not None else None


def check_on(brief: BriefSummary, *, weeks: int = 8) -> str:
    """When to look again: that many weeks after the day of the brief."""
    at = brief.date + timedelta(weeks=weeks)
    return translate("{at.month} 月 {at.day} 日再看：", at=at)


def newest_of(accounts: Sequence[AccountSummary], *, most: int = _EXAMPLES) -> tuple[Example, ...]:
    """The newest article of each of the first few accounts."""
    return tuple(account.latest[0] for account in accounts[:most] if account.latest)


def examples_of(listed: pd.DataFrame, *, most: int = _EXAMPLES) -> tuple[Example, ...]:
    """The first few articles of an account's list, or of some of it."""
    rows = listed.head(most)
    return tuple(
        Example(plain(title), plain(url))
        for title, url in zip(rows["title"], rows["url"], strict=True)
    )
