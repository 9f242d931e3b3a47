"""The command that writes the brief: brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    AccountsOption,
    ForceOption,
    OwnOption,
    SinceOption,
    StoreOption,
    UntilOption,
    all_named,
    clustered,
    day_or_today,
    free_name,
    store_at,
    window,
)
from analysis.peers.dimensions import describe_axes, parse_axes

__all__ = ["app"]

app = typer.Typer()


@app.command("brief")
@clustered
def brief_(
    account: AccountOption = None,
    accounts: AccountsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    force: ForceOption = False,
    own: OwnOption = None,
    title: Annotated[str | None, typer.Option("--title", help="简报的标题，最长 60 个字")] = None,
    axes: Annotated[
        str | None,
        typer.Option(
            "--axes", help=f"定位图的横轴和纵轴，默认 更新频率,栏目化程度；可以用 {describe_axes()}"
        ),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help=(
                "写成什么由结尾定：.html、.pdf、.png（长图）、.xlsx、.json；可写多次，默认 "
                "brief.html"
            ),
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="上一份简报的 .json：多一节说明和上次比变了什么"),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", help="简报的语言：zh 或 en；账号名、标题、栏目名照原样")
    ] = "zh",
    day: Annotated[
        str | None,
        typer.Option("--date", help="简报日期，默认今天；同样的日期和数据得到同样的文件"),
    ] = None,
) -> None:
    """竞品简报：一个离线网页，说明对比了谁、发文节奏、栏目和排版；也能写成 PDF、长图、表格。"""
    from analysis.brief.build import make_brief
    from analysis.group import AccountGroup
    from analysis.report.translation import LANGUAGES

    if lang not in LANGUAGES:
        raise typer.BadParameter(
            f"没有 {lang!r} 的简报；可以用 {'、'.join(LANGUAGES)}", param_hint="--lang"
        )

    pair = parse_axes(axes) if axes is not None else None
    made_on = day_or_today(day)
    begin, end = window(since, until)
    path, *also = output or [free_name(Path("brief.html"))]
    with store_at(store, doing="在写简报") as opened:
        group = AccountGroup(
            opened, accounts=all_named(account, accounts), since=begin, until=end, own=own
        )
        written = make_brief(
            group,
            path,
            date=made_on,
            axes=pair,
            title=title,
            lang=lang,
            also=also,
            against=against,
            force=force,
        )
    for file in written:
        print(file)
