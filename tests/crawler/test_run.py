"""The crawl, by the command, against a replica on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from crawler.replica.content import load_folder_content, notice_page
from crawler.replica.server import REAL_ROBOTS, Replica, Trouble, serve
from crawler.store import Store, open_store
from tests.support.command import Run
from tests.support.places import ROOT
from tests.support.small_site import BIZ, OTHER, accounts_file, page, small_site


def opened(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder}/d.sqlite3")


def pages_asked(replica: Replica) -> list[str]:
    return [path for path in replica.requests if path.startswith("/s")]


def test_from_one_seed_the_whole_public_history_is_read(duibiao: Run, tmp_path: Path) -> None:
    with serve(small_site()) as replica:
        done = duibiao(
            "collect", accounts_file(tmp_path), "--base-url", replica.url, "--delay", "0", check=0
        )
    with opened(tmp_path) as store:
        rows = list(store.articles())
        (album,) = store.albums()
        (account,) = store.accounts()
        assert all(len(store.claims(row["article_id"])) >= 1 for row in rows)
    assert Counter(row["status"] for row in rows) == {
        "fetched": 46
    }  # 45 of the album and the linked one; never the other account's
    assert (
        account["account_id"],
        account["role"],
        album["known"],
        album["walked_at"] is not None,
    ) == (BIZ, "direct", 45, True)
    assert not any(OTHER in path for path in replica.requests)
    assert max(Counter(pages_asked(replica)).values()) == 1
    assert all("duibiao" in agent for agent in replica.agents)
    assert "取到页面" in done.stdout
    assert "已取" in done.stderr
    assert "还有" in done.stderr


def test_a_second_run_asks_for_listings_only(duibiao: Run, tmp_path: Path) -> None:
    wanted = accounts_file(tmp_path)
    with serve(small_site()) as replica:
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
        replica.requests.clear()
        done = duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
    assert pages_asked(replica) == []
    assert sum("f=json" in path for path in replica.requests) == 3
    assert re.search(r"^新 +0", done.stdout, re.MULTILINE)


def test_only_what_is_new_is_read_on_the_next_run(duibiao: Run, tmp_path: Path) -> None:
    wanted = accounts_file(tmp_path)
    small, large = small_site(45), small_site(47)
    with serve(small) as replica:
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
    with serve(large) as replica:
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
        assert sorted(path.split("mid=")[1][:4] for path in pages_asked(replica)) == [
            "1046",
            "1047",
        ]


def test_the_real_robots_txt_is_obeyed_and_nothing_else_is_asked(
    duibiao: Run, tmp_path: Path
) -> None:
    with serve(small_site(), robots="real") as replica:
        done = duibiao("collect", accounts_file(tmp_path), "--base-url", replica.url, check=4)
    assert replica.requests == ["/robots.txt"]
    assert "duibiao import" in done.stderr.splitlines()[-1]
    assert "HAR" in done.stderr.splitlines()[-1]
    assert REAL_ROBOTS.endswith("Disallow: /\n")


def test_a_robots_txt_that_does_not_answer_counts_as_no(duibiao: Run, tmp_path: Path) -> None:
    with serve(small_site(), robots="broken") as replica:
        duibiao(
            "collect", accounts_file(tmp_path), "--base-url", replica.url, "--delay", "0", check=4
        )
    assert set(replica.requests) == {"/robots.txt"}


def test_a_stated_permission_goes_on_and_is_kept_with_every_page(
    duibiao: Run, tmp_path: Path
) -> None:
    wanted = accounts_file(tmp_path, permission="账号主人 2026-01-05 书面同意")
    with serve(small_site(), robots="real") as replica:
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
    with opened(tmp_path) as store:
        allowed = {source["source_id"]: source["permission"] for source in store.sources()}
        assert {allowed[kept.source_id] for kept in store.pages()} == {
            "账号主人 2026-01-05 书面同意"
        }
        assert store.coverage()[0].permissions == ["账号主人 2026-01-05 书面同意"]
    assert "账号主人 2026-01-05 书面同意" in duibiao("status", "--format", "json", check=0).stdout


def test_the_daily_cap_ends_a_permitted_run_and_is_shared_by_the_next(
    duibiao: Run, tmp_path: Path
) -> None:
    wanted = accounts_file(tmp_path, permission="同意")
    wanted.write_text("daily_cap = 10\n" + wanted.read_text(encoding="utf-8"), encoding="utf-8")
    with serve(small_site(), robots="real") as replica:
        done = duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=3)
        assert len(replica.requests) == 10
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=3)
        assert len(replica.requests) == 10
    assert "10 次请求用完了" in done.stderr


@pytest.mark.parametrize("inline", [False, True])
def test_the_first_verification_page_ends_the_crawl_and_starts_a_cool_down(
    duibiao: Run, tmp_path: Path, inline: bool
) -> None:
    wanted = accounts_file(tmp_path)
    with serve(small_site(), trouble=Trouble(verify_after=8, verify_inline=inline)) as replica:
        done = duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=4)
        assert (
            len(replica.requests) == 1 + 9
        )  # robots.txt, eight answers, and the one that said stop
        replica.requests.clear()
        replica.trouble = Trouble()
        again = duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=4)
    assert replica.requests == []
    assert "冷却" in done.stderr
    assert "冷却中" in again.stderr
    assert "验证页" in again.stderr
    with opened(tmp_path) as store:
        assert all(row["title"] != "环境异常" for row in store.articles())
        until = json.loads(store.read_meta(f"cool-down:{replica.url[7:]}") or "{}")
    assert until["until"] - until["since"] == 6 * 3600


def test_gone_articles_are_noted_and_are_no_failure(duibiao: Run, tmp_path: Path) -> None:
    held = small_site(5)
    held.pages[f"m:{BIZ}:1002:1"] = lambda: notice_page("deleted")
    held.pages[f"m:{BIZ}:1004:1"] = lambda: notice_page("violation")
    with serve(held) as replica:
        done = duibiao(
            "collect", accounts_file(tmp_path), "--base-url", replica.url, "--delay", "0", check=0
        )
        replica.requests.clear()
        duibiao(
            "collect", accounts_file(tmp_path), "--base-url", replica.url, "--delay", "0", check=0
        )
    assert pages_asked(replica) == []
    assert "已删除 1" in done.stdout
    with opened(tmp_path) as store:
        assert Counter(row["status"] for row in store.articles()) == {
            "fetched": 4,
            "deleted": 1,
            "violation": 1,
        }
        assert all(row["title"] for row in store.articles())  # what the listing told stays


def test_failures_are_told_and_tried_again(duibiao: Run, tmp_path: Path) -> None:
    wanted = accounts_file(tmp_path)
    with serve(small_site(12), trouble=Trouble(fail_every=3)) as replica:
        duibiao(
            "collect", wanted, "--base-url", replica.url, "--delay", "0", check=0
        )  # a 503 is asked again
        assert len(replica.requests) > 15
    lost = small_site(12)
    lost.pages[f"m:{BIZ}:1005:1"] = lambda: b"<html>half a pa"
    with serve(lost) as replica:
        done = duibiao(
            "collect",
            wanted,
            "--base-url",
            replica.url,
            "--delay",
            "0",
            check=3,
            store=f"sqlite:///{tmp_path}/other.sqlite3",
        )
        assert "不完整" in done.stderr
        lost.pages[f"m:{BIZ}:1005:1"] = lambda: page(1005)
        duibiao(
            "collect",
            wanted,
            "--base-url",
            replica.url,
            "--delay",
            "0",
            check=0,
            store=f"sqlite:///{tmp_path}/other.sqlite3",
        )
    with open_store(f"sqlite:///{tmp_path}/other.sqlite3") as store:
        assert Counter(row["status"] for row in store.articles()) == {"fetched": 13}


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Trouble(stuck_cursor=True), "原地打转"),
        (Trouble(redirect_loop=True), "跳转没有尽头"),
        (Trouble(redirect_to="http://127.0.0.2:9/elsewhere"), "别的站点"),
        (Trouble(cut_json=True), "不完整"),
        (Trouble(reset_every=1), "连接"),
    ],
)
def test_trouble_is_bounded_and_named(
    duibiao: Run, tmp_path: Path, trouble: Trouble, told: str
) -> None:
    with serve(small_site(25), trouble=trouble) as replica:
        done = duibiao(
            "collect", accounts_file(tmp_path), "--base-url", replica.url, "--delay", "0"
        )
    assert done.returncode in ((4,) if trouble.reset_every else (3,))
    assert told in done.stderr or "robots.txt" in done.stderr
    assert len(replica.requests) < 120


def test_a_seed_of_another_account_is_not_stored(duibiao: Run, tmp_path: Path) -> None:
    wanted = accounts_file(
        tmp_path,
        f'id = "{BIZ}"\n',
        urls=f'["https://mp.weixin.qq.com/s?__biz={OTHER}&mid=1&idx=1"]',
    )
    with serve(small_site(3)) as replica:
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0")
    with opened(tmp_path) as store:
        assert list(store.articles()) == []


def test_since_and_limit_bound_what_is_read(duibiao: Run, tmp_path: Path) -> None:
    with serve(small_site(45)) as replica:
        duibiao(
            "collect",
            accounts_file(tmp_path, "limit = 7\n"),
            "--base-url",
            replica.url,
            "--delay",
            "0",
            check=0,
        )
        assert len(pages_asked(replica)) == 7
        replica.requests.clear()
        day = 'since = "2023-12-27"\n'  # article 1025 is of 2023-12-27 in Beijing
        duibiao(
            "collect",
            accounts_file(tmp_path, day, urls='[]\nalbums = ["20001"]'),
            "--base-url",
            replica.url,
            "--delay",
            "0",
            check=0,
            store=f"sqlite:///{tmp_path}/s.sqlite3",
        )
        asked = {int(path.split("mid=")[1][:4]) for path in pages_asked(replica)}
    assert max(asked) == 1045
    assert 1000 < min(asked) < 1045
    with open_store(f"sqlite:///{tmp_path}/s.sqlite3") as store:
        from datetime import datetime

        from crawler.records import BEIJING

        first = min(row["published_at"] for row in store.articles() if row["status"] == "fetched")
        assert first >= datetime(2023, 12, 27, tzinfo=BEIJING).timestamp()


def test_killed_at_any_moment_and_started_again_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    wanted = accounts_file(tmp_path)
    env = {
        **os.environ,
        "DUIBIAO_STORE": f"sqlite:///{tmp_path}/d.sqlite3",
        "PYTHONPATH": str(ROOT),
    }
    with serve(small_site(), trouble=Trouble(slow_s=0.01)) as replica:
        command = [
            sys.executable,
            "-m",
            "analysis.cli",
            "collect",
            str(wanted),
            "--base-url",
            replica.url,
            "--delay",
            "0",
        ]
        stored: list[int] = []
        for more in (4, 11, 17):
            running = subprocess.Popen(
                command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            target = len(replica.requests) + more
            deadline = time.monotonic() + 60
            while (
                len(replica.requests) < target
                and running.poll() is None
                and time.monotonic() < deadline
            ):
                time.sleep(0.005)
            running.send_signal(signal.SIGKILL)
            running.wait()
            with opened(tmp_path) as store:
                stored.append(sum(row["status"] == "fetched" for row in store.articles()))
        assert (
            subprocess.run(
                command, cwd=tmp_path, env=env, capture_output=True, timeout=120
            ).returncode
            == 0
        )
        asked = Counter(pages_asked(replica))
    with opened(tmp_path) as store:
        rows = list(store.articles())
    assert Counter(row["status"] for row in rows) == {"fetched": 46}
    assert len({(row["mid"], row["idx"]) for row in rows}) == 46
    assert stored == sorted(stored)
    assert sum(asked.values()) <= 46 + 3  # at most the one under way at each kill is asked again


def test_a_pause_too_short_for_the_real_site_is_refused(duibiao: Run, tmp_path: Path) -> None:
    done = duibiao("collect", accounts_file(tmp_path), "--delay", "1", check=1)
    assert "太短" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_files_of_an_account_are_taken_in_under_its_role(duibiao: Run, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "one.html").write_bytes(page(1003))
    wanted = accounts_file(
        tmp_path,
        'brand = "半间"\nfiles = ["saved/*.html"]\n[accounts.facts]\n"团队" = "3 人"\n',
        urls="[]",
    )
    with serve(small_site(3), robots="real") as replica:
        duibiao("collect", wanted, "--base-url", replica.url)
    with opened(tmp_path) as store:
        (account,) = store.accounts()
    assert (account["account_id"], account["role"], account["brand"], account["facts"]) == (
        BIZ,
        "direct",
        "半间",
        {"团队": "3 人"},
    )


def test_the_replica_serves_real_pages_and_the_crawl_finds_them_all(
    duibiao: Run, tmp_path: Path, shared_pages: Path
) -> None:
    wanted = tmp_path / "accounts.toml"
    wanted.write_text(
        '[[accounts]]\nname = "你的鸟儿会唱歌"\nurls = ["https://mp.weixin.qq.com/'
        's?__biz=Mzg4NTc2OTYxMQ==&mid=2247484584&idx=1"]\n',
        encoding="utf-8",
    )
    held = load_folder_content(shared_pages)
    with serve(held, robots="real") as replica:
        duibiao("collect", wanted, "--base-url", replica.url, check=4)
        assert replica.requests == ["/robots.txt"]
    with serve(held) as replica:
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
    with opened(tmp_path) as store:
        rows = list(store.articles())
        album = next(a for a in store.albums() if a["title"] == "微型小说")
    assert (album["known"], album["article_count"]) == (106, 106)
    assert Counter(row["status"] for row in rows) == {"fetched": 58, "unavailable": 48}


FEED = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>半间厨房</title><link>https://mp.weixin.qq.com/</link><description></description>
<item><title>第1003篇</title><link>https://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=1003&amp;idx=1&amp;sn=s</link><pubDate>Sat, 26 Dec 2023 09:13:20 GMT</pubDate></item>
<item><title>只在订阅里的一篇</title><link>https://mp.weixin.qq.com/s/FFFFFFFFFFFFFFFFFFFFFF</link><pubDate>Sun, 27 Dec 2023 09:13:20 GMT</pubDate></item>
</channel></rss>""".encode()


def test_feeds_an_account_names_are_read_too_with_the_same_politeness(
    duibiao: Run, tmp_path: Path
) -> None:
    with serve(small_site(5)) as replica:
        replica.feeds["/feed/banjian.xml"] = FEED
        wanted = accounts_file(tmp_path, f'feeds = ["{replica.url}/feed/banjian.xml"]\n')
        duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=0)
        assert replica.requests.count("/feed/banjian.xml") == 1
    with opened(tmp_path) as store:
        rows = {row["title"]: row for row in store.articles()}
        assert {claim["origin"] for claim in store.claims(rows["第1003篇"]["article_id"])} >= {
            "feed",
            "page",
        }
        assert rows["只在订阅里的一篇"]["status"] == "listed"
        assert len(store.accounts()) == 1


def test_a_feed_that_robots_txt_forbids_is_not_read(duibiao: Run, tmp_path: Path) -> None:
    with serve(small_site(5), robots="real") as replica:
        replica.feeds["/feed/banjian.xml"] = FEED
        wanted = accounts_file(tmp_path, f'feeds = ["{replica.url}/feed/banjian.xml"]\n', urls="[]")
        done = duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0")
        assert set(replica.requests) == {"/robots.txt"}
    assert "robots.txt" in done.stderr
    assert done.returncode in (3, 4)


@pytest.mark.parametrize("robots", ["real", "broken"])
def test_albums_too_wait_for_robots_txt(duibiao: Run, tmp_path: Path, robots: str) -> None:
    wanted = (
        accounts_file(tmp_path, 'albums = ["20001"]\n', urls="[]")
        if robots == "real"
        else accounts_file(tmp_path, 'albums = ["20001"]\n')
    )
    with serve(small_site(), robots=robots) as replica:
        done = duibiao("collect", wanted, "--base-url", replica.url, "--delay", "0", check=4)
        assert set(replica.requests) == {"/robots.txt"}
    assert ("没有回应" in done.stderr) == (robots == "broken")


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "http://example.com",
        "https://mp.weixin.qq.com:443",
        "http://10.0.0.1:80",
        "file:///etc",
    ],
)
def test_only_this_machine_stands_in_for_the_site(duibiao: Run, tmp_path: Path, url: str) -> None:
    done = duibiao("collect", accounts_file(tmp_path), "--base-url", url, check=1)
    assert "本机" in done.stderr
