"""`duibiao watch` on the replica, which publishes between passes; a chat robot on loopback that is
down at first.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.records import BEIJING
from crawler.replica.content import SiteAlbum, SiteContent, listing_row, sample_article, sample_page
from crawler.replica.server import Replica, serve
from tests.support.chat_robot import robot
from tests.support.command import Run

ACCOUNT = {
    "name": "半间厨房",
    "biz": "MzkwMDAwMDAwMg==",
    "gh_id": "gh_0000000000a2",
    "alias": "",
    "intro": "",
}
START = datetime(2025, 9, 1, 20, 0, tzinfo=BEIJING)  # a Monday
_SUBJECTS = ("收纳盒", "餐边柜", "落地灯", "羊毛毯", "窗帘杆", "置物架", "洗碗布", "花器")
_WORDS = ("怎么选", "三步换新", "旧物改造", "避坑指南", "省钱办法")
_PLAIN = '<p style="font-size: 14px; line-height: 1.5; text-align: left; color: #333333">{}</p>'
_NEW = '<p style="font-size: 17px; line-height: 2; text-align: justify; color: #7a5c3e">{}</p>'


def row(day: int) -> dict[str, Any] | None:
    """One day's article; from day 280 on four days a week rest, a column begins, another ends and
    the template is new.
    """
    changed = day >= 280
    if changed and day % 7 in (1, 3, 4, 6):
        return None
    mark = (
        "街区来信｜"
        if changed and day % 7 == 2
        else "周一开箱｜"
        if not changed and day % 7 == 0
        else ""
    )
    text = (
        f"第 {day * 37 % 100} 户人家的{_SUBJECTS[day % 8]}，住了三年以后怎么收拾，一件一件说清楚。"
    )
    at = START + timedelta(days=day, minutes=day * 7 % 11)
    return {
        "kind": "article",
        "mid": str(2_650_000_000 + day),
        "idx": 1,
        "sn": f"{day:032x}",
        "token": f"{day:022d}",
        "albums": ["20001"],
        "status": "fetched",
        "title": f"{mark}{_SUBJECTS[day % 8]}{_WORDS[day % 5]}：第 {day * 37 % 100} 户人家",
        "published_at": int(at.timestamp()),
        "body": (_NEW if changed else _PLAIN).format(text) * 6,
    }


def publish(content: SiteContent, days: range) -> int:
    """Put the articles of these days on the shelf; how many."""
    rows = [one for day in days if (one := row(day))]
    for one in rows:
        article = sample_article(one, ACCOUNT)
        content.put(article, lambda one=one: sample_page(one, ACCOUNT, content))  # type: ignore[misc]
        content.albums["20001"].rows.insert(0, listing_row(article))
    return len(rows)


@pytest.fixture
def replica(days: int) -> Iterator[Replica]:
    content = SiteContent(
        albums={
            "20001": SiteAlbum("20001", "好物", ACCOUNT["name"], ACCOUNT["gh_id"], ACCOUNT["biz"])
        }
    )
    publish(content, range(days))
    with serve(content) as running:
        yield running


@pytest.fixture
def days() -> int:
    """How many days the replica has published when it is first asked."""
    return 238


@pytest.fixture
def watching(
    duibiao: Run, replica: Replica, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    (tmp_path / "accounts.toml").write_text(
        'permission = "测试用的替身站点"\ndaily_cap = 5000\n[[accounts]]\nname = "半间厨房"\nid = '
        f'"{ACCOUNT["biz"]}"\nalbums = ["20001"]\n',
        encoding="utf-8",
    )

    def run(
        *more: str, check: int = 0, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return duibiao(
            "watch",
            "accounts.toml",
            "--base-url",
            replica.url,
            "--delay",
            "0",
            *more,
            check=check,
            env=env,
        )

    return run


def test_each_change_is_told_once_and_a_robot_that_is_down_misses_nothing(
    watching: Run, replica: Replica, tmp_path: Path
) -> None:
    with robot() as (url, got):
        first = json.loads(watching("--format", "json", "--webhook", url).stdout)
    assert [one["kind"] for one in first] == ["begin"]
    assert len(got) == 1
    told: list[dict[str, Any]] = []
    sent = 0
    for begin in range(238, 434, 28):  # the robot is down all the while
        sent += publish(replica.content, range(begin, begin + 28))
        done = watching(
            "--format",
            "json",
            "--rss",
            "changes.xml",
            "--webhook",
            url,
            "--webhook-form",
            "wecom",
            check=3,
        )
        assert "留到下次" in done.stderr
        assert "PLANTED-SECRET" not in done.stderr + done.stdout
        told += json.loads(done.stdout)
    kinds = [one["kind"] for one in told if one["kind"] != "articles"]
    assert sorted(kinds) == ["column_new", "column_silent", "rate", "redesign"]
    assert sum(int(one["sentence"].split()[1]) for one in told if one["kind"] == "articles") == sent
    assert json.loads(watching("--format", "json").stdout) == []
    feed = (tmp_path / "changes.xml").read_text(encoding="utf-8")
    assert all(
        f"半间厨房：{word}" in feed
        for word in ("新栏目「街区来信」", "换了模板", "发得少了", "栏目「周一开箱」停了")
    )
    assert b"PLANTED-SECRET" not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("days", [28])
def test_a_robot_that_comes_back_gets_what_it_missed(watching: Run, replica: Replica) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    got: list[str] = []
    up = False

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = b'{"errcode":0}' if up else b'{"errcode":-1}'
            if up:
                got.append(json.loads(text)["text"]["content"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    env = {
        "DUIBIAO_WEBHOOK": f"http://127.0.0.1:{server.server_address[1]}/robot?key=PLANTED-SECRET"
    }
    try:
        watching("--webhook-form", "wecom", check=3, env=env)
        publish(replica.content, range(28, 35))
        watching("--webhook-form", "wecom", check=3, env=env)
        up = True
        watching("--webhook-form", "wecom", env=env)
        watching("--webhook-form", "wecom", env=env)
    finally:
        server.shutdown()
        server.server_close()
    assert len(got) == 1
    assert "开始关注：已收录 28 篇" in got[0]
    assert "新发 7 篇" in got[0]


def test_files_in_the_inbox_are_taken_in_and_nothing_is_asked(
    duibiao: Run, replica: Replica, tmp_path: Path
) -> None:
    (tmp_path / "accounts.toml").write_text('[[accounts]]\nname = "半间厨房"\n', encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    for day in range(3):
        made = row(day)
        assert made is not None
        made["albums"] = []  # a page of an album names its neighbours, too
        (tmp_path / "inbox" / f"{day}.html").write_bytes(
            sample_page(made, ACCOUNT, replica.content)
        )
        done = duibiao("watch", "accounts.toml", "--inbox", "inbox", "--no-collect", check=0)
        assert ("开始关注：已收录 1 篇" if day == 0 else "新发 1 篇") in done.stdout
    done = duibiao("watch", "accounts.toml", "--inbox", "inbox", "--no-collect", check=0)
    assert done.stdout == ""
    assert "没有新的，也没有变化" in done.stderr
    assert replica.requests == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--format", "xml"), "text、json"),
        (("--webhook", "http://example.com/x"), "https://"),
        (("--webhook", "https://x.example/", "--webhook-form", "slack"), "wecom"),
    ],
)
def test_wrong_options_are_one_line(
    duibiao: Run, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    (tmp_path / "accounts.toml").write_text('[[accounts]]\nname = "半间厨房"\n', encoding="utf-8")
    done = duibiao("watch", "accounts.toml", "--no-collect", *more)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
