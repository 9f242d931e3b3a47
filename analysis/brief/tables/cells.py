"""Headings, cells and rows that the tables of several sections have in common."""

from __future__ import annotations

from datetime import datetime

from analysis.brief.summary import AccountSummary
from analysis.report.phrases import coverage_of, date_span, name_account
from analysis.report.rich_text import NEW_LINE, Content, rich, small
from analysis.report.tables import TableCell, TableHeading, TableRow
from analysis.report.translation import translate

__all__ = ["account_row", "basis_cell", "heading", "number_cell", "number_heading", "wide_cell"]


def heading(words: str) -> TableHeading:
    """A heading of words."""
    return TableHeading(rich(words))


def number_heading(words: str) -> TableHeading:
    """A heading of words above figures."""
    return TableHeading(rich(words), numeric=True)


def account_row(account: AccountSummary, *cells: TableCell) -> TableRow:
    """A row about one account."""
    return TableRow(name_account(account), cells, "own" if account.own else "")


def number_cell(
    label: str, content: Content, value: float | str | None = None, *, style: str = ""
) -> TableCell:
    """A figure under its label."""
    return TableCell(content, label=translate(label), value=value, numeric=True, style=style)


def wide_cell(label: str, content: Content, value: float | str | None = None) -> TableCell:
    """Words under their label, over the whole width of a phone."""
    return TableCell(content, label=translate(label), value=value, style="full")


def basis_cell(
    sample: Content,
    first: datetime | None,
    last: datetime | None,
    account: AccountSummary,
    *,
    value: float | None,
) -> TableCell:
    """What a row rests on: its sample, from when to when, how much of it was collected."""
    coverage = rich("覆盖率{coverage}", coverage=coverage_of(account))
    content = small(sample, NEW_LINE, date_span(first, last), NEW_LINE, coverage)
    label = translate("n、时间、覆盖率")
    return TableCell(content, label=label, value=value, style="full basis")
