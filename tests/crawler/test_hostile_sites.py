"""A crawl of a hostile site: only the one host is ever asked, memory and time are bounded, the
honest articles are all there, each loss is named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.accounts_file import load_accounts_file
from crawler.html_depth import DEEPEST, deep_at, shallow
from crawler.replica.content import listing_row
from crawler.spiders import history
from crawler.store import Store, open_store
from crawler.wechat.page import PageError, parse_page
from tests.reliability.hostile import (
    ATTACKS,
    BIZ,
    KEPT,
    HostileSite,
    album_json,
    article,
    hostile_page,
    serve_hostile,
)
from tests.support.places import ROOT

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(),
    reason="the peak of another process's memory can't be told here",
)


@dataclass(frozen=True, slots=True)
class Crawl:
    code: int
    told: str
    peak_mb: float


def crawl(folder: Path, site: HostileSite, *, more: str = "", patience_s: float = 2) -> Crawl:
    """`duibiao collect` from the site, in a process whose peak memory is told.

    Headers without end are read until the time-out, at 270 MB a second on a fast machine.
    """
    wanted = folder / "accounts.toml"
    wanted.write_text(
        f'[[accounts]]\nname = "半间厨房"\nid = "{BIZ}"\nalbums = ["20001"]\n{more}',
        encoding="utf-8",
    )
    env = {**os.environ, "DUIBIAO_STORE": f"sqlite:///{folder}/d.sqlite3", "PYTHONPATH": str(ROOT)}
    ask = ["collect", str(wanted), "--base-url", site.url, "--delay", "0"]
    command = [
        sys.executable,
        "-m",
        "tests.reliability.quick_collect",
        str(patience_s),
        str(folder / "peak"),
        *ask,
    ]
    done = subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return Crawl(done.returncode, done.stdout, int((folder / "peak").read_text()) / 1024)


def statuses(folder: Path) -> dict[int, str]:
    with open_store(f"sqlite:///{folder}/d.sqlite3") as store:
        return {int(row["mid"]): row["status"] for row in store.articles() if row["mid"]}


def test_every_attack_is_survived_named_and_asks_nobody_else(tmp_path: Path) -> None:
    with serve_hostile() as site:
        done = crawl(tmp_path, site, more="limit = 80\n")
        asked = [path for path in site.replica.requests if path.startswith("/s")]
    assert site.elsewhere == []
    held = statuses(tmp_path)
    honest = {mid: status for mid, status in held.items() if mid // 1000 in (1, 3)}
    assert Counter(honest.values()) == {"fetched": 12}
    assert {name for mid, name in site.attacks.items() if held[mid] == "fetched"} == KEPT - {
        "nested deep"
    }
    lost = {mid: name for mid, name in site.attacks.items() if name not in KEPT - {"nested deep"}}
    assert done.code == 3
    assert re.search(rf"没取到 +{len(lost)}\b", done.told)
    assert done.peak_mb < 1000  # of bodies of a gigabyte and bombs of 256 MB, one after the other
    assert len(asked) < 12 + len(ATTACKS) + 60
    assert not _CONTROL.search(done.told.replace("\n", ""))
    assert "Traceback" not in done.told


def test_what_was_left_is_said_in_words(tmp_path: Path) -> None:
    told = {
        "endless redirects": "跳转没有尽头",
        "redirect to a decoy's port": "跳转到别的站点",
        "redirect with control characters": "跳转的地址读不懂",
        "slow drip": "超时",
        "a gigabyte, said": "超过 25 MB",
        "zstd bomb": "像压缩炸弹",
        "gzip that is none": "压缩的内容已损坏",
        "length too long": "没有收全",
        "two lengths": "不合 HTTP",
        "nested deep": "2000 层",
    }
    with serve_hostile(list(told)) as site:
        done = crawl(tmp_path, site, patience_s=3)
    lines = {
        int(found[1]): found[2]
        for found in re.finditer(r"没取到：\S*?mid=(\d+)\S*?：(.*)", done.told)
    }
    assert {
        name: told[name] in lines.get(mid, "") for mid, name in site.attacks.items()
    } == dict.fromkeys(told, True)


def test_nothing_nasty_stays_in_a_stored_field(tmp_path: Path) -> None:
    with serve_hostile(["scripts in every field", "links elsewhere"]) as site:
        crawl(tmp_path, site)
    with open_store(f"sqlite:///{tmp_path}/d.sqlite3") as store:
        rows = [row for row in store.articles() if row["mid"] in map(str, site.attacks)]
        assert [row["status"] for row in rows] == ["fetched", "fetched"]
        for row in rows:
            assert not re.search(
                r"[\x00-\x1f\x7f\ud800-\udfff]", "".join(str(value) for value in row.values())
            )
            assert "javascript:" not in row["more"]
            assert "file:" not in row["more"]


def _spider(folder: Path, store: Store) -> tuple[history.HistorySpider, history.Walk]:
    """A spider at its desk: nothing goes out, requests are only asked for."""
    wanted = folder / "accounts.toml"
    wanted.write_text(f'[[accounts]]\nname = "半间厨房"\nid = "{BIZ}"\n', encoding="utf-8")
    walk = history.Walk(load_accounts_file(wanted).accounts[0], 1, biz=BIZ)
    spider = history.HistorySpider(
        store=store,
        walks=[walk],
        state=history.CrawlState(),
        budget=history.Budget(store, None, ""),
        base_url="http://127.0.0.1:1",
        permission=None,
        cool_down=lambda why: None,
        report=lambda state: None,
    )
    return spider, walk


def test_an_album_of_a_million_rows_ends(tmp_path: Path, store: Store) -> None:
    spider, walk = _spider(tmp_path, store)
    listings = list(spider._ask_album(walk, "20001"))
    pages, waiting = 0, 0
    while listings:
        pages += 1
        rows = [
            listing_row(article(1_000_000 - 500 * pages + n)) for n in range(500, 0, -1)
        ]  # five hundred, though twenty were asked for
        response = Response(listings[0].url, body=album_json(rows, more=True, count=1_000_000))
        answers = [
            one
            for one in spider.parse_listing(response, **listings[0].cb_kwargs)
            if isinstance(one, Request)
        ]
        listings = [one for one in answers if "album_id" in one.cb_kwargs]
        waiting += len(answers) - len(listings)
    assert pages == 40_000 // 500 + 1
    assert waiting == spider.state.to_go == 20_000
    assert spider.state.left == 20_500
    assert spider.state.failed[0][1] == "合集列出了 40000 行还没有完，停在这里"


def test_a_cursor_in_a_circle_ends(tmp_path: Path) -> None:
    asked = Counter[str]()

    def circle(query: dict[str, str]) -> bytes:
        """Three pages that lead to one another, each time under a new cursor."""
        asked["pages"] += 1
        begin = 1001 + 2 * (asked["pages"] % 3)
        return album_json([listing_row(article(begin + n)) for n in (1, 0)], more=True, count=6)

    with serve_hostile([], albums=circle) as site:
        done = crawl(tmp_path, site)
    assert asked["pages"] == 4
    assert "原地打转" in done.told
    assert Counter(statuses(tmp_path).values()) == {"fetched": 6}


def test_a_site_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with serve_hostile(["nothing"]) as site:
        site.attacks = dict.fromkeys(range(2001, 2061), "nothing")
        rows = [listing_row(article(mid)) for mid in range(2060, 2000, -1)]
        site.replica.content.albums["20001"].rows = rows
        done = crawl(tmp_path, site)
        assert (
            len({path for path in site.replica.requests if path.startswith("/s")}) < 25
        )  # one or two more may be under way
    assert done.code == 3
    assert re.search("接连 2[0-2] 个地址没有回应", done.told)  # as above


def test_more_than_can_wait_is_left_to_the_next_run(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_MOST_WAITING", 3)
    spider, walk = _spider(tmp_path, store)
    asked = [
        request
        for mid in range(1, 6)
        for request in spider._ask_page(
            walk, f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1"
        )
    ]
    assert (len(asked), spider.state.to_go, spider.state.left) == (3, 3, 2)


def test_a_page_nested_deep_or_full_of_links_is_read_in_linear_time() -> None:
    deep = hostile_page(1, body="<section>" * 300_000)
    assert deep_at(deep) is not None
    with pytest.raises(PageError, match="2000 层"):
        parse_page(deep)
    links = "".join(
        f'<a href="http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={n}&amp;idx=1">x</a>'
        for n in range(10_000, 14_000)
    )
    assert len(parse_page(hostile_page(1, body=links)).links) == 2000


def test_flat_markup_of_any_length_is_not_deep() -> None:
    assert deep_at("<p>一<br><section>二</section>" * 20_000) is None
    assert deep_at("<div>" * DEEPEST + "</div><div>" * 10_000) is None
    assert shallow("<p>一</p>" * 9000) == "<p>一</p>" * 9000
    assert (
        shallow(b"<div>" * 9000 + "文字</div>".encode() * 9000)
        == b"<div>" * DEEPEST + "文字".encode() * 9000
    )
    assert deep_at(markup := "<p>" * 9000 + "<div>" * (DEEPEST + 1)) == markup.rindex("<div>")
