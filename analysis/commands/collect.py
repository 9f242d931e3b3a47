"""The command that reads public albums and article pages politely: collect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.options import DEFAULT_STORE, StoreOption, store_at

__all__ = ["app"]

app = typer.Typer()


@app.command()
def collect(
    accounts: Annotated[
        Path,
        typer.Argument(
            metavar="ACCOUNTS.toml", help="要看哪些账号；样例见 data/accounts.example.toml"
        ),
    ],
    store: StoreOption = DEFAULT_STORE,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="改抓本机的替身站点，如 http://127.0.0.1:8000")
    ] = None,
    delay: Annotated[
        float | None, typer.Option("--delay", min=0, help="平均间隔秒数；对真实站点有下限")
    ] = None,
) -> None:
    """礼貌地采集公开的合集和文章页；遵守 robots.txt，中断后再运行会接着取。"""
    from analysis.commands.progress import echo_report, print_outcome, show_crawl
    from crawler.accounts_file import load_accounts_file
    from crawler.run import LIVE, collect, import_watched_files

    wanted = load_accounts_file(accounts)
    with store_at(store, create=True, doing="在采集") as opened:
        for report in import_watched_files(opened, wanted):
            echo_report(report)
        outcome = collect(opened, wanted, base_url=base_url or LIVE, delay=delay, report=show_crawl)
    print_outcome(outcome)
    raise SystemExit(outcome.code)
