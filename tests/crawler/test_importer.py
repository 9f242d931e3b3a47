"""Files people have, from the file to the store."""

from __future__ import annotations

import base64
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.importer import FileReport, import_files
from crawler.records import Account
from crawler.reparse import reparse
from crawler.replica.content import notice_page
from crawler.store import Store
from crawler.store import schema as t
from crawler.store.claims import Tally
from crawler.wechat.redaction import scrub
from tests.support.places import PAGES

BIZ = "MzkwMDAwMDAwMg=="
ALBUM_URL = (
    f"https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&__biz={BIZ}&album_id=20001&f"
    "=json&count=20&key=0123456789abcdef0123456789abcdef&uin=MTIzNDU2Nzg5MA%3D%3D"
)
SECRETS = (
    "0123456789abcdef0123456789abcdef",
    "MTIzNDU2Nzg5MA",
    "s3cretcookie",
    "tok_abcdef123456",
    "1234_PASSticket5678",
)


def take(store: Store, *paths: Path, owner: Account | None = None) -> list[FileReport]:
    return list(import_files(store, paths, owner=owner))


def album_json() -> str:
    url = f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid=2247480555&idx=1&sn=abcdef00#rd"
    rows = [
        {
            "msgid": "2247480555",
            "itemidx": "1",
            "title": "【好物实测】7 款沥水架",
            "create_time": "1689912300",
            "url": url,
            "pos_num": "4",
        }
    ]
    return json.dumps(
        {
            "base_resp": {"ret": 0},
            "getalbum_resp": {
                "article_list": rows,
                "base_info": {"title": "好物实测", "article_count": "31"},
                "continue_flag": "0",
            },
        }
    )


def har(*entries: tuple[str, str, str | None], b64: bool = False) -> dict[str, Any]:
    made = []
    for url, text, when in entries:
        content = (
            {"text": base64.b64encode(text.encode()).decode(), "encoding": "base64"}
            if b64
            else {"text": text}
        )
        headers = [
            {"name": "Cookie", "value": "wap_sid2=s3cretcookie"},
            {"name": "X-Token", "value": "tok_abcdef123456"},
        ]
        made.append(
            {
                "startedDateTime": when,
                "request": {
                    "url": url,
                    "headers": headers,
                    "cookies": [{"name": "k", "value": "s3cretcookie"}],
                },
                "response": {"content": content, "headers": headers},
            }
        )
    return {"log": {"version": "1.2", "creator": {"name": "browser"}, "entries": made}}


def test_a_folder_of_pages_is_taken_in_and_a_second_time_changes_nothing(store: Store) -> None:
    reports = take(store, PAGES)
    html = [r for r in reports if r.file.endswith(".html")]
    assert Counter((r.status, r.error) for r in html) == {("fetched", None): 6}
    assert sum((r.tally for r in html), Tally()) == Tally(new=6)
    before = list(store.articles())
    again = take(store, PAGES)
    pages = [r for r in again if r.file.endswith(".html")]
    assert sum((r.tally for r in pages), Tally()) == Tally(unchanged=6)
    assert list(store.articles()) == before
    assert {a["name"] for a in store.accounts()} == {"青石灶间", "半间厨房", "灯下小铺"}


def test_links_to_the_same_account_are_known_but_not_read(store: Store) -> None:
    take(store, PAGES / "repost_2026.html")
    rows = {(row["mid"], row["status"]): json.loads(row["more"]) for row in store.articles()}
    assert set(rows) == {("2247481000", "fetched"), ("2247480111", "listed")}
    (coverage,) = store.coverage()
    assert (coverage.articles, coverage.to_fetch, coverage.slot_gaps) == (
        2,
        1,
        4,
    )  # 3 of the push of 4, 1 before the second slot


def test_har_brings_albums_and_pages_and_no_secret(store: Store, tmp_path: Path) -> None:
    page = (
        (PAGES / "g2_2023.html")
        .read_text(encoding="utf-8")
        .replace("var author =", 'var pass_ticket = "1234_PASSticket5678";\nvar author =')
    )
    path = tmp_path / "album.har"
    entries = (
        (ALBUM_URL, album_json(), "2026-01-02T03:04:05.000Z"),
        (
            f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2247480555&idx=1&key=0123456789abcdef01234"
            "56789abcdef",
            page,
            None,
        ),
    )
    path.write_text(
        json.dumps(har(*entries, ("https://example.com/tracker", "x", None))), encoding="utf-8"
    )
    (report,) = take(store, path)
    assert (report.kind, report.tally, report.rejects) == ("har", Tally(new=1, updated=1), [])
    (album,) = [a for a in store.albums() if a["album_id"] == "20001"]
    assert (album["title"], album["article_count"], album["known"], album["seen_at"]) == (
        "好物实测",
        31,
        1,
        1767323045,
    )
    kept = "".join(page.raw.decode() + (page.url or "") for page in store.pages()) + json.dumps(
        [*store.sources(), *store.articles(), *store.accounts()], ensure_ascii=False, default=str
    )
    with store.engine.connect() as conn:
        held = (
            b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite3*"))
            + repr(
                [conn.execute(table.select()).all() for table in t.metadata.sorted_tables]
            ).encode()
        )
    for secret in SECRETS:
        assert secret not in kept
        assert secret.encode() not in held


def test_har_content_may_be_base64_or_missing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.har"
    data = har((ALBUM_URL, album_json(), None), b64=True)
    data["log"]["entries"].append(
        {"request": {"url": ALBUM_URL}, "response": {"content": {"size": 9}}}
    )
    path.write_text(json.dumps(data), encoding="utf-8")
    (report,) = take(store, path)
    assert report.tally == Tally(new=1)
    assert [(r.where, "包含内容" in r.reason) for r in report.rejects] == [("第 2 条", True)]


def test_mhtml_gives_the_page_and_its_address(store: Store, tmp_path: Path) -> None:
    page = base64.encodebytes((PAGES / "g2_2023.html").read_bytes()).decode()
    head = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://mp.weixin.qq.com/s/"
        "BBBBBBBBBBBBBBBBBBBBBB\nMIME-Version: 1.0\nContent-Type: multipart/related; "
        'type="text/html"; boundary="--b"\n\n'
    )
    part = (
        "----b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\nContent-Location: "
        f"https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB\n\n{page}\n----b--\n"
    )
    path = tmp_path / "page.mhtml"
    path.write_text(head + part, encoding="utf-8")
    (report,) = take(store, path)
    assert (report.kind, report.account, report.title) == (
        "mhtml",
        "半间厨房",
        "【好物实测】7 款沥水架，只留下 2 款",
    )
    assert "t:BBBBBBBBBBBBBBBBBBBBBB" in store.read_keys(store.accounts()[0]["account_pk"])


ACCOUNT_PAGE = """<html><body><strong class="profile_nickname">半间厨房</strong><script>
var biz = "MzA5MDAwMDAwMQ=="; var msgList = {"list":[{"comm_msg_info":{"datetime":1700000000},
"app_msg_ext_info":{"title":"冬天的萝卜","content_url":"/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=2651&amp;
idx=1&amp;sn=ab"}}]};</script></body></html>""".replace("\n", "")
LINKS_PAGE = """<html><body><ul><li><a href="https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA">一</a>
<li><a href="https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB">二</a></ul></body></html>"""


@pytest.mark.parametrize(("page", "articles"), [(ACCOUNT_PAGE, 1), (LINKS_PAGE, 2)])
def test_pages_saved_as_mhtml_are_read_like_those_saved_as_html(
    store: Store, tmp_path: Path, page: str, articles: int
) -> None:
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    part = base64.encodebytes(page.encode()).decode()
    (tmp_path / "page.mhtml").write_text(
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        f"{part}\n--b--\n",
        encoding="utf-8",
    )
    html, mhtml = take(store, tmp_path / "page.html", tmp_path / "page.mhtml")
    assert (html.error, html.tally) == (None, Tally(new=articles))
    assert (mhtml.error, mhtml.tally) == (None, Tally(unchanged=articles))


def test_a_list_of_links_waits_to_be_fetched_and_names_what_is_no_link(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "links.txt"
    path.write_text(
        "# 收藏\nhttps://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB\nhttps://example.com/a\nhttps://"
        "mp.weixin.qq.com/s?src=1&timestamp=2&signature=x\n",
        encoding="utf-8-sig",
    )
    (report,) = take(store, path, owner=Account(name="半间厨房", role="direct"))
    assert report.tally == Tally(new=1)
    assert [(r.where, r.reason.split("，")[0]) for r in report.rejects] == [
        ("第 3 行", "不是公众号文章链接"),
        ("第 4 行", "临时链接会过期"),
    ]
    (account,) = store.accounts()
    assert (account["name"], account["role"]) == ("半间厨房", "direct")
    assert store.pending(account["account_pk"]) == [
        "https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB"
    ]


@pytest.mark.parametrize("status", ["deleted", "violation"])
def test_a_notice_saved_with_its_address_marks_the_article_and_keeps_its_content(
    store: Store, tmp_path: Path, status: str
) -> None:
    take(store, PAGES / "image_2025.html")
    notice = tmp_path / "gone.html"
    notice.write_bytes(
        notice_page(status).replace(
            b"<html",
            b"<!-- saved from url=(0054)https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01 "
            b"-->\n<html",
            1,
        )
    )
    (report,) = take(store, notice)
    assert report.status == status
    (row,) = store.articles()
    assert (row["title"], row["status"]) == (
        "阳台收纳｜九宫格",
        status,
    )  # the notice shows no time, and nothing comes after it


def test_a_verification_page_is_never_an_article(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "verify.html"
    path.write_bytes(notice_page("verification"))
    (report,) = take(store, path)
    assert report.error is not None
    assert "验证页" in report.error
    assert (list(store.articles()), store.sources(), store.page_sizes()["pages"]) == ([], [], 0)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.html", b"", "空文件"),
        ("cut.html", (PAGES / "g2_2023.html").read_bytes()[:1800], "不完整"),
        (
            "gbk.html",
            "<!DOCTYPE html><html><title>砧板</title></html>".encode("gbk"),
            "不是公众号文章页",
        ),
        ("big.html", b"<html>" + b"x" * 50_000_000 + b"</html>", "超过上限"),
        ("photo.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "图片（PNG）"),
        ("cut.json", b'{"base_resp": {"ret": 0}, "getalbum_re', "不完整"),
        ("deep.json", b"[" * 100_000, "JSON"),
        ("other.json", b'{"a": 1, "b": 2}', "认不出的 JSON（a、b）"),
        (
            "other.html",
            "<!DOCTYPE html><html><body>菜谱</body></html>".encode(),
            "不是公众号文章页",
        ),
        ("other.har", b'{"log": {"creator": {}, "entries": 5}}', "log.entries"),
        ("notes.txt", "随手记".encode(), "认不出格式"),
    ],
)
def test_a_bad_file_is_one_clear_line_and_changes_nothing(
    store: Store, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    take(store, PAGES)
    before = (list(store.articles()), store.sources())
    path = tmp_path / name
    path.write_bytes(content)
    (report,) = take(store, path)
    assert report.error is not None
    assert told in report.error
    assert "\n" not in report.error
    assert (list(store.articles()), store.sources()) == before


def test_a_missing_file_and_an_empty_folder_say_so(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert [r.error for r in take(store, tmp_path / "none.html", tmp_path / "empty")] == [
        f"没有这个文件：{tmp_path}/none.html",
        f"文件夹里没有文件：{tmp_path}/empty",
    ]


def test_an_index_beside_saved_pages_is_no_second_history(store: Store, tmp_path: Path) -> None:
    shutil.copy(PAGES / "g2_2023.html", tmp_path)
    index = tmp_path / "index.csv"
    index.write_text(
        "公众号,标题,发布时间\n半间厨房,【好物实测】7 款沥水架，只留下 2 款,2023-07-21 12:05\n",
        encoding="utf-8",
    )
    told = {Path(r.file).name: r.error for r in take(store, tmp_path)}
    assert told["g2_2023.html"] is None
    assert "直接写这个文件名" in (told["index.csv"] or "")
    (report,) = take(store, index)
    assert (report.error, report.tally.total) == (None, 1)
    assert len([row for row in store.articles() if row["title"]]) == 1


def test_links_that_lead_out_of_a_folder_are_not_followed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(PAGES / "g1_2018.html", tmp_path / "outside.html")
    (tmp_path / "in" / "link.html").symlink_to(tmp_path / "outside.html")
    shutil.copy(PAGES / "g2_2023.html", tmp_path / "in")
    assert [Path(r.file).name for r in take(store, tmp_path / "in")] == ["g2_2023.html"]


def test_reading_everything_again_changes_nothing_while_the_parsers_are_the_same(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "album.har"
    path.write_text(
        json.dumps(har((ALBUM_URL, album_json(), "2026-01-02T03:04:05.000Z"))), encoding="utf-8"
    )
    take(store, PAGES, path)
    before = (
        list(store.articles()),
        store.accounts(),
        store.albums(),
        list(store.bodies()),
        store.page_sizes(),
    )
    *_, done = reparse(store)
    assert (done.pages, done.retracted, done.unreadable, done.tally.new, done.tally.updated) == (
        7,
        0,
        [],
        0,
        0,
    )
    assert (
        list(store.articles()),
        store.accounts(),
        store.albums(),
        list(store.bodies()),
        store.page_sizes(),
    ) == before


def test_a_better_parser_replaces_what_the_old_one_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.wechat import page

    facts = page.facts_of_cgi
    with monkeypatch.context() as patch:
        patch.setattr(page, "facts_of_cgi", lambda data: facts(data) | {"title": "旧解析器读错的"})
        take(store, PAGES / "image_2025.html")
    assert next(store.articles())["title"] == "旧解析器读错的"
    *_, done = reparse(store)
    assert done.retracted == 1
    assert next(store.articles())["title"] == "阳台收纳｜九宫格"


def test_the_real_pages_are_imported_whole(store: Store, shared_pages: Path) -> None:
    reports = take(store, shared_pages)
    assert Counter(r.status for r in reports if r.kind == "html" and not r.error) == {
        "fetched": 100,
        "listed": 2,  # an album and an account's own list
        "deleted": 6,
        "violation": 2,
        "expired": 1,
        "unavailable": 1,
        "about": 6,
    }
    assert sum("验证页" in (r.error or "") for r in reports) == 2
    (coverage,) = (c for c in store.coverage() if c.account == "你的鸟儿会唱歌")
    assert (coverage.articles, coverage.by_status) == (106, {"fetched": 58, "listed": 48})


def test_raw_pages_are_kept_small_and_whole(store: Store, shared_pages: Path) -> None:
    """At most 90 KB a page, dictionaries included, over the real pages above 1 MB; read back byte
    for byte.
    """
    big = [path for path in sorted(shared_pages.rglob("*.html")) if path.stat().st_size > 1_000_000]
    assert not [r.error for r in take(store, *big) if r.error]
    sizes = store.page_sizes()
    assert sizes["stored_bytes"] / len(big) < 90_000
    kept = {page.raw for page in store.pages()}
    assert kept == {
        scrub(path.read_bytes()) for path in big
    }  # byte for byte, but for a session key that one of them carries
    assert len(kept & {path.read_bytes() for path in big}) >= len(big) - 1
