"""A local stand-in for WeChat's public pages, for the demo, tests and benchmarks: pages, albums,
robots.txt, and everything that goes wrong.

Serves on loopback only. What is served is replica/content.py's. `python -m crawler.replica.server
FOLDER` serves a folder of saved pages.
"""

from __future__ import annotations

import html
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.records import HOST, parse_article_url
from crawler.replica.content import (
    SiteAlbum,
    SiteContent,
    fill_template,
    load_folder_content,
    notice_page,
)

__all__ = ["REAL_ROBOTS", "Replica", "Trouble", "serve"]

# What the site answered on 2026-08-27 and 2026-09-21: nothing an analysis needs is allowed.
REAL_ROBOTS = (
    "User-Agent: *\n"
    + "".join(
        f"Allow: {path}\n"
        for path in (
            "/$",
            "/debug/",
            "/qa/",
            "/wiki",
            "/cgi-bin/loginpage",
            "/cgi-bin/wx",
            "/webpoc/ruleCenter",
            "/miniprogram/landing_page",
        )
    )
    + "Disallow: /\n"
)
ROBOTS = {"real": REAL_ROBOTS, "open": "User-agent: *\nAllow: /\n"}


@dataclass(slots=True)
class Trouble:
    """What goes wrong, counted in requests other than robots.txt's."""

    verify_after: int | None = None  # from then on every answer leads to the verification page
    verify_inline: bool = False  # as a page with status 200 instead of a redirect
    fail_every: int | None = None  # every nth answer is a 503
    reset_every: int | None = None  # every nth connection is reset
    slow_s: float = 0.0
    stuck_cursor: bool = False  # an album's cursor never advances
    redirect_loop: bool = False
    redirect_to: str | None = None  # every article redirects there
    cut_json: bool = False


@dataclass(slots=True)
class Replica:
    """A running replica: its address, what was asked of it, and switches that work
    while it runs.
    """

    content: SiteContent
    robots: str = "open"  # open, real, missing, broken
    trouble: Trouble = field(default_factory=Trouble)
    feeds: dict[str, bytes] = field(default_factory=dict)  # path -> RSS, Atom or JSON Feed
    requests: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    attack: Callable[[BaseHTTPRequestHandler], bool] | None = (
        None  # writes its own answer; False leaves the request to the replica
    )
    url: str = ""
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> int:
        """The number of this request."""
        with self._lock:
            self._count += 1
            return self._count

    def answer(self, target: str) -> tuple[int, str, bytes]:
        """(status, content type or Location, body) for a path with its query."""
        parts = urlsplit(target)
        query = {
            key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()
        }
        if parts.path == "/robots.txt":
            return self._robots()
        trouble, number = self.trouble, self.count()
        if trouble.verify_after is not None and number > trouble.verify_after:
            return (
                (200, "text/html", notice_page("verification"))
                if trouble.verify_inline
                else (302, "/mp/wappoc_appmsgcaptcha?poc_token=x", b"")
            )
        if parts.path == "/mp/wappoc_appmsgcaptcha":
            return 200, "text/html", notice_page("verification")
        if trouble.fail_every and number % trouble.fail_every == 0:
            return 503, "text/html", b"busy"
        if parts.path in self.feeds:
            return 200, "application/xml", self.feeds[parts.path]
        if parts.path == "/mp/appmsgalbum":
            return self._album(query)
        if parts.path == "/s" or parts.path.startswith("/s/"):
            return self._article(target)
        return 404, "text/html", b"not held"

    def _robots(self) -> tuple[int, str, bytes]:
        if self.robots in ROBOTS:
            return 200, "text/plain", ROBOTS[self.robots].encode()
        return (404 if self.robots == "missing" else 500), "text/plain", b""

    def _article(self, target: str) -> tuple[int, str, bytes]:
        if self.trouble.redirect_loop:
            return 302, target, b""
        if self.trouble.redirect_to:
            return 302, self.trouble.redirect_to, b""
        link = parse_article_url(f"https://{HOST}{target}")
        key = (
            (f"t:{link.token}" if link.token else f"m:{link.biz}:{link.mid}:{link.idx}")
            if link
            else ""
        )
        load = self.content.pages.get(key)
        return (
            (200, "text/html; charset=UTF-8", load()) if load else (404, "text/html", b"not held")
        )

    def _album(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        album = self.content.albums.get(query.get("album_id", ""))
        if query.get("f") != "json":
            return (
                (200, "text/html; charset=UTF-8", _album_page(album))
                if album
                else (404, "text/html", b"not held")
            )
        answer = json.dumps(
            self._album_json(album, query) if album else {"base_resp": {"ret": 10004}},
            ensure_ascii=False,
        ).encode()
        return (
            200,
            "application/json",
            answer[: len(answer) // 2] if self.trouble.cut_json else answer,
        )

    def _album_json(self, album: SiteAlbum, query: dict[str, str]) -> dict[str, Any]:
        """One page in the real shape: strings for numbers, one row as an object, the cursor is the
        last row.
        """
        rows = album.rows if query.get("is_reverse", "1") == "1" else album.rows[::-1]
        size = max(1, min(int(query.get("count") or 10), 20))
        at = 0
        begin = (query.get("begin_msgid"), query.get("begin_itemidx"))
        if begin[0] and not self.trouble.stuck_cursor:
            at = next(
                (i + 1 for i, row in enumerate(rows) if (row["msgid"], row["itemidx"]) == begin),
                len(rows),
            )
        page = rows[at : at + size]
        answer: dict[str, Any] = {
            "base_info": _base_info(album) if not begin[0] else {"is_first_screen": "0"}
        }
        if page:
            answer["article_list"] = page[0] if len(page) == 1 else page
        answer["continue_flag"] = "1" if at + size < len(rows) or self.trouble.stuck_cursor else "0"
        answer["reverse_continue_flag"] = "1" if at else "0"
        return {"base_resp": {"exportkey_token": "", "ret": 0}, "getalbum_resp": answer}


def _base_info(album: SiteAlbum) -> dict[str, str]:
    return {
        "article_count": str(len(album.rows)),
        "title": album.title,
        "nickname": album.account_name,
        "username": album.user_name,
        "is_numbered": str(int(album.numbered)),
        "is_reverse": "1",
        "is_first_screen": "1",
        "description": "",
        "type": "0",
    }


def _album_page(album: SiteAlbum) -> bytes:
    rows = "\n".join(
        f'<li class="album__list-item js_album_item" data-msgid="{row["msgid"]}" '
        f'data-itemidx="{row["itemidx"]}" data-link="{html.escape(row["url"])}" '
        f'data-title="{html.escape(row["title"])}"><span class="js_article_create_time '
        f'album__item-info-item">{row["create_time"]}</span></li>'
        for row in album.rows[:10]
    )
    more = int(len(album.rows) > 10)
    data = (
        f"{{ ret: '0', albumId: '{album.album_id}', title: "
        f"{json.dumps(album.title, ensure_ascii=False)}, "
        f"nick_name: {json.dumps(album.account_name, ensure_ascii=False)} || '', user_name: "
        f"'{album.user_name}' || '', "
        f"article_count: '{len(album.rows)}' * 1, read_count: '' || -1, is_numbered: "
        f"'{int(album.numbered)}' * 1, continue_flag: '{more}' * 1, articleList: [] }}"
    )
    return fill_template(
        "album.html",
        account_html=html.escape(album.account_name),
        title_html=html.escape(album.title),
        rows=rows,
        data=data,
    ).encode()


@contextmanager
def serve(
    content: SiteContent, *, robots: str = "open", trouble: Trouble | None = None, port: int = 0
) -> Iterator[Replica]:
    """Run a replica on 127.0.0.1 until the block ends; port 0 takes a free one."""
    replica = Replica(content, robots=robots, trouble=trouble or Trouble())
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(replica))
    server.daemon_threads = True
    replica.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield replica
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(replica: Replica) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            replica.requests.append(self.path)
            replica.agents.add(self.headers.get("User-Agent", ""))
            if replica.trouble.slow_s:
                time.sleep(replica.trouble.slow_s)
            if (
                replica.trouble.reset_every
                and len(replica.requests) % replica.trouble.reset_every == 0
            ):
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.close_connection = True
                self.connection.close()
                return
            if replica.attack is not None and replica.attack(self):
                self.close_connection = True
                return
            status, about, body = replica.answer(self.path)
            self.send_response(status)
            self.send_header("Location" if status in (301, 302) else "Content-Type", about)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: requests are kept in `replica.requests`."""

    return Handler


def main(arguments: list[str]) -> None:
    """Serve a folder until interrupted."""
    if not arguments or not Path(arguments[0]).is_dir():
        raise SystemExit(
            "usage: python -m crawler.replica.server FOLDER [open|real|missing|broken]"
        )
    with serve(
        load_folder_content(Path(arguments[0])),
        robots=arguments[1] if len(arguments) > 1 else "open",
    ) as running:
        print(running.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
