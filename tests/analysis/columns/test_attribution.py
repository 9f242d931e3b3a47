"""Who else belongs to a marked column by what its articles bear; and that what everybody bears says
nothing.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.columns.assign import assign_columns
from analysis.columns.attribution import ATTRIBUTES, Attributes, match_articles, read_attributes
from analysis.columns.load import add_attributes
from analysis.layout.load import profile_bodies
from tests.support.planted_frames import sample_frame, sample_rows
from tests.support.small_frames import article, articles

THINGS = ["锅", "碗", "瓢", "盆", "灯", "伞", "柜", "椅", "毯", "门", "窗", "席"]


def history(
    *, marked: str, loose: str, unmarked: str, kind: str = "author"
) -> list[dict[str, Any]]:
    """Twelve marked articles and 24 of no column, two articles that lost their mark at the end; who
    bears what is given.
    """
    column = [
        article(
            f"2026-{1 + n // 4:02d}-{3 + 7 * (n % 4):02d} 07:30",
            f"避坑｜{thing}先别买",
            **{kind: marked},
        )
        for n, thing in enumerate(THINGS)
    ]
    others = [
        article(
            f"2026-{1 + n // 4:02d}-{5 + 7 * (n % 4):02d} 20:00",
            f"{thing}和{n}个下午",
            **{kind: loose},
        )
        for n, thing in enumerate([*THINGS, *THINGS])
    ]
    lost = [
        article(f"2026-04-{day:02d} 12:00", title, **{kind: unmarked})
        for day, title in ((2, "买凳子前想清楚"), (9, "这种梯子不稳"))
    ]
    return [*column, *others, *lost]


def joined(rows: list[dict[str, Any]]) -> list[str]:
    extra = [kind for kind in ATTRIBUTES if kind in rows[0] and kind != "author"]
    frame = articles(rows).assign(
        **{kind: pd.Series([row.get(kind) for row in rows], dtype="str") for kind in extra}
    )
    found = assign_columns(frame)
    return found.loc[
        found["content_column"].notna() & ~found["title"].str.startswith("避坑"), "title"
    ].tolist()


def test_an_article_by_the_author_of_one_column_alone_joins_it() -> None:
    rows = history(marked="阿锅", loose="小灯", unmarked="阿锅")
    assert joined(rows) == ["买凳子前想清楚", "这种梯子不稳"]
    found = assign_columns(articles(rows)).set_index("title")
    assert found.loc["这种梯子不稳", "content_column"] == "避坑"
    assert 0.4 < found.loc["这种梯子不稳", "strength"] < found.loc["避坑｜锅先别买", "strength"]


def test_every_kind_of_what_is_borne_is_read() -> None:
    for kind in ("opening", "closing", "template"):
        assert (
            len(
                joined(
                    history(
                        marked="厨房里的那些坑",
                        loose="晚上好",
                        unmarked="厨房里的那些坑",
                        kind=kind,
                    )
                )
            )
            == 2
        )
    assert len(joined(history(marked="1", loose="2", unmarked="1", kind="template"))) == 2


def test_who_writes_everything_tells_nothing() -> None:
    assert joined(history(marked="阿锅", loose="阿锅", unmarked="阿锅")) == []


def test_another_author_does_not_join() -> None:
    assert joined(history(marked="阿锅", loose="小灯", unmarked="新人")) == []


def test_a_source_is_no_block_of_the_column() -> None:
    assert (
        joined(
            history(
                marked="来源：厨房日报", loose="晚上好", unmarked="来源：厨房日报", kind="closing"
            )
        )
        == []
    )


def test_an_album_is_what_its_owner_put_into_it() -> None:
    rows = history(marked="阿锅", loose="小灯", unmarked="阿锅")
    assert (
        joined(
            [
                row | {"albums": ["避坑"] if str(row["title"]).startswith("避坑") else []}
                for row in rows
            ]
        )
        == []
    )


def test_two_values_together_tell_what_neither_tells_alone() -> None:
    own, other = ("甲", None, None, "1"), ("甲", None, None, "2")
    attributes = [own] * 12 + [other] * 12 + [("乙", None, None, "1")] * 12 + [own]
    assert match_articles(set(range(12)), {36}, Attributes(attributes)) == {36: 1.0}
    assert (
        match_articles(
            set(range(12)), {36}, Attributes([(a, None, None, None) for a, *_ in attributes])
        )
        == {}
    )


def test_a_few_articles_or_most_of_an_account_are_no_proof() -> None:
    assert (
        match_articles(set(range(4)), {20}, Attributes([("甲",)] * 4 + [("乙",)] * 16 + [("甲",)]))
        == {}
    )
    assert (
        match_articles(set(range(20)), {21}, Attributes([("甲",)] * 20 + [("乙",), ("甲",)])) == {}
    )


def test_what_has_no_letters_is_not_borne() -> None:
    assert read_attributes(("· 01 ·", "审核：小灯", "转载自：晚报", "2")) == (
        None,
        "审核:小灯",
        None,
        "2",
    )


def test_without_bodies_and_authors_nothing_changes() -> None:
    rows = [row | {"author": None} for row in history(marked="阿锅", loose="小灯", unmarked="阿锅")]
    assert joined(rows) == []


def test_the_samples_random_authors_and_one_line_for_all_join_nobody() -> None:
    rows, frame = {row["token"]: row for row in sample_rows()}, sample_frame()
    profiles = profile_bodies(
        (token, row["body"])
        for token, row in rows.items()
        if row["body"] and row["account"] in ("sandou", "tangyu_design")
    )
    held = frame[frame["account_id"].isin(["sandou", "tangyu_design"])].reset_index(drop=True)
    attributes = add_attributes(
        held.assign(
            author=pd.Series([rows[key]["author"] for key in held["article_id"]], dtype="str")
        ),
        profiles,
    )
    assert attributes[list(ATTRIBUTES)].notna().mean().min() > 0.9
    pd.testing.assert_frame_equal(assign_columns(attributes), assign_columns(held))
