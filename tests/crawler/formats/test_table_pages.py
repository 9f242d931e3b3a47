"""Tables in the containers that platforms name .xls, and headers of two lines."""

from __future__ import annotations

import email.mime.multipart
import email.mime.text
import html
from typing import Any

import pytest

from crawler.files import ArchiveError, Document
from crawler.formats.detect import find_reader
from crawler.formats.table import TableOptions, is_table_page, read_table
from crawler.records import BEIJING
from tests.support.places import PAGES
from tests.support.tables import LINKS, articles_of, build_workbook, import_text, titles_of

A, B, C = LINKS[:3]
LONG = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=2247480704&idx=2&sn=ab12"
ROWS = [("木勺怎么养", LONG, "2025-11-17 10:52"), ("竹篮怎么洗", B, "2025-11-14 18:21")]
EXCEL = 'xmlns:x="urn:schemas-microsoft-com:office:excel"'


def table(rows: list[tuple[str, str, str]] = ROWS) -> str:
    lines = "".join(
        f'<tr><td>灯下小铺</td><td><a href="{html.escape(url)}">{title}</a></td><td>{at}</td></tr>'
        for title, url, at in rows
    )
    return f"<table border=1><tr><th>公众号</th><th>标题</th><th>发布时间</th></tr>{lines}</table>"


def page(charset: str) -> str:
    return (
        f'<html {EXCEL}><head><meta http-equiv="Content-Type" content="text/html; '
        f'charset={charset}"></head><body>{table()}</body></html>'
    )


def single_file(part: str, charset: str = "utf-8") -> bytes:
    whole = email.mime.multipart.MIMEMultipart("related")
    whole["X-Document-Type"] = "Workbook"
    frame = "<html><frameset><frame src=sheet001.htm></frameset></html>"
    for text in (frame, part):
        whole.attach(email.mime.text.MIMEText(text, "html", charset))
    return whole.as_bytes()


def xml_2003() -> bytes:
    def cell(text: str, more: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="String">{html.escape(text)}</Data></Cell>'

    lines = "".join(
        f"<Row>{cell('灯下小铺')}{cell(title, f' ss:HRef={chr(34)}{html.escape(url)}{chr(34)}')}"
        f'<Cell ss:Index="4"><Data ss:Type="DateTime">{at.replace(" ", "T")}:00.000</Data></Cell>'
        "</Row>"
        for title, url, at in ROWS
    )
    names = "".join(map(cell, ("公众号", "标题", "备注", "发布时间")))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="文章"><Table><Row ss:Index="3">{names}</Row>{lines}</Table>'
        "</Worksheet></Workbook>"
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        page("utf-8").encode(),
        page("gb2312").encode("gb18030"),
        page("utf-8").encode("utf-16"),
        b"\xef\xbb\xbf" + table().encode(),
        table().encode(),
        f"<table><tr><td>{table()}</td></tr></table>".encode(),
        single_file(page("utf-8")),
        single_file(page("gb2312"), "gb2312"),
        xml_2003(),
    ],
    ids=["utf-8", "gb2312", "utf-16", "mark", "bare", "nested", "mhtml", "mhtml-gb2312", "xml"],
)
def test_a_table_in_any_container(raw: bytes) -> None:
    found = articles_of(import_text(raw, "文章列表.xls"))
    assert [(a.account_name, a.title, a.url) for a in found] == [
        ("灯下小铺", title, url) for title, url, _ in ROWS
    ]
    times = [a.published_at.astimezone(BEIJING) for a in found if a.published_at]
    assert [f"{at:%Y-%m-%d %H:%M}" for at in times] == [at for _, _, at in ROWS]


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.name)
def test_a_page_of_wechats_own_is_no_table_whatever_stands_in_it(path: Any) -> None:
    raw = path.read_bytes()
    body = raw.replace(b"<body", table().encode() + b"<body", 1)
    for page_ in (raw, body, table().encode() + raw):
        if b"js_content" in page_[:65536]:
            assert not is_table_page(page_[:65536])


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><p>没有表</p></body></html>",
        "<table><tr><td>标题</td></tr><tr><td>甲</td></tr></table>",
        "<table><tr><td>渠道</td><td>阅读</td></tr></table>",
        f'<rss version="2.0"><channel><description>{table()}</description></channel></rss>',
        f'<html><body><div id="js_content">{table()}</div></body></html>',
    ],
)
def test_what_is_no_table_of_articles(text: str) -> None:
    assert not is_table_page(text.encode())


def test_cells_over_several_columns_and_rows() -> None:
    text = (
        '<table><tr><td colspan="5">十一月</td></tr><tr><th rowspan=2>账号</th>'
        "<th rowspan=2>标题</th>"
        "<th rowspan=2>发布时间</th><th colspan=2>数据</th></tr><tr><th>阅读</th><th>点赞</th></tr>"
        f'<tr><td rowspan=2>灯下小铺</td><td><a href="{A}">一</a></td><td>2025-11-01</td><td>5</td>'
        f'<td>1</td></tr><tr><td><a href="{B}">二</a></td><td>2025-11-02</td><td>6</td>'
        "<td>2</td></tr>"
        "<tr><td colspan=3>合计</td><td>11</td><td>3</td></tr></table>"
    )
    batch = import_text(text, "a.xls")
    assert [(a.account_name, a.title, a.url) for a in articles_of(batch)] == [
        ("灯下小铺", "一", A),
        ("灯下小铺", "二", B),
    ]
    assert [[(c.metric, c.value) for c in s.counts] for s in batch.sightings] == [
        [("read", 5), ("like", 1)],
        [("read", 6), ("like", 2)],
    ]


def test_a_header_of_two_lines_in_a_workbook() -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.append(["标题", "阅读", None, "点赞", None])
        sheet.append([None, "次数", "人数", "次数", "人数"])
        sheet.append(["木勺怎么养", 10, 8, 3, 2])
        sheet.merge_cells("B1:C1")

    (sighting,) = import_text(build_workbook(fill), "t.xlsx").sightings
    assert [(c.metric, c.value) for c in sighting.counts] == [("read", 10), ("like", 3)]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (xml_2003()[:-60], "XML 表格已损坏"),
        (
            xml_2003().replace(b"<Workbook", b'<!DOCTYPE a [<!ENTITY b "c">]><Workbook', 1),
            "DOCTYPE",
        ),
        (xml_2003().replace(b'ss:Index="4"', b'ss:Index="9999999"'), "大得反常"),
        (xml_2003()[: xml_2003().index(b"<Row")] + b"</Table></Worksheet></Workbook>", "空表格"),
        (b"<table><tr><th>\xe6\xa0\x87\xe9\xa2\x98<th>url</table>" + b"<table>" * 6000, "张表"),
    ],
)
def test_what_is_broken_or_boundless_is_refused_in_one_line(raw: bytes, says: str) -> None:
    with pytest.raises(ArchiveError, match=says) as error:
        list(read_table(Document("a.xls", data=raw), TableOptions(now=4_000_000_000)))
    assert "\n" not in str(error.value)


def test_spans_without_end_are_cut() -> None:
    cells = f"<td>一</td><td colspan=99999 rowspan=99999>{A}</td>"
    text = f"<table><tr><th>标题</th><th>链接</th></tr><tr>{cells}</table>"
    assert titles_of(import_text(text)) == ["一"]


def test_several_tables_of_a_page_are_told_apart() -> None:
    text = table(ROWS[:1]) + "<table><tr><td>说明</td></tr></table>" + table(ROWS[1:])
    batch = import_text(f"<html><body>{text}</body></html>", "a.html")
    assert titles_of(batch) == ["木勺怎么养", "竹篮怎么洗"]
    assert "没有认出表头、没有读的工作表：第 2 张表" in batch.notes


def test_big5_text_is_read() -> None:
    text = f"公眾號,標題,連結,發佈時間\n燈下小鋪,木勺怎麼養,{A},2025-11-17 10:52\n"
    (article,) = articles_of(import_text(text.encode("big5")))
    assert (article.account_name, article.title, article.url) == ("燈下小鋪", "木勺怎麼養", A)
    assert find_reader(Document("a.csv", data=text.encode("gb18030"))).kind == "table"
    assert titles_of(import_text(text.encode("gb18030"))) == ["木勺怎麼養"]
