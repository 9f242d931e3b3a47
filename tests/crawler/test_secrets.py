"""A reader's session, planted in a HAR wherever browsers put it, is nowhere afterwards: not in the
store, not in what is told, not in any export.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crawler.replica.content import listing_row
from crawler.store import open_store
from crawler.store.compression import unpack
from tests.reliability.hostile import BIZ, album_json, article, hostile_page
from tests.support.command import Run

# As long and of the letters of the real ones, each known again by its beginning.
COOKIE, SLAVE, BEARER = "COOKIE" + "a1" * 20, "SLAVESID" + "Qm" * 40, "BEARER" + "x9" * 20
TICKET, TOKEN, KEY, UIN = (
    "TICKET" + "w7Pq" * 12,
    "1123_TOKEN" + "Zz8~" * 9,
    "0badcafe" + "5f" * 48,
    base64.b64encode(b"98765432101").decode(),
)
WAP, EXPORT, POSTED = "WAPSID" + "c3" * 30, "EXPORTKEY" + "n4" * 15, "POSTEDKEY" + "d5" * 20
SECRETS = [
    COOKIE,
    SLAVE,
    BEARER,
    TICKET,
    TOKEN,
    KEY,
    UIN,
    WAP,
    EXPORT,
    POSTED,
    "SETCOOKIE",
    "98765432101",
]
SESSION = (
    f"key={KEY}&uin={UIN}&pass_ticket={TICKET}&exportkey={EXPORT}&appmsg_token={TOKEN}&wx_header=1"
)
HEADERS = [
    (
        "Cookie",
        f"wxuin=98765432101; pass_ticket={TICKET}; wap_sid2={WAP}; session={COOKIE}; "
        f"slave_sid={SLAVE}",
    ),
    ("Authorization", f"Bearer {BEARER}"),
    ("X-WECHAT-KEY", KEY),
    ("X-WECHAT-UIN", UIN),
    ("Referer", f"https://mp.weixin.qq.com/s?{SESSION}"),
]


def entry(path: str, text: str, *, posted: str = "") -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": "GET",
        "url": f"https://mp.weixin.qq.com{path}",
        "headers": [{"name": n, "value": v} for n, v in HEADERS],
    }
    request |= {
        "cookies": [{"name": "session", "value": COOKIE}],
        "queryString": [{"name": "key", "value": KEY}],
    }
    request |= {"postData": {"text": posted, "params": []}} if posted else {}
    answered = {
        "headers": [
            {"name": "Set-Cookie", "value": f"slave_sid={SLAVE}; wap_sid2={WAP}; x=SETCOOKIE"}
        ],
        "cookies": [{"name": "x", "value": "SETCOOKIE"}],
    }
    return {
        "startedDateTime": "2026-01-02T03:04:05Z",
        "request": request,
        "response": {**answered, "content": {"text": text, "mimeType": "text/html"}},
    }


def page(mid: int) -> str:
    """A page as it is loaded inside WeChat: the session is in its scripts, its links
    and its forms.
    """
    link = (
        f"https://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={mid + 1}&amp;idx=1&amp;sn=s&amp;"
        f"{SESSION.replace('&', '&amp;')}"
    )
    script = f"""<script>var pass_ticket = "{TICKET}"; window.appmsg_token = '{TOKEN}'; var key = "{KEY}"; var uin = "{UIN}"; window.wap_sid2 = "{WAP}";
     var data = {{ exportkey: JsDecode('{EXPORT}'), slave_sid: '{SLAVE}' }};</script><input type="hidden" name="pass_ticket" value="{TICKET}">"""
    body = (
        f'<p>正文正文</p><a href="{link}">往期</a><img src="https://mmbiz.qpic.cn/'
        f'x?{SESSION.replace("&", "&amp;")}"><p>{"一段话。" * 60}</p>{script}'
    )
    return hostile_page(
        mid,
        body=body,
        head=script,
        source=f"https://mp.weixin.qq.com/s?{SESSION}".replace("&", "\\x26"),
    ).decode()


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A HAR of pages, an album, a list and counts, each with the session in its address, headers,
    cookies, form and answer.
    """
    rows = [
        listing_row(article(mid))
        | {"url": f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn=s&{SESSION}#rd"}
        for mid in range(1001, 1010)
    ]
    album = json.loads(album_json(rows, more=False, count=9)) | {
        "pass_ticket": TICKET,
        "appmsg_token": TOKEN,
    }
    info = {"comm_msg_info": {"id": 1020, "datetime": 1_700_000_000, "type": 49}}
    info["app_msg_ext_info"] = {
        "title": "一",
        "content_url": (
            f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=1020&amp;idx=1&amp;sn=s&amp;{SESSION}"
        ),
        "source_url": f"http://x.cn/?{SESSION}",
    }  # type: ignore[dict-item]
    getmsg = {
        "ret": 0,
        "errmsg": "ok",
        "general_msg_list": json.dumps({"list": [info]}),
        "appmsg_token": TOKEN,
        "key": KEY,
        "uin": UIN,
    }
    counts = {
        "appmsgstat": {"read_num": 321, "like_num": 3},
        "appmsg_token": TOKEN,
        "pass_ticket": TICKET,
    }
    asked = f"__biz={BIZ}&mid=1001&idx=1&sn=s"
    entries = [
        entry(f"/s?__biz={BIZ}&mid={mid}&idx=1&sn=s&{SESSION}", page(mid))
        for mid in range(1001, 1010)
    ]
    entries += [
        entry(
            f"/mp/appmsgalbum?action=getalbum&album_id=20001&f=json&{SESSION}",
            json.dumps(album, ensure_ascii=False),
        ),
        entry(f"/mp/profile_ext?action=getmsg&__biz={BIZ}&f=json&{SESSION}", json.dumps(getmsg)),
        entry(
            f"/mp/getappmsgext?{SESSION}",
            json.dumps(counts),
            posted=f"{asked}&pass_ticket={TICKET}&token={POSTED}",
        ),
        entry(f"/cgi-bin/login?{SESSION}", f"{{'token': '{TOKEN}'}}"),
        entry(f"/s?__biz={BIZ}&mid=1030&idx=1&sn=s&{SESSION}", "<html>half a page " + TICKET),
    ]
    path = tmp_path / "mine.har"
    path.write_text(
        json.dumps(
            {"log": {"version": "1.2", "creator": {"name": "browser"}, "entries": entries}},
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
    return path


def leaks(text: str) -> list[str]:
    """The secrets that are in a text, whole or by a telling part."""
    return [secret for secret in SECRETS if secret[:16] in text]


def stored(file: Path) -> Iterator[tuple[str, str]]:
    """(table and column, text) of everything in a store, unpacked."""
    with open_store(f"sqlite:///{file}", create=False) as store:
        yield from (
            ("pages", kept.raw.decode("utf-8", "replace") + str(kept.url)) for kept in store.pages()
        )
        yield from (("bodies", html) for _, html in store.bodies())
    with closing(sqlite3.connect(file)) as raw:
        for (table,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            for row in raw.execute(f"SELECT * FROM {table}"):
                yield (
                    table,
                    " ".join(
                        value if isinstance(value, str) else str(value)
                        for value in row
                        if not isinstance(value, bytes)
                    ),
                )
        yield from (
            ("dictionaries", unpack(blob).decode("utf-8", "replace"))
            for (blob,) in raw.execute("SELECT blob FROM dictionaries")
        )


def shown(path: Path) -> str:
    """A file's text, whatever its form."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    raw = path.read_bytes()
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as pack:
            return " ".join(pack.read(name).decode("utf-8", "replace") for name in pack.namelist())
    return raw.decode("utf-8", "replace")


def test_the_secrets_are_planted(planted: Path) -> None:
    text = planted.read_text(encoding="utf-8")
    assert set(leaks(text)) == set(SECRETS)


def test_no_secret_of_a_har_is_left_anywhere(duibiao: Run, planted: Path, tmp_path: Path) -> None:
    told = duibiao("import", planted, "--rejects", tmp_path / "rejects.csv")
    assert leaks(told.stdout + told.stderr + shown(tmp_path / "rejects.csv")) == []
    planted.unlink()
    file = tmp_path / "d.sqlite3"
    with open_store(f"sqlite:///{file}") as store:
        rows = {row["mid"]: row["status"] for row in store.articles()}
        assert (
            sum(status == "fetched" for status in rows.values()) == 9
        )  # they were taken in, not dropped
        assert "1020" in rows
        assert {row["metric"]: row["value"] for row in store.observations()}["read"] == 321
    assert {where: found for where, text in stored(file) if (found := leaks(text))} == {}
    for command in ("articles", "imports", "status", "leads", "layout", "titles"):
        done = duibiao(command, "--format", "json")
        assert leaks(done.stdout + done.stderr) == [], command
    for ending in ("csv", "json", "xlsx", "parquet"):
        duibiao("articles", "-o", tmp_path / f"articles.{ending}", check=0)
    done = duibiao(
        "brief",
        "-o",
        tmp_path / "brief.html",
        "-o",
        tmp_path / "brief.xlsx",
        "-o",
        tmp_path / "brief.json",
        "--date",
        "2026-02-01",
    )
    assert leaks(done.stdout + done.stderr) == []
    assert (tmp_path / "brief.html").exists(), done.stderr
    files = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and not re.search(r"sqlite3(-wal|-shm)?$", path.name)
    ]
    assert {path.name for path in files} >= {
        "brief.html",
        "brief.xlsx",
        "brief.json",
        "articles.xlsx",
        "articles.parquet",
        "rejects.csv",
    }
    assert {path.name: found for path in files if (found := leaks(shown(path)))} == {}
