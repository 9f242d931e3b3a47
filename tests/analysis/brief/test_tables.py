"""The tables of a brief: the page shows each as the workbook lists it, under the same heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from analysis.brief.summary import BriefSummary
from analysis.brief.tables.cadence import tabulate_sending
from analysis.brief.tables.collect import brief_sheets, tabulate_brief
from analysis.report.rich_text import to_text
from analysis.report.tables import Table, TableCell, TableHeading, TablePart, TableRow
from analysis.report.translation import LANGUAGES, using_language
from analysis.report.workbook import Sheet, SheetValue, list_sheets
from tests.support.small_briefs import ROLES, brief_of, competition, page_of, weekly

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def shown_tables(page: str) -> Iterator[tuple[str, str, LexborNode]]:
    """Each table of a page's appendix with the heading nearest above it, and the account of its
    block.
    """
    place = ""
    for node in LexborHTMLParser(page).css("#appendix :is(h3, h4, table)"):
        if node.tag == "table":
            yield place, "", node
        else:
            place = heading(node)


def heading(node: LexborNode) -> str:
    mark = node.css_first(".tag")
    return text(node).removesuffix(text(mark) if mark is not None else "").strip()


def text(node: LexborNode) -> str:
    separator = " " if node.css_first("br") else ""
    return re.sub(r"\s+", " ", node.text(separator=separator)).strip()


def value(cell: LexborNode) -> SheetValue:
    raw = cell.attributes.get("data-v") or ""
    if "num" in (cell.attributes.get("class") or "").split() and NUMBER.fullmatch(raw):
        return float(raw)
    return text(cell) or None


def values(row: LexborNode) -> Iterator[SheetValue]:
    for cell in row.css("th, td"):
        yield value(cell)
        yield from [None] * (int(cell.attributes.get("colspan") or 1) - 1)


def whole(table: Table) -> Table:
    """The table with its cells as the page has them, not in parts."""
    rows = [
        replace(row, parts=(), cells=tuple(replace(cell, parts=()) for cell in row.cells))
        for row in table.rows
    ]
    return replace(table, rows=tuple(rows))


def shown_sheets(page: str) -> list[Sheet]:
    """The sheets that a reader of the page would make of its tables."""
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[str, list[tuple[SheetValue, ...]]]]] = {}
    for place, account, table in shown_tables(page):
        headings = tuple(text(cell) for cell in table.css("thead th"))
        rows = [tuple(values(row)) for row in table.css("tbody tr")]
        groups.setdefault((place, headings), []).append((account, rows))
    return [
        Sheet(place, headings, tuple(parts[0][1]))
        if len(parts) == 1
        else Sheet(
            place,
            ("公众号", *headings),
            tuple((account, *row) for account, rows in parts for row in rows),
        )
        for (place, headings), parts in groups.items()
    ]


HOSTILE = weekly("<b>=A1&\"'\u202e", column="@SUM｜") + weekly("+号　码 ", weeks=20, days=(0, 2))
BRIEFS = {
    "with an own account": lambda: brief_of(
        competition(), roles=ROLES, sized=dict.fromkeys(ROLES, 16.0)
    ),
    "of rivals": lambda: brief_of(competition()),
    "of one account": lambda: brief_of(weekly("红崖", weeks=30)),
    "of too few articles": lambda: brief_of(weekly("红崖", weeks=3)),
    "of hostile names": lambda: brief_of(HOSTILE),
    "of nothing": lambda: brief_of([]),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS.keys())
def test_the_workbook_lists_what_the_appendix_shows(brief: object, lang: str) -> None:
    """All of it but what stands on the accounts' own pages."""
    summary: BriefSummary = brief()  # type: ignore[operator]
    with using_language(lang):
        tables = tabulate_brief(summary)
        across = [table for table in tables if not table.owner and table is not tables.phases]
        listed = list_sheets(map(whole, across))
    assert listed == shown_sheets(page_of(summary, lang=lang))


def test_tables_are_in_the_order_of_the_page() -> None:
    brief = brief_of(competition(), roles=ROLES)
    places = [sheet.name for sheet in list_sheets(tabulate_brief(brief))]
    assert places[:2] == ["对比了谁", "样本不足的账号（1 个）"]
    assert places[-1] == "每个账号缺什么"


def test_tables_of_one_kind_are_one_sheet_and_one_without_rows_is_none() -> None:
    def table(owner: str, *numbers: float) -> Table:
        rows = tuple(
            TableRow(f"第{number:.0f}", (TableCell("多", value=number, numeric=True),))
            for number in numbers
        )
        return Table(
            "栏目", (TableHeading("名"), TableHeading("数", numeric=True)), rows, owner=owner
        )

    rows = (("甲", "第1", 1.0), ("甲", "第2", 2.0), ("乙", "第3", 3.0))
    assert list_sheets([table("甲", 1, 2), table("乙", 3)]) == [
        Sheet("栏目", ("公众号", "名", "数"), rows)
    ]
    assert list_sheets([table("甲")]) == []


def test_what_a_cell_says_in_parts_is_in_columns_of_their_own() -> None:
    def cell(*parts: TablePart) -> TableCell:
        return TableCell("3 篇 至 5 月", parts=parts)

    rows = (
        TableRow("甲 自己", (cell(TablePart("", 3.0), TablePart("n", 4)),), "own"),
        TableRow("乙", (cell(TablePart("", None), TablePart("到", date(2026, 5, 1))),)),
        TableRow("丙", (TableCell("没有"),)),
    )
    table = Table("表", (TableHeading("名"), TableHeading("数", numeric=True)), rows)
    assert list_sheets([table]) == [
        Sheet(
            "表",
            ("名", "数", "n", "到"),
            (
                ("甲 自己", 3.0, 4, None),
                ("乙", None, None, date(2026, 5, 1)),
                ("丙", "没有", None, None),
            ),
        )
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_samples_and_days_can_be_sorted(lang: str) -> None:
    sheets = brief_sheets(brief_of(competition(), roles=ROLES), lang=lang)
    columns = {
        (number, heading): [row[at] for row in sheet.rows]
        for number, sheet in enumerate(sheets)
        for at, heading in enumerate(sheet.headings)
    }
    samples = [values for (_, heading), values in columns.items() if heading == "n"]
    assert len(samples) >= 6
    assert all(type(n) is int for values in samples for n in values if n is not None)
    first = "第一篇" if lang == "zh" else "First article"
    days = [day for (_, heading), values in columns.items() if heading == first for day in values]
    days = [day for day in days if day is not None]  # a survey has no first article
    assert len(days) >= 12
    assert all(type(day) is date for day in days)
    assert not any(isinstance(day, datetime) for day in days)


@pytest.mark.parametrize(("unplaced", "said"), [(0, "头条 100%"), (3, "头条 100% 3 篇没有位置")])
def test_positions_say_how_many_articles_have_none(unplaced: int, said: str) -> None:
    rows = weekly("甲", weeks=20)
    rows = [row | {"position": None} for row in rows[:unplaced]] + rows[unplaced:]
    table = tabulate_sending(brief_of(rows).accounts)
    assert table is not None
    assert to_text(table.rows[0].cells[1].content) == said
