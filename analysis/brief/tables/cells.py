"""Headings, cells and rows that the tables of several sections have in common.

What a figure rests on stands once: its n in a column, window and coverage under 对比了谁; the
workbook has them beside every row.
"""

from __future__ import annotations

from datetime import date, datetime

from analysis.brief.summary import AccountSummary
from analysis.report.phrases import Named, coverage_of, date_span, name_account
from analysis.report.rich_text import Content, Element, isolated, rich, to_text
from analysis.report.tables import SheetValue, TableCell, TableHeading, TablePart, TableRow
from analysis.report.translation import translate
from analysis.report.value_formats import format_count, format_day, name_role

__all__ = [
    "account_parts",
    "account_row",
    "heading",
    "linked_account",
    "number_cell",
    "number_heading",
    "part",
    "sample_cell",
    "span_cell",
    "span_parts",
    "to_day",
    "wide_cell",
]


def heading(words: str) -> TableHeading:
    """A heading of words."""
    return TableHeading(rich(words))


def number_heading(words: str) -> TableHeading:
    """A heading of words above figures."""
    return TableHeading(rich(words), numeric=True)


def account_row(account: AccountSummary, *cells: TableCell) -> TableRow:
    """A row about one account."""
    kind = "own" if account.own else ""
    title = linked_account(account, account.place)
    return TableRow(title, cells, kind, account_parts(account.account, account.role))


def linked_account(account: Named, place: int) -> Content:
    """An account's name, a link to its page in the brief where it has a place there, and what it is
    to the reader.
    """
    name, *role = _pieces(name_account(account))
    linked = Element("a", name, (("href", f"#account-{place}"),)) if place else name
    return (linked, *role)


def _pieces(content: Content) -> tuple[Content, ...]:
    return content if isinstance(content, tuple) else (content,)


def account_parts(name: str, role: str | None) -> tuple[TablePart, ...]:
    """An account's name, and what it is to the reader, in columns of their own."""
    return (
        part("", to_text(isolated(name, 80))),
        part("角色", to_text(name_role(role)) if role else None),
    )


def part(words: str, value: SheetValue) -> TablePart:
    """What the workbook has in a column of its own under these words."""
    return TablePart(translate(words) if words else "", value)


def number_cell(
    label: str,
    content: Content,
    value: float | str | None = None,
    *,
    style: str = "",
    parts: tuple[TablePart, ...] = (),
) -> TableCell:
    """A figure under its label."""
    return TableCell(
        content, label=translate(label), value=value, numeric=True, style=style, parts=parts
    )


def wide_cell(label: str, content: Content, value: float | str | None = None) -> TableCell:
    """Words under their label, over the whole width of a phone."""
    return TableCell(content, label=translate(label), value=value, style="full")


def sample_cell(
    label: str,
    n: int,
    account: AccountSummary,
    *,
    first: datetime | None = None,
    last: datetime | None = None,
) -> TableCell:
    """How much a row rests on. The window, that of the account where none is named, and how much of
    it was collected are for the workbook.
    """
    covered = to_text(coverage_of(account)) if account.coverage is None else account.coverage
    window = span_parts(first or account.first, last or account.last)
    parts = (TablePart("n", n), *window, part("覆盖率", covered))
    return number_cell(label, format_count(n), n, parts=parts)


def span_cell(label: str | None, first: datetime | None, last: datetime | None) -> TableCell:
    """From the first day to the last under a label."""
    named, day = translate(label) if label else None, format_day(first) if first else ""
    return TableCell(date_span(first, last), named, day, parts=span_parts(first, last))


def span_parts(first: date | None, last: date | None) -> tuple[TablePart, ...]:
    """The first day and the last in columns of their own."""
    return (part("第一篇", to_day(first)), part("最后一篇", to_day(last)))


def to_day(at: date | None) -> date | None:
    """The day of a time."""
    return at.date() if isinstance(at, datetime) else at
