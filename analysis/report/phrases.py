"""What several pages and sections say the same way: who, which article, from when to when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from analysis.report.rich_text import Content, element, faint, isolated, link, rich, unbroken
from analysis.report.translation import translate
from analysis.report.value_formats import format_day, format_percent, name_role
from analysis.rows import Example

__all__ = [
    "PHRASES",
    "Covered",
    "Named",
    "article_link",
    "coverage_of",
    "date_span",
    "format_habit",
    "name_account",
]


class Named(Protocol):
    """An account with its name and its role."""

    @property
    def account(self) -> str:
        """Its name."""

    @property
    def role(self) -> str | None:
        """What it is to the reader."""


class Covered(Protocol):
    """What has a coverage."""

    @property
    def coverage(self) -> float | None:
        """The share of its articles that were collected, at most; None for unknown."""


def name_account(account: Named) -> Content:
    """An account's name, and what it is to the reader."""
    name = isolated(account.account, 24, style="name")
    if not account.role:
        return name
    role = element("span", name_role(account.role), style=f"role role-{account.role}")
    return (name, " ", role)


def article_link(example: Example, longest: int = 34) -> Content:
    """An article's title, a link where it has one."""
    return link(isolated(example.title or translate("（没有标题）"), longest), example.url)


def date_span(first: date | None, last: date | None) -> Content:
    """From the first day to the last."""
    if first is None or last is None:
        return rich("没有日期")
    days = [format_day(first), format_day(last)]
    if days[0] == days[1]:
        return unbroken(days[0])
    return (unbroken(days[0]), " ", rich("至"), " ", unbroken(days[1]))


def coverage_of(account: Covered) -> Content:
    """How much of an account's articles was collected, at most."""
    if account.coverage is None:
        return rich("未知")
    if account.coverage == 1:
        return rich("没发现缺的")
    return rich("至多 {coverage}%", coverage=int(account.coverage * 100))


def format_habit(text: Content, share: float, steady: float) -> Content:
    """What an account does most often; in grey below the share that makes it a habit."""
    if share < steady:
        return faint(rich("分散，最多 {text} {share}", text=text, share=format_percent(share)))
    return (text, " ", format_percent(share))


PHRASES: Mapping[str, Callable[..., Content]] = {
    "named": name_account,
    "article": article_link,
    "span": date_span,
    "covered": coverage_of,
}
