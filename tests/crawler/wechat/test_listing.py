"""Album pages and album JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.batch import take_page
from crawler.replica.content import SiteAlbum, SiteContent
from crawler.replica.server import Replica, fill_template
from crawler.wechat.listing import (
    ListingError,
    album_json_url,
    is_album_page,
    parse_album_json,
    parse_album_page,
)
from tests.support.places import PAGES

BIZ = "MzkwMDAwMDAwMg=="


def row(mid: int, at: int = 1_700_000_000, **more: str) -> dict[str, str]:
    url = (
        f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={mid}&amp;idx=1&amp;sn=s{mid}&amp;"
        "chksm=c#rd"
    )
    return {
        "msgid": str(mid),
        "itemidx": "1",
        "title": f"第{mid}篇 &amp; 其他",
        "create_time": str(at),
        "url": url,
        "item_show_type": "0",
        "is_pay_subscribe": "0",
        **more,
    }


def answer(rows: Any, **found: Any) -> str:
    return json.dumps(
        {
            "base_resp": {"ret": 0},
            "getalbum_resp": {
                "article_list": rows,
                "base_info": {"is_first_screen": "0"},
                "continue_flag": "1",
                **found,
            },
        }
    )


def test_a_page_of_rows_gives_articles_and_the_cursor_of_its_last_row() -> None:
    listing = parse_album_json(answer([row(12, pos_num="7"), row(11)]), "20001")
    assert [(a.mid, a.idx, a.title, a.pos_num, a.kind) for a in listing.articles] == [
        ("12", 1, "第12篇 & 其他", 7, "article"),
        ("11", 1, "第11篇 & 其他", None, "article"),
    ]
    assert listing.articles[0].published_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert listing.articles[0].album_ids == ("20001",)
    assert listing.cursor == ("11", "1")


def test_one_row_comes_as_an_object() -> None:
    assert [
        a.mid for a in parse_album_json(answer(row(5), continue_flag="0"), "20001").articles
    ] == ["5"]


def test_past_the_end_there_are_no_rows_and_no_cursor() -> None:
    listing = parse_album_json(
        json.dumps(
            {"base_resp": {"ret": 0}, "getalbum_resp": {"base_info": {}, "continue_flag": "0"}}
        ),
        "20001",
    )
    assert (listing.articles, listing.cursor) == ((), None)


def test_the_first_page_describes_the_album() -> None:
    base = {
        "title": "好物实测",
        "nickname": "半间厨房",
        "username": "gh_0000000000a2",
        "article_count": "31",
        "is_numbered": "1",
    }
    album = parse_album_json(answer([row(1)], base_info=base), "20001").album
    assert album is not None
    assert (
        album.title,
        album.account_name,
        album.user_name,
        album.article_count,
        album.numbered,
    ) == ("好物实测", "半间厨房", "gh_0000000000a2", 31, True)


def test_rows_without_a_link_are_counted_not_invented() -> None:
    listing = parse_album_json(
        answer([row(1), {"title": "no link"}, row(2, url="https://example.com/x")]), "20001"
    )
    assert [a.mid for a in listing.articles] == ["1"]
    assert listing.missing == ("url", "url")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"base_resp": {"ret": 0}, "getal', "不完整"),
        ("[]", "不是对象"),
        ('{"base_resp": {"ret": 10004}}', "10004"),
        ('{"base_resp": {"ret": "-3"}}', "-3"),
        ('{"base_resp": {"ret": 0}}', "没有合集"),
        ("[" * 100_000, "不完整"),
    ],
)
def test_what_is_no_album_json_says_so(text: str, told: str) -> None:
    with pytest.raises(ListingError, match=told):
        parse_album_json(text)


def test_an_album_page_gives_the_album_and_its_first_rows() -> None:
    album = SiteAlbum(
        "20001",
        "好物'实测\"",
        "半间厨房",
        "gh_0000000000a2",
        BIZ,
        True,
        [row(mid) for mid in range(40, 25, -1)],
    )
    _, _, raw = Replica(SiteContent(albums={"20001": album})).answer(
        "/mp/appmsgalbum?action=getalbum&album_id=20001"
    )
    assert is_album_page(raw)
    listing = parse_album_page(raw)
    assert listing.album is not None
    assert (
        listing.album.album_id,
        listing.album.title,
        listing.album.article_count,
        listing.album.numbered,
    ) == ("20001", "好物'实测\"", 15, True)
    assert [a.mid for a in listing.articles] == [str(mid) for mid in range(40, 30, -1)]
    assert listing.cursor == ("31", "1")


def scrolled(*, scripts: bool) -> bytes:
    """An album page that was scrolled before it was saved: rows beyond the first ten, times as the
    site's script words them, and without its scripts as SingleFile keeps it.
    """
    times = {40: "昨天", 39: "2025-11-20", 38: "2025年11月13日", 37: "1762300000"}
    rows = "".join(
        f'<li class="album__list-item js_album_item" data-msgid={mid} data-itemidx=1 '
        f'data-link="http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={mid}&amp;idx=1&amp;sn=a" '
        f'data-title="第 {mid} 篇" data-pos_num={mid}>'
        f"<span class=js_article_create_time>{time}</span>"
        for mid, time in times.items()
    )
    data = "{albumId: '20001', title: '好物', continue_flag: '0', user_name: 'gh_0000000000a2'}"
    script = f"<script>window.cgiData = {data};</script>" if scripts else ""
    return (
        "<!DOCTYPE html><html><!--\n Page saved with SingleFile \n url: https://mp.weixin.qq.com/mp/"
        "appmsgalbum?__biz=x&action=getalbum&album_id=20001&scene=1 \n saved date: Tue Dec 01 2026 "
        f"05:58:13 GMT+0800 (China)\n--><body><div class=album__label-title>好物</div>"
        f"<div class=album__author-name>半间厨房</div><ul>{rows}</ul>{script}</body></html>"
    ).encode()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_scrolled_album_page_gives_every_row(scripts: bool) -> None:
    batch = take_page(scrolled(scripts=scripts))
    (album, _, _) = batch.albums[0]
    assert (album.album_id, album.title, album.biz) == ("20001", "好物", BIZ)
    articles = [sighting.article for sighting in batch.sightings]
    assert [article.mid for article in articles] == ["40", "39", "38", "37"]
    assert [article.time_precision for article in articles] == ["none", "day", "day", "second"]
    assert [article.pos_num for article in articles] == [40, 39, 38, 37]
    assert articles[0].account_name == "半间厨房"


def test_an_article_page_is_no_album_page() -> None:
    assert not is_album_page((PAGES / "g2_2023.html").read_bytes())
    with pytest.raises(ListingError, match="合集编号"):
        parse_album_page(b"<html></html>")
    with pytest.raises(ListingError, match="合集编号"):
        parse_album_page(
            fill_template(
                "album.html", account_html="", title_html="", rows="", data="{albumId: ''}"
            ).encode()
        )


def test_the_address_of_the_next_page_carries_the_cursor() -> None:
    assert album_json_url("20001", BIZ, ("31", "1")).endswith(
        "album_id=20001&f=json&count=20&is_reverse=1&begin_msgid=31&begin_itemidx=1"
    )


def test_real_albums_are_read_whole(shared_pages: Path) -> None:
    folder = shared_pages / "soda92__biao-short-novels"
    page = parse_album_page((folder / "history/generated_html/start.html").read_bytes())
    assert page.album is not None
    assert (
        page.album.title,
        page.album.article_count,
        page.album.reads,
        page.album.numbered,
        len(page.articles),
    ) == ("微型小说", 105, 27570, True, 10)
    listings = [
        parse_album_json(path.read_bytes())
        for path in sorted((folder / "generated_json").glob("*.json"))
    ]
    assert len({a.mid for listing in listings for a in listing.articles}) == 106
    assert not any(listing.missing for listing in listings)
