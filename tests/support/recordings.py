"""Recordings as browsers and proxies write them, all invented: pages, HAR, Charles, WARC, WACZ."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from tests.support.places import PAGES

__all__ = [
    "BIZ",
    "PAGE",
    "PAGE_URL",
    "SECRET",
    "album_json",
    "charles_entry",
    "entry",
    "har",
    "home_page",
    "home_template",
    "wacz",
    "warc",
    "warc_record",
    "write_large_har",
]

BIZ = "MzkwMDAwMDAwMg=="
SECRET = "s3cretPASSticket5678"
PAGE_URL = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2247480555&idx=1&sn=abcdef00"
PAGE = (PAGES / "g2_2023.html").read_bytes()
_SESSION = f"&pass_ticket={SECRET}&key=0123456789abcdef0123456789abcdef"
_HEADERS = [{"name": "Cookie", "value": f"wap_sid2={SECRET}"}]


def entry(
    url: str,
    text: str | None,
    *,
    encoding: str | None = None,
    packing: str | None = None,
    media_type: str = "text/html; charset=UTF-8",
    **more: Any,
) -> dict[str, Any]:
    """One entry of a HAR, with a session in its address and headers."""
    content: dict[str, Any] = {"size": 1, "mimeType": media_type}
    if text is not None:
        content["text"] = text
    if encoding:
        content["encoding"] = encoding
    headers = [{"name": "Content-Encoding", "value": packing}] if packing else []
    return {
        "startedDateTime": "2026-01-02T03:04:05.000Z",
        "request": {"method": "GET", "url": url + _SESSION, "headers": _HEADERS},
        "response": {"status": 200, "headers": [*headers, *_HEADERS], "content": content},
    } | more


def har(*entries: dict[str, Any]) -> bytes:
    """A HAR of these entries."""
    log = {"version": "1.2", "creator": {"name": "browser"}, "pages": [], "entries": entries}
    return json.dumps({"log": log}, ensure_ascii=False).encode()


def charles_entry(path: str, query: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One entry of a session of Charles, on a connection that was opened for another host."""
    asked = [{"name": ":authority", "value": "mp.weixin.qq.com"}, *_HEADERS]
    return {
        "status": "COMPLETE",
        "method": "GET",
        "protocolVersion": "HTTP/2.0",
        "scheme": "https",
        "host": "res.wx.qq.com",
        "port": None,
        "actualPort": 443,
        "path": path,
        "query": query + _SESSION,
        "times": {"start": "2026-01-02T11:04:05.250+08:00"},
        "request": {"header": {"headers": asked}},
        "response": {
            "status": 200,
            "mimeType": "text/html",
            "charset": "utf-8",
            "contentEncoding": None,
            "header": {"headers": _HEADERS},
            "body": body,
        },
    } | more


def warc_record(
    kind: str, url: str, body: bytes, *headers: str, status: str = "200 OK", length: int = 0
) -> bytes:
    """One record of a WARC; `length` is stated in place of the right one."""
    first = f"HTTP/1.1 {status}" if kind != "request" else "GET / HTTP/1.1"
    lines = [first, *(headers or ("Content-Type: text/html; charset=UTF-8",))]
    lines.append(f"{'Cookie' if kind == 'request' else 'Set-Cookie'}: wap_sid2={SECRET}")
    payload = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}{_SESSION}\r\n"
        "WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:0>\r\nContent-Type: "
        f"application/http; msgtype={kind}\r\nContent-Length: {length or len(payload)}\r\n\r\n"
    )
    return head.encode() + payload + b"\r\n\r\n"


def warc(*records: bytes, packed: bool = True) -> bytes:
    """A WARC of these records, each a member of its own where it is packed."""
    info = (
        b"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        b"Content-Type: application/warc-fields\r\nContent-Length: 15\r\n\r\n"
        b"software: none\n\r\n\r\n"
    )
    return b"".join(gzip.compress(r, mtime=0) if packed else r for r in (info, *records))


def wacz(files: dict[str, bytes]) -> bytes:
    """A WACZ, or one of several, with what else lies in it."""
    others = {
        "datapackage.json": b'{"profile": "data-package", "resources": []}',
        "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n',
        "indexes/index.cdx": b"com,qq,weixin,mp)/s 20260102030405 {}\n",
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as pack:
        for name, content in (others | files).items():
            pack.writestr(name, content)
    return sink.getvalue()


def album_json(mids: Iterable[int]) -> str:
    """One JSON page of an album."""
    rows = [
        {
            "msgid": str(mid),
            "itemidx": "1",
            "title": f"灶台小记 {mid}",
            "create_time": str(1_689_912_300 + mid),
            "url": f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn=0a&chksm=1#rd",
        }
        for mid in mids
    ]
    base = {"title": "灶台小记", "article_count": "9"}
    answer = {"article_list": rows, "base_info": base, "continue_flag": "0"}
    return json.dumps({"base_resp": {"ret": 0}, "getalbum_resp": answer}, ensure_ascii=False)


def home_page() -> str:
    """An account's profile page (profile_ext?action=home) with one push of two."""
    link = f"http:\\/\\/mp.weixin.qq.com\\/s?__biz={BIZ}&amp;mid=3001"
    rows = {
        "comm_msg_info": {"id": 1000000009, "type": 49, "datetime": 1_700_000_000, "status": 2},
        "app_msg_ext_info": {
            "title": "砧板怎么&quot;选&quot;",
            "content_url": f"{link}&amp;idx=1&amp;sn=0a",
            "copyright_stat": 11,
            "is_multi": 1,
            "multi_app_msg_item_list": [
                {"title": "抹布的寿命", "content_url": f"{link}&amp;idx=2&amp;sn=0b"}
            ],
        },
    }
    listed = json.dumps({"list": [rows]}, ensure_ascii=False)
    listed = listed.replace("&", "&amp;").replace('"', "&quot;").replace("\\", "\\\\")
    return f"""<!DOCTYPE html><html><head><title></title></head><body><script>
    var username = "" || "gh_0000000000a2"; var nickname = "半间厨房".html(false) || "";
    var __biz = "{BIZ}"; var appmsg_token = "{SECRET}"; var can_msg_continue = '1' * 1;
    var msgList = '{listed}';
    </script></body></html>"""


def home_template() -> str:
    """An account's home page (mp/homepage): a slide, a list of two, one of them the slide's."""

    def link(mid: int) -> str:
        return f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={mid}&amp;idx=1&amp;sn=0a&amp;scene=19#rd"

    return f"""<!DOCTYPE html><html><head><title>半间厨房</title></head><body><div class="swiper">
    <div class="item js_post"><a href="{link(4001)}"><div class="img js_img"></div>
    <p class="desc js_title">锅铲三问</p></a></div></div>
    <div class="tab_bd"><div class="article_list article_list_0">
    <a class="list_item js_post" href="{link(4001)}"><div class="cont">
    <h2 class="title js_title">锅铲三问 </h2><p class="desc">铁的木的硅胶的</p></div></a>
    <a class="list_item js_post" href="{link(4002)}"><div class="cover"><img class="img js_img"
    src="https://mmbiz.qpic.cn/x/0" alt=""/></div><div class="cont">
    <h2 class="title js_title">围裙</h2>
    <p class="desc">口袋要深</p></div></a></div></div>
    <script>var cgiData = {{ biz: '{BIZ}', hid: '1', pagename: '半间厨房' }};
    seajs.use('homepage/index.js');</script></body></html>"""


def write_large_har(path: Path, megabytes: int, *, pages: int = 8) -> None:
    """A HAR as a long session leaves it: pictures and scripts, who called whom, a chat's messages,
    and a few article pages among them.
    """
    picture = base64.b64encode(bytes(range(256)) * 4096).decode()  # 1.4 MB
    frames = [
        {"functionName": f"call{n}", "scriptId": "12", "url": "https://x.cn/a.js", "lineNumber": n}
        for n in range(200)
    ]
    stack = {"type": "script", "stack": {"callFrames": frames * 10}}
    messages = [
        {"type": "receive", "time": n / 7, "opcode": 1, "data": "x" * 90} for n in range(9000)
    ]
    weights = [
        entry(
            "https://mmbiz.qpic.cn/a.png?x=1", picture, encoding="base64", media_type="image/png"
        ),
        entry("https://x.cn/a.js?x=1", "f();" * 250_000, media_type="text/javascript"),
        entry("https://x.cn/?x=1", "<html>", _initiator=stack, _webSocketMessages=messages),
    ]
    packed = [json.dumps(weight, ensure_ascii=False).encode() for weight in weights]
    with path.open("wb") as file:
        file.write(b'{"log": {"version": "1.2", "creator": {"name": "browser"}, "entries": [')
        for number in range(pages):
            _fill(file, packed, (number + 1) * megabytes * 1_000_000 // (pages + 1))
            page = PAGE.decode().replace("2247480555", str(2247480000 + number))
            url = PAGE_URL.replace("2247480555", str(2247480000 + number))
            file.write(json.dumps(entry(url, page), ensure_ascii=False).encode() + b",")
        _fill(file, packed, megabytes * 1_000_000)
        file.write(packed[0] + b"]}}")


def _fill(file: IO[bytes], entries: list[bytes], size: int) -> None:
    number = 0
    while file.tell() < size:
        file.write(entries[number % len(entries)] + b",")
        number += 1
