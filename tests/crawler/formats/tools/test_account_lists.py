"""Lists of accounts and of their feeds: no articles in them (all names invented)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.accounts_file import load_accounts_file
from crawler.batch import Batch
from crawler.files import ArchiveError, Document
from crawler.formats.detect import Options, find_reader
from crawler.formats.tools.account_lists import are_accounts
from crawler.importer import import_files
from crawler.records import Account
from crawler.store import Store

FEED = "http://192.0.2.7:4000/feeds/MP_WXS_3900000002.atom"


def opml(*outlines: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    body = "".join(outlines)
    return f'{head}\n  <opml version="2.0"><head/><body>{body}</body></opml>'


def outline(name: str, feed: str) -> str:
    return f'<outline text="{name}" type="rss" xmlUrl="{feed}"/>'


def read(raw: str | bytes) -> Batch:
    document = Document("a", data=raw if isinstance(raw, bytes) else raw.encode())
    (batch,) = find_reader(document).read(document, Options())
    return batch


def test_opml_gives_accounts_and_says_how_to_go_on() -> None:
    folder = f'<outline text="分组">{outline("青石灶间", FEED)}</outline>'
    homepage = "https://rsshub.app/wechat/mp/homepage/MzkwMDAwMDAwMw==/1?key=s3cret"
    batch = read(
        opml(folder, outline("灯下小铺", homepage), outline("博客", "https://b.example/rss"))
    )
    assert [account for account, _, _ in batch.accounts] == [
        Account(biz="MzkwMDAwMDAwMg==", name="青石灶间"),
        Account(biz="MzkwMDAwMDAwMw==", name="灯下小铺"),
    ]
    assert (batch.sightings, batch.rejects) == ([], [])
    assert batch.notes == [
        "OPML 订阅清单，里面没有文章：记下 2 个账号（青石灶间、灯下小铺），"
        "另有 1 个看不出是哪个公众号；"
        f'要文章，在 ACCOUNTS.toml 里给账号写 feeds = ["{FEED}"] 再运行 duibiao collect'
    ]


def test_what_the_note_says_to_write_is_a_valid_accounts_file(tmp_path: Path) -> None:
    (note,) = read(opml(outline("青石灶间", FEED))).notes
    line = note[note.index("feeds = ") : note.index(" 再运行")]
    path = tmp_path / "ACCOUNTS.toml"
    path.write_text(f'[[accounts]]\nname = "青石灶间"\n{line}\n', encoding="utf-8")
    (watched,) = load_accounts_file(path).accounts
    assert watched.feeds == (FEED,)


def test_opml_as_tools_write_it_carelessly_is_read() -> None:
    careless = opml(outline("灶间 &&nbsp;餐桌", FEED + "?limit=30&mode=x"), head="")
    assert [account.name for account, _, _ in read(careless).accounts] == ["灶间 & 餐桌"]
    declared = opml(outline("青石灶间", FEED), head='<?xml version="1.0" encoding="gbk"?>')
    assert [a.name for a, _, _ in read(declared.encode("gbk")).accounts] == ["青石灶间"]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            opml(outline("博客", "https://b.example/rss")),
            "OPML 订阅清单（1 个：博客），里面没有文章",
        ),
        (opml(), "OPML 里没有一个订阅"),
        ("<opml><body><outline", "OPML 不完整或已损坏"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml>&a;</opml>', "声明了实体"),
        (opml(outline("甲", FEED) * 20_001), "OPML 里的订阅超过上限 20000"),
    ],
)
def test_opml_without_an_account_is_one_line(raw: str, told: str) -> None:
    with pytest.raises(ArchiveError) as raised:
        read(raw)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("data", "accounts"),
    [
        (
            [{"id": "MP_WXS_3900000002", "name": "青石灶间", "intro": "一口灶", "updateTime": 1}],
            [Account(biz="MzkwMDAwMDAwMg==", name="青石灶间", signature="一口灶")],
        ),
        (
            {"code": 0, "data": {"list": [{"id": "MP_WXS_3900000002", "mp_name": "青石灶间"}]}},
            [Account(biz="MzkwMDAwMDAwMg==", name="青石灶间")],
        ),
        (
            {"usefor": "x", "accounts": [{"fakeid": "MzkwMDAwMDAwMg==", "nickname": "青石灶间"}]},
            [Account(biz="MzkwMDAwMDAwMg==", name="青石灶间")],
        ),
        (
            [
                {
                    "Title": name,
                    "Id": f"gh_00000000000{n}.xml",
                    "Links": f"https://raw.example.org/channels/gh_00000000000{n}.xml",
                    "Pubdate": "Mon, 10 Nov 2025 18:20:11 +0800",
                }
                for n, name in enumerate(["青石灶间", "灯下小铺"])
            ],
            [
                Account(user_name="gh_000000000000", name="青石灶间"),
                Account(user_name="gh_000000000001", name="灯下小铺"),
            ],
        ),
        (
            [
                {
                    "title": "青石灶间",
                    "url": "https://mp.weixin.qq.com/mp/profile_ext?__biz=MzkwMDAwMDAwMg==",
                }
            ],
            [Account(biz="MzkwMDAwMDAwMg==", name="青石灶间")],
        ),
    ],
)
def test_json_lists_of_accounts_are_no_articles(data: Any, accounts: list[Account]) -> None:
    batch = read(json.dumps(data))
    assert [account for account, _, _ in batch.accounts] == accounts
    assert batch.sightings == []
    assert "公众号清单，里面没有文章" in batch.notes[0]


def test_a_list_of_feeds_that_name_no_account_is_one_line() -> None:
    rows = [{"title": name, "link": f"https://a.example/{name}.xml"} for name in "甲乙"]
    with pytest.raises(ArchiveError, match=r"公众号清单（2 个：甲、乙），里面没有文章：.*feeds = "):
        read(json.dumps(rows))


@pytest.mark.parametrize(
    "rows",
    [
        [{"title": "第一锅", "link": "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"}],
        [{"title": "第一锅", "date": "2025-01-01"}, {"title": "第二锅", "date": "2025-01-02"}],
        [{"id": "AbCdEfGhIjKlMnOpQrStUv", "mpId": "MP_WXS_3900000002", "title": "第一锅"}],
        [{"title": f"第{n}锅", "feed": "https://a.example/f.xml"} for n in range(3)],
    ],
)
def test_articles_are_no_accounts(rows: list[dict[str, Any]]) -> None:
    assert not are_accounts(rows)


def test_accounts_are_in_the_store_and_the_file_counts_as_taken(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "feeds.opml"
    path.write_text(opml(outline("青石灶间", FEED)), encoding="utf-8")
    (report,) = import_files(store, [path])
    assert (report.error, report.status, report.tally.total) == (None, "listed", 0)
    assert [(a["name"], a["biz"]) for a in store.accounts()] == [("青石灶间", "MzkwMDAwMDAwMg==")]
    (again,) = import_files(store, [path])
    assert (again.error, again.repeated) == (None, True)
