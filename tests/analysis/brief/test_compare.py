"""The brief's comparison: rows and cells, tiers and the map in words, where the own account stands
apart, labels that don't overlap.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.brief.charts import draw_map
from analysis.brief.page import render_brief
from analysis.brief.rules.compare import describe_map, describe_roles, find_standing_apart
from analysis.brief.sections.compare import (
    Comparison,
    MapPoint,
    MatrixCell,
    MatrixRow,
    no_comparison,
)
from analysis.brief.summary import BriefSummary
from analysis.charts.compare import HEIGHT, PLOT, draw_positions, place_labels
from analysis.peers.dimensions import DIMENSIONS
from analysis.peers.matrix import place_accounts
from analysis.rows import plain_rows
from tests.support.frame_comparison import matrix_of
from tests.support.small_briefs import ROLES, brief_of, competition, make_brief, page_of, weekly
from tests.support.small_frames import articles


@pytest.fixture(scope="module")
def brief() -> BriefSummary:
    return brief_of(competition(), roles=ROLES)


def plain(sentence: str) -> str:
    return re.sub("[\u2066-\u2069]", "", sentence)


def row(name: str, *, role: str | None = "direct", n: int = 40, **values: float) -> MatrixRow:
    cells = {key: MatrixCell(values.get(key), n, None, None) for key in DIMENSIONS}
    return MatrixRow(
        f"id-{name}", name, role, role == "own", n, None, None, "不规律", None, None, (), cells
    )


def with_rows(*rows: MatrixRow) -> BriefSummary:
    empty = brief_of([])
    return replace(empty, comparison=replace(no_comparison(), rows=rows))


def test_every_account_of_ten_articles_is_a_row_beside_the_own_one(brief: BriefSummary) -> None:
    comparison = brief.comparison
    assert [one.account for one in comparison.rows] == ["自家", "三斗", "棠屿", "红崖", "慢巷"]
    assert comparison.left_out == 1
    own = comparison.rows[0]
    assert (own.cells["pushes_per_week"].value, own.cells["pushes_per_week"].n) == (
        pytest.approx(12 / 78 * 7),
        12,
    )
    assert (own.cells["column_share"].value, own.cells["font_size_px"].value) == (0, None)
    assert {one.cells["pushes_per_week"].step for one in comparison.rows} >= {0, 4}


def test_the_brief_and_the_other_sections_say_the_same_figures(brief: BriefSummary) -> None:
    for one in brief.comparison.rows:
        account = next(
            account for account in brief.accounts if account.account_id == one.account_id
        )
        assert account.cadence is not None
        assert one.cells["pushes_per_week"].value == account.cadence.pushes_per_week
        assert one.cells["column_share"].value == account.columned.share


def test_each_tier_is_one_paragraph_with_its_n(brief: BriefSummary) -> None:
    told = describe_roles(brief)
    assert [plain(one.sentence).split("：")[0] for one in told] == [
        "直接对手 3 个",
        "邻近账号 1 个",
    ]
    assert "更新频率中位 3.1 次/周（2.1 至 5.1 次/周）" in told[0].sentence
    assert told[0].n == 120
    assert plain(told[1].sentence).startswith("邻近账号 1 个：慢巷。更新频率 1.1 次/周")


def test_a_tier_of_accounts_without_figures_says_so() -> None:
    (told,) = describe_roles(with_rows(row("甲")))
    assert plain(told.sentence) == "直接对手 1 个：甲。样本不足，只列数字。"
    assert describe_roles(brief_of([])) == ()


def ranked(name: str, share: float, quantile: float, *, role: str) -> MatrixRow:
    made = row(name, role=role, self_share=share)
    return replace(made, cells={**made.cells, "self_share": MatrixCell(share, 40, None, quantile)})


def test_what_is_furthest_from_the_own_account_is_told_where_people_would_notice() -> None:
    own, rivals = (
        ranked("自", 0.1, 0, role="own"),
        [ranked("甲", 0.6, 1, role="direct"), ranked("乙", 0.5, 0.7, role="direct")],
    )
    (told,) = describe_roles(with_rows(own, *rivals))
    assert told.sentence.endswith("和自己差得最开的是自说自话：55%，自己 10%。")
    near = [ranked("甲", 0.19, 1, role="direct"), ranked("乙", 0.18, 0.7, role="direct")]
    assert "差得最开" not in describe_roles(with_rows(own, *near))[0].sentence


def test_the_own_account_below_all_rivals_is_told_with_advice() -> None:
    rivals = [row(name, reader_share=0.6) for name in "甲乙丙"]
    (found,) = find_standing_apart(with_rows(row("自", role="own", reader_share=0.2), *rivals))
    assert found.sentence == "服务读者：自己 20%，比 3 个对手都低，对手里最低的也有 60%。"
    assert found.n == 40
    assert found.advice
    assert found.expected


@pytest.mark.parametrize(
    "rows",
    [
        [
            row("自", role="own", reader_share=0.2),
            row("甲", reader_share=0.6),
            row("乙", reader_share=0.6),
        ],  # two rivals
        [
            row("自", role="own", reader_share=0.2),
            row("甲", reader_share=0.25),
            row("乙", reader_share=0.6),
            row("丙", reader_share=0.6),
        ],  # less than a tenth
        [
            row("自", role="own", n=10, reader_share=0.2),
            *(row(name, n=10, reader_share=0.4) for name in "甲乙丙"),
        ],  # chance could do it
        [
            row("自", role="own", reader_share=0.5),
            row("甲", reader_share=0.1),
            row("乙", reader_share=0.8),
            row("丙", reader_share=0.8),
        ],  # not below all
        [
            row("自", role="own", reader_share=0.9),
            *(row(name, reader_share=0.4) for name in "甲乙丙"),
        ],  # above is nothing to mend
        [row("自", role="own"), *(row(name, reader_share=0.4) for name in "甲乙丙")],  # unknown
        [row(name, reader_share=0.4) for name in "甲乙丙丁"],  # no own account
    ],
)
def test_nothing_is_told_where_the_own_account_does_not_stand_apart(rows: list[MatrixRow]) -> None:
    assert list(find_standing_apart(with_rows(*rows))) == []


def test_the_map_in_words_names_every_account_once() -> None:
    figures = {
        name: {"pushes_per_week": x, "column_share": y}
        for name, x, y in (("甲", 1, 0.1), ("乙", 2, 0.9), ("丙", 5, 0.8), ("丁", 6, 0.2))
    }
    matrix = matrix_of(figures, own="甲")
    axes = ("pushes_per_week", "column_share")
    places = tuple(MapPoint(**one) for one in plain_rows(place_accounts(matrix, axes)))
    words = [plain(one) for one in describe_map(Comparison((), {}, axes, places, 0, matrix))]
    assert words == [
        "更新频率、栏目化程度都高于中位：丙。",
        "更新频率高、栏目化程度低：丁。",
        "更新频率低、栏目化程度高：乙。",
        "两样都低于中位：甲（自己）。",
    ]
    assert describe_map(no_comparison()) == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(20, PLOT - 20), st.floats(20, HEIGHT - 20)), max_size=20))
def test_labels_cover_neither_each_other_nor_a_dot_and_stay_inside(
    points: list[tuple[float, float]],
) -> None:
    labels = [
        label
        for label in place_labels([f"公众号{at}号" for at in range(len(points))], points)
        if label
    ]
    assert not any(one.covers(other) for at, one in enumerate(labels) for other in labels[:at])
    assert not any(
        label.left < x < label.right and label.top < y < label.bottom
        for label in labels
        for x, y in points
    )
    assert all(
        label.left >= 0 and label.right <= PLOT and label.top >= 0 and label.bottom <= HEIGHT
        for label in labels
    )


def test_twenty_accounts_spread_out_all_get_their_name() -> None:
    points = [(40 + 60 * (at % 5), 30 + 60 * (at // 5)) for at in range(20)]
    assert all(place_labels(["棠屿家居"] * 20, [(x, y) for x, y in points]))


def test_one_account_twice_at_one_place_keeps_two_labels_apart() -> None:
    one, other = place_labels(["红崖搪瓷", "三斗柜"], [(100, 100), (100, 100)])
    assert one is not None
    assert other is not None
    assert not one.covers(other)


def test_the_chart_holds_every_account_and_marks_the_own_one() -> None:
    rows = pd.DataFrame(
        {
            "account": ["自", "甲", "乙"],
            "own": [True, False, False],
            "x": [1.0, 2.0, 2.0],
            "y": [0.1, 0.5, 0.5],
        }
    )
    spec: dict[str, Any] = draw_positions(
        rows, x="更新频率（次/周）", y="栏目化程度（%）", y_percent=True
    ).to_dict()
    data = [one for one in spec["datasets"].values() if one and "own" in one[0]]
    assert [(one["account"], one["own"]) for one in data[0]] == [
        ("自", True),
        ("甲", False),
        ("乙", False),
    ]
    assert {one["text"] for held in spec["datasets"].values() for one in held if "text" in one} == {
        "自",
        "甲",
        "乙",
    }


def test_the_map_has_a_text_alternative_with_every_figure(brief: BriefSummary) -> None:
    drawn = draw_map(brief)
    assert drawn is not None
    label = re.search('aria-label="([^"]*)"', drawn)
    assert label is not None
    assert label[1].startswith("定位图，横轴更新频率，纵轴栏目化程度。自家：1.1 次/周，0%；")
    assert drawn == draw_map(brief)


@pytest.mark.parametrize("accounts", [[], ["红崖"], ["红崖", "棠屿"]])
def test_few_accounts_read_well_without_a_map(accounts: list[str]) -> None:
    small = brief_of([one for name in accounts for one in weekly(name, weeks=4)])
    assert draw_map(small) is None
    page = page_of(small)
    assert ("还没有文章" if not accounts else "没有账号够 10 篇") in page
    assert "nan" not in page.lower().split("</style>")[1].split("<script>")[0]


def test_dimensions_nobody_has_a_figure_for_are_one_line_not_empty_columns(
    brief: BriefSummary,
) -> None:
    assert "font_size_px" not in brief.comparison.known
    page = page_of(brief)
    assert "谁都没有数，不列：" in page
    assert 'aria-label="对比矩阵：排版"' not in page
    assert 'aria-label="对比矩阵：发文"' in page


def test_hostile_names_and_titles_stay_text() -> None:
    name = '<script>alert(1)</script>"\u202e' + "长" * 200
    rows = [one | {"account": name, "account_id": "id-x"} for one in weekly("敌")] + competition()
    page = page_of(
        replace(
            brief_of(rows, roles=ROLES | {name: "direct"}),
            title='</title><script>alert("标题")</script>' + "长" * 200,
        )
    )
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "长" * 61 not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_title_of_its_own_heads_the_page(brief: BriefSummary) -> None:
    assert "<h1><bdi>公众号竞品简报</bdi></h1>" in page_of(brief)
    page = page_of(replace(brief, title="家居组九月简报"))
    assert "<h1><bdi>家居组九月简报</bdi></h1>" in page
    assert "<title>家居组九月简报 2026-09-01</title>" in page


def test_the_same_rows_in_any_order_make_the_same_page(brief: BriefSummary) -> None:
    rows = [row | {"article_id": f"a{n:07d}"} for n, row in enumerate(competition())]
    again = make_brief(rows[::-1], roles=ROLES)
    assert [one.account for one in again.comparison.rows] == [
        one.account for one in brief.comparison.rows
    ]
    assert (
        articles(competition()).shape[0] == sum(one.articles for one in brief.comparison.rows) + 3
    )
    assert render_brief(again) == render_brief(brief)
