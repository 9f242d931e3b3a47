"""Commands that make something to read: brief, demo."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    OutOption,
    SinceOption,
    StoreOption,
    UntilOption,
    day_option,
    free_name,
    say,
    store_at,
    window,
)

__all__ = ["app"]

app = typer.Typer()


@app.command("brief")
def brief_(
    account: AccountOption = None, since: SinceOption = None, until: UntilOption = None, store: StoreOption = DEFAULT_STORE, output: OutOption = None, force: ForceOption = False,
    day: Annotated[str | None, typer.Option("--date", help="简报日期，默认今天；同样的日期和数据得到同样的文件")] = None,
) -> None:  # fmt: skip
    """竞品简报：一个离线网页，说明对比了谁、发文节奏、栏目和排版。"""
    from analysis.brief.making import make_brief

    made = day_option(day, "--date") or datetime.now().astimezone()
    begin, end = window(since, until)
    path = output or free_name(Path("brief.html"))
    with store_at(store) as opened:
        make_brief(opened, path, date=made.date(), accounts=account, since=begin, until=end, force=force)
    print(path)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="放示例存储和简报的文件夹，每次重做")] = Path("data/demo"),
    sample: Annotated[Path | None, typer.Option("--sample", help="示例数据所在，默认是源码里的 data/sample")] = None,
) -> None:
    """在自带的示例上走一遍全程，不联网；最后一行是简报的路径。"""
    from analysis.demo import run_demo

    path = run_demo(folder, sample=sample, say=say)
    print(path)
