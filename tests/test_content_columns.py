"""Which articles are in a content column, and what is said of it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_frames import article, articles

from analysis.content_columns import ASSIGNED, COLUMN_MONTHS, COLUMNS, assign_columns, count_column_months, describe_columns, find_columns
from analysis.frames import ARTICLES, FrameError, empty_frame

MONDAYS = ["2026-03-02 07:30", "2026-03-09 07:30", "2026-03-16 07:31", "2026-03-23 07:30"]


def columns_of(rows: list[dict[str, object]]) -> dict[str, int]:
    found = find_columns(articles(rows))
    return dict(zip(found["content_column"], found["n"], strict=True))


def test_a_mark_in_three_articles_of_two_weeks_is_a_column() -> None:
    rows = [article(at, f"避坑｜{word}") for at, word in zip(MONDAYS, "锅碗瓢盆", strict=True)]
    assert columns_of(rows) == {"避坑": 4}
    assert columns_of(rows[:2]) == {}


def test_three_articles_of_one_week_are_none() -> None:
    assert columns_of([article(f"2026-03-0{day} 08:00", f"避坑｜{day}号") for day in (2, 4, 8)]) == {}


def test_monday_half_past_midnight_in_beijing_is_the_new_week() -> None:
    sunday = [article("2026-03-08 08:00", "避坑｜锅"), article("2026-03-08 09:00", "避坑｜碗")]
    assert columns_of([*sunday, article("2026-03-09 00:30", "避坑｜瓢")]) == {"避坑": 3}
    assert columns_of([*sunday, article("2026-03-08 23:59", "避坑｜瓢")]) == {}


def test_an_advertisement_sent_again_and_again_is_none() -> None:
    assert columns_of([article(at, "招聘｜来做客服") for at in MONDAYS]) == {}


def test_the_accounts_own_name_is_none() -> None:
    assert columns_of([article(at, f"红崖搪瓷｜{n}", account="红崖搪瓷") for n, at in enumerate(MONDAYS)]) == {}


def test_an_album_needs_no_mark_and_a_mark_of_the_same_name_is_the_same_column() -> None:
    rows = [article(at, f"收纳小课第{n}课｜柜子", albums=["收纳小课"] if n else []) for n, at in enumerate(MONDAYS)]
    found = find_columns(articles(rows))
    assert found[["content_column", "kind", "n"]].values.tolist() == [["收纳小课", "album", 4]]


def test_two_names_for_the_same_articles_are_one_column() -> None:
    rows = [article(at, f"【厨房】早市 3月{n + 1}日", albums=["每周一见"]) for n, at in enumerate(MONDAYS)]
    assert columns_of(rows) == {"每周一见": 4}


def test_an_article_goes_to_the_smaller_of_two_columns() -> None:
    wide = [article(f"2026-04-{day:02d} 08:00", f"清单 {'一二三四五六七八九'[day - 1]}", albums=["全部"]) for day in range(1, 10)]
    narrow = [article(at, f"避坑｜{n}号锅", albums=["全部"]) for n, at in enumerate(MONDAYS)]
    assert columns_of(wide + narrow) == {"全部": 9, "避坑": 4}


def test_a_name_in_front_goes_before_words_that_come_back_behind_the_bar() -> None:
    years = [("1963年的花", "2026-03-02"), ("1963年的花", "2026-03-10"), ("1963年的花", "2026-03-20"), ("第一只盆", "2026-04-01"), ("老照片", "2026-04-09")]
    rows = [article(f"{day} 08:00", f"厂史一页丨{words}{'！' * n}") for n, (words, day) in enumerate(years)]
    assert columns_of(rows) == {"厂史一页": 5}


def test_every_article_is_assigned_once_and_named_as_most_often_written() -> None:
    rows = [article(MONDAYS[0], "【避坑】锅"), article(MONDAYS[1], "避坑｜碗"), article(MONDAYS[2], "【避 坑】瓢"), article(MONDAYS[3], "没有栏目")]
    found = assign_columns(articles(rows))
    assert found["article_id"].tolist() == ["a0000000", "a0000001", "a0000002", "a0000003"]
    assert found["content_column"].tolist()[:3] == ["避坑"] * 3
    assert found["content_column"].isna().tolist() == [False, False, False, True]


def test_a_column_is_described_by_its_rhythm() -> None:
    rows = [article(at, f"避坑｜{n}号", position=2) for n, at in enumerate(MONDAYS)] + [article("2026-03-05", "别的", position=1)]
    column = find_columns(articles(rows)).iloc[0]
    assert (column["interval_days"], column["weekday"], column["weekday_share"], column["hour"], column["hour_share"], column["n_timed"]) == (7, 0, 1, 7, 1, 4)
    assert (column["slot"], column["slot_share"], column["share"]) == (2, 1.0, 0.8)
    assert column["examples"] == ["a0000003", "a0000002", "a0000001"]
    assert (str(column["first"]), str(column["last"])) == ("2026-03-02 07:30:00+08:00", "2026-03-23 07:30:00+08:00")


def test_days_tell_no_hour() -> None:
    column = find_columns(articles([article(at[:10], f"避坑｜{n}号") for n, at in enumerate(MONDAYS)])).iloc[0]
    assert pd.isna(column["hour"])
    assert column["n_timed"] == 0


def test_months_are_beijings() -> None:
    rows = [article(at, f"避坑｜{n}号") for n, at in enumerate(["2026-03-31 23:59", "2026-04-01 00:30", "2026-04-20 08:00"])]
    months = count_column_months(assign_columns(articles(rows)))
    assert [(str(month.date()), n) for month, n in zip(months["month"], months["n"], strict=True)] == [("2026-03-01", 1), ("2026-04-01", 2)]


def test_an_empty_frame_gives_empty_frames() -> None:
    empty = empty_frame(ARTICLES)
    assigned = assign_columns(empty)
    assert {c: str(t) for c, t in assigned.dtypes.items()} == ASSIGNED
    assert {c: str(t) for c, t in find_columns(empty).dtypes.items()} == COLUMNS
    assert {c: str(t) for c, t in count_column_months(assigned).dtypes.items()} == COLUMN_MONTHS


def test_a_frame_without_titles_is_refused_by_name() -> None:
    with pytest.raises(FrameError, match="title"):
        assign_columns(empty_frame(ARTICLES).drop(columns="title"))


TITLES = st.sampled_from(["避坑｜锅", "避坑丨碗", "【避坑】瓢", "收纳第3课", "收纳第4课：柜", "早市 3月1日", "神图：锅", "夜里", None])
ROWS = st.lists(st.tuples(TITLES, st.integers(1, 28), st.lists(st.sampled_from(["甲集", "乙集"]), max_size=2, unique=True)), max_size=25)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_row_order_does_not_matter_and_counts_add_up(drawn: list[tuple[str | None, int, list[str]]], random: object) -> None:
    rows = [article(f"2026-02-{day:02d} 0{n % 10}:00", title, albums=albums) for n, (title, day, albums) in enumerate(drawn)]
    frame = articles(rows)
    mixed = frame.sample(frac=1, random_state=len(drawn))
    described = find_columns(frame)
    pd.testing.assert_frame_equal(described, find_columns(mixed))
    assigned = assign_columns(frame)
    assert described["n"].sum() == assigned["content_column"].notna().sum()
    assert (described["n"] >= 3).all()
    assert described["share"].sum() <= 1 + 1e-9
    before = frame.copy(deep=True)
    describe_columns(frame, assigned)
    pd.testing.assert_frame_equal(frame, before)
