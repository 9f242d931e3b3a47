"""The content tree, and columns of one kind at several accounts."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.columns.across.matching import COLUMN_TYPES, match_columns, tell_kind
from analysis.columns.across.tree import CONTENT_TREE, build_content_tree
from analysis.columns.assign import ASSIGNED, assign_columns
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.support.small_frames import accounts, article, articles

MONDAYS = ["2026-03-02 07:30", "2026-03-09 07:30", "2026-03-16 07:31", "2026-03-23 07:30"]
POTS = ["铁锅生锈怎么办", "瓷碗裂了还能用吗", "木瓢发霉怎么洗", "铝盆发黑怎么办"]


def rows(account: str, mark: str, titles: list[str]) -> list[dict[str, object]]:
    return [
        article(at, f"{mark}｜{title}", account=account)
        for at, title in zip(MONDAYS, titles, strict=True)
    ]


def test_the_tree_goes_from_brands_to_articles_and_counts_add_up() -> None:
    loose = article("2026-03-30 07:30", "夜里有雨", account="甲")
    assigned = assign_columns(
        articles([*rows("甲", "避坑", POTS), loose, *rows("乙", "避坑", POTS)])
    )
    tree = build_content_tree(
        assigned, accounts({"account": "甲", "brand": "棠屿"}, {"account": "乙", "brand": "棠屿"})
    )
    shown = tree.loc[tree["level"] != "article", ["level", "name", "n"]].values.tolist()
    assert shown == [
        ["brand", "棠屿", 9],
        ["account", "甲", 5],
        ["column", "避坑", 4],
        ["column", "未归栏", 1],
        ["account", "乙", 4],
        ["column", "避坑", 4],
    ]
    assert set(tree["parent_id"].dropna()) <= set(tree["node_id"])
    children = tree.dropna(subset=["parent_id"]).groupby("parent_id")
    assert (children["share"].sum() - 1).abs().max() < 1e-9
    sizes = tree.set_index("node_id")["n"]
    assert children["n"].sum().equals(sizes[children["n"].sum().index])


def test_an_account_without_a_brand_stands_under_its_own_name_and_articles_can_be_left_out() -> (
    None
):
    tree = build_content_tree(
        assign_columns(articles(rows("甲", "避坑", POTS))),
        accounts({"account": "甲"}),
        articles=False,
    )
    assert tree[["level", "name"]].values.tolist() == [
        ["brand", "甲"],
        ["account", "甲"],
        ["column", "避坑"],
    ]


def test_themes_hang_under_what_is_in_no_column() -> None:
    assigned = assign_columns(articles(rows("甲", "避坑", POTS))).assign(kind="theme")
    tree = build_content_tree(assigned, accounts({"account": "甲"}), articles=False)
    assert tree[["level", "name"]].values.tolist() == [
        ["brand", "甲"],
        ["account", "甲"],
        ["column", "未归栏"],
        ["theme", "避坑"],
    ]


def test_the_same_kind_of_column_is_matched_across_accounts_with_its_evidence() -> None:
    other = [f"{title}，三步" for title in POTS]
    away = ["老梁修钟", "小倪炸包", "阿强下面", "沈师傅裁衣"]
    assigned = assign_columns(
        articles(
            [
                *rows("甲", "避坑", POTS),
                *rows("乙", "避坑指南", other),
                *rows("丙", "街坊", away),
                *rows("甲", "街坊", away),
            ]
        )
    )
    found = match_columns(assigned)
    assert found[["type_id", "column_type", "account", "content_column"]].values.tolist() == [
        [1, "街坊", "丙", "街坊"],
        [1, "街坊", "甲", "街坊"],
        [2, "提醒避坑", "乙", "避坑指南"],
        [2, "提醒避坑", "甲", "避坑"],
    ]
    assert found["matched_with"].tolist() == ["甲：街坊", "丙：街坊", "甲：避坑", "乙：避坑指南"]
    assert found["evidence"].tolist() == ["同名", "同名", "名称", "名称"]
    assert found["name_similarity"].between(0, 1 + 1e-9).all()
    assert found[["content_similarity", "purpose_similarity"]].abs().max().max() <= 1 + 1e-6
    assert found.loc[found["type_id"] == 1, "name_similarity"].tolist() == pytest.approx([1, 1])


def test_columns_whose_names_tell_nothing_match_by_what_they_write_about_and_for() -> None:
    stew = [
        "红烧肉炖多久才软烂",
        "清蒸鱼怎么去腥味",
        "土豆丝怎么炒才脆",
        "排骨汤怎么炖才白",
        "蒸蛋怎么做才嫩滑",
    ]
    jobs = [
        "财务岗位招聘公告",
        "诚聘销售经理五名",
        "校园招聘开始报名",
        "实习生岗位招募",
        "急聘会计两名",
    ]
    days = [f"2026-0{3 + n // 4}-{2 + 7 * (n % 4):02d} 07:30" for n in range(5)]
    plan = [
        ("甲", "阿梅灶台", stew),
        ("甲", "小楼来电", jobs),
        ("乙", "老陈铁锅", stew),
        ("乙", "窗口三号", jobs),
    ]
    held = [
        article(at, f"{mark}｜{title}", account=account)
        for account, mark, titles in plan
        for at, title in zip(days, titles, strict=True)
    ]
    found = match_columns(assign_columns(articles(held)))
    assert set(found["evidence"]) == {"内容"}
    assert dict(zip(found["content_column"], found["matched_with"], strict=True)) == {
        "老陈铁锅": "甲：阿梅灶台",
        "阿梅灶台": "乙：老陈铁锅",
        "窗口三号": "甲：小楼来电",
        "小楼来电": "乙：窗口三号",
    }


def test_names_of_two_kinds_never_match_and_calls_are_no_kind() -> None:
    assert match_columns(
        assign_columns(
            articles(
                rows("甲", "厨房问答", POTS)
                + rows("乙", "厨房测评", [f"{title}呢" for title in POTS])
            )
        )
    ).empty
    assert match_columns(
        assign_columns(
            articles(
                rows("甲", "转载", POTS)
                + rows(
                    "乙",
                    "转载",
                    ["夜里有雨要关窗", "门前的桂花开了", "今年第一场雪", "河边散步遇到猫"],
                )
            )
        )
    ).empty


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("棠小二答疑", "问答"),
        ("拆箱报告", "测评"),
        ("一周政策解读", "政策法规"),
        ("人民日报看长沙", None),
        ("街坊", None),
        ("", None),
    ],
)
def test_a_name_tells_its_kind_by_its_longest_then_latest_word(name: str, kind: str | None) -> None:
    assert tell_kind(name) == kind


def test_columns_of_one_account_are_never_matched() -> None:
    assert match_columns(
        assign_columns(
            articles(
                rows("甲", "避坑", POTS) + rows("甲", "避坑指南", [f"{title}呢" for title in POTS])
            )
        )
    ).empty


def test_empty_frames_give_empty_frames_and_others_are_refused() -> None:
    empty = assign_columns(empty_frame(ARTICLES))
    assert {c: str(t) for c, t in match_columns(empty).dtypes.items()} == COLUMN_TYPES
    assert {
        c: str(t) for c, t in build_content_tree(empty, accounts()).dtypes.items()
    } == CONTENT_TREE
    with pytest.raises(FrameError, match="kind"):
        match_columns(
            pd.DataFrame({c: pd.Series(dtype=t) for c, t in ASSIGNED.items() if c != "kind"})
        )
