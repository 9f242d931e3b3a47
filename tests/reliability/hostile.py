"""A hostile site: the replica whose articles answer with one attack each. What a crawl must come
out of whole.

An attack writes straight to the connection. Beside the site listen decoys that no crawl may ever
ask: the same port on another address, another port on the same address.
"""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import zstandard

from crawler.records import Article
from crawler.replica.content import SiteAlbum, SiteContent, listing_row
from crawler.replica.server import Replica, serve

__all__ = ["ATTACKS", "BIZ", "HostileSite", "article", "hostile_page", "serve_hostile"]

BIZ = "MzkwMDAwMDAwMg=="
ALBUM = "20001"
_PIECE = 1 << 20
_GOOD = 6  # honest articles before and behind the attacks
_FIRST_ATTACK = 2001

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title></title>%(head)s</head><body><div id="js_article" class="rich_media">
<div class="rich_media_content" id="js_content">%(body)s</div><script>var first_sceen__time = 1;</script></div>
<script h5only>(function(){ window.cgiDataNew = { user_name: JsDecode('gh_0000000000a2'), nick_name: JsDecode('%(name)s'), title: JsDecode('%(title)s'),
 desc: JsDecode('%(title)s'), author: JsDecode('%(title)s'), bizuin: JsDecode('%(biz)s'), mid: '%(mid)s' * 1, idx: '1' * 1, sn: JsDecode('s'),
 ori_create_time: '%(at)s' * 1, item_show_type: '0' * 1, source_url: JsDecode('%(source)s'), cdn_url: JsDecode('%(source)s'),
 link: JsDecode('https://mp.weixin.qq.com/s?__biz=%(biz)s\\x26amp;mid=%(mid)s\\x26amp;idx=1\\x26amp;sn=s') }; })();</script></body></html>"""


def article(mid: int) -> Article:
    """One article of the site, as its listing names it."""
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(1_700_000_000 + mid * 3600, UTC)
    url = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn=s"
    return Article(
        biz=BIZ, mid=str(mid), idx=1, sn="s", title=f"第{mid}篇", published_at=at, url=url
    )


def hostile_page(
    mid: int,
    *,
    title: str | None = None,
    name: str = "半间厨房",
    body: str = "正文",
    head: str = "",
    source: str = "",
) -> bytes:
    """An article page with these words in its fields."""
    told = {
        "mid": mid,
        "biz": BIZ,
        "at": 1_700_000_000 + mid * 3600,
        "title": title or f"第{mid}篇",
        "name": name,
        "body": body,
        "head": head,
        "source": source,
    }
    return (PAGE % told).encode("utf-8", "surrogatepass")


Attack = Callable[["HostileSite", BaseHTTPRequestHandler, int], None]


@dataclass(slots=True)
class HostileSite:
    """The running site, and who was asked beside it."""

    replica: Replica
    elsewhere: list[str] = field(default_factory=list)  # every connection to a decoy
    decoys: list[str] = field(default_factory=list)
    attacks: dict[int, str] = field(default_factory=dict)  # mid -> the attack's name

    @property
    def url(self) -> str:
        """The one address that may be asked."""
        return self.replica.url


def _send(
    handler: BaseHTTPRequestHandler, body: bytes, *headers: str, status: str = "200 OK"
) -> None:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers]).encode("latin-1", "replace")
    handler.wfile.write(head + b"\r\n\r\n" + body)


def _redirect(target: Callable[[HostileSite, BaseHTTPRequestHandler], str]) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        _send(
            handler,
            b"",
            f"Location: {target(site, handler)}",
            "Content-Length: 0",
            status="302 Found",
        )

    return attack


_counter = itertools.count(1)


def _endless_redirects(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    _send(
        handler,
        b"",
        f"Location: {handler.path.partition('&hop')[0]}&hop={next(_counter)}",
        "Content-Length: 0",
        status="302 Found",
    )


def _page_with(**words: str) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        body = hostile_page(mid, **words)
        _send(handler, body, "Content-Type: text/html", f"Content-Length: {len(body)}")

    return attack


def _meta_refresh(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    body = hostile_page(
        mid,
        head=(
            f'<meta http-equiv="refresh" content="0; url={site.decoys[0]}/refresh"><base '
            f'href="{site.decoys[0]}/">'
        ),
    )
    _send(
        handler,
        body,
        "Content-Type: text/html",
        f"Refresh: 0; url={site.decoys[0]}/header",
        f"Content-Length: {len(body)}",
    )


def _links_elsewhere(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    hosts = (
        *site.decoys,
        "file:///etc/passwd",
        "http://169.254.169.254",
        "http://10.0.0.1",
        "http://[::1]",
        "ftp://127.0.0.2",
        "http://mp.weixin.qq.com@127.0.0.2",
    )
    links = "".join(
        f'<a href="{host}/s?__biz={BIZ}&amp;mid=77&amp;idx=1">x</a><img src="{host}/x.png"><iframe '
        f'src="{host}/f"></iframe>'
        for host in hosts
    )
    body = hostile_page(mid, body=links, source="file:///etc/passwd")
    _send(handler, body, "Content-Type: text/html", f"Content-Length: {len(body)}")


def _slow_drip(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    _send(handler, b"<html>", "Content-Type: text/html", "Content-Length: 1000000")
    for _ in range(1200):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def _slow_headers(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1200):
        handler.wfile.write(b"X-%d: 1\r\n" % number)
        time.sleep(0.1)


def _endless_headers(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    line = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 1000) for number in range(1000))
    for _ in range(1000):
        handler.wfile.write(line)


def _one_endless_header(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(1000):
        handler.wfile.write(b"a" * _PIECE)


def _huge(declared: bool) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        _send(
            handler,
            b"<html>",
            "Content-Type: text/html",
            *(["Content-Length: 1073741824"] if declared else ["Connection: close"]),
        )
        for _ in range(1024):
            handler.wfile.write(b"a" * _PIECE)

    return attack


def _endless_chunks(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    _send(handler, b"", "Content-Type: text/html", "Transfer-Encoding: chunked")
    for _ in range(1024):
        handler.wfile.write(b"100000\r\n" + b"a" * _PIECE + b"\r\n")


def _bomb(encoding: str, packed: Callable[[], bytes]) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        body = packed()
        _send(
            handler,
            body,
            "Content-Type: text/html",
            f"Content-Encoding: {encoding}",
            f"Content-Length: {len(body)}",
        )

    return attack


@cache
def _packed_zeros(how: str) -> bytes:
    """256 MB of zeros, packed; made once."""
    stream: Any = (
        zstandard.ZstdCompressor().compressobj()
        if how == "zstd"
        else zlib.compressobj(1, zlib.DEFLATED, 31 if how == "gzip" else 15)
    )
    piece = bytes(_PIECE)
    return b"".join(stream.compress(piece) for _ in range(256)) + bytes(stream.flush())


def _wrong_length(said: str) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        _send(
            handler,
            hostile_page(mid),
            "Content-Type: text/html",
            *(f"Content-Length: {one}" for one in said.split("|")),
        )

    return attack


def _wrong_encoding(codec: str, said: str) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        body = hostile_page(mid).decode().encode(codec)
        _send(
            handler,
            body,
            f"Content-Type: text/html; charset={said}",
            f"Content-Length: {len(body)}",
        )

    return attack


def _raw(answer: bytes) -> Attack:
    def attack(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
        handler.wfile.write(answer)

    return attack


def _deep(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    body = hostile_page(mid, body="<section style='font-size:101%'>" * 600_000)
    _send(handler, body, "Content-Type: text/html", f"Content-Length: {len(body)}")


def _many_links(site: HostileSite, handler: BaseHTTPRequestHandler, mid: int) -> None:
    """Twenty megabytes of links to the account's own articles, none of which exists."""
    body = hostile_page(
        mid,
        body="".join(
            f'<a href="http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={n}&amp;idx=1">x</a>'
            for n in range(10_000_000, 10_200_000)
        ),
    )
    _send(handler, body, "Content-Type: text/html", f"Content-Length: {len(body)}")


NASTY = (
    "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e\\x22\\x27=cmd\x1b[2J\x07\\u0000\u202e\u2066\\ud"
    "800\ufeff{{7*7}}%s${x}"
)

ATTACKS: dict[str, Attack] = {
    "endless redirects": _endless_redirects,
    "redirect to a decoy's address": _redirect(lambda site, handler: f"{site.decoys[0]}/away"),
    "redirect to a decoy's port": _redirect(lambda site, handler: f"{site.decoys[1]}/away"),
    "redirect to a file": _redirect(lambda site, handler: "file:///etc/passwd"),
    "redirect to a private address": _redirect(lambda site, handler: "http://10.0.0.1/s"),
    "redirect without a scheme": _redirect(
        lambda site, handler: site.decoys[0].removeprefix("http:") + "/away"
    ),
    "redirect with a name in it": _redirect(
        lambda site, handler: f"http://{site.url.removeprefix('http://')}@127.0.0.2/"
    ),
    "redirect to another scheme": _redirect(
        lambda site, handler: site.url.replace("http:", "https:") + "/s"
    ),
    "redirect to data": _redirect(lambda site, handler: "data:text/html,<html>"),
    "redirect with control characters": _redirect(
        lambda site, handler: "http://\x1b[2J127.0.0.2/\x07"
    ),
    "meta refresh": _meta_refresh,
    "links elsewhere": _links_elsewhere,
    "slow drip": _slow_drip,
    "slow headers": _slow_headers,
    "endless headers": _endless_headers,
    "one endless header": _one_endless_header,
    "a gigabyte, said": _huge(True),
    "a gigabyte, not said": _huge(False),
    "endless chunks": _endless_chunks,
    "gzip bomb": _bomb("gzip", lambda: _packed_zeros("gzip")),
    "gzip bomb in gzip": _bomb("gzip, gzip", lambda: gzip.compress(_packed_zeros("gzip"))),
    "deflate bomb": _bomb("deflate", lambda: _packed_zeros("deflate")),
    "zstd bomb": _bomb("zstd", lambda: _packed_zeros("zstd")),
    "gzip that is none": _bomb("gzip", lambda: b"<html>no gzip</html>"),
    "unknown encoding": _bomb("x-evil", lambda: b"\x00\x01</html>"),
    "length too long": _wrong_length("99999"),
    "length too short": _wrong_length("100"),
    "length below zero": _wrong_length("-5"),
    "length no number": _wrong_length("abc"),
    "two lengths": _wrong_length("100|200"),
    "GBK said UTF-8": _wrong_encoding("gbk", "utf-8"),
    "UTF-16": _wrong_encoding("utf-16", "gbk"),
    "UTF-8 said UTF-16": _wrong_encoding("utf-8", "utf-16"),
    "no such charset": _wrong_encoding("utf-8", "\x1b[31mno-such"),
    "chunks that are none": _raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<html>\r\n"
    ),
    "no HTTP": _raw(b"\x00\xff\x1b[2J not http\r\n\r\n"),
    "status no number": _raw(b"HTTP/1.1 \x1b[31m yes\r\nContent-Length: 0\r\n\r\n"),
    "nothing": _raw(b""),
    "nested deep": _deep,
    "links without end": _many_links,
    "scripts in every field": _page_with(
        title=NASTY,
        body="<p><script>alert(1)</script><b onclick=alert(1)>\x1b[2J</p>",
        source="javascript:alert(1)",
    ),
}
KEPT = {  # these come with a page that holds an article after all: it is stored, cleaned
    "meta refresh",
    "links elsewhere",
    "GBK said UTF-8",
    "UTF-16",
    "UTF-8 said UTF-16",
    "no such charset",
    "nested deep",
    "links without end",
    "scripts in every field",
}


def hostile_shelf(names: list[str]) -> tuple[SiteContent, dict[int, str]]:
    """Honest articles around one article an attack, all of one album."""
    content = SiteContent()
    attacks = {_FIRST_ATTACK + number: name for number, name in enumerate(names)}
    honest = [*range(1001, 1001 + _GOOD), *range(3001, 3001 + _GOOD)]
    for mid in honest:
        content.put(article(mid), lambda mid=mid: hostile_page(mid))  # type: ignore[misc]
    rows = [listing_row(article(mid)) for mid in sorted([*honest, *attacks], reverse=True)]
    content.albums[ALBUM] = SiteAlbum(ALBUM, "好物", "半间厨房", "gh_0000000000a2", BIZ, rows=rows)
    return content, attacks


@contextmanager
def serve_hostile(
    names: list[str] | None = None, *, albums: Callable[[dict[str, str]], bytes] | None = None
) -> Iterator[HostileSite]:
    """The site on 127.0.0.1, with decoys; `albums` answers for every album in the site's stead."""
    for how in (
        ("gzip", "deflate", "zstd")
        if names is None or any("bomb" in name for name in names)
        else ()
    ):
        _packed_zeros(how)  # before anybody waits for it
    content, attacks = hostile_shelf(list(ATTACKS) if names is None else names)
    with (
        serve(content) as replica,
        _decoy("127.0.0.2", int(replica.url.rpartition(":")[2])) as one,
        _decoy("127.0.0.1", 0) as other,
    ):
        site = HostileSite(replica, decoys=[one.url, other.url], attacks=attacks)
        one.asked = other.asked = site.elsewhere
        replica.attack = lambda handler: _attack(site, handler, albums)
        yield site


def _attack(
    site: HostileSite,
    handler: BaseHTTPRequestHandler,
    albums: Callable[[dict[str, str]], bytes] | None,
) -> bool:
    parts = urlsplit(handler.path)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if albums is not None and parts.path == "/mp/appmsgalbum":
        body = albums(query)
        _send(handler, body, "Content-Type: application/json", f"Content-Length: {len(body)}")
        return True
    name = site.attacks.get(int(query.get("mid", 0))) if parts.path == "/s" else None
    if name is None:
        return False
    with suppress(OSError):  # the other side hangs up: as it should
        ATTACKS[name](site, handler, int(query["mid"]))
    return True


@dataclass(slots=True)
class _Decoy:
    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def _decoy(host: str, port: int) -> Iterator[_Decoy]:
    """Somebody who must never be asked: notes every connection."""
    with socket.create_server((host, port)) as listening:
        listening.settimeout(0.1)
        decoy, over = _Decoy(f"http://{host}:{listening.getsockname()[1]}"), threading.Event()

        def note() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    decoy.asked.append(decoy.url)

        watching = threading.Thread(target=note, daemon=True)
        watching.start()
        try:
            yield decoy
        finally:
            over.set()
            watching.join()


def album_json(rows: list[dict[str, str]], *, more: bool, count: int) -> bytes:
    """One page of an album in the real shape."""
    base = {
        "article_count": str(count),
        "title": "好物",
        "nickname": "半间厨房",
        "username": "gh_0000000000a2",
        "is_first_screen": "1",
    }
    return json.dumps(
        {
            "base_resp": {"ret": 0},
            "getalbum_resp": {
                "base_info": base,
                "article_list": rows,
                "continue_flag": str(int(more)),
            },
        }
    ).encode()
