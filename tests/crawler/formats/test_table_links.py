"""Links beside, in and on the cells of tables."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.tables import LINKS, articles_of, build_workbook, import_text

A, B, C = LINKS[:3]
LONG = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=2247480704&idx=2&sn=ab12"
TITLE = "木勺怎么养"


def pairs(text: str | bytes, name: str = "t.csv") -> list[tuple[str | None, str | None]]:
    return [(article.title, article.url) for article in articles_of(import_text(text, name))]


@pytest.mark.parametrize(
    "cell",
    [
        A,
        f"[{TITLE}]({A})",
        f"{TITLE} {A}",
        f"{A} {TITLE}",
        f"{TITLE}({A})",
        f"{TITLE}（{A}）",
        f"<{A}>",
        f'"<a href=""{A}"">{TITLE}</a>"',
        f'"=HYPERLINK(""{A}"",""{TITLE}"")"',
        f'"=HYPERLINK(""{A[:30]}""&""{A[30:]}"";""查看原文"")"',
        f'"=""{A}"""',
        f"点击查看：{A}",
    ],
)
def test_a_link_in_the_links_cell(cell: str) -> None:
    assert pairs(f"标题,链接\n{TITLE},{cell}\n") == [(TITLE, A)]


@pytest.mark.parametrize(
    "cell",
    [
        f"[{TITLE}]({A})",
        f"{TITLE} {A}",
        f"{TITLE}({A})",
        f'"<a href=""{A}"">{TITLE}</a>"',
        f'"=HYPERLINK(""{A}"",""{TITLE}"")"',
    ],
)
@pytest.mark.parametrize("rest", [("", ""), (",链接", ",查看原文"), (",日期", ",2025-11-01")])
def test_a_link_in_the_titles_cell(cell: str, rest: tuple[str, str]) -> None:
    assert pairs(f"标题{rest[0]}\n{cell}{rest[1]}\n") == [(TITLE, A)]


def test_titles_stand_with_the_links_where_they_have_no_column() -> None:
    text = f"链接,日期\n{TITLE} {A},2025-11-01\n[[实测] 竹篮]({B}),2025-11-02\n{C},2025-11-03\n"
    assert pairs(text) == [(TITLE, A), ("[实测] 竹篮", B), (None, C)]


def test_a_link_keeps_what_tells_the_article() -> None:
    (article,) = articles_of(import_text(f"标题,链接\n甲,[甲]({LONG}#rd)\n"))
    assert (article.biz, article.mid, article.idx) == ("MzkwMDAwMDAwMg==", "2247480704", 2)


def test_links_attached_to_cells_and_formulas_of_a_workbook() -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.append([None, "标题", "链接", "发布时间"])
        sheet.append([None, "一", "查看原文", "2025-11-01 10:00"])
        sheet.append([None, "二", "查看原文", "2025-11-02 10:00"])
        sheet.append([None, f'=HYPERLINK("{C}","三")', None, "2025-11-03 10:00"])
        sheet.append([None, "四", LINKS[3], "2025-11-04 10:00"])
        sheet.append([None, "五", None, "2025-11-05 10:00"])
        sheet["B2"].hyperlink = A + "?a=1&b=2"
        sheet["C3"].hyperlink = LONG
        sheet["D5"].hyperlink = B  # the address in the cell is what a person reads
        sheet["B6"].hyperlink = "https://example.com/"

    found = [(title, url) for title, url in pairs(build_workbook(fill), "t.xlsx")]
    assert found == [("一", A), ("二", LONG), ("三", C), ("四", LINKS[3]), ("五", None)]


def test_a_links_column_of_labels_needs_no_address_in_it() -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.append(["标题", "公众号"])
        sheet.append([TITLE, "灯下小铺"])
        sheet["A2"].hyperlink = A

    assert pairs(build_workbook(fill), "t.xlsx") == [(TITLE, A)]
