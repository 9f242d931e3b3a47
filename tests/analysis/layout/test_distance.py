"""An account's layout beside its peers' and the guides', a draft beside the group, and all of it
gathered.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.frames import ARTICLES, FrameError, empty_frame
from analysis.layout.body.profile import measure_style
from analysis.layout.conventions import (
    CONVENTION_CHECKS,
    CONVENTIONS,
    check_conventions,
    find_departures,
)
from analysis.layout.distance import DISTANCES, measure_distances
from analysis.layout.draft import review_draft
from analysis.layout.measures import (
    COUNTS,
    FEATURES,
    MEASURES,
    count_parts,
    join_profiles,
    measure_features,
)
from analysis.layout.report import ACCOUNT_COLUMNS, list_accounts, report_layouts
from tests.support.small_frames import article, articles, profiles


def group(**sizes: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ten articles of each account, all in its type size, half of them with a name card."""
    rows = [
        article(f"2026-01-{day + 1:02d} 20:00", account=name, article_id=f"{name}{day}")
        for name in sizes
        for day in range(10)
    ]
    held = [
        {
            "article_id": f"{name}{day}",
            "font_size_px": size,
            "parts": ["name_card"] if day % 2 else [],
            "part_words": ["name_card:p"] if day % 2 else [],
        }
        for name, size in sizes.items()
        for day in range(10)
    ]
    return articles(rows), profiles(*held)


def rows_of(frame: pd.DataFrame, feature: str) -> list[dict[str, Any]]:
    return [
        {str(key): value for key, value in row.items()}
        for row in frame[frame["feature"] == feature].to_dict("records")
    ]


def test_medians_and_quartiles_per_account_in_the_order_of_the_features() -> None:
    frame = articles([article(), article(), article()])
    held = profiles(
        *(
            {"article_id": f"a000000{n}", "font_size_px": size, "chars": chars}
            for n, (size, chars) in enumerate([(14.0, 500), (16.0, 700), (30.0, 20)])
        )
    )
    found = measure_features(frame, held)
    assert found["feature"].tolist() == list(FEATURES)
    [size], [chars] = rows_of(found, "font_size_px"), rows_of(found, "chars")
    assert (size["n"], size["median"], size["q25"], size["q75"]) == (2, 15.0, 14.5, 15.5)
    assert (chars["n"], chars["median"]) == (3, 500.0)


def test_parts_are_counted_with_their_words() -> None:
    frame, held = group(甲=15)
    [row] = [row for row in count_parts(frame, held).to_dict("records") if row["kind"] == "part"]
    assert (row["name"], row["n"], row["articles"], row["share"], row["words"]) == (
        "name_card",
        5,
        10,
        0.5,
        ["p"],
    )


def test_the_distance_is_to_the_median_of_the_others() -> None:
    found = rows_of(
        measure_distances(measure_features(*group(甲=14, 乙=15, 丙=16, 丁=20))), "font_size_px"
    )
    by_account = {row["account"]: row for row in found}
    assert [
        (by_account["丁"][name])
        for name in ("peers", "peer_median", "peer_low", "peer_high", "gap", "outside")
    ] == [3, 15.0, 14.0, 16.0, 5.0, True]
    assert [(by_account["乙"][name]) for name in ("peer_median", "gap", "outside")] == [
        16.0,
        -1.0,
        False,
    ]


def test_below_three_peers_or_ten_articles_no_distance_is_told() -> None:
    two = rows_of(measure_distances(measure_features(*group(甲=14, 乙=15, 丙=16))), "font_size_px")
    assert all(pd.isna(row["peer_median"]) and pd.isna(row["outside"]) for row in two)


def test_conventions_are_ranges_with_their_sources() -> None:
    found = rows_of(check_conventions(measure_features(*group(甲=14, 乙=18))), "font_size_px")
    assert [(row["account"], row["low"], row["high"], row["verdict"]) for row in found] == [
        ("乙", 14, 16, "above"),
        ("甲", 14, 16, "within"),
    ]
    assert all(one.sources and (one.low is not None or one.high is not None) for one in CONVENTIONS)
    assert {one.feature for one in CONVENTIONS} <= set(FEATURES)


def test_one_article_is_judged_too() -> None:
    body = f'<p style="font-size:20px;text-indent:2em;line-height:1.2">{"字" * 200}</p>'
    assert {(one.feature, verdict) for one, _, verdict in find_departures(measure_style(body))} >= {
        ("font_size_px", "above"),
        ("indent_share", "above"),
        ("line_height", "below"),
    }


def test_a_draft_is_told_what_is_unusual_in_plain_words() -> None:
    peers = join_profiles(*group(甲=15, 乙=15, 丙=16))
    usual = peers.copy()
    usual["parts"] = [["name_card"]] * len(usual)
    draft = measure_style(f'<p style="font-size:20px">{"字" * 100}</p>' * 10 + "<img>" * 3)
    lines = review_draft(draft, usual)
    assert "正文字号 20 px：同组的中位数是 15 px，没有一篇这么大" in lines
    assert "没有公众号名片：同组 100% 的文章有" in lines


def test_a_draft_like_the_others_has_nothing_unusual_and_a_small_group_says_so() -> None:
    peers = join_profiles(*group(甲=16, 乙=16, 丙=16))
    like = measure_style(f'<p style="font-size:16px">{"字" * 100}</p>' * 10 + "<img>" * 3)
    assert review_draft(like, peers) == []
    assert review_draft(like, peers[peers["account"] != "丙"]) == [
        "样本不足：有 10 篇以上正文的账号只有 2 个（要 3 个），没法与同组比"
    ]


def test_an_account_that_sends_much_weighs_no_more_than_the_others() -> None:
    frame = articles(
        [
            article(account=name, article_id=f"{name}{n}")
            for name, count in (("甲", 500), ("乙", 10), ("丙", 10))
            for n in range(count)
        ]
    )
    held = profiles(
        *(
            {"article_id": row.article_id, "font_size_px": 20.0 if row.account == "甲" else 15.0}
            for row in frame.itertuples()
        )
    )
    draft = measure_style(f'<p style="font-size:15px">{"字" * 100}</p>' * 10 + "<img>" * 3)
    assert review_draft(draft, join_profiles(frame, held)) == []


def test_the_report_gathers_one_row_per_account() -> None:
    report = report_layouts(*group(甲=14, 乙=15, 丙=16, 丁=20))
    rows = list_accounts(report)
    assert [
        (
            row["account"],
            row["n"],
            row["font_size_px"],
            row["templates"],
            row["consistency"],
            row["redesigns"],
        )
        for row in rows
    ] == [
        ("丁", 10, 20.0, 1, 1.0, []),
        ("丙", 10, 16.0, 1, 1.0, []),
        ("乙", 10, 15.0, 1, 1.0, []),
        ("甲", 10, 14.0, 1, 1.0, []),
    ]
    assert all(tuple(row) == ACCOUNT_COLUMNS for row in rows)
    only = report.only({"id-丁"})
    assert [row["account"] for row in list_accounts(only)] == ["丁"]
    assert set(only.distances["peers"]) >= {3}


def test_empty_frames_keep_their_columns_and_wrong_ones_are_refused() -> None:
    measures = measure_features(empty_frame(ARTICLES), profiles())
    found = {
        "measures": (measures, MEASURES),
        "parts": (count_parts(empty_frame(ARTICLES), profiles()), COUNTS),
    }
    found |= {
        "distances": (measure_distances(measures), DISTANCES),
        "conventions": (check_conventions(measures), CONVENTION_CHECKS),
    }
    for frame, columns in found.values():
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == dict(columns)
    assert list_accounts(report_layouts(empty_frame(ARTICLES), profiles())) == []
    with pytest.raises(FrameError, match="median"):
        measure_distances(empty_frame({"feature": "str"}))
