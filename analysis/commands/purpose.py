"""The command that says what articles are for: purpose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.commands.headings import load_view
from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    FormatOption,
    OutOption,
    SinceOption,
    StoreOption,
    UntilOption,
    analysing,
    check_format,
    check_output,
    clustered,
    show_frame,
    window,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["app"]

app = typer.Typer()


@app.command()
@clustered
def purpose(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
    articles: Annotated[bool, typer.Option("--articles", help="每篇文章一行")] = False,
    lexicon: Annotated[
        Path | None,
        typer.Option(
            "--lexicon", help="自己的词表，先于自带的：每行「目的 位置 词…」，位置是标记或标题"
        ),
    ] = None,
) -> None:
    """每篇文章是做什么用的：资讯、干货、活动、推广……；再看读者为什么关注，和自说自话有多少。"""
    from analysis.content.purpose import PURPOSES, assign_purposes, count_purposes
    from analysis.frames import load_articles
    from analysis.text.lexicon import read_rules

    check_format(format)
    check_output(output, force=force)
    begin, end = window(since, until)
    rules = read_rules(lexicon, purposes=PURPOSES) if lexicon else ()
    with analysing(store) as opened:
        assigned = assign_purposes(
            load_articles(opened, accounts=account, since=begin, until=end), rules=rules
        )
    if articles:
        view = load_view("purpose", "articles")
        show_frame(assigned, view, format=format, output=output, force=force)
        return
    view = load_view("purpose", "accounts")
    show_frame(count_purposes(assigned), view, format=format, output=output, force=force)
    if format == "table" and output is None:
        _print_readings(assigned)


def _print_readings(assigned: pd.DataFrame) -> None:
    from analysis.content.audience import DEMAND_SOURCE, measure_needs, measure_self_talk

    needs, talk = measure_needs(assigned), measure_self_talk(assigned)
    for (account, _), rows in needs.groupby(["account", "account_id"], sort=False):
        shares = "，".join(
            f"{row['need']} {_percent(row['share'])}（读者 "
            f"{_percent(row['demand'], '没有单独公布')}）"
            for row in rows.to_dict("records")
        )
        print(f"\n{account}（{rows['articles'].iloc[0]} 篇）读者的五种需要：{shares}")
        for row in talk[talk["account_id"] == rows["account_id"].iloc[0]].to_dict("records"):
            print(
                f"  自说自话 {row['self_n']} 篇，{_percent(row['self_share'])}；服务读者 "
                f"{row['reader_n']} 篇，{_percent(row['reader_share'])}；两者都不是 "
                f"{row['neither_n']} 篇"
            )
    if len(needs):
        print(f"\n括号里是读者中关注公众号主要为此的比例：{DEMAND_SOURCE}")


def _percent(share: float, missing: str = "样本不足") -> str:
    return missing if share != share else f"{share:.0%}"
