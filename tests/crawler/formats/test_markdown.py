"""Markdown with front matter, as notes and downloaders write it (all names invented)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crawler.batch import Reject
from crawler.files import ArchiveError
from crawler.formats.markdown import is_markdown, take_markdown
from crawler.records import BEIJING, Article, clean_text

SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"


def note(front: str, text: str = "正文") -> bytes:
    return f"---\n{front}\n---\n{text}".encode()


def article(front: str, text: str = "正文") -> Article:
    (sighting,) = take_markdown(note(front, text)).sightings
    return sighting.article


def test_front_matter_becomes_the_article_and_the_text_its_body() -> None:
    raw = note(
        f"""title: "【早饭地图】第 7 站：田埂"
url: {SHORT}?scene=27&click_id=1
date: 2024-03-05 12:30:09
公众号: 青石灶间
author: 阿禾
series: 早饭地图
tags: [早饭, 乡下]
description: 一句话
cover: https://mmbiz.qpic.cn/c
原创: 是
心情: 好""",
        "## 小标题\n\n一段**话**，[链接](https://a.example)。\n\n|甲|乙|\n|-|-|\n|1|2|\n",
    )
    assert is_markdown(raw)
    batch = take_markdown(raw)
    (sighting,) = batch.sightings
    at = datetime(2024, 3, 5, 4, 30, 9, tzinfo=UTC)
    assert sighting.article == Article(
        token="AbCdEfGhIjKlMnOpQrStUv",
        url=SHORT,
        account_name="青石灶间",
        title="【早饭地图】第 7 站：田埂",
        digest="一句话",
        author="阿禾",
        published_at=at,
        time_precision="second",
        original=True,
        cover="https://mmbiz.qpic.cn/c",
        album_titles=("早饭地图",),
        aside={"tags": "早饭、乡下", "心情": "好"},
    )
    assert (sighting.origin, sighting.seen_at) == ("table", int(at.timestamp()))
    assert sighting.body is not None
    assert sighting.body.startswith(
        '<h2>小标题</h2>\n<p>一段<strong>话</strong>，<a href="https://a.example">链接</a>。</'
        "p>\n<table>"
    )
    assert [(page.kind, page.url, page.raw) for page in batch.loose_pages] == [
        ("markdown", SHORT, raw)
    ]


def test_html_and_scripts_inside_the_text_stay_text() -> None:
    body = (
        take_markdown(
            note(
                f"url: {SHORT}",
                "<script>x</script>\n\n[a](javascript:alert(1)) <img src=x onerror=y>",
            )
        )
        .sightings[0]
        .body
    )
    assert body is not None
    assert "<script" not in body
    assert "<img" not in body
    assert "href" not in body


def test_a_text_too_long_for_an_article_is_known_but_not_rendered() -> None:
    (sighting,) = take_markdown(note(f"url: {SHORT}", "[" * 1_100_000)).sightings
    assert (sighting.article.url, sighting.body) == (SHORT, None)


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: 【评测】: 三口锅: 谁更好", "【评测】: 三口锅: 谁更好"),  # not YAML
        ("title: [早饭] 田埂", "[早饭] 田埂"),  # not YAML
        ('title: "他说"好吃"了"', '他说"好吃"了'),  # not YAML
        ("title: 007", "007"),
        ("title: 12:30", "12:30"),
        ("title: 2024-03-05", "2024-03-05"),
        ("title: on", "on"),
        ("title: R&D 与 2*3", "R&D 与 2*3"),
        ("标题：全角冒号", "全角冒号"),
        ("Title: &amp;", "&"),
        ("tags: [a]", "正文的标题"),
    ],
)
def test_titles_are_kept_as_written(front: str, title: str) -> None:
    assert article(f"{front}\nurl: {SHORT}", "# 正文的标题 #\n正文").title == title


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2024-03-05T12:30:09+08:00", datetime(2024, 3, 5, 12, 30, 9, tzinfo=BEIJING), "second"),
        ("2024-03-05T04:30:09.123Z", datetime(2024, 3, 5, 4, 30, 9, tzinfo=UTC), "second"),
        ("2024-03-05T00:30:00-0500", datetime(2024, 3, 5, 5, 30, tzinfo=UTC), "second"),
        ("2024年3月5日 00:30", datetime(2024, 3, 4, 16, 30, tzinfo=UTC), "minute"),
        ("2024/3/5", datetime(2024, 3, 5, tzinfo=BEIJING), "day"),
        ("2024.03.05 7:05", datetime(2024, 3, 5, 7, 5, tzinfo=BEIJING), "minute"),
        ("1709613009", datetime(2024, 3, 5, 4, 30, 9, tzinfo=UTC), "second"),
        ("1709613009000", datetime(2024, 3, 5, 4, 30, 9, tzinfo=UTC), "second"),
        ("2024-02-30", None, "none"),
        ("1900-01-01", None, "none"),
        ("9999-12-31", None, "none"),
        ("2024-03-05 25:00", None, "none"),
        ("昨天", None, "none"),
        ("", None, "none"),
    ],
)
def test_dates_in_iso_and_chinese_are_beijings_unless_they_say_otherwise(
    text: str, at: datetime | None, precision: str
) -> None:
    found = article(f"title: 题\nurl: {SHORT}\ndate: {text}")
    assert (found.published_at, found.time_precision) == (at, precision)


def test_lists_links_of_note_programs_and_a_source_that_is_no_article() -> None:
    found = article(
        'title: 题\npublished: 2024-03-05\nauthor:\n  - "[[阿禾]]"\n  - "[[人/小满|'
        '小满]]"\nsource: 微信公众号\nalbums: ["#甲", 乙]'
    )
    assert (found.author, found.url, found.album_titles, found.aside) == (
        "阿禾、小满",
        None,
        ("甲", "乙"),
        {"source": "微信公众号"},
    )
    both = article(f"source: https://blog.example/1\n原文链接: {SHORT}")
    assert (both.url, both.aside) == (SHORT, {"source": "https://blog.example/1"})


def test_a_note_that_names_no_article_is_rejected() -> None:
    batch = take_markdown(note("title: 只有标题\nurl: https://blog.example/1"))
    assert (batch.sightings, batch.loose_pages) == ([], [])
    assert batch.rejects == [
        Reject("", "没有公众号文章链接，也没有公众号、标题和发布时间", "只有标题")
    ]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"---\n- a\n- b\n---\n", "一行一个"),
        (note("a: &a [x, x]\nb: &b [*a, *a]\ntitle: 题"), "锚点"),
        (note("title: *a"), "锚点"),
        (note("title: x\nmore: " + "长" * 22_000), "64 KB"),
        (note("title: " + "[" * 60_000), "嵌套超过"),
        (note("- " * 30_000), "嵌套超过"),
        (b"---\ntitle: " + b"\x81\xff\xfe\x80" * 90 + b"\n---\n", "UTF-8"),
        (note("title: x", "a" * 8_400_000), "8 MB"),
    ],
)
def test_what_is_not_read_says_why(raw: bytes, word: str) -> None:
    with pytest.raises(ArchiveError, match=word):
        take_markdown(raw)


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        (note("title: x"), True),
        (b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\nx", True),
        (note("link: x").replace(b"---", b"---  "), True),
        (note("name: x"), False),
        (b"---\ntitle: x\n", False),
        (b"title: x\n---\n", False),
        (b"<html>---\ntitle: x\n---\n", False),
        (b"----\ntitle: x\n----\n", False),
        (b"", False),
    ],
)
def test_markdown_is_known_by_its_front_matter(raw: bytes, fits: bool) -> None:
    assert is_markdown(raw) is fits


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_title_and_text_come_through(title: str, text: str) -> None:
    front = yaml.safe_dump({"title": title, "url": SHORT}, allow_unicode=True)
    (sighting,) = take_markdown(b"---\n" + front.encode() + b"---\n\n" + text.encode()).sightings
    if clean_text(title):
        assert sighting.article.title == clean_text(title)
    assert sighting.article.url == SHORT
