"""One crawl from the accounts file to an exit code: cool-down, permission, walks, the run itself, and what to say about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from glob import glob
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.crawler import CrawlerProcess

from crawler.accounts_file import AccountsFile, Watched
from crawler.importing import FileReport, import_files
from crawler.records import BEIJING, HOST, parse_article_url
from crawler.settings import COOL_DOWN_S, MIN_DELAY_S, MIN_DELAY_WITH_PERMISSION_S, crawl_settings
from crawler.spiders.feed import FeedSpider
from crawler.spiders.history import Budget, CrawlState, HistorySpider, Walk
from crawler.store import Store

__all__ = ["DONE", "ERROR", "PARTLY", "STOPPED", "LIVE", "CollectError", "Outcome", "collect", "cooling_until", "import_watched_files"]

DONE, ERROR, PARTLY, STOPPED = 0, 1, 3, 4
LIVE = f"https://{HOST}"
_JITTER = 0.25


class CollectError(RuntimeError):
    """The crawl can't begin; says why and what to do."""


@dataclass(slots=True)
class Outcome:
    """How a crawl ended: exit code, one line that says it, and the counts."""

    code: int
    line: str
    state: CrawlState = field(default_factory=CrawlState)


def collect(
    store: Store, wanted: AccountsFile, *, base_url: str = LIVE, delay: float | None = None, report: Callable[[CrawlState], None] = lambda _: None
) -> Outcome:
    """Crawl every account of the file, politely, from where the last run stopped.

    Raises CollectError where the pause is shorter than the site allows, and StoreError.
    """
    host = urlsplit(base_url).netloc
    until = cooling_until(store, host)
    if until:
        return Outcome(STOPPED, _cooling_line(store, host, until))
    live = host == HOST
    pause = _pause(delay if delay is not None else wanted.delay, live, bool(wanted.permission))
    state = CrawlState()
    walks = [_walk(store, watched, wanted.permission) for watched in wanted.accounts]
    cap = wanted.daily_cap if wanted.permission else None
    day = datetime.fromtimestamp(store.now(), BEIJING).date()
    process = CrawlerProcess(crawl_settings(delay=pause, jitter=_JITTER, obey_robots=wanted.permission is None))
    process.crawl(
        HistorySpider,
        store=store,
        walks=walks,
        state=state,
        budget=Budget(store, cap, f"requests:{host}:{day}"),
        base_url=base_url,
        permission=wanted.permission,
        cool_down=lambda why: _start_cooling(store, host, why),
        report=report,
    )
    if any(walk.watched.feeds for walk in walks):
        process.crawl(FeedSpider, store=store, walks=walks, state=state, cool_down=lambda why: None)
    process.start()
    return _outcome(store, host, wanted, state, interrupted=process.bootstrap_failed or _interrupted(state))


def _interrupted(state: CrawlState) -> bool:
    return state.to_go > 0 and state.stopped is None


def _pause(asked: float | None, live: bool, permitted: bool) -> float:
    """The mean pause: random pauses reach from 75 % to 125 % of it, so the shortest is the minimum."""
    least = (MIN_DELAY_WITH_PERMISSION_S if permitted else MIN_DELAY_S) / (1 - _JITTER)
    if asked is None:
        return least
    if live and asked * (1 - _JITTER) < least * (1 - _JITTER) - 1e-9:
        raise CollectError(f"间隔 {asked:g} 秒太短：对 {HOST} 至少 {least:.1f} 秒（{least * (1 - _JITTER):.0f} 到 {least * (1 + _JITTER):.0f} 秒之间随机）")
    return asked


def _walk(store: Store, watched: Watched, permission: str | None) -> Walk:
    """What the store knows of the account already: its biz, what was read."""
    with store.writing() as writer:
        source_id = writer.crawl_source(watched.label, permission)
        writer.put_account(source_id, watched.account, origin="accounts file", seen_at=0)
    walk = Walk(watched, source_id)
    links = filter(None, map(parse_article_url, watched.urls))
    keys = [key for link in links for key in ([f"m:{link.biz}:{link.mid}:{link.idx}"] if link.mid else [f"t:{link.token}"])]
    account = next((a for a in store.accounts() if _is_watched(a, watched)), None)
    walk.account = (account["number"] if account else None) or store.account_of(keys)
    known = next((a for a in store.accounts() if a["number"] == walk.account), None)
    walk.biz = watched.account.biz or (known["biz"] if known else None)
    if walk.account is not None:
        walk.done = store.read_keys(walk.account)
        walk.fetched = store.read_count(walk.account)
    return walk


def _is_watched(account: dict[str, object], watched: Watched) -> bool:
    wanted = watched.account
    if wanted.biz or wanted.user_name:
        return (wanted.biz is not None and account["biz"] == wanted.biz) or (wanted.user_name is not None and account["user_name"] == wanted.user_name)
    return account["name"] == wanted.name


def import_watched_files(store: Store, wanted: AccountsFile) -> list[FileReport]:
    """Take in the files the accounts file names, under their accounts. Patterns are relative to the accounts file."""
    reports: list[FileReport] = []
    for watched in wanted.accounts:
        paths: Sequence[Path] = [Path(found) for pattern in watched.files for found in sorted(glob(str(wanted.path.parent / pattern), recursive=True))]
        reports += import_files(store, paths, owner=watched.account)
    return reports


# cool-down


def cooling_until(store: Store, host: str) -> int | None:
    """When a cool-down that is still on ends (unix seconds), or None."""
    kept = store.read_meta(f"cool-down:{host}")
    until = int(json.loads(kept)["until"]) if kept else 0
    return until if until > store.now() else None


def _start_cooling(store: Store, host: str, why: str) -> None:
    now = store.now()
    store.write_meta(f"cool-down:{host}", json.dumps({"since": now, "until": now + COOL_DOWN_S, "why": why}, ensure_ascii=False))


def _cooling_line(store: Store, host: str, until: int) -> str:
    kept = json.loads(store.read_meta(f"cool-down:{host}") or "{}")
    since, end = (f"{datetime.fromtimestamp(at, BEIJING):%m-%d %H:%M}" for at in (kept["since"], until))
    return f"冷却中：{since} 遇到{kept['why']}，{end} 以后再运行；其间可以用 duibiao import 导入自己保存的文件"


# what to say


def _outcome(store: Store, host: str, wanted: AccountsFile, state: CrawlState, *, interrupted: bool) -> Outcome:
    if state.stopped == "verification":
        return Outcome(STOPPED, _cooling_line(store, host, cooling_until(store, host) or store.now()).replace("冷却中：", "已停止并进入冷却："), state)
    if state.forbidden and not state.pages - state.forbidden and not state.listings:
        line = f"{host} 的 robots.txt 不允许抓取，什么也没有取：请在浏览器里打开合集存成 HAR，用 duibiao import 导入；得到许可的，在 {wanted.path} 里写明 permission"
        return Outcome(STOPPED, line, state)
    if state.stopped == "daily cap":
        return Outcome(PARTLY, f"今天的 {wanted.daily_cap} 次请求用完了，明天再运行会接着取", state)
    if interrupted:
        return Outcome(PARTLY, "中途停下，再运行一次会接着取", state)
    if state.failed:
        url, reason = state.failed[0]
        return Outcome(PARTLY, f"{len(state.failed)} 个地址没有取到（如 {url}：{reason}），再运行一次会重试", state)
    return Outcome(DONE, "完成", state)
