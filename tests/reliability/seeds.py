"""What the fuzzer starts from: real pages and lists where they are here, the tests' own where not,
cut small so that many runs fit a minute.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import brotli
import zstandard

from crawler.replica.content import SiteContent, load_sample_content, notice_page
from crawler.replica.server import Replica
from crawler.wechat.page import PageError, parse_page
from tests.support.recordings import (
    PAGE_URL,
    album_json,
    charles_entry,
    entry,
    har,
    home_page,
    home_template,
    wacz,
    warc,
    warc_record,
)

__all__ = ["FOUND", "SEEDS"]

ROOT = Path(__file__).resolve().parents[2]
FOUND = (
    Path(__file__).parent / "found"
)  # what once broke a parser, by parser: kept small, tried first
_SHARED = ROOT.parent / "shared"
_SMALL = 24 * 1024
_AROUND = re.compile(
    rb'<meta property="og:|window\.cgiDataNew =|id="js_content"|first_sceen__time|var biz\b|var '
    rb"msg_title|window\.cgiData\b|js_album_item|album_info_list|ori_create_time"
)


def cut_small(raw: bytes, longest: int = _SMALL) -> bytes:
    """A page with what its parser looks at, and little of the rest: the head, what stands around
    each mark, the end.
    """
    if len(raw) <= longest:
        return raw
    spans, at = [(0, 1500)], 1500
    for match in _AROUND.finditer(raw):
        begin, end = (
            max(at, match.start() - 200),
            match.start() + (5000 if b"cgiData" in match[0] or b"js_content" in match[0] else 700),
        )
        if end > at and sum(b - a for a, b in spans) < longest:
            spans.append((begin, end))
            at = end
    return b"".join(raw[a:b] for a, b in spans) + b"</script></div>" + raw[-300:]


@cache
def _real_pages() -> tuple[bytes, ...]:
    """Every page, real ones where they are here; read once."""
    folder = _SHARED / "pages"
    paths = sorted(folder.rglob("*.html")) if folder.is_dir() else []
    return tuple(
        path.read_bytes() for path in [*paths, *sorted((ROOT / "tests" / "pages").glob("*.html"))]
    )


@cache
def _sample() -> SiteContent:
    return load_sample_content(ROOT / "data" / "sample")


def page_seeds() -> list[bytes]:
    """Article pages of all generations, and notices."""
    notices = [
        notice_page(status)
        for status in (
            "deleted",
            "violation",
            "complaint",
            "expired",
            "migrated",
            "closed",
            "verification",
        )
    ]
    return [cut_small(raw) for raw in _real_pages()] + notices


def listing_seeds() -> list[bytes]:
    """Albums as pages and as JSON, first and later pages, one row, none."""
    replica = Replica(_sample())
    paths = [
        f"/mp/appmsgalbum?action=getalbum&album_id={album}{more}"
        for album in sorted(replica.content.albums)[:6]
        for more in ("", "&f=json&count=20", "&f=json&count=1")
    ]
    made = [replica.answer(path)[2] for path in [*paths, "/mp/appmsgalbum?album_id=1&f=json"]]
    folder = _SHARED / "pages"
    lists = (
        [
            path.read_bytes()
            for path in sorted(folder.rglob("*.json"))
            if b"getalbum_resp" in path.read_bytes()[:2000]
        ]
        if folder.is_dir()
        else []
    )
    pages = [raw for raw in _real_pages() if b"js_album_item" in raw]
    return [cut_small(raw) for raw in made + pages] + [
        raw for raw in lists if len(raw) <= 2 * _SMALL
    ][:30]


def style_seeds() -> list[bytes]:
    """Beginnings and middles of article bodies, and small whole pages with their own sheets."""
    bodies = []
    for raw in _real_pages():
        try:
            body = parse_page(raw).body
        except PageError:
            continue
        if body:
            middle = len(body) // 2
            bodies += [
                body[:1500].encode("utf-8", "replace"),
                body[middle : middle + 1500].encode("utf-8", "replace"),
            ]
    pages = [raw for raw in _real_pages() if len(raw) < _SMALL // 4]
    return bodies + pages


def archive_seeds() -> list[bytes]:
    """One small file of every format people hold."""
    page = (ROOT / "tests" / "pages" / "g2_2023.html").read_bytes()
    return [
        cut_small(page, 8000),
        *_tables(),
        *_containers(),
        *_lists(page),
        *_texts(page),
        *_saved(page),
        *_real_lists(),
    ]


_HEADER = [
    "账号",
    "标题",
    "链接",
    "发布时间",
    "位置",
    "阅读",
    "点赞",
    "在看",
    "原创",
    "摘要",
    "合集",
]
_LINE = [
    "半间厨房",
    "一锅好饭",
    "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=1001&idx=1&sn=s",
    "2024-03-05 07:30",
    "头条",
    "10万+",
    "1,204",
    "3.2万",
    "是",
    "慢火",
    "好物",
]


def _tables() -> Iterator[bytes]:
    rows = [
        _HEADER,
        *(
            [
                *_LINE[:2],
                _LINE[2].replace("1001", str(1001 + n)),
                f"2024-03-{n + 1:02d} 07:30",
                *_LINE[4:],
            ]
            for n in range(9)
        ),
    ]
    for separator in ",\t;":
        sink = io.StringIO()
        csv.writer(sink, delimiter=separator).writerows(rows)
        yield sink.getvalue().encode()
    yield sink.getvalue().encode("gbk")
    yield "\n".join("| " + " | ".join(row) + " |" for row in rows).encode()
    yield (
        "<html><table>"
        f"{''.join('<tr>' + ''.join(f'<td>{cell}</td>' for cell in row) + '</tr>' for row in rows)}"
        "</table></html>"
    ).encode()
    yield json.dumps(
        [dict(zip(_HEADER, row, strict=True)) for row in rows[1:]], ensure_ascii=False
    ).encode()
    yield json.dumps(
        [{"title": "x", "link": _LINE[2], "create_time": 1_700_000_000, "read_num": 12}]
    ).encode()


def _containers() -> Iterator[bytes]:
    """Tables in what platforms name .xls: HTML, Excel's XML of 2003, a page in a single file; and a
    workbook with what stands beside its cells.
    """
    link = _LINE[2].replace("&", "&amp;")
    head = "".join(f"<th>{name}</th>" for name in _HEADER)
    cells = [f"<td>{cell}</td>" for cell in _LINE]
    cells[1], cells[2] = f'<td><a href="{link}">{_LINE[1]}</a></td>', "<td>查看</td>"
    html = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312">'
        f'</head><body><table border=1><tr><td colspan="11">半间厨房</td></tr><tr>{head}</tr>'
        f"{('<tr>' + ''.join(cells) + '</tr>') * 3}<tr><td rowspan=2>合计</td></tr></table>"
        "</body></html>"
    )
    yield html.encode("gb18030")
    yield (
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; "
        b'boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset="gb2312"\r\n'
        b"Content-Transfer-Encoding: 8bit\r\n\r\n" + html.encode("gb18030") + b"\r\n--b--\r\n"
    )
    rows = ""
    for line, row in enumerate([_HEADER, [*_LINE[:2], link, *_LINE[3:]]]):
        filled = "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
        rows += f"<Row ss:Index='{2 * line + 1}'>{filled}</Row>"
    yield (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="文章"><Table>'
        f'{rows}<Row><Cell ss:MergeAcross="2" ss:HRef="{link}"><Data ss:Type="DateTime">'
        "2025-11-17T10:52:00.000</Data></Cell></Row></Table></Worksheet></Workbook>"
    ).encode()


def _lists(page: bytes) -> Iterator[bytes]:
    """HAR, and the answers in it that are lists of their own."""
    info = {
        "comm_msg_info": {"id": 1001, "datetime": 1_700_000_000, "type": 49},
        "app_msg_ext_info": {
            "title": "一",
            "content_url": _LINE[2],
            "copyright_stat": 11,
            "multi_app_msg_item_list": [{"title": "二", "content_url": _LINE[2]}],
        },
    }
    getmsg = {
        "ret": 0,
        "errmsg": "ok",
        "msg_count": 1,
        "can_msg_continue": 1,
        "general_msg_list": json.dumps({"list": [info]}),
        "next_offset": 10,
    }
    publish = {
        "base_resp": {"ret": 0},
        "publish_page": json.dumps(
            {
                "publish_list": [
                    {
                        "publish_info": json.dumps(
                            {
                                "appmsgex": [
                                    {
                                        "aid": "1001_1",
                                        "title": "一",
                                        "link": _LINE[2],
                                        "create_time": 1_700_000_000,
                                    }
                                ]
                            }
                        )
                    }
                ]
            }
        ),
    }
    counts = {
        "appmsgstat": {"read_num": 100001, "like_num": 3, "old_like_num": 5},
        "comment_count": 2,
    }
    asked = [
        (
            "s?__biz=MzkwMDAwMDAwMg==&mid=1001&idx=1",
            cut_small(page, 6000).decode("utf-8", "replace"),
        ),
        ("mp/profile_ext?action=getmsg", json.dumps(getmsg)),
        ("cgi-bin/appmsgpublish", json.dumps(publish)),
        ("mp/getappmsgext?__biz=MzkwMDAwMDAwMg==&mid=1001&idx=1", json.dumps(counts)),
    ]
    entries = [
        {
            "startedDateTime": "2026-01-02T03:04:05Z",
            "request": {"url": f"https://mp.weixin.qq.com/{path}"},
            "response": {"content": {"text": text}},
        }
        for path, text in asked
    ]
    yield json.dumps(
        {"log": {"creator": {"name": "x"}, "entries": entries}}, ensure_ascii=False
    ).encode()
    yield from (
        json.dumps(each, ensure_ascii=False).encode() for each in (getmsg, publish, [info, info])
    )


def _texts(page: bytes) -> Iterator[bytes]:
    item = (
        f"<item><title>一</title><link>{_LINE[2].replace('&', '&amp;')}</link><pubDate>Sat, 26 "
        "Dec 2023 09:13:20 GMT</pubDate><description>&lt;p&gt;正文</description></item>"
    )
    yield (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>半间厨房</'
        f"title>{item * 3}</channel></rss>"
    ).encode()
    yield (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>半间</title><entry><title>一</'
        f'title><link href="{_LINE[2].replace("&", "&amp;")}"/><updated>2024-01-01T00:00:00Z</'
        "updated></entry></feed>"
    ).encode()
    yield json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "半间",
            "items": [
                {
                    "id": "1",
                    "url": _LINE[2],
                    "title": "一",
                    "date_published": "2024-01-01T00:00:00Z",
                }
            ],
        }
    ).encode()
    yield (
        f"---\ntitle: 一\nurl: {_LINE[2]}\ndate: 2024-01-01 07:30\nauthor: 半间厨房\n---\n# "
        f"一\n\n正文 **重** [链接]({_LINE[2]})\n"
    ).encode()
    yield f"# 清单\n{_LINE[2]}\nhttps://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA 说明\n".encode()
    yield (
        b"MIME-Version: 1.0\r\nSnapshot-Content-Location: https://mp.weixin.qq.com/s/"
        b"AAAAAAAAAAAAAAAAAAAAAA\r\nContent-Type: multipart/related; "
        b'boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; '
        b'charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        + cut_small(page, 5000).replace(b"=", b"=3D")
        + b"\r\n--b--\r\n"
    )
    yield gzip.compress(_LINE[2].encode() + b"\n", mtime=0)
    yield _spreadsheet()


def _saved(page: bytes) -> Iterator[bytes]:
    """What savers, clippers and people's own lists make of pages and links."""
    short = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    note = f"<!--\n Page saved with SingleFile \n url: {short} \n saved date: Tue Dec 01 2026 "
    small = cut_small(page, 4000).decode("utf-8", "replace").replace('"', "")
    yield f"<!DOCTYPE html> <html>{note}05:58:13 GMT+0800 (China)\n-->{small}".encode()
    yield f"<html><head>{small}</html>".encode("gb18030", "replace")
    yield f"<html><head>{small}</html>".encode("utf-16")
    yield (
        "<!DOCTYPE html><html><div class=about-page><div class=item-info><div class=item-title>"
        "微信号</div><div class=item-desc>gh_0000000000a2</div></div><div class=item-info>"
        "<div class=item-title>名称记录</div><div class=item-desc>2024年03月05日“甲”改名“乙”"
        "2019年08月27日注册“甲”</div></div></div></html>"
    ).encode()
    yield (
        '<html><div class="__page_content__"><h1 class="title">一</h1><div class="__meta__">'
        "<span>阿禾</span><span>半间</span><span>2025-11-17 10:52</span></div><blockquote "
        f'class="source"><a href="{short}">x</a></blockquote><p>正文</p></div></html>'
    ).encode()
    yield (
        f"<html>{note}-->\n<div class=album__label-title>好物</div><li class=js_album_item "
        f'data-msgid=1 data-itemidx=1 data-link="{_LINE[2]}&album_id=1" data-title=一>'
        "<span class=js_article_create_time>2025-11-20</span></html>"
    ).encode()
    yield f"<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF='{short}'>一</A></DL>".encode()
    entry = f"【2】\n Title: 二\n Link: {_LINE[2]}\n"
    yield f"1. 一 {short}\n{entry}- [三]({short}) 2025-11-17\n".encode()
    yield (
        "# 一\n\n原创 阿禾 [半间](javascript:void(0);) *2025年11月17日 10:52* 浙江\n\n"
        f"> 公众号: 半间\n> 原文链接: [{short}]({short})\n\n| 发布时间 | 2025-11-17 |\n\n正文\n"
    ).encode()
    yield f"title:: 一\nurl:: {short}\ndate:: [[2025-11-05]]\n\n- 正文\n".encode()


def _spreadsheet() -> bytes:
    """An XLSX whose parts are not compressed: a flipped byte then reaches the reader of its XML."""
    import xlsxwriter

    sink, loose = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate((_HEADER, _LINE, _LINE)):
        sheet.write_row(line, 0, row)
    sheet.write_url(1, 1, _LINE[2], string=_LINE[1])
    sheet.write_formula(2, 1, f'=HYPERLINK("{_LINE[2]}","{_LINE[1]}")')
    sheet.set_row(2, None, None, {"hidden": True})
    book.add_worksheet("旧").hide()
    book.close()
    with zipfile.ZipFile(sink) as packed, zipfile.ZipFile(loose, "w", zipfile.ZIP_STORED) as plain:
        for name in packed.namelist():
            plain.writestr(zipfile.ZipInfo(name), packed.read(name))
    return loose.getvalue()


def _real_lists() -> Iterator[bytes]:
    """Beginnings of the real histories and lists, where they are here."""
    for path in sorted((_SHARED / "sets").glob("*.csv.gz")) if _SHARED.is_dir() else []:
        with gzip.open(path) as lines:
            yield b"".join(lines.readline()[:2000] for _ in range(12))
    for path in sorted((_SHARED / "pages").rglob("*.json")) if _SHARED.is_dir() else []:
        if path.stat().st_size <= 12_000:
            yield path.read_bytes()


def tool_seeds() -> list[bytes]:
    """What dead tools, note programs and feed readers leave behind."""
    short = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
    row = {"title": "一锅好饭", "url": short, "publish_time": "2025-11-17 10:52:07"}
    reader = {
        "id": "x",
        "items": [
            {
                "published": 1_763_347_927,
                "title": "一锅好饭",
                "canonical": [{"href": short}],
                "origin": {"title": "青石灶间", "feedUrl": "http://a/feeds/MP_WXS_3900000002.atom"},
                "content": {"content": "<p>正文</p>"},
            }
        ],
    }
    backup = {
        "backup_time": "2026-01-16T08:39:14",
        "accounts": [{"id": 2, "biz": "MzkwMDAwMDAwMg==", "name": "青石灶间"}],
        "articles": [{"id": 7, "account_id": 2, **row}],
        "stats": [{"article_id": 7, "read_count": 310, "old_like_count": 9, "like_count": 4}],
    }
    shapes = [
        row,
        reader,
        backup,
        {"青石灶间": [row], "MzkwMDAwMDAwMg==": [row]},
        [{"result": {"data": {"items": [{"content": row}, {"id": short[-22:], "title": "二"}]}}}],
        [{"id": "MP_WXS_3900000002", "mpName": "青石灶间", "mpIntro": "灶"}],
        {"data": {"general_msg_list": '{"list": []}'}, "nickname": "青石灶间"},
        {"一锅好饭": short},
        [short],
    ]
    documents = [json.dumps(shape, ensure_ascii=False) for shape in shapes]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for _ in range(3))
    return [
        _database(),
        _enex(short),
        (
            '<?xml version="1.0"?><opml version="2.0"><body><outline text="青石灶间" '
            'xmlUrl="http://a/feeds/MP_WXS_3900000002.atom"/></body></opml>'
        ).encode(),
        *(document.encode() for document in [*documents, lines]),
        documents[0].encode("gbk"),
        documents[0].encode("utf-16"),
        b"%PDF-1.7",
        b"PK\x03\x04....word/document.xml",
    ]


def _database() -> bytes:
    database = sqlite3.connect(":memory:")
    database.executescript(
        """CREATE TABLE feeds (id TEXT, mp_name TEXT, mp_cover TEXT, mp_intro TEXT, faker_id TEXT);
        CREATE TABLE articles (id TEXT, mp_id TEXT, title TEXT, pic_url TEXT, url TEXT,
                               description TEXT, content TEXT, publish_time INTEGER);
        INSERT INTO feeds VALUES ('MP_WXS_3900000002', '青石灶间', 'https://a/0', '灶', '');
        INSERT INTO articles VALUES ('AbCdEfGhIjKlMnOpQrStUv', 'MP_WXS_3900000002', '一锅好饭', '',
                                     NULL, NULL, NULL, 1763347927);
        INSERT INTO articles VALUES ('3900000002-1001_2', 'MP_WXS_3900000002', '二', 'https://a/0',
                                     'https://mp.weixin.qq.com/s/BbCdEfGhIjKlMnOpQrStUv', '慢火',
                                     '<section>正文</section>', 1763115660);"""
    )
    return database.serialize()


def _enex(link: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE en-export SYSTEM "http://xml.evernote.com/pub/evernote-export3.dtd">
<en-export><note><title>一锅好饭</title><content><![CDATA[<en-note><div>原创 阿禾 青石灶间
2025-11-17 10:52</div><div>正文</div></en-note>]]></content><created>20251117T130000Z</created>
<note-attributes><source-url>{link}</source-url></note-attributes><resource><data>QUJD</data>
</resource></note><note><title>二</title><content><![CDATA[<a href="{link[:-1]}w">二</a>
<a href="{link[:-1]}x">三</a>]]></content></note></en-export>""".encode()


def recording_seeds() -> list[bytes]:
    """HAR, Charles and WARC with a page, an album, a profile page and a home page, in every packing
    of a body; a WACZ.
    """
    page = cut_small((ROOT / "tests" / "pages" / "g2_2023.html").read_bytes(), 3000)
    album = album_json([1, 2])
    site = "https://mp.weixin.qq.com/mp/"
    texts = [
        (PAGE_URL, page.decode("utf-8", "replace")),
        (f"{site}appmsgalbum?action=getalbum&album_id=20001&f=json", album),
        (f"{site}profile_ext?action=home&__biz=MzkwMDAwMDAwMg==", home_page()),
        (f"{site}homepage?__biz=MzkwMDAwMDAwMg==&hid=1", home_template()),
    ]
    shapes = [
        base64.b64encode(pack(page)).decode()
        for pack in (bytes, gzip.compress, zlib.compress, brotli.compress, zstandard.compress)
    ]
    packed = [entry(PAGE_URL, text, encoding="base64", packing="br") for text in shapes]
    sessions = [
        charles_entry("/s", PAGE_URL.split("?")[1], body)
        for body in ({"text": page.decode("utf-8", "replace")}, {"encoded": shapes[1]})
    ]
    chunks = b"b\r\n" + page[:11] + b"\r\n0\r\n\r\n"
    records = [
        *(warc_record("response", url, text.encode()) for url, text in texts),
        warc_record("request", PAGE_URL, b""),
        warc_record("response", PAGE_URL, chunks, "Transfer-Encoding: chunked"),
        warc_record("response", PAGE_URL, gzip.compress(page), "Content-Encoding: gzip"),
    ]
    return [
        har(*(entry(url, text) for url, text in texts)),
        har(*packed),
        json.dumps(sessions, ensure_ascii=False).encode(),
        warc(*records, packed=False),
        warc(*records),
        wacz({"archive/data.warc": warc(*records, packed=False)}),
        *(text.encode() for _, text in texts),
    ]


SEEDS = {
    "page": page_seeds,
    "listing": listing_seeds,
    "archives": archive_seeds,
    "recordings": recording_seeds,
    "styles": style_seeds,
    "tools": tool_seeds,
}
