"""Rows of tables that are no articles."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.files import ArchiveError
from tests.support.tables import LINKS, articles_of, build_workbook, import_text, titles_of

A, B = LINKS[:2]
HEADER = "序号,公众号,标题,链接,发布时间,阅读数,点赞数\n"
ROWS = (
    f"1,灯下小铺,木勺怎么养,{A},2025-11-01 10:00,100,5\n"
    f"2,灯下小铺,平均每天一碗汤,{B},2025-11-02 10:00,120,6\n"
)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("---,---,---,---,---,---,---", "分隔线"),
        ("===,:-:,——,-,-,-,-", "分隔线"),
        (HEADER.strip(), "重复的表头"),
        ("序号,公众号名称,文章标题,链接,发布时间,阅读数,点赞数", "重复的表头"),
        ("合计,2,,,,220,11", "合计"),
        (",小计,,,,220,11", "合计"),
        (",,总计（2 篇）,,,220,11", "合计"),
        (",,平均值,,,110,5.5", "合计"),
        ("Total,,,,,220,11", "合计"),
        (",,共 2 篇文章,,,,", "合计"),
        ("数据来源：某平台，仅供参考,,,,,,", "表尾说明"),
        (",,注：阅读数截至 12 月 1 日,,,,", "表尾说明"),
        ("导出时间：2025-12-01 10:00,,,,,,", "表尾说明"),
        ("2025年11月,,,,,,", "分段标题"),
        ("3,,,,,,", "只有序号"),
        ("4,灯下小铺,,,,0,0", "只有序号"),
    ],
)
def test_a_row_that_is_none_is_counted_and_nothing_else(row: str, kind: str) -> None:
    batch = import_text(HEADER + ROWS + row + "\n")
    assert titles_of(batch) == ["木勺怎么养", "平均每天一碗汤"]
    assert {article.account_name for article in articles_of(batch)} == {"灯下小铺"}
    assert batch.rejects == []
    assert batch.notes == [f"1 行不是文章，没有导入：{kind} 1 行"]


@pytest.mark.parametrize("title", ["合计", "总计", "标题", "平均", "2025年11月", "共 3 篇", "——"])
def test_what_has_a_link_or_a_time_is_an_article_whatever_its_title(title: str) -> None:
    linked = import_text(HEADER + f"1,灯下小铺,{title},{A},,,\n")
    dated = import_text(HEADER + f"1,灯下小铺,{title},,2025-11-01 10:00,,\n")
    assert titles_of(linked) == titles_of(dated) == [title]


def test_a_table_in_markdown_has_a_ruler_and_a_sum() -> None:
    text = (
        "# 对标\n\n| 编号 | 公众号 | 文章链接 | 文章标题 |\n|----|:---:|---|--------|\n"
        f"| 01 | 灯下小铺 | {A} | 木勺怎么养 |\n| **合计** | | | 1 |\n"
    )
    batch = import_text(text, "t.md")
    assert [(a.account_name, a.title, a.url) for a in articles_of(batch)] == [
        ("灯下小铺", "木勺怎么养", A)
    ]


def test_rows_below_a_header_in_another_order_are_read_by_it() -> None:
    text = (
        f"公众号,标题,链接\n灯下小铺,木勺,{A}\n公众号,标题,链接\n灯下小铺,竹篮,{B}\n"
        f"文章标题,阅读数,链接,公众号\n陶碗,5,{LINKS[2]},青石灶间\n"
    )
    batch = import_text(text)
    assert [(a.account_name, a.title, a.url) for a in articles_of(batch)] == [
        ("灯下小铺", "木勺", A),
        ("灯下小铺", "竹篮", B),
        ("青石灶间", "陶碗", LINKS[2]),
    ]
    assert batch.notes == ["2 行不是文章，没有导入：重复的表头 2 行"]


def test_a_bar_in_a_cell_of_markdown_is_escaped() -> None:
    text = f"| 标题 | 链接 |\n|---|---|\n| 木勺 \\| 怎么养 | {A} |\n"
    assert titles_of(import_text(text, "t.md")) == ["木勺 | 怎么养"]


def test_a_title_alone_is_an_article_where_it_is_no_sum() -> None:
    assert titles_of(import_text("标题,阅读\n平均每天一碗汤,5\n注意这五个细节,6\n")) == [
        "平均每天一碗汤",
        "注意这五个细节",
    ]


def test_sums_and_footers_below_a_sheet_of_two_header_lines() -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.append(["序号", "标题", "链接", "发布时间", "数据", None])
        sheet.append([None, None, None, None, "阅读", "点赞"])
        sheet.append([1, "木勺怎么养", A, "2025-11-01 10:00", 100, 5])
        sheet.append([None, "合计", None, None, 100, 5])
        sheet.append(["数据来源：后台"])
        sheet.merge_cells("E1:F1")

    batch = import_text(build_workbook(fill), "t.xlsx")
    (sighting,) = batch.sightings
    assert [(c.metric, c.value) for c in sighting.counts] == [("read", 100), ("like", 5)]
    assert batch.notes[-1] == "2 行不是文章，没有导入：合计 1 行、表尾说明 1 行"


def test_a_table_of_nothing_else_has_no_article() -> None:
    with pytest.raises(ArchiveError, match="没有一行文章"):
        import_text(HEADER + "合计,2,,,,220,11\n")


def test_values_of_failed_formulas_are_empty() -> None:
    rows = f"灯下小铺,#NAME?,{A},#DIV/0!\n灯下小铺,Err:502,{B},5\n#REF!,#N/A,,\n"
    batch = import_text("公众号,标题,链接,阅读数\n" + rows)
    assert [(a.title, a.url) for a in articles_of(batch)] == [(None, A), (None, B)]
    assert batch.notes == [
        "5 格是表格软件的错误值（如 #NAME?、#REF!），当作空格",
        "1 行不是文章，没有导入：只有错误值 1 行",
    ]


def test_hidden_sheets_are_left_out_and_hidden_rows_are_told() -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.append(["标题", "链接"])
        sheet.append(["木勺怎么养", A])
        sheet.append(["竹篮怎么洗", B])
        sheet.row_dimensions[3].hidden = True
        old = book.create_sheet("旧数据")
        old.append(["标题", "链接"])
        old.append(["测试请忽略", LINKS[5]])
        old.sheet_state = "hidden"

    batch = import_text(build_workbook(fill), "t.xlsx")
    assert titles_of(batch) == ["木勺怎么养", "竹篮怎么洗"]
    assert batch.notes[1:] == [
        "1 行在表格里是隐藏的（筛选或手工隐藏），也读了",
        "隐藏的工作表没有读：旧数据",
    ]
