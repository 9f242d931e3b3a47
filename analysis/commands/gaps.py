"""The command about what rivals run and the own account does not, and who was first: gaps."""

from __future__ import annotations

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
    echo_err,
    window,
)
from analysis.commands.rivals import show_rivals

if TYPE_CHECKING:
    import pandas as pd

    from analysis.group import AccountGroup

__all__ = ["app"]

app = typer.Typer()


@app.command()
@clustered
def gaps(
    show: Annotated[
        str,
        typer.Option(
            "--show", help="gaps：对手有、自己没有；own：只有自己有；overlap：同文和同题，谁先发"
        ),
    ] = "gaps",
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """对手都做、自己没做的栏目和主题，只有自己在做的，以及同一篇、同一题谁先发。"""
    from analysis.group import AccountGroup

    check_format(format)
    check_output(output, force=force)
    if show not in ("gaps", "own", "overlap"):
        raise typer.BadParameter(f"{show!r} 不行；可以用 gaps、own、overlap", param_hint="--show")
    begin, end = window(since, until)
    with analysing(store) as opened:
        group = AccountGroup(opened, accounts=account, since=begin, until=end)
        if show == "overlap":
            frame = group.overlaps
        else:
            frame = _gaps_with_links(group, "missing" if show == "gaps" else "own only")
        has_own = not group.own_ids.isdisjoint(group.articles["account_id"])
    if show != "overlap" and not has_own:
        echo_err(
            '没有标明哪个是自己的账号，不比缺什么：在账号文件里给它写上 role = "own"，--account '
            "也要带上它"
        )
    view = load_view("gaps", "overlap" if show == "overlap" else "gaps")
    show_rivals(frame, view, format=format, output=output, force=force)


def _gaps_with_links(group: AccountGroup, side: str) -> pd.DataFrame:
    """The gaps of one side, their examples as links."""
    import pandas as pd

    gaps = group.gaps[group.gaps["side"] == side].reset_index(drop=True)
    links = dict(zip(group.articles["article_id"], group.articles["url"], strict=True))
    examples = [
        [links[key] for key in keys if isinstance(links.get(key), str)] for keys in gaps["examples"]
    ]
    return gaps.assign(examples=pd.Series(examples, dtype="object"))
