"""Pages as people's tools save them: the same article as the site's own page."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.layout.body.profile import measure_style
from crawler.wechat.encoding import to_utf8
from crawler.wechat.page import PageError, parse_page
from crawler.wechat.saver_note import read_saver_note
from tests.support.places import ROOT
from tests.support.single_file import save_with_single_file

PAGES = ROOT / "tests" / "pages"
ADDRESS = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&mid=2650000777&idx=2&sn=ab12"
# As the site's script does it: the moment in the zone of whoever looks.
CLOCK = """<script>
const at = new Date(1763347927000), two = n => String(n).padStart(2, "0");
document.getElementById("publish_time").textContent =
  `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 ` +
  `${two(at.getHours())}:${two(at.getMinutes())}`;
</script>"""
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<meta property="og:title" content="木勺泡水之前"><meta name="author" content="石榴">
</head><body id="activity-detail"><div id="js_article" class="rich_media">
<h1 class="rich_media_title" id="activity-name">木勺泡水之前</h1>
<div id="meta_content"><span id="copyright_logo">原创</span><a id="js_name">青石灶间</a>
<em id="publish_time"></em></div>
<div class="rich_media_content" id="js_content">
<section style="font-size: 15px; line-height: 1.75;"><p>先看木纹，再看把手。</p>
<p>第二步才是泡水。</p></section></div></div>
<script>var biz = "MzkwMDAwMDAwMQ==" || ""; var mid = "2650000777"; var idx = "2"; var sn = "ab12";
var ct = "1763347927"; var nickname = "青石灶间"; var msg_title = "木勺泡水之前";</script>
{CLOCK}</body></html>"""
SENT = datetime(2025, 11, 17, 2, 52, tzinfo=UTC)


def test_single_file_pages_say_what_the_sites_own_say(tmp_path: Path) -> None:
    names = ("g1_2018", "g2_2023", "video_2019")
    raw = {f"/s/{name.ljust(22, 'x')}": (PAGES / f"{name}.html").read_bytes() for name in names}
    for path, saved in save_with_single_file(raw, tmp_path).items():
        assert b"</html>" not in saved, "SingleFile leaves out what HTML doesn't ask for"
        own, copy = parse_page(raw[path]), parse_page(saved)
        assert own.article is not None
        assert copy.article is not None
        for field in ("title", "author", "account_name", "kind"):
            assert getattr(copy.article, field) == getattr(own.article, field), (path, field)
        assert copy.article.token == path[3:]
        if own.body and own.article.kind != "video":  # a script draws a video's
            assert asdict(measure_style(copy.body or "")) == asdict(measure_style(own.body))


def test_a_time_written_in_the_savers_zone_is_put_right(tmp_path: Path) -> None:
    path = "/s/timetimetimetimetime01"
    (saved,) = save_with_single_file({path: PAGE.encode()}, tmp_path, zone="Europe/Berlin").values()
    assert "2025年11月17日 03:52" in saved.decode()
    article = parse_page(saved).article
    assert article is not None
    assert (article.published_at, article.time_precision) == (SENT, "minute")
    assert article.original


def without_scripts(page: str) -> str:
    """A page as savers leave it: scripts gone, the time where the script wrote it."""
    page = page.replace('<em id="publish_time">', '<em id="publish_time">2025年11月17日 10:52')
    return re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    "note",
    [
        f"<!-- saved from url=(0075){ADDRESS} -->",
        f"<!--\n Page saved with SingleFile \n url: {ADDRESS} \n saved date: Tue Dec 01 2026 "
        "05:58:13 GMT+0800 (China Standard Time)\n-->",
        f"<!-- Saved from {ADDRESS} at 2026-12-01T05:58:13Z using monolith v2.8.3 -->",
        f'<meta name="savepage-url" content="{ADDRESS.replace("&", "&amp;")}">',
        f'<div data-scrapbook-source="{ADDRESS.replace("&", "&amp;")}"></div>',
        f"<!-- Mirrored from {ADDRESS[8:]} by HTTrack Website Copier/3.x, Tue, 01 Dec 2026 -->",
        f'<link rel="canonical" href="{ADDRESS.replace("&", "&amp;")}">',
        f'<meta property="og:url" content="{ADDRESS.replace("&", "&amp;")}">',
    ],
)
def test_every_savers_note_gives_the_address(note: str) -> None:
    page = without_scripts(PAGE).replace("<head>", f"<head>{note}")
    article = parse_page(page.encode()).article
    assert article is not None
    assert (article.biz, article.mid, article.idx) == ("MzkwMDAwMDAwMQ==", "2650000777", 2)
    assert article.published_at == SENT


def test_a_saver_says_when_and_in_which_zone() -> None:
    note = read_saver_note(
        b"<!--\n Page saved with SingleFile \n url: https://mp.weixin.qq.com/s/x \n"
        b" saved date: Tue Dec 01 2026 05:58:13 GMT-0530 (Somewhere)\n-->"
    )
    assert note.saved_at == datetime(2026, 12, 1, 11, 28, 13, tzinfo=UTC)
    assert note.offset == -timedelta(hours=5, minutes=30)
    assert read_saver_note(b"<!-- saved from nowhere -->").url is None


def test_unquoted_attributes_are_attributes_but_a_cut_page_is_cut() -> None:
    page = without_scripts(PAGE).replace('"', "").replace("</body></html>", "")
    assert parse_page(page.encode(), url=ADDRESS).body
    with pytest.raises(PageError, match="不完整"):
        parse_page(page[: page.index("第二步")].encode(), url=ADDRESS)
    quoted = without_scripts(PAGE)
    with pytest.raises(PageError, match="不完整"):
        parse_page(quoted[: quoted.index("第二步")].encode(), url=ADDRESS)


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "gb18030", "big5", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("declares", [True, False])
def test_a_page_in_another_encoding_is_read(encoding: str, declares: bool) -> None:
    page = PAGE.replace("青石灶间", "青石小店").replace("石榴", "小石")
    page = page.replace('charset="utf-8"', f'charset="{encoding}"') if declares else page
    article = parse_page(page.encode(encoding, "ignore")).article
    assert article is not None
    assert article.mid == "2650000777"
    if encoding != "big5" or declares:
        assert (article.account_name, article.author) == ("青石小店", "小石")


def test_what_fits_no_encoding_is_no_text() -> None:
    assert to_utf8(b"\x81\xff\xfe\x80" * 50) is None
    assert to_utf8("木勺".encode()) == "木勺".encode()


@pytest.mark.parametrize(
    ("line", "author"),
    [
        (
            "<span class=copyright>原创</span><span class=author>石榴</span>"
            "<span class=nick_name>青石灶间</span><span class=create_time>2025-11-17 10:52</span>"
            "<span class=ip>浙江</span>",
            "石榴",
        ),
        ("<span>石榴</span> <span>青石灶间</span> <span>2025-11-17 10:52</span>", "石榴"),
        ("<span>青石灶间</span><span>2025-11-17 10:52</span>", None),
        (
            "<span class=author>undefined</span><span class=nick_name>青石灶间</span>"
            "<span class=create_time>2025-11-17 10:52</span>",
            None,
        ),
    ],
)
def test_an_exporters_own_page_is_an_article(line: str, author: str | None) -> None:
    link = ADDRESS.replace("&", "&amp;")
    raw = (
        '<!DOCTYPE html><html><body><div class="__page_content__"><h1 class="title">木勺泡水之前'
        f'</h1><div class="__meta__">{line}</div><blockquote class="source">原文地址: '
        f'<a href="{link}">{link}</a></blockquote><section class="item_show_type_0">'
        '<p style="font-size:15px">先看木纹。</p></section></div></body></html>'
    )
    page = parse_page(raw.encode())
    assert page.article is not None
    assert (page.article.account_name, page.article.author) == ("青石灶间", author)
    assert (page.article.mid, page.article.published_at) == ("2650000777", SENT)
    assert page.article.original is None, "its line says 原创 on every article"
    assert page.body == '<p style="font-size:15px">先看木纹。</p>'
