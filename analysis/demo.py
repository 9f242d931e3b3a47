"""The whole way on the sample, offline: files as the first door, a local replica as the second, the
brief and the pre-launch benchmark.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.brief.build import make_brief
from analysis.files import save_file
from analysis.group import AccountGroup
from analysis.prelaunch.build import make_benchmark
from analysis.prelaunch.page import render_benchmark
from crawler.accounts_file import load_accounts_file
from crawler.importer import import_files
from crawler.places import SAMPLE
from crawler.records import BEIJING, Account
from crawler.replica.content import SiteContent, load_sample_content, read_sample, sample_page
from crawler.replica.server import Replica, serve
from crawler.run import collect
from crawler.store import Store, StoreError, open_store
from crawler.store.claims import Tally

__all__ = ["fill_demo_store", "run_demo"]

_PLAN = "plan.example.toml"  # beside the sample
_MARK = ".duibiao-demo"
_DAY = date(2026, 9, 1)  # the day after the sample's last article
_CLOCK = datetime(2026, 9, 1, 9, 0, tzinfo=BEIJING).timestamp()


def run_demo(folder: Path, *, sample: Path | None, on_progress: Callable[[str], None]) -> Path:
    """Fill a store from the sample by both doors, write the brief and hold the example plan against
    it; gives the brief's path.

    What the folder held of an earlier demo goes.

    Raises StoreError where the sample is missing.
    """
    source = sample or SAMPLE
    if not (source / "articles.jsonl.gz").exists():
        raise StoreError(f"找不到示例数据 {source}：重装一次 duibiao，或用 --sample 指明")
    _clear(folder)
    with open_store(f"sqlite:///{folder}/demo.sqlite3", clock=lambda: _CLOCK) as store:
        fill_demo_store(store, source, folder, on_progress=on_progress)
        on_progress("写简报…")
        path = folder / "brief.html"
        make_brief(AccountGroup(store), path, date=_DAY, force=True)
        if (plan := source.parent / _PLAN).exists():
            on_progress(f"上线前对标：{_hold_plan(store, folder, plan)}")
    return path.resolve()


def _hold_plan(store: Store, folder: Path, plan: Path) -> Path:
    """The example plan against the sample's accounts; gives the page's path."""
    benchmark = make_benchmark(AccountGroup(store), plan, date=_DAY)
    path = folder / "prelaunch.html"
    save_file(path, render_benchmark(benchmark), force=True)
    return path.resolve()


def fill_demo_store(
    store: Store, source: Path, folder: Path, *, on_progress: Callable[[str], None]
) -> None:
    """The sample's accounts: most as saved pages, one album list as HAR, the crawled one from a
    replica on loopback.
    """
    accounts = json.loads((source / "accounts.json").read_text(encoding="utf-8"))
    crawled = next(account for account in accounts if account["role"] == "adjacent")
    content = load_sample_content(source)
    saved = folder / "saved"
    count = _save_pages(source, saved, accounts, content, skip=crawled["key"])
    (saved / "albums.har").write_text(
        json.dumps(_album_har(content), ensure_ascii=False), encoding="utf-8"
    )
    _register(store, accounts)
    on_progress(f"第一扇门：导入 {count} 个保存的网页和 1 个 HAR…")
    tally = _import_saved(store, saved, accounts, on_progress)
    on_progress(f"  新 {tally.new}，更新 {tally.updated}，未变 {tally.unchanged}")
    on_progress(f"第二扇门：从本机的替身站点采集「{crawled['name']}」…")
    wanted = folder / "accounts.toml"
    wanted.write_text(_accounts_toml(crawled, source), encoding="utf-8")
    with serve(content) as replica:
        outcome = collect(store, load_accounts_file(wanted), base_url=replica.url, delay=0)
    on_progress(f"  取到 {outcome.state.pages} 页，{outcome.line}")


def _clear(folder: Path) -> None:
    """A demo's folder is made anew; one that holds anything else is left
    alone. Raises StoreError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / _MARK).exists():
            raise StoreError(f"文件夹 {folder} 里有不是示例做的文件：用 --folder 换一个空文件夹")
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (folder / _MARK).write_text("duibiao demo 每次都会清空这个文件夹\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"用不了文件夹 {folder}：{error.strerror}；用 --folder 换一个") from None


def _save_pages(
    source: Path, saved: Path, accounts: list[dict[str, Any]], content: SiteContent, *, skip: str
) -> int:
    """Pages as a browser saves them, with the address they came from."""
    owners = {account["key"]: account for account in accounts}
    count = 0
    for row in read_sample(source):
        if row["account"] == skip:
            continue
        url = f"https://mp.weixin.qq.com/s/{row['token']}"
        path = saved / row["account"] / f"{row['mid']}-{row['idx']}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            f"<!-- saved from url=({len(url):04d}){url} -->\n".encode()
            + sample_page(row, owners[row["account"]], content)
        )
        count += 1
    return count


def _import_saved(
    store: Store, saved: Path, accounts: list[dict[str, Any]], on_progress: Callable[[str], None]
) -> Tally:
    """A folder an account, so that notices of deleted articles, which name no account, are known to
    be its.
    """
    tally = Tally()
    for account in accounts:
        if (saved / account["key"]).is_dir():
            owner = Account(biz=account["biz"], user_name=account["gh_id"], name=account["name"])
            taken_in = sum(
                (
                    report.tally
                    for report in import_files(store, [saved / account["key"]], owner=owner)
                ),
                Tally(),
            )
            on_progress(f"  {account['name']}：{taken_in.total} 篇")
            tally += taken_in
    return sum((report.tally for report in import_files(store, [saved / "albums.har"])), tally)


def _album_har(content: SiteContent) -> dict[str, Any]:
    """What a browser records while a person scrolls every album to its end."""
    entries = [
        {
            "startedDateTime": "2026-09-01T01:00:00.000Z",
            "request": {"url": f"https://mp.weixin.qq.com{path}"},
            "response": {"content": {"text": body}},
        }
        for path, body in _scroll(content)
    ]
    return {"log": {"version": "1.2", "creator": {"name": "sample"}, "entries": entries}}


def _scroll(content: SiteContent) -> Iterator[tuple[str, str]]:
    replica = Replica(content)
    for album in content.albums.values():
        cursor = ""
        while True:
            path = (
                f"/mp/appmsgalbum?action=getalbum&album_id={album.album_id}&f=json&count=20&is_"
                f"reverse=1{cursor}"
            )
            body = replica.answer(path)[2].decode()
            yield path, body
            page = json.loads(body)["getalbum_resp"]
            if page["continue_flag"] != "1":
                break
            last = page["article_list"][-1]
            cursor = f"&begin_msgid={last['msgid']}&begin_itemidx={last['itemidx']}"


def _register(store: Store, accounts: list[dict[str, Any]]) -> None:
    """Roles, brands and facts, as an accounts file would state them."""
    with store.writing() as writer:
        source_id = writer.source("accounts file", "sample")
        for entry in accounts:
            account = Account(
                biz=entry["biz"],
                user_name=entry["gh_id"],
                name=entry["name"],
                brand=entry["brand"],
                role=entry["role"],
                subject=entry.get("subject"),
                facts=entry.get("facts") or None,
            )
            writer.put_account(source_id, account, origin="accounts file", seen_at=0)


def _accounts_toml(account: dict[str, Any], source: Path) -> str:
    """An accounts file for the crawled one: its albums, and every article as a seed, since what no
    album holds no walk can find.
    """
    urls = [
        f"https://mp.weixin.qq.com/s/{row['token']}"
        for row in read_sample(source)
        if row["account"] == account["key"]
    ]
    lines = [
        "[[accounts]]",
        f"name = {json.dumps(account['name'], ensure_ascii=False)}",
        f'id = "{account["biz"]}"',
        f'role = "{account["role"]}"',
    ]
    lines += [
        f"albums = {json.dumps([album['id'] for album in account['albums']])}",
        f"urls = {json.dumps(urls)}",
    ]
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    return text
