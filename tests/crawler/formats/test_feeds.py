"""Feeds in the shapes of the tools that make them (all names invented)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats import feeds
from crawler.formats.feeds import is_feed, take_feed
from crawler.formats.teasers import is_teaser
from crawler.records import BEIJING, biz_of_number

BIZ, NUMBER = "MzkwMDAwMDAwMg==", "3900000002"
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
LONG = f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=2&sn=0a2b&chksm=be#rd"
AT = datetime(2024, 3, 5, 4, 30, 9, tzinfo=UTC)


WHOLE = f"<img src='x'><br><br><section>{'全文' * 120}</section>"


def item(**said: str) -> str:
    tags = {
        "title": "田埂上的早饭",
        "link": SHORT,
        "pubDate": "Tue, 05 Mar 2024 12:30:09 +0800",
    } | said
    return (
        "<item>"
        + "".join(f"<{tag}>{text}</{tag.split()[0]}>" for tag, text in tags.items() if text)
        + "</item>"
    )


def rss(
    *items: str, title: str = "青石灶间", link: str = "https://feeds.example/x", head: str = ""
) -> bytes:
    names = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/'
        'dc/elements/1.1/"'
    )
    body = (
        f'{head}<rss version="2.0" {names}><channel><title>{title}</'
        f"title><link>{escape(link)}</link>{''.join(items)}</channel></rss>"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()


def atom(
    entry: str,
    title: str = "青石灶间",
    link: str = f"http://localhost:4000/feeds/MP_WXS_{NUMBER}.atom",
) -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>{link}</id><title>{title}</title>
    <updated>2024-03-06T00:00:00.000Z</updated><generator>WeWe-RSS</generator><link rel="alternate" href="{link}"/>{entry}</feed>""".encode()


ENTRY = f"""<entry><title type="html"><![CDATA[田埂上的早饭]]></title><id>AbCdEfGhIjKlMnOpQrStUv</id><link href="{SHORT}"/>
    <updated>2024-03-05T04:30:09.000Z</updated></entry>"""


def json_feed(*items: dict[str, Any], **said: Any) -> bytes:
    about = {
        "version": "https://jsonfeed.org/version/1",
        "title": "青石灶间",
        "feed_url": f"http://localhost:4000/feeds/MP_WXS_{NUMBER}.json",
    }
    return json.dumps(about | said | {"items": list(items)}, ensure_ascii=False).encode()


JSON_ITEM = {
    "id": "AbCdEfGhIjKlMnOpQrStUv",
    "url": SHORT,
    "title": "田埂上的早饭",
    "date_modified": "2024-03-05T04:30:09.000Z",
    "image": "https://mmbiz.qpic.cn/c",
}
KNOWN = {
    "biz": BIZ,
    "token": "AbCdEfGhIjKlMnOpQrStUv",
    "account_name": "青石灶间",
    "url": SHORT,
    "title": "田埂上的早饭",
    "published_at": AT,
    "time_precision": "second",
    "status": "listed",
}


def only(batch: Batch) -> dict[str, Any]:
    (sighting,) = batch.sightings
    assert sighting.origin == "feed"
    return sighting.article.said()


def test_wewe_rss_names_the_account_by_its_number_in_every_format() -> None:
    link = f"http://localhost:4000/feeds/MP_WXS_{NUMBER}.rss"
    assert only(take_feed(atom(ENTRY))) == KNOWN
    assert only(take_feed(rss(item(), link=link))) == KNOWN
    assert only(take_feed(json_feed(JSON_ITEM))) == KNOWN | {"cover": "https://mmbiz.qpic.cn/c"}
    assert only(take_feed(rss(item()), url=link + "?limit=30")) == KNOWN


def test_the_feed_of_all_accounts_names_each_where_its_author_would_stand() -> None:
    batch = take_feed(
        json_feed(
            JSON_ITEM | {"author": {"name": "半间厨房"}},
            JSON_ITEM,
            title="WeWe-RSS",
            feed_url="http://localhost:4000/feeds/all.json",
        )
    )
    assert [(s.article.account_name, s.article.author, s.article.biz) for s in batch.sightings] == [
        ("半间厨房", None, None),
        (None, None, None),
    ]


def test_we_mp_rss_writes_local_times_and_ids_that_hold_account_mid_and_idx() -> None:
    local = item(
        link=f"http://me:8001/rss/feed/{NUMBER}-2650000001_2",
        pubDate="Tue, 05 Mar 2024 12:30:09 ",
        description="一句话",
        title="灯 &amp;amp; 影",
    )
    assert only(take_feed(rss(local))) == {
        "biz": BIZ,
        "mid": "2650000001",
        "idx": 2,
        "account_name": "青石灶间",
        "url": f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=2",
        "title": "灯 & 影",
        "digest": "一句话",
        "published_at": AT,
        "time_precision": "second",
        "status": "listed",
    }


def test_wechat_feeds_keeps_the_title_in_the_contents_place_and_the_biz_in_a_host_name() -> None:
    raw = rss(
        item(**{"description": "", "content:encoded": "<![CDATA[田埂上的早饭]]>"}),
        title="青石灶间 | wechat-feeds",
        link="http://MzkwMDAwMDAwMg.favicon.example/favicon.ico",
    )
    batch = take_feed(raw)
    assert only(batch) == KNOWN
    assert batch.sightings[0].body is None


def test_rsshub_album_feeds_name_account_and_album() -> None:
    raw = rss(
        item(link=escape(LONG), author="阿禾", description=escape(WHOLE)),
        title="青石灶间|#早饭地图",
        link=(
            f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}&action=getalbum&album_id=1375870"
            "284640911361"
        ),
    )
    batch = take_feed(raw)
    article = batch.sightings[0].article
    assert (article.biz, article.mid, article.idx, article.sn, article.author) == (
        BIZ,
        "2650000001",
        2,
        "0a2b",
        "阿禾",
    )
    assert (article.account_name, article.album_titles, article.digest) == (
        "青石灶间",
        ("早饭地图",),
        None,
    )
    assert [(a.album_id, a.title, a.biz, a.account_name) for a, _, _ in batch.albums] == [
        ("1375870284640911361", "早饭地图", BIZ, "青石灶间")
    ]
    assert batch.sightings[0].body == WHOLE


def test_a_body_keeps_its_layout_and_a_summary_beside_it_is_the_digest() -> None:
    body = '<section style="font-size:15px"><script>1</script><img data-src="http://a"/></section>'
    batch = take_feed(
        rss(
            item(
                **{
                    "description": "&lt;p&gt;一句话&lt;/p&gt;",
                    "content:encoded": f"<![CDATA[{body}]]>",
                }
            )
        )
    )
    assert (batch.sightings[0].article.digest, batch.sightings[0].body) == ("一句话", body)
    held = take_feed(json_feed(JSON_ITEM | {"content_html": body, "summary": "一句话"})).sightings[
        0
    ]
    assert (held.article.digest, held.body) == ("一句话", body)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("青石灶间", "青石灶间"),
        ("青石灶间 - wewe-rss", "青石灶间"),
        ("青石灶间 - WeWe RSS", "青石灶间"),
        ("微信公众号 - 青石灶间", "青石灶间"),
        ("青石灶间 的微信公众号", "青石灶间"),
        ("青石灶间公众号", "青石灶间"),
        ("公众号", "公众号"),
        ("RSS 周刊", "RSS 周刊"),
        ("Mp-We-Rss", None),
        ("WeRSS订阅", None),
        ("", None),
    ],
)
def test_the_account_is_the_title_without_what_the_tool_added(title: str, name: str | None) -> None:
    assert take_feed(rss(item(), title=title)).sightings[0].article.account_name == name


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("Tue, 05 Mar 2024 04:30:09 GMT", AT, "second"),
        ("Tue, 05 Mar 2024 04:30:09 -0000", AT, "second"),
        ("Tue, 05 Mar 2024 12:30:09", AT, "second"),
        ("2024-03-05T12:30:09+08:00", AT, "second"),
        ("2024-03-05 12:30", datetime(2024, 3, 5, 4, 30, tzinfo=UTC), "minute"),
        ("Mon, 04 Mar 2024 16:30:00 GMT", datetime(2024, 3, 5, 0, 30, tzinfo=BEIJING), "second"),
        ("2024-03-05", datetime(2024, 3, 4, 16, tzinfo=UTC), "day"),
        ("Mon, 01 Jan 1900 00:00:00 GMT", None, "none"),
        ("9999-12-31T23:59:59-10:00", None, "none"),
        ("昨天", None, "none"),
        ("", None, "none"),
    ],
)
def test_times_keep_the_zone_the_feed_says_and_are_beijings_where_it_says_none(
    text: str, at: datetime | None, precision: str
) -> None:
    article = take_feed(rss(item(pubDate=text))).sightings[0].article
    assert (article.published_at, article.time_precision) == (at, precision)


def test_entries_without_a_wechat_link_are_rejected() -> None:
    gone = f"{SHORT}"[:26] + "?src=11&amp;timestamp=1&amp;ver=1&amp;signature=a"
    batch = take_feed(
        rss(
            item(),
            item(title="博客", link="https://blog.example/1"),
            item(title="临时", link=gone),
            "<item></item>",
        )
    )
    assert len(batch.sightings) == 1
    assert [(r.where, r.reason) for r in batch.rejects] == [
        (f"第 {n} 条", "没有公众号文章的链接") for n in (2, 3, 4)
    ]
    assert batch.rejects[0] == Reject(
        "第 2 条", "没有公众号文章的链接", "博客 https://blog.example/1"
    )
    assert only(take_feed(rss(item(link="https://proxy.example/1", guid=SHORT)))) == {
        k: v for k, v in KNOWN.items() if k != "biz"
    }


def test_seen_at_is_when_it_was_fetched_or_the_newest_article() -> None:
    assert {s.seen_at for s in take_feed(rss(item()), seen_at=1_780_000_000).sightings} == {
        1_780_000_000
    }
    batch = take_feed(rss(item(), item(pubDate="")), url="https://feeds.example/x.xml?key=secret#a")
    assert {s.seen_at for s in batch.sightings} == {int(AT.timestamp())}
    assert [(p.kind, p.url, p.seen_at) for p in batch.loose_pages] == [
        ("feed", "https://feeds.example/x.xml", int(AT.timestamp()))
    ]
    assert batch.missing == {"published_at": 1}


BOMB = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'


@pytest.mark.parametrize(
    "raw",
    [
        rss(item(title="&lol2;"), head=BOMB),
        rss(item(title="&lol2;"), head=BOMB).decode().encode("utf-16"),
        rss(
            item(title="&lol2;"),
            head=BOMB.replace("ENTITY", "entity").replace("DOCTYPE", "doctype"),
        ),
        rss(head="<!-- <rss > -->" + BOMB),
        rss(head='<!DOCTYPE x SYSTEM "file:///etc/passwd" [ ]>'),
        rss("<!ENTITY lol 'x'>"),
        rss("<![CDATA[ ]]><!ENTITY lol 'x'>"),
    ],
)
def test_entity_bombs_are_refused_before_any_parser_sees_them(
    raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds.feedparser, "parse", None)
    with pytest.raises(ArchiveError, match="实体"):
        take_feed(raw)


def test_an_article_about_entities_and_a_plain_doctype_are_read() -> None:
    body = f"<p>{'长' * 200}写 &lt;!ENTITY 时 <b>小心</b></p><!ENTITY"
    raw = rss(
        item(**{"content:encoded": f"<![CDATA[{body}]]>"}),
        head='<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "x.dtd">',
    )
    assert is_feed(raw)
    assert take_feed(raw).sightings[0].body == body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_a_feed_is_read_in_the_encoding_it_names(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    raw = rss(item()).decode().replace('encoding="UTF-8"', f'encoding="{name}"').encode(encoding)
    assert is_feed(raw)
    assert only(take_feed(raw))["title"] == "田埂上的早饭"


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><body><rss></body></html>",
        b"",
        b"{}",
        b'{"items": []}',
        b"<?xml version='1.0'?><opml></opml>",
        b"\xff\xfe",
        b"title,link\n",
        b"<rssx>",
    ],
)
def test_other_files_are_no_feeds(raw: bytes) -> None:
    assert not is_feed(raw)
    with pytest.raises(ArchiveError):
        take_feed(raw)


@pytest.mark.parametrize(
    "raw",
    [
        rss(item()),
        atom(ENTRY),
        json_feed(JSON_ITEM),
        rss(item(), head="\n<!-- <a> -->\n"),
        b"<rdf:RDF xmlns='x'>",
        rss(head=BOMB),
    ],
)
def test_feeds_are_known_by_their_root(raw: bytes) -> None:
    assert is_feed(raw[:4096])


def test_broken_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rss(item(), item())
    assert (
        len(take_feed(whole[: whole.rindex(b"<pubDate>")]).sightings) == 2
    )  # cut off: what is there is taken
    for raw in (
        json_feed(JSON_ITEM)[:-9],
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
    ):
        with pytest.raises(ArchiveError):
            take_feed(raw)
    monkeypatch.setattr(feeds, "MAX_ITEMS", 2)
    for raw in (rss(*[item()] * 3), rss(*[item()] * 5), json_feed(*[JSON_ITEM] * 3)):
        with pytest.raises(ArchiveError, match="超过上限 2"):
            take_feed(raw)


@given(
    title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
        lambda t: "&" not in t and "<" not in t and not any("\x80" <= c <= "\xff" for c in t)
    ),
    at=st.datetimes(
        datetime(2012, 8, 1), datetime(2090, 1, 1), timezones=st.sampled_from([UTC, BEIJING])
    ),
    number=st.integers(10**8, 10**10 - 1),
)
def test_any_article_reads_the_same_from_every_format(
    title: str, at: datetime, number: int
) -> None:
    at = at.replace(microsecond=0)
    link = f"http://x/feeds/MP_WXS_{number}.rss"
    rows = [
        take_feed(
            rss(
                item(title=f"<![CDATA[{title.replace(']]>', '')}]]>", pubDate=format_datetime(at)),
                link=link,
            )
        ),
        take_feed(
            json_feed(
                {"url": SHORT, "title": title.replace("]]>", ""), "date_published": at.isoformat()},
                feed_url=link,
            )
        ),
    ]
    first, second = (batch.sightings[0].article for batch in rows)
    assert first == second
    assert (first.published_at, first.biz) == (at, biz_of_number(number))


@pytest.mark.parametrize(
    ("html", "teaser"),
    [
        ("<img src='https://a.example/1'/><p>水开了再放面，十分钟就好。</p>", True),
        ("<p>先看木纹，再看把手……</p>", True),
        (f"<p>{'先看木纹。' * 100}<a href='x'>阅读全文</a></p>", True),
        (f"<p>{'先看木纹。' * 100}</p>", False),
        ("<p style='font-size: 15px'>先看木纹。</p>", False),
        ("<img src='1'><img src='2'><p>先看木纹。</p>", False),
    ],
)
def test_a_teaser_is_a_digest_and_a_cover_never_a_body(html: str, teaser: bool) -> None:
    assert is_teaser(html) == teaser
    (sighting,) = take_feed(
        rss(item(**{"content:encoded": escape(html)}, link=escape(LONG)))
    ).sightings
    assert (sighting.body is None) == teaser


def test_a_teasers_picture_is_the_cover() -> None:
    html = "<img src='https://a.example/1?a=1&amp;b=2'/><p>水开了再放面。</p>"
    (sighting,) = take_feed(rss(item(description=escape(html), link=escape(LONG)))).sightings
    assert sighting.article.cover == "https://a.example/1?a=1&b=2"
    assert sighting.article.digest == "水开了再放面。"
