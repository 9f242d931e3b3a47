"""What counts as a mark in a title, and what doesn't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.normalize import normalize_key
from analysis.text.title_marks import MARK_KINDS, find_marks


def kinds_and_names(title: str) -> list[tuple[str, str]]:
    return [(mark.kind, mark.name) for mark in find_marks(title)]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("【收纳课】换季衣服怎么放", [("bracket", "收纳课")]),
        ("「会员日」八号积分翻三倍", [("bracket", "会员日")]),
        ("[好物] 三只锅", [("bracket", "好物")]),
        ("《搬家手册》第一页", [("bracket", "搬家手册")]),
        ("换季衣服怎么放【收纳课】", [("bracket", "收纳课")]),
        ("避坑｜便宜沙发", [("separator", "避坑"), ("separator", "便宜沙发")]),
        ("避坑| 便宜沙发", [("separator", "避坑"), ("separator", "便宜沙发")]),
        ("避坑丨便宜沙发", [("separator", "避坑"), ("separator", "便宜沙发")]),
        ("避坑│便宜沙发", [("separator", "避坑"), ("separator", "便宜沙发")]),
        ("避坑 · 便宜沙发", [("separator", "避坑")]),
        ("棠小二答疑：被子怎么收", [("colon", "棠小二答疑")]),
        ("微型小说《燃烟》", [("prefix", "微型小说")]),
        ("57 | 微型小说《双女》", [("numbered", "微型小说"), ("prefix", "微型小说")]),
        ("搪瓷小课堂（第34期） 骨瓷", [("numbered", "搪瓷小课堂")]),
        ("工坊里 Vol.44：开化的朱师傅", [("numbered", "工坊里"), ("colon", "工坊里")]),
        ("【冷兔•槽】每日一冷NO.3003", [("numbered", "每日一冷"), ("bracket", "冷兔•槽")]),
        ("夜读 No.48｜风声", [("numbered", "夜读"), ("separator", "夜读"), ("separator", "风声")]),
        ("早市 3月15日", [("dated", "早市")]),
        ("学术速递[12.29]", [("dated", "学术速递")]),
        ("研报头条（0304）-买入", [("dated", "研报头条")]),
        ("专题报告20210524", [("dated", "专题报告")]),
    ],
)
def test_a_mark_is_found_as_written(title: str, found: list[tuple[str, str]]) -> None:
    assert kinds_and_names(title) == found


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "换季衣服怎么放",
        "【】",
        "｜｜｜",
        "2024年3月",
        "《一本书的名字》",
        "他说「不买了」以后",
        "房价涨了3.5个点",
        "今天降温，注意｜",
        "12.12大促来了",
        "这是一句很长很长很长的话：后面没什么",
    ],
)
def test_what_only_looks_like_a_mark_is_none(title: str) -> None:
    assert find_marks(title) == ()


def test_a_clause_before_a_bar_is_no_name() -> None:
    assert kinds_and_names("冰箱满了，先扔什么｜厨房") == [("separator", "厨房")]


def test_the_issue_is_kept_as_written_and_left_out_of_the_key() -> None:
    first, second = find_marks("收纳小课 第十二期 衣柜")[0], find_marks("收纳小课第13期：鞋柜")[0]
    assert (first.key, first.number, second.key, second.number) == (
        "收纳小课",
        "十二",
        "收纳小课",
        "13",
    )


def test_a_number_with_no_name_counts_as_a_series_of_its_own() -> None:
    assert find_marks("第12期｜锅")[0].name == "第N期"


def test_variants_of_one_mark_share_a_key() -> None:
    written = ["【避坑】锅", "避坑 ｜锅具", "避坑|锅盖", "「避 坑」锅"]
    assert {find_marks(title)[0].key for title in written} == {"避坑"}
    assert normalize_key("ＡＢ１２ 丨 冷兔•槽") == normalize_key("ab7|冷兔·槽") == "ab#|冷兔·槽"


def test_a_mark_behind_the_last_bar_stands_at_the_end() -> None:
    assert [(mark.name, mark.place) for mark in find_marks("红崖人｜余阿明｜人物")] == [
        ("红崖人", "start"),
        ("人物", "end"),
    ]


@given(st.text(max_size=300))
def test_any_text_gives_marks_without_duplicates_and_with_names(title: str) -> None:
    marks = find_marks(title)
    assert len({(mark.kind, mark.key) for mark in marks}) == len(marks)
    assert all(mark.kind in MARK_KINDS and mark.name.strip() and mark.key for mark in marks)


@given(st.text(alphabet="避坑ＡＢabAB12１２① \u3000｜丨|•·【】第期", max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalize_key(normalize_key(text)) == normalize_key(text)


@pytest.mark.parametrize(
    "title",
    [
        "|" * 100_000,
        "【" * 100_000,
        "第" * 100_000,
        "1" * 100_000,
        "《a》" * 30_000,
        " " * 100_000 + ":",
    ],
)
def test_a_hundred_thousand_characters_are_read_at_once(title: str) -> None:
    assert len(find_marks(title)) <= 5
