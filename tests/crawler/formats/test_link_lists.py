"""Lists of links as people keep them."""

from __future__ import annotations

import pytest

from crawler.files import Document
from crawler.formats.detect import find_reader
from crawler.formats.link_lists import is_link_list, take_link_list, take_link_page

BASE = "https://mp.weixin.qq.com/s/"
LINKS = [f"{BASE}QsZaoJianMuShaoPao000{n}" for n in range(1, 10)]
A, B, C = LINKS[:3]
LONG = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&mid=2650000777&idx=2&sn=ab12"


def read(text: str) -> list[tuple[str | None, str | None, str | None]]:
    """(link, title, day) of each article in a list."""
    raw = text.encode()
    assert is_link_list(raw)
    return [
        (
            s.article.url,
            s.article.title,
            f"{s.article.published_at:%m-%d}" if s.article.published_at else None,
        )
        for s in take_link_list(raw).sightings
    ]


@pytest.mark.parametrize(
    "line",
    [
        A,
        f"<{A}>",
        f"“{A}”",
        f"「{A}」",
        f"《{A}》",
        f"{A}。",
        f"{A},",
        f"1. {A}",
        f"3、{A}",
        f"（2）{A}",
        f"- [ ] {A}",
        f"链接：{A}",
        A.removeprefix("https:"),
        A.removeprefix("https://"),
        f"{A}?scene=21#wechat_redirect",
        A.replace("https", "http"),
    ],
)
def test_a_link_is_one_whatever_stands_around_it(line: str) -> None:
    assert read(f"{line}\n{B}\n") == [(A, None, None), (B, None, None)]


@pytest.mark.parametrize(
    "line",
    [
        LONG.replace("_", r"\_").replace("&", r"\&"),
        LONG.replace("&", "&amp;"),
        LONG.replace("/s?", "/mp/appmsg/show?")
        .replace("mid", "appmsgid")
        .replace("idx", "itemidx"),
        f"{LONG}&chksm=85#rd",
    ],
)
def test_long_links_in_every_writing(line: str) -> None:
    assert read(line)[0][0] is not None
    (sighting,) = take_link_list(line.encode()).sightings
    assert (sighting.article.mid, sighting.article.idx) == ("2650000777", 2)
    assert sighting.account is not None


@pytest.mark.parametrize(
    "text",
    [
        f"木勺 {A}\n竹篮 {B}\n",
        f"{A} 木勺\n{B} 竹篮\n",
        f"{A}\t木勺\n{B}\t竹篮\n",
        f"木勺：{A}\n竹篮：{B}\n",
        f"木勺\n{A}\n\n竹篮\n{B}\n",
        f"{A}\n木勺\n\n{B}\n竹篮\n",
        f"- [木勺]({A})\n- [竹篮]({B})\n",
        f"[木勺]({A})\n[竹篮]({B})\n",
        f"1、木勺\n{A}\n2、竹篮\n{B}\n",
        f"***\n【1】\n  Title: 木勺\n  Link: {A}\n  Img: https://a.example/1\n\n"
        f"***\n【2】\n  Title: 竹篮\n  Link: {B}\n  Img: https://a.example/2\n",
    ],
)
def test_titles_beside_above_and_below_links_are_theirs(text: str) -> None:
    assert read(text) == [(A, "木勺", None), (B, "竹篮", None)]


def test_a_heading_over_links_is_no_title() -> None:
    assert read(f"青石灶间 2025\n{A}\n{B}\n{C}\n") == [(link, None, None) for link in (A, B, C)]


def test_a_day_beside_a_link_is_its_day() -> None:
    text = f"# 青石灶间\n\n- [木勺]({A}) 2025-11-17\n- [竹篮]({B}) 2025年11月9日\n"
    assert read(text) == [(A, "木勺", "11-16"), (B, "竹篮", "11-08")], "midnight in Beijing"


def test_words_that_only_point_are_no_titles() -> None:
    assert read(f"[查看原文]({A})\n[链接]({B})\n") == [(A, None, None), (B, None, None)]


def test_other_addresses_are_rejects_and_none_is_taken_twice() -> None:
    temporary = f"{BASE[:-1]}?src=11&timestamp=1700000000&ver=1&signature=x"
    batch = take_link_list(f"{A}\nhttps://a.example/1\n{A}\n{temporary}\n".encode())
    assert [s.article.url for s in batch.sightings] == [A]
    assert [(reject.where, reject.reason[:4]) for reject in batch.rejects] == [
        ("第 2 行", "不是公众"),
        ("第 4 行", "临时链接"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"标题,链接\n木勺,{A}\n竹篮,{B}\n",
        f"今天读了很多。\n先做饭。\n再洗碗。\n后来散步。\n晚上看了 {A}\n然后睡了。\n",
        "https://a.example/1\nhttps://a.example/2\n",
        f'{{"url": "{A}"}}',
        f"<p>{A}</p>",
    ],
)
def test_tables_notes_and_markup_are_no_link_lists(text: str) -> None:
    assert not is_link_list(text.encode())


BOOKMARKS = f"""<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8"><TITLE>Bookmarks</TITLE>
<DL><p><DT><A HREF="{A}" ADD_DATE="1763400000">木勺</A>
<DT><A HREF="https://a.example/1" ADD_DATE="1763400001">别处</A>
<DT><A HREF="https://a.example/2" ADD_DATE="1763400001">别处</A></DL><p>"""


def test_bookmarks_give_titles_and_never_times() -> None:
    document = Document("bookmarks.html", data=BOOKMARKS.encode())
    assert find_reader(document).kind == "html"
    batch = take_link_page(BOOKMARKS.encode())
    assert batch is not None
    (sighting,) = batch.sightings
    assert (sighting.article.url, sighting.article.title) == (A, "木勺")
    assert sighting.article.published_at is None
    assert batch.notes == ["另有 2 个链接不是公众号文章，没有导入"]


def test_an_export_of_a_read_later_tool_is_a_page_of_links() -> None:
    entries = f'<li><a href="{A}" time_added="1763400000">木勺</a><li><a href="{B}">竹篮</a>'
    page = f"<html><ul>{entries}</ul>"
    batch = take_link_page(page.encode())
    assert batch is not None
    assert [s.article.title for s in batch.sightings] == ["木勺", "竹篮"]
    blog = page + '<a href="https://a.example/1">1</a>' * 3
    assert take_link_page(blog.encode()) is None, "a page that links to articles among others"
    prose = f"<html><p>{'先看木纹，再看把手。' * 20}</p>{entries}</html>"
    assert take_link_page(prose.encode()) is None, "a text with links in it"
