"""Accounts side by side: the matrix, its medians, places in the group, the map."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.columns.assign import COLUMNS
from analysis.frames import FrameError, empty_frame
from analysis.peers.dimensions import DEFAULT_AXES, DIMENSIONS, AxesError, describe_axes, parse_axes
from analysis.peers.matrix import (
    CELLS,
    MATRIX,
    MEDIANS,
    POSITIONS,
    build_matrix,
    measure_medians,
    place_accounts,
    rank_cells,
)
from analysis.peers.measured import total_columns
from tests.support.frame_comparison import matrix_of, measured
from tests.support.small_frames import accounts


def cells_of(matrix: pd.DataFrame, dimension: str) -> dict[str, float]:
    cells = rank_cells(matrix)
    return dict(
        cells[cells["dimension"] == dimension][["account", "quantile"]].itertuples(
            index=False, name=None
        )
    )


def test_each_account_is_a_row_and_the_own_one_stands_first() -> None:
    known = accounts(
        {"account": "甲", "role": "direct"}, {"account": "乙", "role": "own"}, {"account": "丙"}
    )
    made = build_matrix(known, measured(["甲", "乙", "丙"], sizes={"丙": {"articles": 90}}))
    assert dict(made.dtypes.astype(str)) == dict(MATRIX)
    assert list(made["account"]) == ["乙", "甲", "丙"]
    assert list(made["own"]) == [True, False, False]
    row = made.iloc[0]
    assert (
        row["pushes_per_week"],
        row["headline_share"],
        row["positions_known"],
        row["article_share"],
        row["formats_known"],
    ) == (2.0, 0.75, 40, 0.75, 40)
    assert row["formats"] == {"article": 0.75, "image": 0.25}
    assert (
        row["column_share"],
        row["n_titled"],
        row["main_column"],
        row["main_interval_days"],
    ) == (0.4, 40, "避坑", 7.0)


def test_what_rests_on_too_little_is_missing_and_its_n_stays() -> None:
    few = {
        "sizes": {"甲": {"articles": 9}},
        "cadence": {"甲": {"pushes": 9, "regularity": "样本不足", "pushes_timed": 9}},
        "titles": {"甲": {"titles": 9, "original_known": 9}},
        "layouts": {"甲": {"layout_n": 9, "text_n": 9, "consistency_n": 9}},
        "purposes": {"甲": {"purpose_n": 9}},
        "columns": {"甲": {"main_column_n": 3}},
    }
    made = measured(["甲"], **few)
    made.titled["id-甲"] = 9
    row = build_matrix(accounts({"account": "甲"}), made).iloc[0]
    known = {key for key in DIMENSIONS if pd.notna(row[key])}
    assert known == {"headline_share", "article_share"}
    assert {row[DIMENSIONS[key].n] for key in DIMENSIONS if key not in known} == {9, 3}
    assert pd.isna(row["busiest_hour"])


def test_an_account_that_no_analysis_knows_is_a_row_of_nothing() -> None:
    row = (
        build_matrix(accounts({"account": "甲"}, {"account": "空"}), measured(["甲"]))
        .set_index("account")
        .loc["空"]
    )
    assert all(pd.isna(row[key]) for key in DIMENSIONS)
    assert (row["articles"], row["pushes"], row["titles"], row["regularity"]) == (
        0,
        0,
        0,
        "样本不足",
    )


def test_titles_without_any_column_are_no_columns_not_unknown() -> None:
    made = measured(["甲", "乙"])
    without = made.columns[made.columns["account_id"] != "id-乙"].reset_index(drop=True)
    rows = build_matrix(
        accounts({"account": "甲"}, {"account": "乙"}), replace(made, columns=without)
    ).set_index("account")
    assert (rows.loc["乙", "columns"], rows.loc["乙", "column_share"]) == (0, 0)
    assert pd.isna(rows.loc["乙", "main_column"])


def test_the_columns_of_an_account_are_counted_and_the_largest_named_themes_left_out() -> None:
    rows = [
        ("甲", "答疑", "marker", 8, 0.2, 7.0),
        ("甲", "上新", "album", 12, 0.3, 14.0),
        ("甲", "杂谈", "theme", 30, 0.4, 1.0),
    ]
    frame = pd.DataFrame(
        [
            dict(
                zip(
                    ("account_id", "content_column", "kind", "n", "share", "interval_days"),
                    row,
                    strict=True,
                )
            )
            for row in rows
        ]
    )
    described = (
        empty_frame(COLUMNS)
        .reindex(range(3))
        .assign(**frame.to_dict("list"))
        .astype({"n": "int64", "account_id": "str", "kind": "str", "content_column": "str"})
    )
    (row,) = total_columns(described).to_dict("records")
    assert row == {
        "account_id": "甲",
        "columns": 2,
        "column_share": 0.5,
        "main_column": "上新",
        "main_column_n": 12,
        "main_interval_days": 14.0,
    }
    assert total_columns(empty_frame(COLUMNS)).empty


def test_the_group_median_is_told_with_and_without_the_own_account() -> None:
    matrix = matrix_of(
        {
            "自": {"pushes_per_week": 9.0},
            "甲": {"pushes_per_week": 1.0},
            "乙": {"pushes_per_week": 2.0},
            "丙": {"pushes_per_week": 4.0},
        },
        own="自",
    )
    rows = measure_medians(matrix)
    told = {
        row.scope: (row.median, row.accounts)
        for row in rows[rows["dimension"] == "pushes_per_week"].itertuples()
    }
    assert told == {"all": (3.0, 4), "others": (2.0, 3)}


@pytest.mark.parametrize("n", [0, 1, 2])
def test_two_accounts_have_no_median_and_no_place(n: int) -> None:
    matrix = matrix_of({name: {"pushes_per_week": 1.0 + at} for at, name in enumerate("甲乙"[:n])})
    assert measure_medians(matrix)["median"].isna().all()
    assert rank_cells(matrix)["quantile"].isna().all()
    assert len(rank_cells(matrix)) == n * len(DIMENSIONS)
    assert set(place_accounts(matrix, ("pushes_per_week", "column_share"))["account"]) == set()
    for frame, contract in (
        (rank_cells(matrix), CELLS),
        (measure_medians(matrix), MEDIANS),
        (place_accounts(matrix, DEFAULT_AXES), POSITIONS),
    ):
        assert dict(frame.dtypes.astype(str)) == contract


def test_nine_accounts_are_placed_from_lowest_to_highest_and_ties_share_their_place() -> None:
    values = [1.0, 2.0, 3.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    matrix = matrix_of(
        {
            name: {"pushes_per_week": value}
            for name, value in zip("甲乙丙丁戊己庚辛壬", values, strict=True)
        }
    )
    places = cells_of(matrix, "pushes_per_week")
    assert (places["甲"], places["壬"]) == (0, 1)
    assert places["丙"] == places["丁"] == 2.5 / 8


def test_what_people_see_as_the_same_figure_has_the_same_place() -> None:
    matrix = matrix_of(
        {"甲": {"self_share": 0.981}, "乙": {"self_share": 0.984}, "丙": {"self_share": 0.5}}
    )
    places = cells_of(matrix, "self_share")
    assert places["甲"] == places["乙"] == 0.75
    alike = matrix_of({name: {"self_share": 0.98} for name in "甲乙丙"})
    assert rank_cells(alike)["quantile"].isna().all()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 50, allow_nan=False)), max_size=9))
def test_places_and_medians_agree_with_a_plain_count(values: list[float | None]) -> None:
    figures = {
        name: {} if value is None else {"pushes_per_week": value}
        for name, value in zip("甲乙丙丁戊己庚辛壬", values, strict=False)
    }
    matrix = matrix_of(figures)
    known = [round(value, 1) for value in values if value is not None]
    places = cells_of(matrix, "pushes_per_week")
    medians = measure_medians(matrix).set_index(["scope", "dimension"])["median"]
    if len(known) < 3:
        assert pd.isna(medians["all", "pushes_per_week"])
        return
    assert medians["all", "pushes_per_week"] == median(
        value for value in values if value is not None
    )
    for name, value in zip("甲乙丙丁戊己庚辛壬", values, strict=False):
        if value is None or len(set(known)) == 1:
            assert pd.isna(places[name])
        else:
            mine = round(value, 1)
            below, same = sum(one < mine for one in known), sum(one == mine for one in known)
            assert places[name] == pytest.approx((below + (same - 1) / 2) / (len(known) - 1))


def test_the_map_says_on_which_side_of_both_medians_each_account_is() -> None:
    figures = {
        "甲": {"pushes_per_week": 1.0, "column_share": 0.9},
        "乙": {"pushes_per_week": 2.0, "column_share": 0.5},
        "丙": {"pushes_per_week": 3.0, "column_share": 0.1},
        "丁": {"pushes_per_week": 3.0},
    }
    placed = place_accounts(matrix_of(figures), DEFAULT_AXES).set_index("account")
    assert list(placed.index) == sorted(["甲", "乙", "丙"])
    assert (placed.loc["甲", "x_side"], placed.loc["甲", "y_side"]) == ("low", "high")
    assert (placed.loc["乙", "x_side"], placed.loc["乙", "y_side"]) == ("middle", "middle")
    assert (placed.loc["丙", "x_side"], placed.loc["丙", "y_side"]) == ("high", "low")


def test_axes_are_named_in_chinese_or_by_code_and_a_wrong_one_lists_them_all() -> None:
    assert (
        parse_axes("更新频率,栏目化程度")
        == parse_axes("pushes_per_week， column_share")
        == parse_axes("更新频率×column_share")
        == DEFAULT_AXES
    )
    for wrong in ("更新频率", "更新频率,更新频率", "更新频率,人气", "", "更新频率,行高,配图"):
        with pytest.raises(AxesError, match="栏目化程度 column_share"):
            parse_axes(wrong)
    assert all(
        key in describe_axes() and dimension.name in describe_axes()
        for key, dimension in DIMENSIONS.items()
    )


def test_figures_are_shown_as_people_write_them() -> None:
    assert DIMENSIONS["self_share"].with_unit(0.004) == "不到 1%"
    assert DIMENSIONS["self_share"].with_unit(0.125) == "13%"
    assert DIMENSIONS["pushes_per_week"].with_unit(3.25) == "3.2 次/周"
    assert DIMENSIONS["columns"].with_unit(5.5) == "5.5 个"
    assert DIMENSIONS["chars"].with_unit(1471.5) == "1,472 字/篇"


def test_the_order_of_accounts_does_not_matter_and_frames_are_checked() -> None:
    names = ["甲", "乙", "丙"]
    one = build_matrix(accounts(*({"account": name} for name in names)), measured(names))
    other = build_matrix(
        accounts(*({"account": name} for name in reversed(names))), measured(names[::-1])
    )
    pd.testing.assert_frame_equal(one, other)
    with pytest.raises(FrameError, match="accounts lacks"):
        build_matrix(one[["account"]], measured(names))
