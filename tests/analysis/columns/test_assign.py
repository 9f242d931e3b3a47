"""Which articles are in a content column, and what is said of it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.columns.assign import (
    ASSIGNED,
    COLUMNS,
    assign_columns,
    describe_columns,
    find_columns,
)
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.support.small_frames import article, articles

UNLIKE = [
    "换季衣服怎么放",
    "三只锅能用多久",
    "雨天的鞋柜",
    "搬家前夜",
    "阳台上的番茄红了",
    "谁在半夜洗碗",
    "旧毛巾的去处",
    "给窗帘量尺寸",
    "一把椅子修了三次",
    "冰箱空了以后",
    "我们为什么留着纸箱",
    "灯坏了不要急着换",
    "沙发底下",
    "邻居送来的笋",
    "地板响了一冬天",
    "把厨房让给爸爸",
    "晾衣绳和风",
    "门锁要上油吗",
    "租客的墙",
    "水龙头滴到天亮",
]
MONDAYS = ["2026-03-02 07:30", "2026-03-09 07:30", "2026-03-16 07:31", "2026-03-23 07:30"]


def columns_of(rows: list[dict[str, object]]) -> dict[str, int]:
    found = find_columns(articles(rows))
    return dict(zip(found["content_column"], found["n"], strict=True))


def test_a_mark_in_three_articles_is_a_column_and_in_two_of_a_few_none() -> None:
    rows = [article(at, f"避坑｜{word}") for at, word in zip(MONDAYS, "锅碗瓢盆", strict=True)]
    assert columns_of(rows) == {"避坑": 4}
    assert columns_of(rows[:2]) == {}


def test_two_of_ten_are_a_column_and_two_of_a_long_history_an_accident() -> None:
    pair = [
        article(at, f"【快讯】{word}上市") for at, word in zip(MONDAYS[:2], "锅碗", strict=True)
    ]
    others = [
        article(f"2026-03-{day:02d} 20:00", title) for day, title in enumerate(UNLIKE[:10], 1)
    ]
    assert columns_of(pair + others) == {"快讯": 2}
    long = [
        article(
            f"2025-{month:02d}-{day:02d} 20:00",
            f"{UNLIKE[day % 20]}{month}{'甲乙丙丁戊己庚辛壬癸'[day % 10]}",
        )
        for month in range(1, 7)
        for day in range(1, 21)
    ]
    assert "快讯" not in columns_of(pair + long)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_of_a_handful_of_titles_nothing_is_said(n: int) -> None:
    assert (
        columns_of(
            [
                article(at, f"避坑｜{word}")
                for at, word in list(zip(MONDAYS, "锅碗瓢盆", strict=True))[:n]
            ]
        )
        == {}
    )


def test_an_advertisement_sent_again_and_again_is_none() -> None:
    assert columns_of([article(at, "招聘｜来做客服") for at in MONDAYS]) == {}


def test_the_accounts_own_name_is_none() -> None:
    assert (
        columns_of(
            [article(at, f"红崖搪瓷｜{n}", account="红崖搪瓷") for n, at in enumerate(MONDAYS)]
        )
        == {}
    )


def test_an_album_needs_no_mark_and_a_mark_of_the_same_name_is_the_same_column() -> None:
    rows = [
        article(at, f"收纳小课第{n}课｜柜子", albums=["收纳小课"] if n else [])
        for n, at in enumerate(MONDAYS)
    ]
    found = find_columns(articles(rows))
    assert found[["content_column", "kind", "n"]].values.tolist() == [["收纳小课", "album", 4]]


def test_two_names_for_the_same_articles_are_one_column() -> None:
    rows = [
        article(at, f"【厨房】早市 3月{n + 1}日", albums=["每周一见"])
        for n, at in enumerate(MONDAYS)
    ]
    assert columns_of(rows) == {"每周一见": 4}


def test_an_article_of_a_wide_album_goes_to_the_mark_inside_it() -> None:
    wide = [
        article(f"2026-04-{day:02d} 08:00", UNLIKE[day], albums=["全部"]) for day in range(1, 10)
    ]
    narrow = [article(at, f"避坑｜{n}号锅", albums=["全部"]) for n, at in enumerate(MONDAYS)]
    assert columns_of(wide + narrow) == {"全部": 9, "避坑": 4}


def test_a_name_in_front_goes_before_words_that_come_back_behind_the_bar() -> None:
    years = [
        ("1963年的花", "2026-03-02"),
        ("1963年的花", "2026-03-10"),
        ("1963年的花", "2026-03-20"),
        ("第一只盆", "2026-04-01"),
        ("老照片", "2026-04-09"),
    ]
    rows = [
        article(f"{day} 08:00", f"厂史一页丨{words}{'！' * n}")
        for n, (words, day) in enumerate(years)
    ]
    assert columns_of(rows) == {"厂史一页": 5}


def test_every_article_is_assigned_once_and_named_as_most_often_written() -> None:
    rows = [
        article(MONDAYS[0], "【避坑】锅"),
        article(MONDAYS[1], "避坑｜碗"),
        article(MONDAYS[2], "【避 坑】瓢"),
        article(MONDAYS[3], "没有栏目"),
    ]
    found = assign_columns(articles(rows))
    assert found["article_id"].tolist() == ["a0000000", "a0000001", "a0000002", "a0000003"]
    assert found["content_column"].tolist()[:3] == ["避坑"] * 3
    assert found["content_column"].isna().tolist() == [False, False, False, True]


def test_a_column_is_described_by_its_rhythm() -> None:
    rows = [article(at, f"避坑｜{n}号", position=2) for n, at in enumerate(MONDAYS)] + [
        article("2026-03-05", "别的", position=1)
    ]
    column = find_columns(articles(rows)).iloc[0]
    assert (
        column["interval_days"],
        column["weekday"],
        column["weekday_share"],
        column["hour"],
        column["hour_share"],
        column["n_timed"],
    ) == (7, 0, 1, 7, 1, 4)
    assert (column["slot"], column["slot_share"], column["share"]) == (2, 1.0, 0.8)
    assert column["examples"] == ["a0000003", "a0000002", "a0000001"]
    assert (str(column["first"]), str(column["last"])) == (
        "2026-03-02 07:30:00+08:00",
        "2026-03-23 07:30:00+08:00",
    )


def test_days_tell_no_hour() -> None:
    column = find_columns(
        articles([article(at[:10], f"避坑｜{n}号") for n, at in enumerate(MONDAYS)])
    ).iloc[0]
    assert pd.isna(column["hour"])
    assert column["n_timed"] == 0


def test_an_empty_frame_gives_empty_frames() -> None:
    empty = empty_frame(ARTICLES)
    assigned = assign_columns(empty)
    assert {c: str(t) for c, t in assigned.dtypes.items()} == ASSIGNED
    assert {c: str(t) for c, t in find_columns(empty).dtypes.items()} == COLUMNS


def test_a_frame_without_titles_is_refused_by_name() -> None:
    with pytest.raises(FrameError, match="title"):
        assign_columns(empty_frame(ARTICLES).drop(columns="title"))


TITLES = st.sampled_from(
    [
        "避坑｜锅",
        "避坑丨碗",
        "【避坑】瓢",
        "收纳第3课",
        "收纳第4课：柜",
        "早市 3月1日",
        "神图：锅",
        "夜里",
        None,
    ]
)
ROWS = st.lists(
    st.tuples(
        TITLES,
        st.integers(1, 28),
        st.lists(st.sampled_from(["甲集", "乙集"]), max_size=2, unique=True),
    ),
    max_size=25,
)


@settings(max_examples=20, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_row_order_does_not_matter_and_counts_add_up(
    drawn: list[tuple[str | None, int, list[str]]], random: object
) -> None:
    rows = [
        article(f"2026-02-{day:02d} 0{n % 10}:00", title, albums=albums)
        for n, (title, day, albums) in enumerate(drawn)
    ]
    frame = articles(rows)
    mixed = frame.sample(frac=1, random_state=len(drawn))
    described = find_columns(frame)
    pd.testing.assert_frame_equal(described, find_columns(mixed))
    assigned = assign_columns(frame)
    assert described["n"].sum() == assigned["content_column"].notna().sum()
    assert (described["n"] >= 2).all()
    assert assigned["strength"].dropna().between(0, 1).all()
    assert (assigned["strength"].isna() == assigned["content_column"].isna()).all()
    assert described["share"].sum() <= 1 + 1e-9
    before = frame.copy(deep=True)
    describe_columns(frame, assigned)
    pd.testing.assert_frame_equal(frame, before)


MARKED = [article(at, f"避坑｜{word}") for at, word in zip(MONDAYS, "锅碗瓢盆", strict=True)]
MORE = [
    article(f"2026-04-{day:02d} 07:30", title)
    for day, title in enumerate(
        [*UNLIKE, "避坑丨蒸笼", "【避坑】砧板", "夜里读信第1期", "夜里读信第2期", "夜里读信第3期"],
        1,
    )
]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(MORE), max_size=25, unique_by=lambda row: str(row["title"])))
def test_ids_stay_when_articles_are_added(added: list[dict[str, object]]) -> None:
    before = find_columns(articles(MARKED))
    after = find_columns(articles(MARKED + added))
    assert (
        before["column_id"].tolist()
        == after.loc[after["content_column"] == "避坑", "column_id"].tolist()
    )


def test_titles_of_one_wording_are_in_one_column() -> None:
    rows = [
        article(f"2026-04-{day:02d} 08:00", UNLIKE[day % 5], albums=["厨房"] if day < 8 else [])
        for day in range(1, 20)
    ]
    assigned = assign_columns(articles(rows))
    assert assigned.groupby("title")["content_column"].nunique(dropna=False).max() == 1
    assert describe_columns(articles(rows), assigned)["n_reposted"].tolist() == [14]


@pytest.mark.parametrize(
    ("titles", "name", "kind"),
    [
        ([f"{title}，一篇讲清楚" for title in UNLIKE[:12]], "一篇讲清楚", "suffix"),
        (
            [
                f"{title}：一篇讲清楚" if n % 2 else f"{title}，一篇讲清楚！"
                for n, title in enumerate(UNLIKE[:12])
            ],
            "一篇讲清楚",
            "suffix",
        ),
        (
            [f"夜里读信 No.{n}｜{title}" for n, title in enumerate(UNLIKE[:12], 1)],
            "夜里读信",
            "series",
        ),
        (
            [
                f"夜里讀信第{n}期：{title}" if n % 2 else f"夜里读信 第{n}期 {title}"
                for n, title in enumerate(UNLIKE[:12], 1)
            ],
            None,
            "series",
        ),
        ([f"{title} | 晚饭资讯" for title in UNLIKE[:12]], "晚饭资讯", "suffix"),
        ([f"早报（06{n:02d}）" for n in range(1, 13)], "早报", "series"),
        ([f"{n}.{title}" for n, title in enumerate(UNLIKE[:12], 51)], "编号清单", "series"),
    ],
)
def test_columns_of_every_form_are_found(titles: list[str], name: str | None, kind: str) -> None:
    rows = [
        article(f"2026-0{3 + week // 4}-{1 + 7 * (week % 4):02d} 20:00", title, position=1)
        for week, title in enumerate(titles)
    ]
    rest = [
        article(f"2026-0{3 + day // 8}-{2 + 3 * (day % 8):02d} 09:00", title + "呢", position=1)
        for day, title in enumerate(UNLIKE[12:])
    ]
    found = find_columns(articles(rows + rest))
    assert found[["kind", "n"]].values.tolist() == [[kind, 12]]
    assert name is None or found["content_column"].tolist() == [name]


@pytest.mark.parametrize(
    "mark",
    ["新华社", "Nature", "北京", "王小明", "重磅"],
    ids=["agency", "journal", "city", "person", "call"],
)
def test_sources_places_people_and_calls_are_no_columns(mark: str) -> None:
    rows = [
        article(f"2026-03-{2 * n + 1:02d} 08:00", f"{mark}：{title}")
        for n, title in enumerate(UNLIKE[:5])
    ]
    rest = [
        article(f"2026-03-{2 * n + 2:02d} 08:00", title) for n, title in enumerate(UNLIKE[5:15])
    ]
    assert columns_of(rows + rest) == {}


def test_a_renamed_column_stays_one_under_its_new_name() -> None:
    weeks = pd.date_range("2026-01-05 08:00", periods=20, freq="7D").strftime("%Y-%m-%d %H:%M")
    rows = [
        article(at, f"{'开箱' if n < 10 else '拆箱报告'}｜{title}", position=1)
        for n, (at, title) in enumerate(zip(weeks, UNLIKE, strict=True))
    ]
    rest = [
        article(f"2026-0{1 + n // 5}-{3 + 4 * (n % 5):02d} 21:00", title + "吗", position=2)
        for n, title in enumerate(UNLIKE[:15])
    ]
    found = find_columns(articles(rows + rest))
    assert found[["content_column", "n"]].values.tolist() == [["拆箱报告", 20]]


def test_figures_of_bodies_and_reads_are_medians_and_missing_below_five() -> None:
    frame = articles(
        [
            *MARKED,
            article("2026-03-30 07:30", "避坑｜蒸笼"),
            *(article(f"2026-02-{day:02d} 09:00", UNLIKE[day]) for day in range(1, 8)),
        ]
    )
    assigned = assign_columns(frame)
    profiles = pd.DataFrame(
        {
            "article_id": frame["article_id"].astype("str"),
            "chars": range(100, 1300, 100),
            "images": [3] * 12,
        }
    )
    reads = dict(zip(frame["article_id"], [200.0] * 5 + [100.0] * 7, strict=True))
    column = describe_columns(frame, assigned, profiles=profiles, reads=reads).iloc[0]
    assert (
        column["chars"],
        column["images"],
        column["n_bodies"],
        column["reads_ratio"],
        column["n_reads"],
    ) == (300.0, 3.0, 5, 2.0, 5)
    few = describe_columns(frame, assigned, reads=dict(list(reads.items())[:4])).iloc[0]
    assert pd.isna(few["reads_ratio"])
    assert few["n_reads"] == 4
