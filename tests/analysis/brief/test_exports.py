"""A brief as PDF, long pictures, a workbook and figures: what is in them, the same bytes again, one
clear line where there is no browser.
"""

from __future__ import annotations

import io
import itertools
import json
import struct
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.brief.exports import save_exports
from analysis.brief.page import BriefError
from analysis.brief.record import RecordError, load_record, pack_record
from analysis.brief.summary import BriefSummary
from analysis.brief.tables.collect import brief_sheets
from analysis.files import OutputError
from analysis.report.browser import ChromiumError, _cut, draw_pictures, find_chromium, print_pdf
from analysis.report.workbook import Sheet, pack_workbook
from tests.support.small_briefs import ROLES, brief_of, competition, page_of, weekly

MIDNIGHT = datetime(2026, 9, 1)
NOWHERE = "/nowhere/chromium"


@pytest.fixture(scope="module")
def brief() -> BriefSummary:
    return brief_of(competition(), roles=ROLES)


@pytest.fixture(scope="module")
def page(brief: BriefSummary) -> str:
    return page_of(brief)


def sheets_of(raw: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


# drawn by a browser


@pytest.mark.usefixtures("chromium")
def test_the_pdf_is_a4_with_an_outline_and_the_same_bytes_again(
    page: str, brief: BriefSummary
) -> None:
    first, second = (print_pdf(page, day=brief.date) for _ in range(2))
    assert first.startswith(b"%PDF")
    assert b"/Outlines" in first
    assert b"(D:20260901000000+00'00')" in first
    assert first == second


@pytest.mark.usefixtures("chromium")
def test_the_long_pictures_are_750_wide_none_too_tall_and_the_same_bytes_again(page: str) -> None:
    first, second = (draw_pictures(page) for _ in range(2))
    assert len(first) > 1
    assert {width for width, _ in map(size_of, first)} == {750}
    assert max(height for _, height in map(size_of, first[1:])) <= 10_000
    assert first == second


@pytest.mark.usefixtures("chromium")
def test_the_front_part_is_one_picture_and_closed_chapters_are_open_in_the_rest() -> None:
    page = (
        "<body style='margin:0'><section id=front style='height:6000px'></section>"
        "<section><details class=chapter><summary style='height:20px'>一</summary>"
        "<div style='height:980px'></div></details></section>"
    )
    assert list(map(size_of, draw_pictures(page))) == [(750, 12_000), (750, 2000)]


@given(st.integers(1, 60_000), st.lists(st.integers(0, 60_000)))
def test_pieces_cover_the_page_once_and_none_is_too_tall(height: int, tops: list[int]) -> None:
    edges = _cut(height, tops)
    assert edges[0] == 0
    assert edges[-1] == height
    assert all(0 < below - above <= 5000 for above, below in itertools.pairwise(edges))


def test_the_front_part_is_cut_off_where_it_can_be_drawn_whole() -> None:
    assert _cut(8000, [0, 1000, 3000, 4200], front=1000) == [0, 1000, 4200, 8000]
    assert _cut(9000, [0], front=8192) == [0, 8192, 9000]
    assert _cut(20_000, [0], front=9000)[:2] == [0, 5000]
    assert _cut(900, [0], front=900) == [0, 900]


def test_cuts_go_between_blocks_where_there_is_one() -> None:
    assert _cut(8000, [0, 1000, 4200, 4900, 5100]) == [0, 4900, 8000]
    assert _cut(8000, [0, 1000]) == [0, 5000, 8000]
    assert _cut(300, [0, 100]) == [0, 300]


def test_without_a_browser_the_page_is_written_and_one_line_says_so(
    brief: BriefSummary, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIBIAO_CHROMIUM", NOWHERE)
    with pytest.raises(ChromiumError, match=r"b\.html") as error:
        save_exports(brief, page, [tmp_path / "b.pdf", tmp_path / "b.xlsx"])
    assert "\n" not in str(error.value)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["b.html", "b.xlsx"]
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == page


def test_a_page_that_was_asked_for_is_not_written_twice(
    brief: BriefSummary, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIBIAO_CHROMIUM", NOWHERE)
    with pytest.raises(ChromiumError, match=r"mine\.html"):
        save_exports(brief, page, [tmp_path / "b.png", tmp_path / "mine.html"])
    assert [file.name for file in tmp_path.iterdir()] == ["mine.html"]


def test_a_program_that_is_no_browser_is_named(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "no-browser"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("DUIBIAO_CHROMIUM", str(program))
    with pytest.raises(ChromiumError, match="no-browser"):
        draw_pictures(page)


def test_the_browser_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "chromium"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.delenv("DUIBIAO_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() == program


# files


def test_every_ending_is_written_as_what_it_says(
    brief: BriefSummary, page: str, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("b.html", "b.xlsx", "b.json")]
    assert save_exports(brief, page, paths) == paths
    assert [path.read_bytes()[:2] for path in paths] == [b"<!", b"PK", b"{\n"]
    again = [tmp_path / f"again{path.suffix}" for path in paths]
    save_exports(brief, page, again)
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]


def test_another_ending_or_a_taken_name_stops_before_anything_is_written(
    brief: BriefSummary, page: str, tmp_path: Path
) -> None:
    with pytest.raises(BriefError, match=r"\.docx"):
        save_exports(brief, page, [tmp_path / "b.html", tmp_path / "b.docx"])
    (tmp_path / "taken.json").write_text("mine")
    with pytest.raises(OutputError, match="--force"):
        save_exports(brief, page, [tmp_path / "b.html", tmp_path / "taken.json"])
    assert [file.name for file in tmp_path.iterdir()] == ["taken.json"]


# the workbook


def test_the_workbook_has_every_table_with_raw_numbers(brief: BriefSummary) -> None:
    sheets = sheets_of(pack_workbook(brief_sheets(brief), date=MIDNIGHT))
    assert list(sheets)[:3] == ["结论", "对比了谁", "样本不足的账号（1 个）"]
    cadence = {
        row[0].split(" ")[0]: dict(zip(sheets["发文节奏"][0], row, strict=True))
        for row in sheets["发文节奏"][1:]
    }
    rates = {
        account.account: account.cadence.pushes_per_week
        for account in brief.accounts
        if account.cadence and account.enough
    }
    assert {name: row["推送/周"] for name, row in cadence.items()} == pytest.approx(rates)
    tables = sum(sheet.name != "结论" for sheet in brief_sheets(brief))
    assert tables >= 6
    assert len(sheets) == tables + 1


def test_a_table_for_each_account_is_one_sheet_with_the_account_in_front(
    brief: BriefSummary,
) -> None:
    rows = sheets_of(pack_workbook(brief_sheets(brief), date=MIDNIGHT))["栏目"]
    assert rows[0][:2] == ("公众号", "栏目")
    assert {row[0] for row in rows[1:]} == {"红崖", "棠屿", "三斗"}


def test_no_cell_is_a_formula_or_a_link() -> None:
    hostile = weekly("=HYPERLINK(1)", column="@SUM(A1)｜") + weekly("+cmd|' /C calc'!A0")
    raw = pack_workbook(brief_sheets(brief_of(hostile)), date=MIDNIGHT)
    cells = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(raw))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.hyperlink is None for cell in cells)
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert any(text.startswith("'=HYPERLINK") for text in texts)
    assert not any(text.lstrip().startswith(("=", "+", "@")) for text in texts)


def test_sheet_names_are_what_excel_takes() -> None:
    long = "名" * 40
    sheets = [Sheet(name, ("甲",), (("一",),)) for name in (long, long, "a/b:c", "A b c", "")]
    assert list(sheets_of(pack_workbook(sheets, date=MIDNIGHT))) == [
        "名" * 31,
        "名" * 29 + " 2",
        "a b c",
        "A b c 2",
        "表",
    ]


def test_a_brief_without_articles_is_still_a_workbook() -> None:
    assert list(sheets_of(pack_workbook(brief_sheets(brief_of([])), date=MIDNIGHT))) == [
        "还没有文章"
    ]


# the figures


def test_the_figures_come_back_as_they_were(brief: BriefSummary, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(pack_record(brief))
    old = load_record(tmp_path / "b.json")
    assert old.date == brief.date
    assert {key: (one.articles, one.pushes) for key, one in old.accounts.items()} == {
        account.account_id: (account.articles, account.cadence.pushes if account.cadence else 0)
        for account in brief.accounts
    }
    assert {name for name, _, _ in old.accounts["id-红崖"].columns.values()} == {"避坑"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "不是 JSON"),
        ("[" * 100_000, "不是 JSON"),
        ("[1]", "不是简报的数据"),
        ('{"kind": "duibiao brief", "version": 9}', "第 9 版"),
        ('{"kind": "duibiao brief", "version": 1}', "KeyError"),
        ('{"kind": "duibiao brief", "version": 1, "date": 3, "accounts": []}', "TypeError"),
        (
            '{"kind": "duibiao brief", "version": 1, "date": "2026-09-01", "accounts": '
            '[{"account_id": "a"}]}',
            "KeyError",
        ),
    ],
)
def test_a_file_that_is_no_brief_is_refused_in_one_line(
    content: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "b.json").write_text(content)
    with pytest.raises(RecordError, match=told) as error:
        load_record(tmp_path / "b.json")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"none\.json"):
        load_record(tmp_path / "none.json")


def test_the_figures_of_a_large_brief_stay_small() -> None:
    rows = [
        row
        for n in range(24)
        for row in weekly(f"号{n:02d}" * 40, weeks=20, days=(0, 2), column="栏目名" * 30)
    ]
    raw = pack_record(brief_of(rows))
    assert len(raw) < 200_000
    assert json.loads(raw)["version"] == 1
