"""The command that watches rivals: one pass that collects, takes in new files, and tells what is
new and what changed, once.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.commands.options import DEFAULT_STORE, StoreOption, echo_err, store_at
from analysis.commands.terminal import clear_status

if TYPE_CHECKING:
    from analysis.watch.state import WatchState
    from analysis.watch.webhooks import Webhook
    from crawler.accounts_file import AccountsFile
    from crawler.store import Store

__all__ = ["app"]

app = typer.Typer()

_STDOUT, _PARTLY = "stdout", 3
_FORMATS = ("text", "json")


@app.command()
def watch(
    accounts: Annotated[
        Path,
        typer.Argument(
            metavar="ACCOUNTS.toml", help="关注哪些账号；样例见 data/accounts.example.toml"
        ),
    ],
    inbox: Annotated[
        Path | None, typer.Option("--inbox", help="每次先导入这个文件夹里的新文件")
    ] = None,
    collect: Annotated[
        bool,
        typer.Option(
            "--collect/--no-collect",
            help="先采集（遵守 robots.txt）；--no-collect 只看已有的和新文件",
        ),
    ] = True,
    format: Annotated[str, typer.Option("--format", help="text 或 json")] = "text",
    rss: Annotated[
        Path | None, typer.Option("--rss", help="把最近的变化写成这个 RSS 文件，每次更新")
    ] = None,
    webhook: Annotated[
        str | None,
        typer.Option(
            "--webhook",
            envvar="DUIBIAO_WEBHOOK",
            help="群机器人地址（企业微信、飞书、钉钉）或收 JSON 的地址；不会保存",
            show_envvar=True,
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--webhook-form", help="wecom、feishu、dingtalk 或 json；不写就看地址"),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="改抓本机的替身站点，如 http://127.0.0.1:8000")
    ] = None,
    delay: Annotated[
        float | None, typer.Option("--delay", min=0, help="平均间隔秒数；对真实站点有下限")
    ] = None,
) -> None:
    """盯对手：采集一遍，说出新发了什么，栏目、节奏、排版变了什么；每件事只说一次。可放进 cron。"""
    from analysis.watch.run import run_watch
    from crawler.accounts_file import load_accounts_file

    if format not in _FORMATS:
        raise typer.BadParameter(
            f"{format!r} 不行；可以用 {'、'.join(_FORMATS)}", param_hint="--format"
        )
    target = _webhook(webhook, form)
    accounts_file = load_accounts_file(accounts)
    with store_at(store, create=True, doing="在看有什么新的") as opened:
        code = _import_and_collect(
            opened, accounts_file, inbox, crawl=collect, base_url=base_url, delay=delay
        )
        listeners = [_STDOUT, *([target.listener] if target else [])]
        state = run_watch(opened, _find_watched(opened, accounts_file), listeners=listeners)
        _print(opened, state, format)
        if rss:
            _save_feed(state, rss)
        if target and not _send(opened, state, target):
            code = code or _PARTLY
    raise SystemExit(code)


def _webhook(url: str | None, form: str | None) -> Webhook | None:
    from analysis.watch.webhooks import FORMS, Webhook

    if form is not None and form not in FORMS:
        raise typer.BadParameter(
            f"{form!r} 不行；可以用 {'、'.join(FORMS)}", param_hint="--webhook-form"
        )
    return Webhook(url, form=form, secret=os.environ.get("DUIBIAO_WEBHOOK_SECRET")) if url else None


def _import_and_collect(
    store: Store,
    accounts_file: AccountsFile,
    inbox: Path | None,
    *,
    crawl: bool,
    base_url: str | None,
    delay: float | None,
) -> int:
    """Import what is named and what lies in the inbox, then collect; the crawl's exit code, 0
    without one.
    """
    from analysis.commands.progress import echo_report, show_crawl
    from crawler.importer import import_files
    from crawler.run import LIVE, collect, import_watched_files

    for report in import_watched_files(store, accounts_file):
        echo_report(report)
    for report in import_files(store, [inbox], owner=None) if inbox else ():
        echo_report(report)
    if not crawl:
        return 0
    outcome = collect(
        store, accounts_file, base_url=base_url or LIVE, delay=delay, report=show_crawl
    )
    if outcome.code:
        echo_err(outcome.line)
    return outcome.code


def _find_watched(store: Store, accounts_file: AccountsFile) -> list[str]:
    """The account_ids of the file's accounts that the store holds articles of."""
    ids_and_names = [
        {row.account.biz, row.account.user_name, row.account.name} - {None}
        for row in accounts_file.accounts
    ]
    with_articles = {
        account for block in store.article_columns(("account_id",)) for (account,) in block
    }
    account_ids = []
    for row in store.accounts():
        names = {row["biz"], row["user_name"], row["name"], *row.get("names", ())}
        if row["account_pk"] in with_articles and any(names & keys for keys in ids_and_names):
            account_ids.append(row["account_id"])
    return sorted(account_ids)


def _print(store: Store, state: WatchState, format: str) -> None:
    from analysis.watch.render import as_records, as_text
    from analysis.watch.state import save_state

    news = state.unheard(_STDOUT)
    clear_status()
    if format == "json":
        print(json.dumps(as_records(news), ensure_ascii=False, indent=1), flush=True)
    elif news:
        print(as_text(news), flush=True)
    else:
        echo_err("没有新的，也没有变化")
    state.heard[_STDOUT] = state.last
    save_state(store, state)


def _save_feed(state: WatchState, path: Path) -> None:
    from analysis.files import save_file
    from analysis.watch.render import as_feed

    save_file(path, as_feed(state.news), force=True)


def _send(store: Store, state: WatchState, target: Webhook) -> bool:
    """Send what this address has not had; what did not arrive stays for the next pass."""
    from analysis.watch.state import save_state
    from analysis.watch.webhooks import WebhookError

    try:
        for number in target.send(state.unheard(target.listener), now=store.now()):
            state.heard[target.listener] = number
            save_state(store, state)
    except WebhookError as error:
        left = len(state.unheard(target.listener))
        echo_err(f"webhook 没送到：{error}；{left} 条留到下次")
        return False
    return True
