"""Headers: what columns are called, whatever their order, width and case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.formats.tables.headers import looks_like_header, map_headers

EXPORTER = [
    "公众号",
    "ID",
    "链接",
    "标题",
    "封面",
    "摘要",
    "创建时间",
    "发布时间",
    "阅读",
    "点赞",
    "分享",
    "喜欢",
    "留言",
    "作者",
    "是否原创",
    "文章类型",
    "所属合集",
    "文章内容",
]
BACK_END = [
    "内容标题",
    "发表时间",
    "总阅读人数",
    "总阅读次数",
    "总分享人数",
    "总分享次数",
    "送达人数",
    "公众号消息阅读次数",
    "送达阅读率",
    "阅读完成率",
    "内容url",
]


def named(names: list[str], extra: dict[str, str] | None = None) -> dict[str, list[str]]:
    return {
        field: [names[n] for n in numbers]
        for field, numbers in map_headers(names, extra).columns.items()
    }


def test_the_exporters_table() -> None:
    assert named(EXPORTER) == {
        "account": ["公众号"],
        "id": ["ID"],
        "url": ["链接"],
        "title": ["标题"],
        "cover": ["封面"],
        "digest": ["摘要"],
        "published": ["发布时间"],
        "read": ["阅读"],
        "like": ["点赞"],
        "share": ["分享"],
        "wow": ["喜欢"],
        "comment": ["留言"],
        "author": ["作者"],
        "original": ["是否原创"],
        "kind": ["文章类型"],
        "albums": ["所属合集"],
        "saved_at": ["创建时间"],
    }
    assert [name for _, name in map_headers(EXPORTER).aside] == ["创建时间", "文章内容"]


def test_the_back_ends_table_counts_times_not_people_and_knows_the_rest() -> None:
    found = map_headers(BACK_END)
    assert named(BACK_END) == {
        "title": ["内容标题"],
        "published": ["发表时间"],
        "read": ["总阅读次数"],
        "share": ["总分享次数"],
        "url": ["内容url"],
    }
    assert (len(found.aside), found.unknown) == (6, ())


def test_people_are_counted_where_times_are_not_and_that_is_said() -> None:
    found = map_headers(["标题", "阅读(人)"])
    assert found.columns["read"] == (1,)
    assert found.notes == ("没有“次数”列，用“阅读(人)”当阅读数",)


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (
            ["biz", "account", "title", "digest", "url", "publish_time", "pos_in_push"],
            {"biz", "account", "title", "digest", "url", "published", "position"},
        ),
        (
            ["account", "gh_id", "title", "publish_time", "mid", "idx", "digest80"],
            {"account", "user_name", "title", "published", "mid", "position", "digest"},
        ),
        (
            [
                "公众号名称",
                "公众号ID",
                "发布时间",
                "发布位置",
                "阅读数",
                "点赞数",
                "标题",
                "阅读原文链接",
            ],
            {
                "account",
                "account_id",
                "published",
                "position",
                "read",
                "like",
                "title",
                "source_url",
            },
        ),
        (
            ["__biz", "msg_title", "content_url", "msgid", "itemidx", "copyright_stat"],
            {"biz", "title", "url", "mid", "position", "copyright_stat"},
        ),
    ],
)
def test_common_tables(names: list[str], fields: set[str]) -> None:
    assert set(map_headers(names).columns) == fields
    assert looks_like_header(names)


def test_case_width_spacing_marks_and_units_do_not_matter() -> None:
    assert named(
        ["ＴＩＴＬＥ", " Read Num ", "发布时间（北京时间）", "\ufeff摘 要", "留言数(条)", "mp-name"]
    ) == {
        "title": ["ＴＩＴＬＥ"],
        "read": [" Read Num "],
        "published": ["发布时间（北京时间）"],
        "digest": ["\ufeff摘 要"],
        "comment": ["留言数(条)"],
        "account": ["mp-name"],
    }


def test_publish_time_beats_update_time_beats_create_time() -> None:
    assert named(["title", "create_time", "update_time", "publish_time"])["published"] == [
        "publish_time"
    ]
    assert named(["title", "create_time", "update_time"])["published"] == ["update_time"]
    assert named(["title", "create_time"])["published"] == ["create_time"]


def test_the_update_time_of_counts_is_when_they_were_counted() -> None:
    assert named(["标题", "更新时间", "阅读数", "发布时间"])["counted_at"] == ["更新时间"]
    assert named(["标题", "更新时间", "阅读数"])["counted_at"] == ["更新时间"]
    assert named(["标题", "更新时间"]) == {"title": ["标题"], "saved_at": ["更新时间"]}


def test_like_num_is_wow_only_beside_old_like_num() -> None:
    assert named(["title", "like_num"]) == {"title": ["title"], "like": ["like_num"]}
    assert named(["title", "like_num", "old_like_num"]) == {
        "title": ["title"],
        "wow": ["like_num"],
        "like": ["old_like_num"],
    }


def test_ten_columns_of_one_name_are_kept_apart() -> None:
    found = map_headers(["标题", *["备注"] * 10, *["阅读数"] * 10])
    assert len({name for _, name in found.aside}) == len(found.aside) == 10
    assert found.columns["read"] == tuple(range(11, 21))


def test_a_persons_map_goes_first_and_a_wrong_one_is_refused() -> None:
    assert named(["标题", "推送内容", "浏览"], {"推送内容": "title", "浏览": "阅读数"}) == {
        "title": ["推送内容", "标题"],
        "read": ["浏览"],
    }
    assert map_headers(["标题"], {"没有的列": "url"}).notes == ("--map 里的列表头里没有：没有的列",)
    with pytest.raises(ValueError, match="不是这里的字段"):
        map_headers(["标题"], {"标题": "什么"})


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["", None],
        ["某公众号 2025 年数据"],
        ["日期", "渠道", "阅读次数"],
        ["标题党的一天", "2025-06-01"],
        ["https://mp.weixin.qq.com/s/abc", "title"],
    ],
)
def test_rows_that_are_no_header(cells: list[object]) -> None:
    assert not looks_like_header(cells)


@given(st.permutations(EXPORTER))
def test_the_order_of_columns_does_not_matter(names: list[str]) -> None:
    assert named(names) == named(EXPORTER)
    assert [name for _, name in map_headers(names).aside] == ["创建时间", "文章内容"]


@given(st.lists(st.text(max_size=12), max_size=15))
def test_no_header_breaks_it_and_no_column_is_lost(names: list[str]) -> None:
    looks_like_header(names)
    found = map_headers(names)
    kept = {n for numbers in found.columns.values() for n in numbers} | {n for n, _ in found.aside}
    assert kept == set(range(found.width))
