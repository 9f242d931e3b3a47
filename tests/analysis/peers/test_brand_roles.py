"""Which account of a brand does what."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.cadence.intervals import PAIRS
from analysis.content.distinctive_words import DISTINCTIVE
from analysis.frames import empty_frame
from analysis.peers.brand_roles import ROLES, find_roles, label_articles
from tests.support.small_frames import accounts, article, articles

KNOWN = accounts(
    {"account": "甲", "brand": "一家"},
    {"account": "乙", "brand": "一家"},
    {"account": "独", "brand": "二家"},
)


def roles(rows: list[dict[str, Any]], **told: Any) -> pd.DataFrame:
    """The roles of the rows' accounts: each row's `purpose` and `column` are what the analyses said
    of it.
    """
    frame = articles(
        [
            {key: value for key, value in row.items() if key not in ("purpose", "column")}
            for row in rows
        ]
    )
    purposes = pd.DataFrame(
        {
            "account_id": frame["account_id"],
            "article_id": frame["article_id"],
            "purpose": pd.Series([row["purpose"] for row in rows], dtype="str"),
        }
    )
    columns = frame[["account_id", "article_id"]].assign(
        content_column=pd.Series([row.get("column") for row in rows], dtype="str"),
        kind=pd.Series(["marker" if row.get("column") else None for row in rows], dtype="str"),
    )
    labels = label_articles(frame, purposes=purposes, columns=columns)
    sent = frame["account_id"].value_counts()
    return find_roles(
        told.get("known", KNOWN),
        frame,
        labels,
        sent=sent,
        pairs=told.get("pairs", empty_frame(PAIRS)),
        words=told.get("words", empty_frame(DISTINCTIVE)),
    )


def posts(account: str, n: int, purpose: str = "推广营销", **more: Any) -> list[dict[str, Any]]:
    return [
        article(f"2026-03-{day:02} 20:00", account=account, purpose=purpose, **more)
        for day in range(1, n + 1)
    ]


def test_a_purpose_that_one_account_has_far_more_of_is_its_role_with_the_newest_examples() -> None:
    found = roles(posts("甲", 12, "人物访谈") + posts("乙", 12, "推广营销"))
    assert dict(found.dtypes.astype(str)) == ROLES
    row = found.iloc[0]
    assert (
        row["account"],
        row["aspect"],
        row["what"],
        row["n"],
        row["of"],
        row["others_n"],
        row["others_of"],
    ) == ("乙", "purpose", "推广营销", 12, 12, 0, 12)
    assert row["examples"] == ["a0000023", "a0000022", "a0000021"]
    assert list(found["what"]) == ["推广营销", "人物访谈"]


def test_a_difference_that_chance_could_make_is_no_role() -> None:
    found = roles(
        posts("甲", 12, "人物访谈") + posts("甲", 8) + posts("乙", 9, "人物访谈") + posts("乙", 11)
    )
    assert list(found["aspect"]) == ["alike", "alike"]
    assert list(found["n"]) == [20, 20]


def test_a_purpose_nobody_could_tell_is_no_role() -> None:
    assert list(roles(posts("甲", 12, "不确定") + posts("乙", 12, "推广营销"))["account"]) == [
        "乙",
        "甲",
    ]
    assert set(roles(posts("甲", 12, "不确定") + posts("乙", 12, "推广营销"))["what"].dropna()) == {
        "推广营销"
    }


def test_a_column_of_four_that_no_sibling_runs_is_told_and_one_of_three_is_not() -> None:
    rows = (
        posts("甲", 4, column="避坑")
        + posts("甲", 16)
        + posts("乙", 3, column="答疑")
        + posts("乙", 17)
    )
    told = roles(rows)
    assert [
        (row.account, row.aspect, row.what, row.n)
        for row in told.itertuples()
        if row.aspect == "column"
    ] == [("甲", "column", "避坑", 4)]
    shared = roles(
        posts("甲", 4, column="避坑")
        + posts("甲", 16)
        + posts("乙", 3, column="避坑")
        + posts("乙", 17)
    )
    assert "column" not in set(shared["aspect"])


def test_formats_and_words_are_told_too() -> None:
    words = empty_frame(DISTINCTIVE)
    one = {
        "account_id": "id-甲",
        "account": "甲",
        "word": "灯下",
        "z": 3.0,
        "log_odds": 1.0,
        "n": 9,
        "n_others": 1,
        "titles": 9,
        "words": 90,
        "words_others": 100,
    }
    words = pd.DataFrame([one]).astype(dict(words.dtypes))
    found = roles(posts("甲", 12, kind="image") + posts("乙", 12), words=words)
    told = [
        (row.account, row.aspect, row.what, row.value, row.others_value)
        for row in found.itertuples()
    ]
    assert told == [
        ("乙", "format", "article", 1.0, 0.0),
        ("甲", "format", "image", 1.0, 0.0),
        ("甲", "word", "灯下", 0.1, 0.01),
    ]


@pytest.mark.parametrize(
    ("differs", "aspects"),
    [(True, ["cadence", "cadence"]), (False, ["alike", "alike"]), (None, ["alike", "alike"])],
)
def test_the_pace_is_told_only_where_it_differs_for_sure(
    differs: bool | None, aspects: list[str]
) -> None:
    pair = {
        "account_id": "id-乙",
        "other_id": "id-甲",
        "pushes_per_week": 3.0,
        "other_pushes_per_week": 1.0,
        "differs": differs,
    }
    pairs = pd.DataFrame([dict.fromkeys(PAIRS) | {"account": "乙", "other": "甲"} | pair]).astype(
        PAIRS
    )
    found = roles(posts("甲", 12) + posts("乙", 12), pairs=pairs)
    assert list(found["aspect"]) == aspects
    if differs:
        assert list(
            found[["account", "what", "value", "others_value", "n"]].itertuples(
                index=False, name=None
            )
        ) == [("乙", "更勤", 3.0, 1.0, 12), ("甲", "更少", 1.0, 3.0, 12)]


def test_a_brand_of_one_account_is_no_matrix_and_nine_articles_are_too_few() -> None:
    assert roles(posts("独", 30)).empty
    assert list(roles(posts("甲", 9, "人物访谈") + posts("乙", 30))["aspect"]) == ["few", "few"]
    assert roles([]).empty


def test_no_brand_is_no_brand() -> None:
    unbranded = accounts({"account": "甲"}, {"account": "乙"})
    assert roles(posts("甲", 12, "人物访谈") + posts("乙", 12), known=unbranded).empty
