"""Recordings of browsers and proxies, from the file to the store: HAR, Charles, WARC and WACZ give
the same.
"""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest

from crawler.formats.recordings.answers import Answer
from crawler.formats.recordings.har import read_har
from crawler.importer import FileReport, import_files
from crawler.reparse import reparse
from crawler.store import Store
from crawler.store import schema as t
from crawler.store.claims import Tally
from tests.support.places import ROOT
from tests.support.recordings import (
    BIZ,
    PAGE,
    PAGE_URL,
    SECRET,
    album_json,
    charles_entry,
    entry,
    har,
    home_page,
    home_template,
    wacz,
    warc,
    warc_record,
    write_large_har,
)

SITE = "https://mp.weixin.qq.com"
HOME_URL = f"{SITE}/mp/profile_ext?action=home&__biz={BIZ}&scene=124"
TEMPLATE_URL = f"{SITE}/mp/homepage?__biz={BIZ}&hid=1&sn=0a"
ALBUM_URL = f"{SITE}/mp/appmsgalbum?action=getalbum&__biz={BIZ}&album_id=20001&f=json&count=20"
WHY = ("包含内容", "停用缓存", "验证页", "不完整", "10004")
SEEN_AT = 1_767_323_045
Take = Callable[..., FileReport]


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Take:
    """Import one file of these bytes."""

    def take_bytes(raw: bytes, name: str = "recorded.har") -> FileReport:
        path = tmp_path / name
        path.write_bytes(raw)
        (report,) = import_files(store, [path])
        return report

    return take_bytes


def titles(store: Store) -> dict[str, Any]:
    return {f"{row['mid']}_{row['idx']}": row["title"] for row in store.articles()}


def stored_text(store: Store) -> str:
    with store.engine.connect() as conn:
        rows = [conn.execute(table.select()).all() for table in t.metadata.sorted_tables]
    return repr(rows) + "".join(page.raw.decode() + str(page.url) for page in store.pages())


# what is read


def test_the_newest_pushes_of_a_profile_page_are_read(store: Store, take: Take) -> None:
    report = take(har(entry(HOME_URL, home_page())))
    assert (report.tally, report.rejects, report.notes) == (Tally(new=2), [], [])
    assert titles(store) == {"3001_1": '砧板怎么"选"', "3001_2": "抹布的寿命"}
    (account,) = store.accounts()
    assert (account["name"], account["biz"]) == ("半间厨房", BIZ)
    (page,) = store.pages()
    assert (page.kind, page.seen_at) == ("profile", SEEN_AT)
    assert SECRET not in stored_text(store)


def test_a_home_page_is_read_and_what_it_loads_further(store: Store, take: Take) -> None:
    row = {
        "appmsgid": 4003,
        "title": "削皮刀",
        "digest": "横的竖的",
        "cover": "https://mmbiz.qpic.cn/y/0",
        "link": f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=4003&amp;idx=2&amp;sn=0c#rd",
        "sendtime": 1_700_000_000,
    }
    loaded = json.dumps({"base_resp": {"ret": 0}, "has_more": 0, "appmsg_list": [row]})
    report = take(
        har(
            entry(TEMPLATE_URL, home_template()),
            entry(
                f"{TEMPLATE_URL}&cid=0&begin=5&count=5&action=appmsg_list&f=json",
                loaded,
                media_type="application/json",
            ),
        )
    )
    assert (report.tally, report.rejects, report.notes) == (Tally(new=3), [], [])
    rows = {row["mid"]: row for row in store.articles()}
    assert {mid: (row["title"], row["digest"]) for mid, row in rows.items()} == {
        "4001": ("锅铲三问", None),  # the slide shows no digest, and it is met first
        "4002": ("围裙", "口袋要深"),
        "4003": ("削皮刀", "横的竖的"),
    }
    assert (rows["4003"]["published_at"], rows["4003"]["idx"]) == (1_700_000_000, 2)
    assert rows["4002"]["published_at"] is None
    before = list(store.articles())
    *_, done = reparse(store)
    assert (done.pages, done.unreadable, done.retracted) == (2, [], 0)
    assert list(store.articles()) == before


def test_the_back_ends_own_page_gives_its_list_with_counts_and_no_session(
    store: Store, take: Take
) -> None:
    row = {
        "title": "砧板&amp;刀",
        "appmsgid": 6001,
        "content_url": f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=6001&amp;idx=1&amp;sn=0a#rd",
        "read_num": 310,
        "old_like_num": 9,
        "like_num": 4,
        "share_num": 12,
        "comment_num": 2,
    }
    info = {"sent_info": {"time": 1_700_000_000}, "appmsg_info": [row], "sent_status": {"total": 9}}
    escaped = json.dumps(info, ensure_ascii=False).replace("&", "&amp;").replace('"', "&quot;")
    listed = json.dumps({"total_count": 1, "publish_list": [{"publish_info": escaped}]})
    page = f"""<!DOCTYPE html><html><body><script>window.wx = {{ data: {{ t: "{SECRET}",
    ticket: "{SECRET}" }} }}; publish_page = {listed}; isFreePublish = 1;</script></body></html>"""
    url = f"{SITE}/cgi-bin/appmsgpublish?sub=list&begin=0&count=10&token=123456789"
    report = take(har(entry(url, page)))
    assert (report.tally, report.rejects, report.notes) == (Tally(new=1), [], [])
    (article,) = store.articles()
    assert (article["title"], article["published_at"]) == ("砧板&刀", 1_700_000_000)
    assert {row["metric"]: row["value"] for row in store.observations()} == {
        "read": 310,
        "like": 9,
        "wow": 4,
        "share": 12,
        "comment": 2,
    }
    assert SECRET not in stored_text(store)
    *_, done = reparse(store)
    assert (done.unreadable, done.retracted, done.tally.unchanged) == ([], 0, 1)
    assert take(page.encode(), "sent.html").tally == Tally(unchanged=1)


def test_saved_as_files_these_pages_are_read_alike(store: Store, take: Take) -> None:
    assert take(home_page().encode(), "home.html").tally == Tally(new=2)
    assert take(home_template().encode(), "shelf.html").tally == Tally(new=2)


def test_an_articles_json_a_list_and_a_feed_are_read_wherever_they_came_from(
    store: Store, take: Take
) -> None:
    evaluated = {
        "user_name": "gh_0000000000a2",
        "nick_name": "半间厨房",
        "title": "蒸锅",
        "bizuin": BIZ,
        "mid": "5001",
        "idx": "1",
        "ori_create_time": 1_700_000_000,
        "content_noencode": "<p>水开再蒸</p>",
    }
    link = f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid=5002&idx=1&sn=0a"
    listed = {"app_msg_list": [{"aid": "5002_1", "title": "砂锅", "link": link}]}
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>半间厨房</title><item><title>炒锅'
        f"</title><link>{link.replace('5002', '5003').replace('&', '&amp;')}</link></item><item>"
        "<title>别处</title><link>https://x.cn/</link></item></channel></rss>"
    )
    report = take(
        har(
            entry(f"{SITE}/s/AAAAAAAAAAAAAAAAAAAAAA?f=json", json.dumps(evaluated)),
            entry("https://exporter.example/api/list?x=1", json.dumps(listed)),
            entry("http://127.0.0.1:4000/feeds/all.rss?x=1", feed, media_type="text/xml"),
            entry("https://exporter.example/api/other?x=1", json.dumps([{"title": "无关"}])),
        )
    )
    assert (report.tally.new, report.rejects, report.notes) == (3, [], [])
    assert titles(store) == {"5001_1": "蒸锅", "5002_1": "砂锅", "5003_1": "炒锅"}


def test_what_is_recorded_and_not_read_is_counted_and_named(take: Take) -> None:
    odd = "<html><body>" + "设置 " * 200 + "</body></html>"
    report = take(
        har(
            entry(PAGE_URL, PAGE.decode()),
            entry(f"{SITE}/cgi-bin/home?t=1", odd),
            entry(f"{SITE}/cgi-bin/home?t=2", odd),
            entry(f"{SITE}/mp/jsmonitor?x=1", '{"ret": 0}'),
            entry(f"{SITE}/mp/a.js?x=1", odd, media_type="application/javascript"),
            entry("https://example.com/?x=1", odd),
        )
    )
    assert (report.tally, report.rejects) == (Tally(new=1), [])
    assert report.notes == [
        "录制里公众号网址的 2 个回答里没有认出文章或列表，没有读：/cgi-bin/home 2"
    ]
    report = take(har(entry(f"{SITE}/cgi-bin/home?t=1", odd)), "only.har")
    assert report.error is not None
    assert "/cgi-bin/home 1" in report.error


def test_why_an_answer_is_missing_is_told(take: Take) -> None:
    def with_status(status: int, **more: Any) -> dict[str, Any]:
        made = entry(PAGE_URL, None)
        made["response"] |= {"status": status} | more
        return made

    asked = entry(PAGE_URL, "")
    asked["request"]["method"] = "OPTIONS"
    captcha = "/mp/wappoc_appmsgcaptcha?poc_token=x"
    report = take(
        har(
            entry(ALBUM_URL, album_json([1, 2])),
            with_status(200),
            with_status(304),
            with_status(302, redirectURL=captcha),
            with_status(307, redirectURL="https://mp.weixin.qq.com/s"),
            asked,
            entry(PAGE_URL, "<html><body>half a page"),
            entry(ALBUM_URL, '{"base_resp": {"ret": 10004}}'),
        )
    )
    assert report.tally == Tally(new=2)
    told = {reject.where: reject.reason for reject in report.rejects}
    assert list(told) == ["第 2 条", "第 3 条", "第 4 条", "第 7 条", "第 8 条"]
    for place, word in zip(
        told, ("包含内容", "停用缓存", "验证页", "不完整", "10004"), strict=True
    ):
        assert word in told[place]
    assert SECRET not in repr(report)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (PAGE.decode(), {}),
        (PAGE.decode(), {"encoding": "base64"}),
        (PAGE.decode(), {"packing": "gzip"}),
        (base64.b64encode(PAGE).decode(), {"encoding": "base64"}),
        (base64.b64encode(gzip.compress(PAGE)).decode(), {"encoding": "base64", "packing": "gzip"}),
        (base64.b64encode(gzip.compress(PAGE)).decode(), {"encoding": "base64"}),
        (base64.b64encode(brotli.compress(PAGE)).decode(), {"encoding": "base64", "packing": "br"}),
        (
            base64.b64encode(PAGE.decode().encode("gbk", "replace")).decode(),
            {"encoding": "base64", "media_type": "text/html; charset=GBK"},
        ),
    ],
)
def test_a_page_in_any_shape_of_body_is_the_same_page(
    store: Store, take: Take, text: str, more: dict[str, Any]
) -> None:
    report = take(har(entry(PAGE_URL, text, **more)))
    assert (report.tally, report.rejects, report.status) == (Tally(new=1), [], "fetched")
    (row,) = [row for row in store.articles() if row["mid"] == "2247480555"]
    assert row["title"] == "【好物实测】7 款沥水架，只留下 2 款"
    assert len(list(store.bodies())) == 1


# as a stream


@pytest.mark.parametrize("packed", [True, False])
def test_a_har_that_breaks_off_gives_what_was_before(
    store: Store, take: Take, packed: bool
) -> None:
    first, second = entry(ALBUM_URL, album_json([1, 2])), entry(PAGE_URL, PAGE.decode())
    raw = har(first, second)
    cut = len(har(first)) + 500
    report = take(gzip.compress(raw)[:-700] if packed else raw[:cut], "cut.har")
    assert report.tally == Tally(new=2)
    (reject,) = report.rejects
    assert reject.where == "第 2 条"
    assert "重新导出" in reject.reason
    assert take(raw).tally == Tally(new=1, unchanged=2)
    report = take(raw[:300], "head.har")
    assert report.error is not None
    assert "不完整" in report.error


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b'{"log": {"creator": {}, "entries": 5}}', "log.entries"),
        (b'{"log": [{"creator": 1}]}', "log.entries"),
        (b'{"a": {"b": [1, {}]}, "log": {"pages": [[[]]], "creator": {}}}', "log.entries"),
        (b'{"log": {"creator": {}, "entries": [1, null, [[1]], {"request": 7}]}}', "没有公众号"),
        (b'{"log": {"creator": {}, "entries": [' + b"[" * 200_000, "不完整"),
        (b'{"log": {"creator": {"a": ' + b'{"a":' * 100_000 + b"1", "不完整"),
    ],
)
def test_what_is_no_recording_says_so(take: Take, raw: bytes, told: str) -> None:
    report = take(raw)
    assert report.error is not None
    assert told in report.error


def test_a_string_longer_than_any_page_is_cut_and_what_follows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.har"
    filler = '\\u4e2d\\"\\\\灶' * 64
    with path.open("wb") as file:
        file.write(b'{"log": {"creator": {}, "entries": [')
        begin = json.dumps(entry("https://x.cn/?x=1", "@"))
        before, after = begin.split("@")
        file.write(before.encode())
        for _ in range(100_000):
            file.write(filler.encode())
        file.write(after.encode() + b",")
        file.write(json.dumps(entry(PAGE_URL, "<p>短")).encode() + b"]}}")
    with path.open("rb") as stream:
        first, second = read_har(stream)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert 10_000_000 < len(first.body().decode()) < 20_000_000
    assert (second.where, second.body().decode()) == ("第 2 条", "<p>短")


def test_a_large_har_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    write_large_har(path, 120)
    script = f"""
import resource, sys
from pathlib import Path
from crawler.importer import import_files
from crawler.store import open_store
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_store("sqlite:///{tmp_path}/large.sqlite3") as store:
    (report,) = import_files(store, [Path({str(path)!r})])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(report.tally.new, (after - before) / 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    new, megabytes = done.stdout.split()
    assert new == "8"
    assert float(megabytes) < 60


# Charles


@pytest.mark.parametrize(
    "body",
    [
        {"text": PAGE.decode(), "charset": "utf-8"},
        {"encoding": "base64", "encoded": base64.b64encode(PAGE).decode()},
        {"encoding": "base64", "encoded": base64.b64encode(gzip.compress(PAGE)).decode()},
    ],
)
def test_a_session_of_charles_is_read_as_a_har_is(
    store: Store, take: Take, body: dict[str, Any]
) -> None:
    other = charles_entry("/a.png", "x=1", {"encoded": "iVBORw0KGgo="})
    query = PAGE_URL.split("?")[1]
    raw = json.dumps([other, charles_entry("/s", query, body)], ensure_ascii=False).encode()
    report = take(raw, "session.chlsj")
    assert (report.kind, report.tally, report.rejects) == ("charles", Tally(new=1), [])
    (page,) = store.pages()
    assert (page.url, page.seen_at) == (PAGE_URL, SEEN_AT)
    assert SECRET not in stored_text(store)


# WARC


def recorded(packed: bool = True) -> bytes:
    chunked = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for n in range(0, len(PAGE), 700)
        if (part := gzip.compress(PAGE)[n : n + 700])
    )
    return warc(
        warc_record("request", PAGE_URL, b""),
        warc_record("response", "https://x.cn/a.png", b"\0" * 999, "Content-Type: image/png"),
        warc_record(
            "response",
            PAGE_URL,
            chunked + b"0\r\n\r\n",
            "Content-Type: text/html",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
        ),
        warc_record("revisit", PAGE_URL, b""),
        warc_record(
            "response", ALBUM_URL, album_json([1, 2]).encode(), "Content-Type: application/json"
        ),
        packed=packed,
    )


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_gives_its_answers_and_nothing_of_its_requests(
    store: Store, take: Take, packed: bool
) -> None:
    report = take(recorded(packed), "recorded.warc")
    assert (report.kind, report.tally, report.rejects, report.notes) == (
        "warc",
        Tally(new=3),
        [],
        [],
    )
    assert {page.url: page.seen_at for page in store.pages()} == {
        PAGE_URL: SEEN_AT,
        f"{SITE}/mp/appmsgalbum?action=getalbum&album_id=20001": SEEN_AT,
    }
    assert SECRET not in stored_text(store)


def test_answers_that_lie_about_their_shape_are_read(take: Take) -> None:
    report = take(
        warc(
            warc_record("response", PAGE_URL, PAGE, "Transfer-Encoding: chunked"),
            warc_record(
                "response",
                ALBUM_URL,
                album_json([1]).encode(),
                "Content-Encoding: br",
                "Content-Type: text/html",
            ),
        )
    )
    assert (report.tally, report.rejects) == (Tally(new=2), [])


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_that_breaks_off_gives_what_was_before(take: Take, packed: bool) -> None:
    album = warc_record("response", ALBUM_URL, album_json([1, 2]).encode(), "Content-Type: a/json")
    page = warc_record("response", PAGE_URL, PAGE)
    whole = warc(album, page, packed=packed)
    cut = len(warc(album, packed=packed)) + (len(whole) - len(warc(album, packed=packed))) // 2
    report = take(whole[:cut], "cut.warc.gz")
    assert report.tally == Tally(new=2)
    assert "不完整" in report.rejects[-1].reason
    assert report.rejects[-1].where == "第 3 条记录"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"WARC/1.1\r\n", "没有写长度"),
        (b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: x\r\n\r\n", "没有写长度"),
        (b"WARC/1.1\r\nA: " + b"a" * 3_000_000, "头部大得反常"),
        (b"WARC/1.1\r\n" + b"A: b\r\n" * 500_000, "头部大得反常"),
        (warc() + b"not a record\r\n", "不完整"),
        (warc(warc_record("response", PAGE_URL, b"", length=10**14)), "大得反常"),
    ],
)
def test_a_broken_warc_is_one_line(take: Take, raw: bytes, told: str) -> None:
    report = take(raw, "broken.warc")
    assert report.error is not None
    assert told in report.error
    assert "\n" not in report.error


def test_a_wacz_is_opened_and_its_indexes_are_no_files(store: Store, tmp_path: Path) -> None:
    first = wacz({"archive/data.warc.gz": recorded()})
    second = wacz({"archive/rec-1.warc": warc(warc_record("response", HOME_URL, b"x"))})
    several = wacz({"first.wacz": first, "second.wacz": second})
    path = tmp_path / "walk.wacz"
    path.write_bytes(first)
    (report,) = import_files(store, [path])
    assert (report.file, report.tally) == (f"{path}::archive/data.warc.gz", Tally(new=3))
    path = tmp_path / "walks.wacz"
    path.write_bytes(several)
    one, two = import_files(store, [path])
    assert (one.repeated, one.tally) == (True, Tally(unchanged=3))
    assert two.file.endswith("walks.wacz::second.wacz::archive/rec-1.warc")
    assert two.error == "不是网页（二进制文件，或没有任何 HTML 标签）"
    with zipfile.ZipFile(tmp_path / "mixed.zip", "w") as pack:
        pack.writestr("notes/walk.wacz", first)
        pack.writestr("notes/page.html", PAGE)
        pack.writestr("notes/broken.wacz", b"PK")
    reports = list(import_files(store, [tmp_path / "mixed.zip"]))
    assert {Path(r.file.split("::")[1]).name: r.error is None for r in reports} == {
        "walk.wacz": True,
        "page.html": True,
        "broken.wacz": False,
    }
