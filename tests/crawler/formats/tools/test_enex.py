"""Evernote's export (all names invented)."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest

from crawler.batch import Batch
from crawler.files import ArchiveError, Document
from crawler.formats.detect import Options, find_reader
from crawler.records import Article

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE en-export SYSTEM '
    '"http://xml.evernote.com/pub/evernote-export3.dtd">\n<en-export application="x">'
)
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
OTHER = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&amp;mid=2247480701&amp;idx=2&amp;sn=ab"


def note(text: str = "", *, title: str = "第一锅", source: str = "", more: str = "") -> str:
    where = (
        "<note-attributes><author>剪藏的人</author>"
        f"<source-url>{source}</source-url></note-attributes>"
    )
    return (
        f"<note><title>{title}</title><content><![CDATA[<en-note>{text}</en-note>]]></content>"
        f"<created>20251117T130000Z</created>{where if source else ''}{more}</note>"
    )


def read(*notes: str) -> Batch:
    document = Document("a", data=(HEAD + "".join(notes) + "</en-export>").encode())
    whole = Batch("enex")
    for batch in find_reader(document).read(document, Options()):
        whole.extend(batch)
    return whole


def test_a_clipped_article_has_the_byline_of_its_text_not_the_time_of_clipping() -> None:
    text = (
        "<div><b>第一锅</b></div><div><span>原创</span><span>阿禾</span>\n<a>青石灶间</a>"
        "<em>2025年11月17日 10:52</em>"
        "<em>发表于<span>浙江</span></em></div><div>慢火。</div>"
    )
    (sighting,) = read(note(text, source=SHORT)).sightings
    assert sighting.article == Article(
        token="AbCdEfGhIjKlMnOpQrStUv",
        url=SHORT,
        title="第一锅",
        author="阿禾",
        account_name="青石灶间",
        original=True,
        published_at=datetime(2025, 11, 17, 2, 52, tzinfo=UTC),
        time_precision="minute",
        place="浙江",
    )
    clipped_at = int(datetime(2025, 11, 17, 13, tzinfo=UTC).timestamp())
    assert (sighting.origin, sighting.seen_at, sighting.body) == ("table", clipped_at, None)


def test_without_a_byline_link_and_title_are_all() -> None:
    (sighting,) = read(
        note("<div>随手记的话</div>", source=OTHER, title="第二锅 &amp; 汤")
    ).sightings
    assert sighting.article.said().keys() == {"biz", "mid", "idx", "sn", "url", "title", "status"}
    assert (sighting.article.idx, sighting.article.title) == (2, "第二锅 & 汤")


def test_a_link_in_the_text_counts_and_of_several_each_is_known_by_its_link() -> None:
    single = note(f'<a href="{SHORT}?scene=1">原文</a> {SHORT}', source="https://a.example/x")
    several = note(f'<a href="{SHORT}">甲</a><a href="{OTHER}">乙</a>', title="收藏清单")
    batch = read(single, several, note("没有链接"))
    assert [(s.article.title, s.article.idx, s.origin) for s in batch.sightings] == [
        ("第一锅", None, "table"),
        (None, None, "url"),
        (None, 2, "url"),
    ]
    assert batch.notes == ["1 条笔记里没有公众号文章的链接，略过"]


def test_attachments_are_passed_over() -> None:
    data = base64.b64encode(b"x" * 3_000_000).decode()
    more = (
        f"<resource><data>{data}</data><resource-attributes><source-url>https://mp.weixin.qq.com/s/"
        "ZbCdEfGhIjKlMnOpQrStUv</source-url></resource-attributes></resource>"
        "<task><title>待办</title></task>"
    )
    (sighting,) = read(note(source=SHORT, more=more)).sightings
    assert (sighting.article.url, sighting.article.title) == (SHORT, "第一锅")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (HEAD + note("没有链接") + "</en-export>", "没有公众号文章的链接（看了 1 条笔记）"),
        (HEAD + note(source=SHORT), "ENEX 不完整或已损坏"),
        (HEAD + "<a>" * 5000, "嵌套超过 200 层"),
        (
            '<!DOCTYPE en-export [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><en-export>&b;'
            "</en-export>",
            "声明了实体",
        ),
        (HEAD + "<note " + "a" * 20_000_000, "标签大得反常"),
    ],
)
def test_a_bad_file_is_one_line_and_soon(raw: str, told: str) -> None:
    began = time.process_time()
    with pytest.raises(ArchiveError) as raised:
        list(
            find_reader(Document("a", data=raw.encode())).read(
                Document("a", data=raw.encode()), Options()
            )
        )
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert time.process_time() - began < 5
