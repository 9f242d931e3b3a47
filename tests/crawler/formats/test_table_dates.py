"""Times in tables: of saving, relative ones, day and month; counts and dates that can't be read."""

from __future__ import annotations

import pytest

from crawler.records import BEIJING
from tests.support.tables import LINKS, articles_of, import_text

A, B, C = LINKS[:3]


def times(text: str, name: str = "t.csv", **options: object) -> list[str | None]:
    return [
        f"{article.published_at.astimezone(BEIJING):%Y-%m-%d %H:%M} {article.time_precision}"
        if article.published_at
        else None
        for article in articles_of(import_text(text, name, **options))
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("创建时间", "收藏时间", "保存时间", "添加时间", "导出时间", "更新时间", "最后编辑时间"),
        *("Create Time", "created", "Created time", "Last edited time", "Saved date"),
        *("time_added", "date_added", "created_at", "創建時間", "收藏時間"),
    ],
)
def test_the_time_of_saving_is_never_the_time_of_publishing(name: str) -> None:
    batch = import_text(f"标题,链接,{name}\n木勺怎么养,{A},2025-12-01 09:30\n")
    (article,) = articles_of(batch)
    assert (article.published_at, article.aside) == (None, {name: "2025-12-01 09:30"})
    assert f"“{name}”是保存或修改的时间，没有当作发布时间（原样保留）" in batch.notes


def test_read_later_programs_say_when_they_saved() -> None:
    assert times(f"URL,Title,Selection,Folder,Timestamp\n{A},甲,,Unread,1763950000\n") == [None]
    text = f"Title,URL,Description,Create Time\n甲,{A},,2025-12-01T09:30:00+08:00\n"
    assert times(text) == [None]


def test_the_time_of_a_payload_is_the_time_of_publishing() -> None:
    assert times(f"title,link,create_time\n甲,{A},1763950000\n") == ["2025-11-24 10:06 second"]
    assert times("标题,创建时间,发布时间\n甲,2025-12-01,2025-11-24 10:06\n") == [
        "2025-11-24 10:06 minute"
    ]


def test_times_that_follow_each_other_within_minutes_are_those_of_saving() -> None:
    rows = "".join(f"第{n}把木勺,2025-12-01 09:3{n}\n" for n in range(5))
    batch = import_text("标题,时间\n" + rows)
    assert {article.published_at for article in articles_of(batch)} == {None}
    assert articles_of(batch)[0].aside == {"时间": "2025-12-01 09:30"}
    (note,) = (note for note in batch.notes if "“时间”像是保存的时间" in note)
    assert note.endswith("--map 时间=发布时间")
    assert times("标题,时间\n" + rows, mapping={"时间": "发布时间"})[0] == "2025-12-01 09:30 minute"
    assert None not in times("标题,发布时间\n" + rows)


def test_times_of_a_push_and_of_a_history_are_not() -> None:
    push = "".join(f"第{n}把木勺,2025-12-01 18:00\n" for n in range(8))
    history = "".join(f"第{n}把木勺,2025-12-0{n + 1} 18:0{n}\n" for n in range(8))
    assert None not in times("标题,时间\n" + push) + times("标题,时间\n" + history)


def test_relative_times_are_read_against_the_files_own_day() -> None:
    text = (
        "标题,发布时间\n一,昨天 18:20\n二,3天前\n三,11月28日\n四,12-31\n五,周三 08:00\n"
        "六,今天 09:05\n七,前天\n八,2小时前\n"
    )
    expected = [
        "2025-11-30 18:20 minute",
        "2025-11-28 00:00 day",
        "2025-11-28 00:00 day",
        "2024-12-31 00:00 day",
        "2025-11-26 08:00 minute",
        "2025-12-01 09:05 minute",
        "2025-11-29 00:00 day",
        None,
    ]
    assert times(text, "推文_20251201.csv") == times(text, "2025-12-01 导出.csv") == expected
    assert times("导出时间：2025/12/1,\n" + text) == expected
    assert times(text) == times(text, "2025-12-01 到 2025-12-05.csv") == [None] * 8


def test_relative_times_are_read_against_the_rows_own_day_first() -> None:
    text = "标题,发布时间,采集时间\n一,昨天,2025-12-02 10:00\n二,11月28日 9:00,2025-12-03 10:00\n"
    assert times(text, "推文_20250101.csv") == ["2025-12-01 00:00 day", "2025-11-28 09:00 minute"]


def test_a_column_tells_which_number_is_the_month() -> None:
    def column(*dates: str) -> str:
        return "标题,发布时间\n" + "".join(f"第{n}篇,{at}\n" for n, at in enumerate(dates))

    assert times(column("06/11/2025", "25/11/2025 10:00")) == [
        "2025-11-06 00:00 day",
        "2025-11-25 10:00 minute",
    ]
    assert times(column("06/11/2025", "11/25/2025 6:21 PM")) == [
        "2025-06-11 00:00 day",
        "2025-11-25 18:21 minute",
    ]
    assert times(column("06/11/2025", "7/7/2025")) == [None, "2025-07-07 00:00 day"]
    assert times(column("06/11/2025", "25/11/2025", "11/25/2025"))[0] is None


def test_what_is_no_time_is_kept_aside_and_told() -> None:
    batch = import_text("标题,发布时间\n一,06/11/2025\n二,很久以前\n三,-\n四,2025-11-01\n")
    assert [article.aside for article in articles_of(batch)] == [
        {"发布时间": "06/11/2025"},
        {"发布时间": "很久以前"},
        None,
        None,
    ]
    assert batch.notes[-1] == "发布时间 2 个看不懂，没有采用：06/11/2025、很久以前"


def test_counts_as_tools_write_them_and_what_is_none() -> None:
    text = (
        "标题,阅读数,点赞数,在看数,favorite\n一,1200次阅读,赞 12,2人在看,false\n"
        '二,"1,234",{},-,true\n三,1.2万,[],N/A,false\n四,10万+,获取失败,null,\n五,未显示,,,\n'
    )
    batch = import_text(text)
    counts = [[(c.metric, c.value, c.censored) for c in s.counts] for s in batch.sightings]
    assert counts == [
        [("read", 1200, False), ("like", 12, False), ("wow", 2, False)],
        [("read", 1234, False)],
        [("read", 12000, False)],
        [("read", 100000, True)],
        [],
    ]
    assert batch.rejects == []
    assert sorted(batch.notes[1:]) == [
        "收藏数 3 个看不懂，没有采用：false、true",
        "点赞数 3 个看不懂，没有采用：[]、{}、获取失败",
        "阅读数 1 个看不懂，没有采用：未显示",
    ]
