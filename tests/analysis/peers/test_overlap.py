"""Same texts and topics of several accounts: what is found, what is not, and who was first as far
as times tell.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.content.text_sketches import SKETCHES, sketch_bodies, sketch_text
from analysis.frames import ARTICLES, FrameError, empty_frame
from analysis.peers.overlap import OVERLAPS, PAIRS, count_pairs, find_overlaps
from tests.support.small_briefs import unlike
from tests.support.small_frames import article, articles

TITLE = "老厨师教你三步养好一口铁锅"


def rest(n: int = 20) -> list[dict[str, Any]]:
    """Articles that share nothing with any other, so that rare words are rare."""
    return [
        article(
            f"2026-03-{1 + k % 28:02d} 08:00",
            unlike(f"rest{k}") + unlike(f"more{k}"),
            account=f"旁{k % 3}",
        )
        for k in range(n)
    ]


def found(*rows: dict[str, Any], **more: Any) -> list[tuple[Any, ...]]:
    overlaps = find_overlaps(articles([*rows, *rest()]), **more)
    return [
        (row.kind, row.account, None if pd.isna(row.first) else bool(row.first))
        for row in overlaps.itertuples()
    ]


def test_the_same_title_at_two_accounts_is_one_text_and_the_earlier_is_first() -> None:
    assert found(
        article("2026-03-05 20:00", TITLE, account="乙"),
        article("2026-03-04 09:00", TITLE, account="甲"),
    ) == [("same_title", "甲", True), ("same_title", "乙", False)]


def test_a_column_name_before_the_title_and_signs_do_not_matter() -> None:
    pair = found(
        article("2026-03-04 09:00", TITLE, account="甲"),
        article("2026-03-05 20:00", f"好文转读丨{TITLE}！", account="乙"),
    )
    assert [kind for kind, *_ in pair] == ["same_title"] * 2


@pytest.mark.parametrize(
    "other",
    ["老厨师教你三步养好一口砂锅怎么不裂", "招聘", "2026年老厨师教你三步养好一口铁锅"],
    ids=["another thing", "too short", "another number"],
)
def test_what_is_not_the_same_is_not_called_the_same_text(other: str) -> None:
    assert "same_title" not in [
        kind
        for kind, *_ in found(
            article("2026-03-04 09:00", TITLE, account="甲"),
            article("2026-03-14 20:00", other, account="乙"),
        )
    ]


def test_short_titles_formulas_and_far_days_are_no_evidence() -> None:
    assert (
        found(
            article("2026-03-04 09:00", "招聘公告", account="甲"),
            article("2026-03-04 10:00", "招聘公告", account="乙"),
        )
        == []
    )
    daily = [
        article(f"2026-03-{day:02d} 07:00", "早安，今天也要好好吃饭呀", account=name)
        for day in (1, 2, 3)
        for name in ("甲", "乙")
    ]
    assert found(*daily) == []
    assert (
        found(
            article("2026-01-04 09:00", TITLE, account="甲"),
            article("2026-03-04 10:00", TITLE, account="乙"),
        )
        == []
    )
    assert (
        found(
            article("2026-03-04 09:00", TITLE, account="甲"),
            article("2026-03-05 10:00", TITLE, account="甲"),
        )
        == []
    )


def test_day_precise_times_never_become_an_order_within_the_day() -> None:
    same_day = find_overlaps(
        articles(
            [
                article("2026-03-04", TITLE, account="甲"),
                article("2026-03-04 20:00", TITLE, account="乙"),
                *rest(),
            ]
        )
    )
    assert same_day["first"].isna().all()
    assert same_day["behind_hours"].isna().all()
    assert list(same_day["behind_days"]) == [0, 0]
    next_day = find_overlaps(
        articles(
            [
                article("2026-03-04", TITLE, account="甲"),
                article("2026-03-05 00:30", TITLE, account="乙"),
                *rest(),
            ]
        )
    )
    assert list(next_day["first"]) == [True, False]
    assert next_day["behind_hours"].isna().all()
    assert list(next_day["behind_days"]) == [0, 1]


def test_minutes_are_no_seconds_and_hours_behind_are_counted_between_known_hours() -> None:
    within = find_overlaps(
        articles(
            [
                article("2026-03-04 20:00", TITLE, account="甲"),
                article("2026-03-04 20:00:30", TITLE, account="乙"),
                *rest(),
            ]
        )
    )
    assert within["first"].isna().all()
    apart = find_overlaps(
        articles(
            [
                article("2026-03-04 23:30", TITLE, account="甲"),
                article("2026-03-05 00:30", TITLE, account="乙"),
                *rest(),
            ]
        )
    )
    assert list(apart["behind_hours"]) == [0.0, 1.0]
    assert list(apart["behind_days"]) == [0, 1]


def test_reposts_are_told_as_reposts() -> None:
    rows = find_overlaps(
        articles(
            [
                article("2026-03-04 09:00", TITLE, account="甲"),
                article("2026-03-05 09:00", TITLE, account="乙", kind="repost"),
                *rest(),
            ]
        )
    )
    assert list(rows["repost"]) == [False, True]


def test_a_topic_is_what_rare_words_share_within_three_days() -> None:
    one, two = "珐琅铸铁锅新国标正式发布", "一文读懂珐琅铸铁锅新国标"
    assert [
        kind
        for kind, *_ in found(
            article("2026-03-04 09:00", one, account="甲"),
            article("2026-03-06 09:00", two, account="乙"),
        )
    ] == ["same_topic"] * 2
    assert (
        found(
            article("2026-03-04 09:00", one, account="甲"),
            article("2026-03-08 09:00", two, account="乙"),
        )
        == []
    )


def body(seed: int, *, n: int = 600) -> str:
    rng = np.random.default_rng(seed)
    return "<p>" + "".join(chr(0x4E00 + int(code)) for code in rng.integers(0, 3000, n)) + "</p>"


def test_bodies_speak_where_both_are_held() -> None:
    rows = [
        article("2026-03-04 09:00", TITLE, account="甲", article_id="x"),
        article("2026-03-05 09:00", TITLE, account="乙", article_id="y"),
    ]
    assert [
        kind for kind, *_ in found(*rows, sketches=sketch_bodies([("x", body(1)), ("y", body(1))]))
    ] == ["same_text"] * 2
    assert "same_text" not in [
        kind for kind, *_ in found(*rows, sketches=sketch_bodies([("x", body(1)), ("y", body(2))]))
    ]
    assert "same_title" not in [
        kind for kind, *_ in found(*rows, sketches=sketch_bodies([("x", body(1)), ("y", body(2))]))
    ]
    other = [rows[0], article("2026-03-05 09:00", unlike("z"), account="乙", article_id="y")]
    assert [
        kind
        for kind, *_ in found(
            *other, sketches=sketch_bodies([("x", body(1)), ("y", body(1) + "<p>转自别处</p>")])
        )
    ] == ["same_text"] * 2


def test_a_sketch_is_of_the_text_alone_and_a_short_text_has_none() -> None:
    assert sketch_text("短").tolist() == []
    plain, styled = (
        sketch_bodies([("x", page)])["sketch"].iat[0].tolist()
        for page in (body(3), body(3).replace("<p>", '<p style="color:red">'))
    )
    assert plain == styled
    assert len(plain) == 64
    assert {name: str(dtype) for name, dtype in sketch_bodies([]).dtypes.items()} == SKETCHES


def test_who_was_first_is_counted_by_two_accounts() -> None:
    rows = [
        article(f"2026-03-{day:02d} {hour}:00", unlike(f"t{day}") * 2, account=name)
        for day, first in ((1, "甲"), (5, "甲"), (9, "乙"))
        for name, hour in ((first, "09"), ("乙" if first == "甲" else "甲", "15"))
    ]
    (pair,) = [
        row
        for row in count_pairs(find_overlaps(articles([*rows, *rest()]))).itertuples()
        if {row.account, row.other} == {"甲", "乙"}
    ]
    firsts = {pair.account: pair.first, pair.other: pair.other_first}
    assert (pair.n, firsts["甲"], firsts["乙"], pair.untold) == (3, 2, 1, 0)


def test_order_of_rows_does_not_matter_and_nothing_gives_nothing() -> None:
    rows = [
        article("2026-03-04 09:00", TITLE, account="甲"),
        article("2026-03-05 20:00", TITLE, account="乙"),
        *rest(),
    ]
    frame = articles(rows)
    pd.testing.assert_frame_equal(
        find_overlaps(frame),
        find_overlaps(frame.sample(frac=1, random_state=4).reset_index(drop=True)),
    )
    for n in (0, 1, 2):
        few = find_overlaps(articles(rows[:n]) if n else empty_frame(ARTICLES))
        assert {name: str(dtype) for name, dtype in few.dtypes.items()} == OVERLAPS
    assert {
        name: str(dtype)
        for name, dtype in count_pairs(find_overlaps(empty_frame(ARTICLES))).dtypes.items()
    } == PAIRS
    with pytest.raises(FrameError, match="articles"):
        find_overlaps(empty_frame({"title": "str"}))


def test_forty_thousand_titles_are_compared_in_well_under_a_minute() -> None:
    rng = np.random.default_rng(5)
    texts = [
        "".join(chr(0x4E00 + int(code)) for code in codes)
        for codes in rng.integers(0, 2500, (40_000, 20))
    ]
    small = articles([article("2026-03-04 09:00", "x", account="甲")] * 2)
    frame = pd.concat([small.iloc[[0]]] * 40_000, ignore_index=True)
    frame["article_id"] = [f"a{k:06d}" for k in range(40_000)]
    frame["title"] = pd.Series(texts, dtype="str")
    frame["account_id"] = frame["account"] = pd.Series(
        [f"号{k % 20}" for k in range(40_000)], dtype="str"
    )
    frame["published_at"] = frame["published_at"] + pd.to_timedelta(
        np.arange(40_000) * 20, unit="min"
    )
    begun = time.process_time()
    find_overlaps(frame)
    assert time.process_time() - begun < 30
