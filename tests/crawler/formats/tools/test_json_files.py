"""JSON of other tools: a list known when bare is known when wrapped (all names invented)."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.batch import Batch
from crawler.files import ArchiveError, Document
from crawler.formats.detect import Options, find_reader
from crawler.importer import import_files
from crawler.reparse import reparse
from crawler.store import Store
from crawler.store.claims import Tally

BIZ = "MzkwMDAwMDAwMg=="
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
LONG = f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid=2247480701&idx=1&sn=aaaabbbbccccdddd#rd"
AT = datetime(2025, 11, 17, 2, 52, 7, tzinfo=UTC)
ROW = {"title": "第一锅", "link": SHORT, "create_time": 1763347927}


def read(data: Any) -> Batch:
    raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    document, whole = Document("a", data=raw), Batch("json")
    for batch in find_reader(document).read(document, Options()):
        whole.extend(batch)
    return whole


def brief(batch: Batch) -> list[tuple[str | None, str | None, str | None]]:
    return [(s.article.account_name, s.article.title, s.article.url) for s in batch.sightings]


@pytest.mark.parametrize(
    "data",
    [
        [ROW],
        ROW,
        {"articles": [ROW]},
        {"code": 0, "msg": "ok", "data": [ROW], "total": 1},
        {"data": {"list": [ROW], "page": {"limit": 10}}},
        {"returnData": {"total": 1, "items": [ROW]}},
        [{"result": {"data": {"items": [ROW]}}}],
        {"response": {"payload": {"records": [ROW]}}},
        {"success": True, "data": ROW},
        {"2025": [ROW], "2024": []},
        {"已下载": [ROW]},
        {"articles": [ROW], "related": [{"title": "别的", "date": "2025-01-01", "url": LONG}]},
    ],
)
def test_a_list_is_known_however_it_is_wrapped(data: Any) -> None:
    batch = read(data)
    assert brief(batch) == [(None, "第一锅", SHORT)]
    assert batch.sightings[0].article.published_at == AT
    assert batch.rejects == []


@pytest.mark.parametrize(
    ("data", "account"),
    [
        ({"青石灶间": [ROW]}, ("青石灶间", None, None)),
        ({"未来的灶": [ROW]}, ("未来的灶", None, None)),
        ({BIZ: [ROW]}, (None, BIZ, None)),
        ({"MP_WXS_3900000002": [ROW]}, (None, BIZ, None)),
        ({"gh_0000000000a2": [ROW]}, (None, None, "gh_0000000000a2")),
        (
            {"data": [ROW], "mp_nickname": "青石灶间", "mp_ghid": "gh_0000000000a2", "code": 0},
            ("青石灶间", None, "gh_0000000000a2"),
        ),
        ([{"name": "青石灶间", "biz": BIZ, "articles": [ROW]}], ("青石灶间", BIZ, None)),
        ({"gzh": {"wechat_name": "青石灶间"}, "article": [ROW]}, ("青石灶间", None, None)),
        (
            {
                "entries": [
                    {
                        **ROW,
                        "feed": {
                            "title": "青石灶间",
                            "feed_url": "http://a/MP_WXS_3900000002.atom",
                        },
                    }
                ]
            },
            ("青石灶间", BIZ, None),
        ),
        ({"source": "青石灶间", **ROW}, ("青石灶间", None, None)),
        ({"青石灶间": {"总数": 1, "文章": [ROW]}}, ("青石灶间", None, None)),
        ([{"公众号": "青石灶间", "推送记录": [ROW]}], ("青石灶间", None, None)),
        (
            {
                "feeds": [{"id": "MP_WXS_3900000002", "mp_name": "青石灶间"}],
                "articles": [{"id": SHORT[-22:], "mp_id": "MP_WXS_3900000002", "title": "一"}],
            },
            ("青石灶间", BIZ, None),
        ),
        ({"青石灶间": [{**ROW, "公众号": "灯下小铺"}]}, ("灯下小铺", None, None)),
        ({"author": {"name": "阿禾"}, **ROW}, (None, None, None)),
    ],
)
def test_what_stands_around_a_list_names_its_account(
    data: Any, account: tuple[str | None, str | None, str | None]
) -> None:
    (sighting,) = read(data).sightings
    article = sighting.article
    assert (article.account_name, article.biz, article.user_name) == account


def test_a_backup_joins_accounts_and_counts_by_their_ids() -> None:
    article = {
        "id": 7,
        "account_id": 2,
        "title": "第一锅",
        "url": LONG,
        "publish_date": "2025-11-17",
    }
    batch = read(
        {
            "backup_time": "2026-01-16T08:39:14",
            "accounts": [{"id": 2, "biz": BIZ, "name": "青石灶间"}],
            "parameters": [{"id": 1, "biz": BIZ, "cookie": "wap_sid2=s3cret", "key": "s3cret"}],
            "articles": [article, {**article, "id": 8, "url": LONG.replace("idx=1", "idx=2")}],
            "stats": [
                {"article_id": 7, "read_count": 310, "old_like_count": 9, "like_count": 4},
                {"article_id": 9, "read_count": 1},
            ],
        }
    )
    first, second = batch.sightings
    assert (first.article.account_name, first.article.biz) == ("青石灶间", BIZ)
    seen = datetime(2026, 1, 16, 0, 39, 14, tzinfo=UTC)
    assert {(c.metric, c.value, c.seen_at) for c in first.counts} == {
        ("read", 310, seen),
        ("like", 9, seen),
        ("wow", 4, seen),
    }
    assert (second.article.account_name, second.counts) == ("青石灶间", ())
    assert "s3cret" not in str(batch)


def test_the_time_a_row_was_fetched_at_is_when_its_counts_were_seen() -> None:
    row = {**ROW, "read_count": 310, "fetched_at": "2025-12-13T19:15:50.163128"}
    (sighting,) = read({"backup_time": "2026-01-16T08:39:14", "articles": [row]}).sightings
    assert sighting.counts[0].seen_at == datetime(2025, 12, 13, 11, 15, 50, tzinfo=UTC)


def test_counts_by_the_articles_ids_were_seen_when_they_say() -> None:
    data = {
        "backup_time": "2026-01-16T08:39:14",
        "articles": [{"id": 7, "title": "第一锅", "url": SHORT, "date": "2025-11-17"}],
        "stats": {"7": {"read_num": 310, "fetched_at": "2025-12-13 19:15:50"}},
    }
    (sighting,) = read(data).sightings
    (count,) = sighting.counts
    assert (count.metric, count.value) == ("read", 310)
    assert count.seen_at == datetime(2025, 12, 13, 11, 15, 50, tzinfo=UTC)


def test_published_articles_of_ones_own_have_the_time_of_their_push() -> None:
    news = [
        {"title": f"第{n}锅", "url": LONG.replace("idx=1", f"idx={n}"), "is_deleted": n == 2}
        for n in (1, 2)
    ]
    content = {"news_item": news, "create_time": 1763340000, "update_time": 1763347927}
    batch = read({"total_count": 1, "item": [{"article_id": "x", "content": content}]})
    assert [(s.article.idx, s.article.published_at, s.article.status) for s in batch.sightings] == [
        (1, AT, "listed"),
        (2, AT, "deleted"),
    ]


def test_rows_of_wewe_rss_have_their_link_and_account_in_their_ids() -> None:
    row = {
        "id": SHORT[-22:],
        "mpId": "MP_WXS_3900000002",
        "title": "第一锅",
        "publishTime": 1763347927,
    }
    (sighting,) = read([{"result": {"data": {"items": [row], "nextCursor": None}}}]).sightings
    assert (sighting.article.url, sighting.article.biz) == (SHORT, BIZ)
    (sighting,) = read([{**row, "id": "3900000002-2247480701_2"}]).sightings
    assert (sighting.article.mid, sighting.article.idx) == ("2247480701", 2)


@pytest.mark.parametrize("data", [[SHORT, LONG], {"第一锅": SHORT, "第二锅": LONG}])
def test_links_alone_and_links_by_title_are_articles(data: Any) -> None:
    titles = list(data) if isinstance(data, dict) else [None, None]
    batch = read(data)
    assert [s.article.title for s in batch.sightings] == titles
    assert [s.article.token or s.article.mid for s in batch.sightings] == [
        SHORT[-22:],
        "2247480701",
    ]


def test_a_back_ends_list_is_kept_as_one_wherever_it_stands(store: Store, tmp_path: Path) -> None:
    row = {"aid": "2247480701_1", "appmsgid": 2247480701, "itemidx": 1, "title": "第一锅"}
    path = tmp_path / "a.json"
    wrapped = {"nickname": "青石灶间", "data": {"app_msg_list": [{**row, "link": SHORT}]}}
    path.write_text(json.dumps(wrapped), encoding="utf-8")
    (report,) = import_files(store, [path])
    assert (report.error, report.tally) == (None, Tally(new=1))
    assert [a["name"] for a in store.accounts()] == ["青石灶间"]
    before = list(store.articles())
    *_, done = reparse(store)
    assert (done.pages, done.unreadable, done.retracted) == (1, [], 0)
    assert list(store.articles()) == before


def test_an_empty_list_among_others_is_one_reject() -> None:
    empty = {"general_msg_list": '{"list": []}'}
    full = {"app_msg_list": [{"aid": "2247480701_1", "title": "第一锅", "link": SHORT}]}
    batch = read({"青石灶间": [full], "灯下小铺": [empty]})
    assert [s.article.title for s in batch.sightings] == ["第一锅"]
    assert [(r.where, r.reason) for r in batch.rejects] == [
        ("第 2 个列表", "列表是空的，里面没有文章")
    ]
    with pytest.raises(ArchiveError, match="列表是空的"):
        read({"data": empty})


def test_starred_items_of_a_reader_are_a_feed(store: Store, tmp_path: Path) -> None:
    item = {
        "id": "tag:google.com,2005:reader/item/1",
        "guid": SHORT,
        "crawlTimeMsec": "1763350000000",
        "published": 1763347927,
        "title": "第一锅",
        "canonical": [{"href": SHORT}],
        "alternate": [{"href": SHORT}],
        "origin": {"title": "青石灶间", "feedUrl": "http://a.example/feeds/MP_WXS_3900000002.atom"},
        "content": {"content": "<section style='font-size:15px'><p>正文</p></section>"},
    }
    other = {**item, "guid": "x", "canonical": [{"href": "https://b.example/1"}], "alternate": []}
    data = {"id": "user/-/state/com.google/starred", "title": "收藏", "items": [item, other]}
    (sighting,) = (batch := read(data)).sightings
    article = sighting.article
    assert (article.account_name, article.biz, article.published_at) == ("青石灶间", BIZ, AT)
    assert (sighting.origin, sighting.body) == (
        "feed",
        "<section style='font-size:15px'><p>正文</p></section>",
    )
    assert batch.notes == ["1 条不是公众号文章，略过"]
    path = tmp_path / "starred.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    (report,) = import_files(store, [path])
    assert (report.error, report.tally) == (None, Tally(new=1))
    *_, done = reparse(store)
    assert (done.pages, done.unreadable, done.retracted) == (1, [], 0)
    with pytest.raises(ArchiveError, match="阅读器导出的 1 条里没有公众号文章"):
        read({**data, "items": [other]})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16", "utf-16-le"])
def test_any_encoding_a_tool_or_a_shell_writes_is_read(encoding: str) -> None:
    text = json.dumps({"data": [{**ROW, "title": "第一天的菜單" * 8}]}, ensure_ascii=False)
    assert brief(read(text.encode(encoding))) == [(None, "第一天的菜單" * 8, SHORT)]


def test_secrets_are_out_before_a_wide_encoding_is_read() -> None:
    row = {**ROW, "link": SHORT + "?pass_ticket=AbCdEf0123456789", "备注": "key=0123456789abcdef"}
    batch = read(json.dumps([{**row, "cookie": "wap_sid2=S3cretCookie"}]).encode("utf-16"))
    assert "AbCdEf0123456789" not in str(batch)
    assert "S3cretCookie" not in str(batch)


def test_json_lines_keep_what_is_whole_and_say_what_is_not() -> None:
    line = json.dumps(ROW, ensure_ascii=False)
    batch = read(f'{line}\n\n{line.replace("第一", "第二")}\n{{"title": "断\n'.encode())
    assert [s.article.title for s in batch.sightings] == ["第一锅", "第二锅"]
    assert [(r.where, r.reason) for r in batch.rejects] == [("第 4 行", "不是完整的一条 JSON")]


def test_a_reading_lists_other_pages_are_left_out_with_a_word() -> None:
    rows = [
        {"title": "第一锅", "url": SHORT, "tags": []},
        {"title": "别的", "url": "https://b.example"},
    ]
    batch = read({"source": "x", "articles": rows})
    assert brief(batch) == [(None, "第一锅", SHORT)]
    assert "1 条不是公众号文章，略过" in batch.notes
    with pytest.raises(ArchiveError, match="JSON 里的 1 条都是别处的网页"):
        read([{**rows[1], "date": "2025-01-01"}])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"a": 1, "b": {"c": [1, 2]}}, "认不出的 JSON（a、b）：里面没有文章列表"),
        ([], "认不出的 JSON（空的）"),
        ([1, 2], "认不出的 JSON"),
        ([{"x": 1}], "没有认出哪个字段是标题、链接或 mid"),
        ({"comments": [{"content": "好", "nick_name": "甲"}]}, "认不出的 JSON（comments）"),
    ],
)
def test_what_holds_no_article_is_one_line(data: Any, told: str) -> None:
    with pytest.raises(ArchiveError) as raised:
        read(data)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_wide_and_deep_json_takes_no_time() -> None:
    began = time.process_time()
    with pytest.raises(ArchiveError):
        read(json.dumps({"a": [{"b": [{"c": []}] * 50}] * 2000}))
    with pytest.raises(ArchiveError):
        read(b'{"data":' * 300 + b"1" + b"}" * 300)
    many = {f"账号{n}": [{**ROW, "link": f"{SHORT[:-5]}{n:05}"}] for n in range(2000)}
    assert len(read(many).sightings) == 2000
    assert time.process_time() - began < 6
