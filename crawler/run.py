"""One crawl from the accounts file to an exit code: cool-down, permission, walks, the run itself,
and what to say about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from glob import glob
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.crawler import CrawlerProcess

from crawler.accounts_file import AccountsFile, Watched
from crawler.errors import DuibiaoError
from crawler.importer import FileReport, import_files
from crawler.records import BEIJING, HOST, parse_article_url
from crawler.settings import COOL_DOWN_S, MIN_DELAY_S, MIN_DELAY_WITH_PERMISSION_S, crawl_settings
from crawler.spiders.feed import FeedSpider
from crawler.spiders.history import Budget, CrawlState, HistorySpider, Walk, article_keys
from crawler.store import Store

__all__ = [
    "DONE",
    "ERROR",
    "PARTLY",
    "STOPPED",
    "LIVE",
    "CollectError",
    "Outcome",
    "collect",
    "cooling_until",
    "import_watched_files",
]

DONE, ERROR, PARTLY, STOPPED = 0, 1, 3, 4
LIVE = f"https://{HOST}"
_JITTER = 0.25


class CollectError(DuibiaoError, RuntimeError):
    """The crawl can't begin; says why and what to do."""


@dataclass(slots=True)
class Outcome:
    """How a crawl ended: exit code, one line that says it, and the counts."""

    code: int
    line: str
    state: CrawlState = field(default_factory=CrawlState)


def collect(
    store: Store,
    wanted: AccountsFile,
    *,
    base_url: str = LIVE,
    delay: float | None = None,
    report: Callable[[CrawlState], None] = lambda _: None,
) -> Outcome:
    """Crawl every account of the file, politely, from where the last run stopped.

    Raises CollectError where the pause is shorter than the site allows, and StoreError.
    """
    host = _host(base_url)
    until = cooling_until(store, host)
    if until:
        return Outcome(STOPPED, _cooling_line(store, host, until))
    live = host == HOST
    pause = _pause(delay if delay is not None else wanted.delay, live, bool(wanted.permission))
    state = CrawlState()
    walks = [_walk(store, watched, wanted.permission) for watched in wanted.accounts]
    cap = wanted.daily_cap if wanted.permission else None
    day = datetime.fromtimestamp(store.now(), BEIJING).date()
    process = CrawlerProcess(
        crawl_settings(delay=pause, jitter=_JITTER, obey_robots=wanted.permission is None)
    )
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
    if state.store_error is None:
        _tie_accounts(store, walks)
    return _outcome(
        store, host, wanted, state, interrupted=process.bootstrap_failed or _interrupted(state)
    )


def _host(base_url: str) -> str:
    """The host to be asked: WeChat's own, or a stand-in on this machine. Raises CollectError for
    any other.
    """
    parts = urlsplit(base_url)
    if base_url.rstrip("/") == LIVE:
        return HOST
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise CollectError(
            f"--base-url {base_url!r} 不行：只能是本机的替身站点，如 http://127.0.0.1:8000"
        )
    return parts.netloc


def _interrupted(state: CrawlState) -> bool:
    return state.to_go > 0 and state.stopped is None


def _pause(asked: float | None, live: bool, permitted: bool) -> float:
    """The mean pause: random pauses reach from 75 % to 125 % of it, so the shortest
    is the minimum.
    """
    least = (MIN_DELAY_WITH_PERMISSION_S if permitted else MIN_DELAY_S) / (1 - _JITTER)
    if asked is None:
        return least
    if live and asked * (1 - _JITTER) < least * (1 - _JITTER) - 1e-9:
        raise CollectError(
            f"间隔 {asked:g} 秒太短：对 {HOST} 至少 {least:.1f} 秒（{least * (1 - _JITTER):.0f} 到 "
            f"{least * (1 + _JITTER):.0f} 秒之间随机）"
        )
    return asked


def _walk(store: Store, watched: Watched, permission: str | None) -> Walk:
    """What the store knows of the account already: its biz, what was read."""
    biz = _known_biz(store, watched)
    with store.writing() as writer:
        source_id = writer.lasting_source("crawl", watched.label, permission)
        account_pk = writer.state_account(
            source_id, replace(watched.account, biz=biz), seen_at=store.now()
        )
    walk = Walk(
        watched,
        source_id,
        account_pk,
        biz or next((a["biz"] for a in store.accounts() if a["account_pk"] == account_pk), None),
    )
    walk.done = store.read_keys(account_pk)
    walk.fetched = store.read_count(account_pk)
    return walk


def _known_biz(store: Store, watched: Watched) -> str | None:
    """The biz that the accounts file, a stored article or a link of it names."""
    links = [link for link in map(parse_article_url, watched.urls) if link]
    keys = [key for link in links for key in article_keys(link.biz, link.mid, link.idx, link.token)]
    account_pk = store.account_of(keys) if keys else None
    stored = next((a for a in store.accounts() if a["account_pk"] == account_pk), None)
    return (
        watched.account.biz
        or (stored["biz"] if stored else None)
        or next((link.biz for link in links if link.biz), None)
    )


def _state_watched(store: Store, wanted: AccountsFile) -> None:
    """Roles, brands and facts of the accounts file hold, whether or not a crawl follows. Of a name
    that nobody has heard of nothing is said yet: the account may turn out to be called otherwise.
    """
    names = {name for row in store.accounts() for name in (row["name"], *row.get("names", ()))}
    for watched in wanted.accounts:
        account = replace(watched.account, biz=_known_biz(store, watched))
        if account.biz or account.user_name or account.name in names:
            with store.writing() as writer:
                source_id = writer.lasting_source("crawl", watched.label, wanted.permission)
                writer.state_account(source_id, account, seen_at=store.now())


def _tie_accounts(store: Store, walks: list[Walk]) -> None:
    """What the accounts file says of an account goes with the biz its pages showed."""
    with store.writing() as writer:
        for walk in walks:
            if walk.biz and not walk.watched.account.biz:
                writer.state_account(
                    walk.source_id, replace(walk.watched.account, biz=walk.biz), seen_at=store.now()
                )


def import_watched_files(store: Store, wanted: AccountsFile) -> list[FileReport]:
    """Take in the files the accounts file names, under their accounts, and what it states of these.
    Patterns are relative to the accounts file.
    """
    reports: list[FileReport] = []
    for watched in wanted.accounts:
        paths: Sequence[Path] = [
            Path(file)
            for pattern in watched.files
            for file in sorted(glob(str(wanted.path.parent / pattern), recursive=True))
        ]
        done = list(import_files(store, paths, owner=watched.account))
        _claim_files(store, watched, done)
        reports += done
    _state_watched(store, wanted)
    return reports


def _claim_files(store: Store, watched: Watched, reports: list[FileReport]) -> None:
    """The files named under an account are its: where they all show one account, that is the one,
    with its role, brand and facts.
    """
    shown = {owner for report in reports for owner in report.owners}
    if watched.account.biz or watched.account.user_name or len(shown) != 1:
        return
    biz, user_name = shown.pop()
    with store.writing() as writer:
        source_id = writer.lasting_source("crawl", watched.label, None)
        account = replace(watched.account, biz=biz, user_name=user_name)
        writer.state_account(source_id, account, seen_at=store.now())


# cool-down


def cooling_until(store: Store, host: str) -> int | None:
    """When a cool-down that is still on ends (unix seconds), or None. One that began in the future,
    by a clock set back since, begins now.
    """
    pause = json.loads(store.read_meta(f"cool-down:{host}") or "{}")
    if not pause or pause["until"] <= store.now():
        return None
    if pause["since"] > store.now():
        _start_cooling(store, host, pause["why"])
    return min(int(pause["until"]), store.now() + COOL_DOWN_S)


def _start_cooling(store: Store, host: str, why: str) -> None:
    now = store.now()
    store.write_meta(
        f"cool-down:{host}",
        json.dumps({"since": now, "until": now + COOL_DOWN_S, "why": why}, ensure_ascii=False),
    )


def _cooling_line(store: Store, host: str, until: int) -> str:
    pause = json.loads(store.read_meta(f"cool-down:{host}") or "{}")
    since, end = (
        f"{datetime.fromtimestamp(at, BEIJING):%m-%d %H:%M}" for at in (pause["since"], until)
    )
    return (
        f"冷却中：{since} 遇到{pause['why']}，{end} 以后再运行；其间可以用 duibiao import "
        "导入自己保存的文件"
    )


# what to say


def _outcome(
    store: Store, host: str, wanted: AccountsFile, state: CrawlState, *, interrupted: bool
) -> Outcome:
    if state.store_error:
        return Outcome(ERROR, state.store_error, state)
    if state.stopped == "verification":
        return Outcome(
            STOPPED,
            _cooling_line(store, host, cooling_until(store, host) or store.now()).replace(
                "冷却中：", "已停止并进入冷却："
            ),
            state,
        )
    if state.forbidden and state.pages + state.listings:
        return Outcome(
            STOPPED,
            f"{host} 的 robots.txt 不允许其中 {state.forbidden} 个地址，其余取到的都在",
            state,
        )
    if state.forbidden:
        why = (
            "的 robots.txt 没有回应，按“不允许”处理"
            if state.robots_silent
            else "的 robots.txt 不允许抓取"
        )
        line = (
            f"{host} {why}，什么也没有取：请在浏览器里打开合集存成 HAR，用 duibiao import "
            f"导入；得到许可的，在 {wanted.path} 里写明 permission"
        )
        return Outcome(STOPPED, line, state)
    if state.stopped == "daily cap":
        return Outcome(PARTLY, f"今天的 {wanted.daily_cap} 次请求用完了，明天再运行会接着取", state)
    if state.stopped == "silent":
        return Outcome(
            PARTLY,
            f"{host} 接连 {state.silent} 个地址没有回应，先停在这里；已取的都在，"
            "过些时候再运行会接着取",
            state,
        )
    if interrupted:
        return Outcome(PARTLY, "中途停下，再运行一次会接着取", state)
    if state.left:
        return Outcome(
            PARTLY, f"另有 {state.left} 篇排不下，已经记下地址，再运行一次会接着取", state
        )
    if state.failed:
        url, reason = state.failed[0]
        return Outcome(
            PARTLY,
            f"{len(state.failed)} 个地址没有取到（如 {url}：{reason}），再运行一次会重试",
            state,
        )
    return Outcome(DONE, "完成", state)
