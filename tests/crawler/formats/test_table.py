"""Tables that people hold: text in any encoding, spreadsheets, lists of objects; what is decided
once a file, what is refused and why.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError, Document, list_documents
from crawler.formats.table import TableOptions, is_table, read_records, read_table
from crawler.records import BEIJING, Account, Article, Observation, clean_text
from crawler.store.claims import Sighting

NOW = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())
OPTIONS = TableOptions(now=NOW)
BIZ = "MzA3NTY3NjUzMg=="
NO_ARTICLES = re.compile(r"(\d+) 行不是文章")
NOBODY = "没写是哪个公众号的文章：可以用 --account 指明"
URL = (
    f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=2652567811&amp;idx=1&amp;"
    "sn=e4a2e9622f357c7354bc45c2a3d27b6c&chksm=1#rd"
)


def document(text: str | bytes) -> Document:
    return Document("t.csv", data=text if isinstance(text, bytes) else text.encode())


def read(source: str | bytes | Document, options: TableOptions = OPTIONS) -> Batch:
    whole = Batch("table")
    for batch in read_table(source if isinstance(source, Document) else document(source), options):
        assert batch.what == "table"
        whole.extend(batch)
    return whole


def decided(batch: Batch) -> list[str]:
    """The notes, without the one that every table gets that names no account."""
    return [note for note in batch.notes if note != NOBODY]


def fillers(batch: Batch) -> int:
    """Rows that were told to be no articles."""
    return sum(int(found[1]) for note in batch.notes if (found := NO_ARTICLES.match(note)))


def articles(batch: Batch) -> list[Article]:
    return [sighting.article for sighting in batch.sightings]


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)  # type: ignore[arg-type, misc]


def workbook(
    *rows: Sequence[Any],
    merge: str | None = None,
    more: dict[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:
    book = openpyxl.Workbook()
    for name, content in {"": rows, **(more or {})}.items():
        sheet = book.create_sheet(name) if name else book.active
        assert sheet is not None
        for row in content:
            sheet.append(list(row))
        if merge and not name:
            sheet.merge_cells(merge)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_row_becomes_a_sighting() -> None:
    text = (
        "公众号,标题,链接,发布时间,摘要,作者,原创,所属合集,文章类型,阅读数,点赞,采集时间,"
        f"城市\n锦江学院,浸入式教学,{URL},2020-07-31 15:43:58,会计,小明,是,#会计 #教学,"
        "普通图文,1.2万,30,2020-08-05 10:00,成都\n"
    )
    batch = read(text)
    seen = beijing(2020, 8, 5, 10)
    article = Article(
        biz=BIZ,
        mid="2652567811",
        idx=1,
        sn="e4a2e9622f357c7354bc45c2a3d27b6c",
        account_name="锦江学院",
        url=(
            f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2652567811&idx=1&sn=e4a2e9622f357c7354bc45"
            "c2a3d27b6c"
        ),
        title="浸入式教学",
        digest="会计",
        author="小明",
        published_at=beijing(2020, 7, 31, 15, 43, 58),
        time_precision="second",
        kind="article",
        original=True,
        album_titles=("会计", "教学"),
        aside={"城市": "成都"},
    )
    counts = (
        Observation(metric="read", value=12000, seen_at=seen),
        Observation(metric="like", value=30, seen_at=seen),
    )
    as_of = int(beijing(2020, 7, 31, 15, 43, 58).timestamp())
    assert batch.sightings == [
        Sighting(article, "table", as_of, Account(biz=BIZ, name="锦江学院"), counts=counts)
    ]
    assert (batch.rejects, batch.notes) == ([], ["没认出的列（原样保留）：城市"])


ROWS = [
    ["公众号", "标题", "时间"],
    ["甲", "一，二", "2025-06-01 08:05:09"],
    ["甲", '有"引号"的', "2025-06-02 08:05:10"],
    ["乙", "换\n行", "2025/6/3 8:05"],
]
TITLES = ["一，二", '有"引号"的', "换 行"]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_separator_and_line_end(separator: str, encoding: str, end: str) -> None:
    held = io.StringIO()
    csv.writer(held, delimiter=separator, lineterminator=end).writerows(
        [[cell.replace("\n", end) for cell in row] for row in ROWS]
    )
    raw = held.getvalue().encode(encoding)
    batch = read(raw)
    assert [article.title for article in articles(batch)] == TITLES
    assert [article.account_name for article in articles(batch)] == ["甲", "甲", "乙"]
    assert is_table(raw)


def test_packed_files_are_read_as_their_content() -> None:
    assert articles(read(gzip.compress("标题,时间\n甲,2025-06-01\n".encode())))[0].title == "甲"


def test_lines_and_cells_of_mixed_encodings_are_recovered() -> None:
    lines = [
        "标题,作者".encode(),
        "第一篇文章的标题,小明".encode(),
        "第二篇文章的标题,小红".encode("gb18030"),
        "第三篇很长的文章标题,".encode() + "小刚".encode("gb18030"),
    ]
    assert [(a.title, a.author) for a in articles(read(b"\n".join(lines)))] == [
        ("第一篇文章的标题", "小明"),
        ("第二篇文章的标题", "小红"),
        ("第三篇很长的文章标题", "小刚"),
    ]


def test_nul_bytes_controls_and_lone_surrogates_do_no_harm() -> None:
    batch = read("标题,时间\na\0b\x07,2025-06-01\n".encode() + b"\xed\xa0\x80x,2025-06-02\n")
    assert [article.title and article.title.isprintable() for article in articles(batch)] == [
        True,
        True,
    ]


def test_a_header_further_down_and_rows_above_it() -> None:
    batch = read("某账号数据,,\n导出时间,2025-06-09,\n\n标题,发布时间,阅读\n甲,2025-06-01,5\n")
    assert [(a.title, a.time_precision) for a in articles(batch)] == [("甲", "day")]


def test_a_quote_that_never_ends_costs_no_other_row() -> None:
    rows = [f"题目{n},2025-06-01,作者{n}\n" for n in range(3000)]
    rows[10] = '"题目10,2025-06-01,作者10\n'
    rows[20] = '5" 屏,2025-06-01,作者20\n'
    batch = read("标题,时间,作者\n" + "".join(rows))
    assert [article.author for article in articles(batch)] == [f"作者{n}" for n in range(3000)]


def test_an_unquoted_separator_is_refused_not_shifted() -> None:
    batch = read("标题,时间\n一,二,2025-06-01\n三,2025-06-01\n")
    assert [(r.where, r.reason, r.text) for r in batch.rejects] == [
        ("第 2 行", "有 3 列，表头只有 2 列：可能有没加引号的分隔符", "一,二,2025-06-01")
    ]
    assert [article.title for article in articles(batch)] == ["三"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,,2025-06-01,", "没有标题、链接和 mid，不知道是哪篇文章"),
        (",https://example.com/a,,2025-06-01,", "链接不是公众号文章的永久链接，又没有标题"),
        (",,2652567811,2025-06-01,", "只有 mid，没有位置，也没有标题和链接"),
    ],
)
def test_rows_that_are_refused_say_why(row: str, reason: str) -> None:
    batch = read(f"标题,链接,mid,时间,阅读\n{row}\n")
    assert batch.rejects == [Reject("第 2 行", reason, row)]
    assert batch.sightings == []


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("甲,,,昨天,", "发布时间 1 个看不懂，没有采用：昨天"),
        (
            "甲,,,1900-01-01,",
            "发布时间 1 个看不懂，没有采用：1900-01-01（早于 2012 年 8 月，那时还没有公众号）",
        ),
        ("甲,,,9999-12-31,", "发布时间 1 个看不懂，没有采用：9999-12-31（在将来）"),
        ("甲,,,2025-06-01,很多", "阅读数 1 个看不懂，没有采用：很多"),
        (
            "甲,,2.25E+09,2025-06-01,",
            "mid 1 个看不懂，没有采用：2.25E+09（被表格软件改成了科学计数）",
        ),
    ],
)
def test_a_cell_that_can_not_be_read_costs_no_row_and_is_told(row: str, note: str) -> None:
    batch = read(f"标题,链接,mid,时间,阅读\n{row}\n")
    assert [(a.title, a.mid) for a in articles(batch)] == [("甲", None)]
    assert (batch.rejects, decided(batch)) == ([], [note])


def test_what_a_reject_held_is_cut() -> None:
    assert len(read(f"标题,时间\n{'长' * 2000},什么时候,多\n").rejects[0].text) == 500


def test_a_link_that_is_no_articles_is_kept_beside_the_title() -> None:
    (article,) = articles(read("标题,链接\n甲,https://example.com/a\n"))
    assert (article.title, article.url, article.aside) == (
        "甲",
        None,
        {"url": "https://example.com/a"},
    )


def test_ids_of_columns_aids_and_links() -> None:
    found = articles(
        read(
            f"标题,链接,mid,位置,aid\n甲,,2652567811,次条,\n乙,,,,2652567812_3\n丙,{URL},,,\n丁,"
            "https://mp.weixin.qq.com/s/hizGT8yXMllcjQQhvWT57Q,,第4条,\n"
        )
    )
    assert [(a.mid, a.idx, a.token) for a in found] == [
        ("2652567811", 2, None),
        ("2652567812", 3, None),
        ("2652567811", 1, None),
        (None, 4, "hizGT8yXMllcjQQhvWT57Q"),
    ]


def test_slots_that_count_from_zero_are_raised_by_one() -> None:
    batch = read("标题,position\n甲,0\n乙,1\n")
    assert [a.idx for a in articles(batch)] == [1, 2]
    assert decided(batch) == ["位置从 0 数起，已各加 1"]


def test_whose_rows_they_are() -> None:
    owner = TableOptions(now=NOW, owner=Account(name="我的号", role="own"))
    named = read("标题,公众号,gh_id\n甲,乙号,gh_abc\n丙,,\n", owner)
    assert [s.account for s in named.sightings] == [
        Account(name="乙号", user_name="gh_abc"),
        Account(name="我的号"),
    ]
    linked = read(f"标题,链接\n甲,{URL}\n乙,\n", owner)
    assert [s.account for s in linked.sightings] == [Account(biz=BIZ, name="我的号")] * 2
    ids = read(
        "标题,公众号ID\n甲,gh_abc\n乙,MzA3NTY3NjUzMg==\n丙,weixinhao\n丁,MP_WXS_3075676532\n"
    )
    assert [s.account for s in ids.sightings] == [
        Account(user_name="gh_abc"),
        Account(biz=BIZ),
        Account(alias="weixinhao"),
        Account(biz=BIZ),
    ]


def counts(text: str) -> list[list[tuple[str, int, bool, str | None]]]:
    return [
        [(c.metric, c.value, c.censored, c.flag) for c in s.counts] for s in read(text).sightings
    ]


def test_counts_as_people_write_them() -> None:
    values = {
        "10万+": (100000, True),
        "10w+": (100000, True),
        "100001": (100000, True),
        "1.2万": (12000, False),
        "1,234": (1234, False),
        "3": (3, False),
        "２０": (20, False),
    }
    rows = "".join(f'甲{n},"{text}"\n' for n, text in enumerate(values))
    assert counts("标题,阅读\n" + rows) == [
        [("read", value, censored, None)] for value, censored in values.values()
    ]
    assert counts("标题,阅读\n甲,-\n乙,\n丙,-1\n丁,无\n") == [[], [], [], []]


def test_likes_above_reads_are_flagged_but_not_above_a_censored_count() -> None:
    assert counts("标题,阅读,点赞\n甲,5,9\n乙,10万+,200000\n") == [
        [("read", 5, False, "impossible"), ("like", 9, False, "impossible")],
        [("read", 100000, True, None), ("like", 200000, False, None)],
    ]


def test_one_value_nearly_everywhere_is_no_count() -> None:
    junk = "标题,阅读,留言\n" + "".join(f"甲{n},{88 if n < 19 else 5},{n}\n" for n in range(20))
    assert {flag for some in counts(junk) for metric, _, _, flag in some if metric == "read"} == {
        "constant"
    }
    assert {
        flag for some in counts(junk) for metric, _, _, flag in some if metric == "comment"
    } == {None}
    assert decided(read(junk)) == ["阅读数 95% 是同一个值（有数的 20 行里多是 88），不计入指标"]
    large = "标题,阅读\n" + "".join(f"甲{n},10万+\n" for n in range(30))
    assert {flag for some in counts(large) for *_, flag in some} == {None}


def test_z_on_beijing_times_is_decided_for_the_whole_file() -> None:
    rows = "".join(
        f"甲{n},2025-06-{1 + n % 28:02d}T{9 + n % 13:02d}:{n % 60:02d}:{n % 59:02d}Z\n"
        for n in range(100)
    )
    batch = read("标题,发布时间\n" + rows)
    assert articles(batch)[0].published_at == beijing(2025, 6, 1, 9)
    assert [note[:7] for note in decided(batch)] == ["时间写着 Z（"]


def test_midnights_are_days_only_for_the_account_that_has_nothing_else() -> None:
    rows = [("甲", f"2025-06-0{n} 00:00:00") for n in range(1, 5)] + [
        ("乙", "2025-06-01 00:00:00"),
        ("乙", "2025-06-02 00:00:00"),
        ("乙", "2025-06-03 20:00:01"),
    ]
    batch = read(
        "公众号,标题,时间\n" + "".join(f"{name},题{n},{at}\n" for n, (name, at) in enumerate(rows))
    )
    assert [a.time_precision for a in articles(batch)] == ["day"] * 4 + ["second"] * 3
    assert batch.notes == ["时间全是 00:00:00，只当作日期（1 个账号）"]


def test_all_rows_are_seen_at_the_latest_publish_time_that_can_be() -> None:
    batch = read(
        "标题,时间\n甲,2025-06-01 08:00:01\n乙,2025-07-01 08:00:01\n丙,2099-01-01 08:00:01\n丁,\n"
    )
    assert {s.seen_at for s in batch.sightings} == {int(beijing(2025, 7, 1, 8, 0, 1).timestamp())}


def test_unknown_columns_are_kept_cut_and_named_once() -> None:
    batch = read("标题,城市,城市,栏目\n甲,成都," + "长" * 600 + ",周刊\n")
    assert articles(batch)[0].aside == {"城市": "成都", "城市 (2)": "长" * 500, "栏目": "周刊"}
    assert batch.notes == [NOBODY, "没认出的列（原样保留）：城市、城市 (2)"]


def test_the_first_of_several_columns_that_is_not_empty_wins_and_the_rest_is_kept() -> None:
    found = articles(read("标题,文章标题,标题\n,乙,\n甲,乙,丙\n甲,,\n"))
    assert [(a.title, a.aside) for a in found] == [
        ("乙", None),
        ("甲", {"标题": "丙", "文章标题": "乙"}),
        ("甲", None),
    ]


def test_a_spreadsheet_with_a_title_above_merged_cells_and_real_times() -> None:
    raw = workbook(
        ["某公众号 2025 年数据"],
        ["公众号", "标题", "发布时间", "阅读"],
        ["甲号", "一", datetime(2025, 6, 1, 8, 5, 9), 12],
        [None, "二", datetime(2025, 6, 2, 0, 0), 1.5e4],
        [None, "三", "2025-06-03 08:05", "10万+"],
        merge="A3:A5",
    )
    assert is_table(raw)
    batch = read(raw)
    assert [
        (a.account_name, a.title, a.published_at, a.time_precision) for a in articles(batch)
    ] == [
        ("甲号", "一", beijing(2025, 6, 1, 8, 5, 9), "second"),
        ("甲号", "二", beijing(2025, 6, 2), "second"),
        ("甲号", "三", beijing(2025, 6, 3, 8, 5), "minute"),
    ]
    assert [s.counts[0].value for s in batch.sightings] == [12, 15000, 100000]


def test_dates_of_a_spreadsheet_are_days() -> None:
    found = articles(
        read(workbook(["标题", "日期"], ["一", date(2025, 6, 1)], ["二", date(2025, 6, 2)]))
    )
    assert [(a.published_at, a.time_precision) for a in found] == [
        (beijing(2025, 6, 1), "day"),
        (beijing(2025, 6, 2), "day"),
    ]


def test_every_sheet_with_a_header_is_read_and_the_others_are_named() -> None:
    raw = workbook(
        ["标题", "时间"],
        ["一", "2025-06-01"],
        more={"说明": [["怎么用"]], "五月": [["标题", "时间"], ["二", "2025-05-01", "多"]]},
    )
    batch = read(raw)
    assert [a.title for a in articles(batch)] == ["一"]
    assert batch.rejects == [
        Reject(
            "工作表“五月”第 2 行",
            "有 3 列，表头只有 2 列：可能有没加引号的分隔符",
            "二,2025-05-01,多",
        )
    ]
    assert list(dict.fromkeys(decided(batch))) == ["没有认出表头、没有读的工作表：说明"]


def test_numbers_of_a_spreadsheet_are_ids_and_titles() -> None:
    (article,) = articles(read(workbook(["标题", "mid", "位置"], [2024, 2652567811, 2])))
    assert (article.title, article.mid, article.idx) == ("2024", "2652567811", 2)


def far_cell() -> bytes:
    raw = workbook(["标题", "时间"], ["一", "2025-06-01"])
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(held, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(
                    b"</sheetData>",
                    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
                )
            new.writestr(info.filename, data)
    return held.getvalue()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (
            "日期,渠道,阅读次数\n2025-06-01,搜一搜,5\n".encode(),
            "第一行是 日期、渠道、阅读次数.*--map 渠道=标题",
        ),
        (b"", "空表格"),
        (b"\n\n \n", "没有认出表头|空表格"),
        ("标题,时间\n".encode(), "只有表头"),
        (b"PK\x03\x04[Content_Types].xml", "电子表格已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1junk", "电子表格打不开"),
        (workbook(["标题", "时间"], ["一", "2025-06-01"])[:-300], "电子表格"),
        (far_cell(), "大得反常"),
        (workbook([None]), "空表格"),
        (b"a" * 9_000_000, "一行超过"),
    ],
)
def test_what_is_no_table_is_said_in_one_line(raw: bytes, says: str) -> None:
    with pytest.raises(ArchiveError, match=says) as error:
        read(raw)
    assert "\n" not in str(error.value)


def test_a_map_names_columns_that_nobody_knows() -> None:
    options = TableOptions(now=NOW, mapping={"推送内容": "title", "哪天": "发布时间"})
    assert [
        (a.title, a.published_at) for a in articles(read("推送内容,哪天\n甲,2025-06-01\n", options))
    ] == [("甲", beijing(2025, 6, 1))]
    with pytest.raises(ArchiveError, match="不是这里的字段"):
        read("推送内容,标题\n甲,乙\n", TableOptions(now=NOW, mapping={"推送内容": "瞎写"}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><body>a,b</body></html>",
        b'{"a": 1}',
        b"[1, 2]",
        "只是一段话，没有列。\n又一段。\n".encode(),
        b"https://mp.weixin.qq.com/s/a\nhttps://mp.weixin.qq.com/s/b\n",
    ],
)
def test_what_does_not_look_like_a_table(raw: bytes) -> None:
    assert not is_table(raw)


def test_flat_objects_follow_the_same_rules() -> None:
    rows = [
        {"title": "甲", "publish_time": 1748736309, "readNum": 5, "extra": {"a": [1]}},
        {"title": "", "publish_time": 1748736309},
        {"title": "乙", "itemidx": 2, "appmsgid": 2652567811},
    ]
    (batch,) = read_records(rows, OPTIONS)
    assert [(a.title, a.published_at, a.mid, a.idx, a.aside) for a in articles(batch)] == [
        ("甲", datetime.fromtimestamp(1748736309, UTC), None, None, {"extra": '{"a": [1]}'}),
        ("乙", None, "2652567811", 2, None),
    ]
    assert [r.where for r in batch.rejects] == ["第 2 条"]
    assert next(read_records(rows, OPTIONS, what="list")).what == "list"
    for nothing in ([], [{"a": 1}]):
        with pytest.raises(ArchiveError):
            list(read_records(nothing, OPTIONS))


def test_batches_are_of_at_most_5000_rows_and_notes_come_once() -> None:
    text = "标题,城市\n" + "".join(f"甲{n},乙\n" for n in range(12_000))
    sizes = [
        (len(batch.sightings), len(batch.notes)) for batch in read_table(document(text), OPTIONS)
    ]
    assert sizes == [(5000, 2), (5000, 0), (2000, 0)]


COLUMNS = {
    "公众号": ["甲号", "乙号", "", "甲号"],
    "标题": ["一", "二", "三", ""],
    "链接": ["", URL, "https://mp.weixin.qq.com/s/hizGT8yXMllcjQQhvWT57Q", "x"],
    "发布时间": ["2025-06-01", "2025-06-02 08:05", "", "2025-06-03"],
    "update_time": ["1748736309", "", "1", "2"],
    "阅读": ["5", "10万+", "", "7"],
    "点赞": ["9", "1", "2", "3"],
    "like_num": ["1", "2", "3", "4"],
    "摘要": ["a", "", "b", "c"],
    "description": ["d", "e", "", ""],
    "城市": ["成都", "", "重庆", ""],
    "位置": ["1", "头条", "3", "2"],
}


@given(st.permutations(list(COLUMNS)))
def test_any_order_of_columns_gives_the_same(names: list[str]) -> None:
    def table(order: list[str]) -> str:
        held = io.StringIO()
        csv.writer(held).writerows([order, *zip(*(COLUMNS[name] for name in order), strict=True)])
        return held.getvalue()

    one, other = read(table(list(COLUMNS))), read(table(names))
    assert other.sightings == one.sightings
    assert other.notes == one.notes
    assert [(r.where, r.reason) for r in other.rejects] == [
        (r.where, r.reason) for r in one.rejects
    ]


# Without the other separators: a table that holds more of one of them than of its own is refused in
# one line, not read askew.
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="|;\t"), max_size=30)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=30))
def test_no_row_is_lost_whatever_it_holds(rows: list[tuple[str, str, str, str]]) -> None:
    held = io.StringIO()
    sound = ("一锅汤", "2025-06-01", "5", "")
    csv.writer(held).writerows([("标题", "时间", "阅读", "备注"), sound, *rows])
    full = [row for row in (sound, *rows) if any(cell.strip() for cell in row)]
    batch = read(held.getvalue())
    assert len(batch.sightings) + len(batch.rejects) + fillers(batch) == len(full)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    assert is_table(raw) in (True, False)
    for source in (raw, "标题,时间\n".encode() + raw):
        try:
            batch = read(source)
        except ArchiveError:
            continue
        assert all(s.article.title or s.article.url or s.article.mid for s in batch.sightings)


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
<office:spreadsheet><table:table table:name="s"><table:table-row><table:table-cell office:value-type="string"><text:p>标题</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="{rows}"><table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>收纳</text:p>
</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


MANIFEST = """<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"""


def ods(path: Path, rows: int, columns: int) -> Path:
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("content.xml", ODS.format(rows=rows, columns=columns))
        pack.writestr("META-INF/manifest.xml", MANIFEST)
    return path


def test_an_open_document_sheet_is_one_table_and_its_repeated_cells_are_bounded(
    tmp_path: Path,
) -> None:
    (document,) = list_documents(ods(tmp_path / "a.ods", 2, 1))
    (batch,) = read_table(document, OPTIONS)
    assert [s.article.title for s in batch.sightings] == ["收纳", "收纳"]
    (bomb,) = list_documents(ods(tmp_path / "b.ods", 1_000_000, 16_000))
    with pytest.raises(ArchiveError, match="多得反常"):
        list(read_table(bomb, OPTIONS))


def plain_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def test_scholar_histories(sets: Path) -> None:
    path = sets / "scholar_histories.csv.gz"
    accounts: Counter[str] = Counter()
    keys, midnights, first, last = set(), 0, "9", "0"
    for row in plain_rows(path):
        accounts[row["gh_id"]] += 1
        keys.add((row["gh_id"], row["mid"], int(row["idx"])))
        midnights += row["publish_time"][11:19] == "00:00:00"
        first, last = min(first, row["publish_time"]), max(last, row["publish_time"])
    batch = read(gzip.decompress(path.read_bytes()))
    assert Counter(s.account.user_name for s in batch.sightings if s.account) == accounts
    assert {(a.user_name, a.mid, a.idx) for a in articles(batch)} == keys
    times = [a.published_at for a in articles(batch) if a.published_at]
    assert (min(times), max(times)) == (datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert {a.time_precision for a in articles(batch)} == {"second"}
    assert (
        sum(at.astimezone(BEIJING).strftime("%H:%M:%S") == "00:00:00" for at in times)
        == midnights
        > 3000
    )
    assert (batch.rejects, batch.notes, batch.sightings[0].seen_at) == (
        [],
        [],
        int(datetime.fromisoformat(last).timestamp()),
    )


def test_feeds_2021(sets: Path) -> None:
    path = sets / "feeds_2021.csv.gz"
    rows = [
        (
            row["biz"],
            row["account"],
            row["title"],
            row["url"].rsplit("/", 1)[1],
            int(row["pos_in_push"]),
            row["publish_time"],
        )
        for row in plain_rows(path)
    ]
    batch = read(gzip.decompress(path.read_bytes()))
    assert [(a.biz, a.token, a.idx, a.published_at) for a in articles(batch)] == [
        (biz, token, idx, datetime.fromisoformat(at)) for biz, _, _, token, idx, at in rows
    ]
    assert Counter(a.biz for a in articles(batch)) == Counter(row[0] for row in rows)
    assert (len(rows), batch.rejects, batch.notes) == (len(batch.sightings), [], [])


def test_the_trap_of_times_and_junk_reads(sets: Path) -> None:
    path = sets / "trap_times_and_junk_reads.csv.gz"
    rows = list(plain_rows(path))
    batch = read(gzip.decompress(path.read_bytes()))
    local = [datetime.fromisoformat(row["p_date"].replace("Z", "+08:00")) for row in rows]
    assert [a.published_at for a in articles(batch)] == local
    assert {s.account for s in batch.sightings} == {Account(biz=BIZ)}
    flags = {(c.metric, c.flag) for s in batch.sightings for c in s.counts}
    assert flags == {
        ("read", "constant"),
        ("like", "constant"),
        ("comment", None),
        ("reward", None),
    }
    crawled = datetime.fromisoformat(rows[0]["u_date"].replace("Z", "+08:00"))
    assert batch.sightings[0].counts[0] == Observation(
        metric="read", value=4322, seen_at=crawled.replace(microsecond=0), flag="constant"
    )
    assert [note[:7] for note in batch.notes] == [
        "时间写着 Z（",
        "阅读数 100",
        "点赞数 100",
        "没认出的列（原",
    ]


def test_ai_accounts_2024(sets: Path) -> None:
    path = sets / "ai_accounts_2024.csv.gz"
    rows = list(plain_rows(path))
    batch = read(gzip.decompress(path.read_bytes()))
    assert [(a.mid, a.idx, a.title) for a in articles(batch)] == [
        (row["mid"], int(row["idx"]), clean_text(row["title"])) for row in rows
    ]
    assert Counter(a.time_precision for a in articles(batch)) == Counter(
        "minute" if row["publish_time"] else "none" for row in rows
    )
    times = [
        datetime.fromisoformat(row["publish_time"] + ":00+08:00")
        for row in rows
        if row["publish_time"]
    ]
    held = [a.published_at for a in articles(batch) if a.published_at]
    assert (min(held), max(held)) == (min(times), max(times))


def test_bodies_of_public_bodies_as_json_lines(sets: Path) -> None:
    with gzip.open(sets / "gov_bodies.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [s for batch in read_records(rows, OPTIONS) for s in batch.sightings]
    assert [(s.article.mid, s.article.idx) for s in found] == [
        (row["mid"] or None, int(row["idx"]) if row["idx"] else None) for row in rows
    ]
    assert {s.article.time_precision for s in found} == {"day"}
