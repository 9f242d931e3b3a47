"""The sample's brief on paper: what begins a sheet, what is printed, no sheet half empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from analysis.report.browser import print_pdf
from tests.support.sheets import Sheet, read_sheets

WIDTH = 696  # CSS px between the margins of A4; what is wider makes all print smaller
MOST_BLANK = 1 / 3  # a figure or a row that doesn't fit may leave so much


@pytest.fixture(scope="module")
def page(demo: tuple[Path, str]) -> str:
    return (demo[0] / "brief.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sheets(page: str, chromium: None) -> list[Sheet]:
    return read_sheets(print_pdf(page, day=date(2026, 9, 1)))


def appendix_of(sheets: list[Sheet]) -> list[Sheet]:
    first = next(number for number, sheet in enumerate(sheets) if sheet.lines[0] == "附录")
    return sheets[first:]


def text_of(html: str, css: str) -> list[str]:
    nodes = LexborHTMLParser(html).css(css)
    return [re.sub(r"\s+", " ", node.text()).strip() for node in nodes]


def test_the_front_the_accounts_and_the_appendix_begin_sheets(
    page: str, sheets: list[Sheet]
) -> None:
    assert sheets[0].lines[0] == "公众号竞品简报"
    assert "对手档案" in {sheet.lines[0] for sheet in sheets[1:3]}
    begun = [sheet.lines[0] for sheet in sheets]
    names = text_of(page, ".dossier h3 .name")
    assert len(names) == 9
    assert [name for name in names[1:] if not any(line.startswith(name) for line in begun)] == []
    assert len(appendix_of(sheets)) >= 8


def test_every_sheet_has_its_number_and_the_day(sheets: list[Sheet]) -> None:
    assert [sheet.foot for sheet in sheets] == [
        f"2026-09-01 · {number} / {len(sheets)}" for number in range(1, len(sheets) + 1)
    ]


def test_no_sheet_of_the_appendix_is_left_half_empty(sheets: list[Sheet]) -> None:
    blank = {sheet.foot: sheet.blank for sheet in appendix_of(sheets)[:-1]}
    assert {foot: share for foot, share in blank.items() if share > MOST_BLANK} == {}


def test_no_heading_stands_alone_at_the_foot_of_a_sheet(page: str, sheets: list[Sheet]) -> None:
    headings = set(text_of(page, "#appendix :is(h2, h3, h4, caption, figcaption)"))
    assert len(headings) > 20
    assert [sheet.lines[-1] for sheet in appendix_of(sheets) if sheet.lines[-1] in headings] == []


def test_what_is_closed_on_the_screen_is_printed(page: str, sheets: list[Sheet]) -> None:
    printed = re.sub(r"\s", "", "".join("".join(sheet.lines) for sheet in appendix_of(sheets)))
    hidden = text_of(page, "#appendix .chapter h4, #appendix .chapter th, #appendix .leaves a")
    assert len(hidden) > 200
    lost = [words for words in hidden if re.sub(r"\s", "", words) not in printed]
    assert len(lost) < len(hidden) / 50, lost  # lines that a sheet's end cuts read in two places


def test_figures_and_rows_are_not_cut(visit: Callable[..., Any], page: str) -> None:
    printed = visit(page, width=WIDTH)
    printed.emulate_media(media="print")
    cut = printed.evaluate(
        "() => [...document.querySelectorAll('#appendix :is(figure, tr, svg)')]"
        ".filter(e => !e.closest('tr, figure') || e.matches('tr, figure'))"
        ".filter(e => getComputedStyle(e).breakInside !== 'avoid').map(e => e.outerHTML)"
    )
    assert cut == []
    assert printed.evaluate("() => document.documentElement.scrollWidth") <= WIDTH
