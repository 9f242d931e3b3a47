"""The command that reads the stored raw pages again: reparse."""

from __future__ import annotations

import typer

from analysis.commands.options import DEFAULT_STORE, StoreOption, echo_err, store_at

__all__ = ["app"]

app = typer.Typer()


@app.command("reparse")
def reparse_(store: StoreOption = DEFAULT_STORE) -> None:
    """不联网，用现在的解析器把存着的原始网页全部重读一遍。"""
    from crawler.reparse import Reparse, reparse

    done = Reparse()
    with store_at(store) as opened:
        for done in reparse(opened):
            echo_err(f"已重读 {done.pages} 页")
    for where, why in done.unreadable:
        echo_err(f"读不了：{where}：{why}")
    changed = done.tally.new + done.tally.updated + done.retracted
    print(f"重读 {done.pages} 页：读法变了的 {changed} 处，读不了的 {len(done.unreadable)} 页")
