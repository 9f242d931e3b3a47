"""Names in and around tables: headers of many tools, columns told by content, whose file it is."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.files import ArchiveError
from crawler.formats.tables.account_names import propose_account
from tests.support.tables import LINKS, articles_of, build_workbook, import_text, titles_of

A, B = LINKS[:2]


@pytest.mark.parametrize(
    "header",
    [
        "公眾號,標題,連結,發佈時間,閱讀數",
        "公众号,题目,网址,推送日期,阅读量",
        "公众号,Name,URL,Date,views",
        "公众号名称,文章,链接,日期,阅读",
        "账号account,标题title,链接url,时间time,阅读read",
        "公众号,文章标题(title),文章链接 (URL),发布时间（北京）,阅读数(次)",
    ],
)
def test_headers_of_many_tools(header: str) -> None:
    (sighting,) = import_text(f"{header}\n灯下小铺,木勺怎么养,{A},2025-11-17 10:52,100\n").sightings
    article = sighting.article
    assert (article.account_name, article.title, article.url) == ("灯下小铺", "木勺怎么养", A)
    assert article.published_at is not None
    assert [(c.metric, c.value) for c in sighting.counts] == [("read", 100)]


def test_an_account_that_is_shown_as_a_link_is_its_name() -> None:
    text = f"Name,URL,公众号\n木勺,{A},灯下小铺 (https://www.notion.so/abc)\n"
    assert [a.account_name for a in articles_of(import_text(text))] == ["灯下小铺"]


def test_a_name_is_no_title_in_a_list_of_accounts() -> None:
    with pytest.raises(ArchiveError, match="没有认出表头"):
        import_text("名称,微信号,简介\n灯下小铺,dengxia,一间小铺\n")


def test_columns_of_titles_and_links_are_told_by_what_they_hold() -> None:
    text = f"推文名字,地址在哪,谁写的\n怎么挑一把木勺,{A},小林\n三步洗净竹篮,{B},小林\n"
    batch = import_text(text)
    assert [(a.title, a.url) for a in articles_of(batch)] == [
        ("怎么挑一把木勺", A),
        ("三步洗净竹篮", B),
    ]
    assert batch.notes[1:3] == ["“地址在哪”里是文章链接", "“推文名字”看内容像标题，当作标题"]


def test_of_two_columns_of_texts_none_is_the_titles() -> None:
    text = f"甲栏,乙栏,链接\n怎么挑一把木勺,木勺的挑选办法,{A}\n三步洗净竹篮,竹篮的清洗办法,{B}\n"
    assert titles_of(import_text(text)) == [None, None]


def test_the_hint_names_the_files_own_header() -> None:
    with pytest.raises(ArchiveError, match="--map 栏目名=标题"):
        import_text("编码,栏目名,点数\nA1,外部的渠道来源,3\nA1,外部的渠道来源,5\n")


@pytest.mark.parametrize(
    ("above", "sheet", "file", "name"),
    [
        (["公众号文章导出 - 青石灶间"], "Sheet1", "export", "青石灶间"),
        (["公众号：青石灶间"], None, "a", "青石灶间"),
        (["【青石灶间】公众号文章明细"], "明细", "data", "青石灶间"),
        ([], "青石灶间", "articles_20251201", "青石灶间"),
        ([], None, "青石灶间", "青石灶间"),
        ([], None, "青石灶间11月推文数据_20251201", "青石灶间"),
        ([], "Sheet1", "青石灶间-公众号文章列表(1)", "青石灶间"),
        (["青石灶间公众号文章"], "青石灶间", "青石灶间", "青石灶间"),
        ([], "Sheet1", "文章列表", None),
        ([], "明细", "公众号文章导出", None),
        ([], None, "新榜导出_2025-12-01", None),
        ([], None, "我的收藏", None),
        ([], None, "cubox", None),
        ([], "五月", "对标文章（2025）", None),
        (["教育行业公众号周榜"], None, "t", None),
        (["2025年11月数据"], None, "t", None),
        ([], "青石灶间", "灯下小铺", None),
        ([], "第 1 张表", "新媒体运营后台数据", None),
    ],
)
def test_whose_file_it_is(above: list[str], sheet: str | None, file: str, name: str | None) -> None:
    assert propose_account(above, sheet, file)[0] == name


def test_an_account_in_a_files_name_is_taken_and_said() -> None:
    batch = import_text(f"标题,链接\n木勺,{A}\n", "导出/青石灶间.csv")
    assert [a.account_name for a in articles_of(batch)] == ["青石灶间"]
    assert batch.guessed == "青石灶间"
    assert batch.notes == [
        "没有公众号列，文件名是“青石灶间”，当作它的文章：不对就加 --account 再导入一次"
    ]
    named = import_text("公众号,标题\n灯下小铺,木勺\n", "青石灶间.csv")
    assert [a.account_name for a in articles_of(named)] == ["灯下小铺"]


def test_sheets_named_by_their_accounts() -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.title = "青石灶间"
        sheet.append(["标题", "链接"])
        sheet.append(["木勺", A])
        other = book.create_sheet("灯下小铺")
        other.append(["标题", "链接"])
        other.append(["竹篮", B])

    raw = build_workbook(fill)
    plain, sheets = import_text(raw, "t.xlsx"), import_text(raw, "t.xlsx", sheet_accounts=True)
    assert [a.account_name for a in articles_of(plain)] == [None, None]
    hint = "工作表名像是公众号名（青石灶间、灯下小铺）：是的话加 --sheet-accounts，按工作表归账号"
    assert hint in plain.notes
    assert [a.account_name for a in articles_of(sheets)] == ["青石灶间", "灯下小铺"]
