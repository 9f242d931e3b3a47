"""The command that takes an import back: forget."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.commands.options import DEFAULT_STORE, StoreOption, store_at

__all__ = ["app"]

app = typer.Typer()


@app.command()
def forget(
    number: Annotated[int, typer.Argument(metavar="IMPORT", help="duibiao imports 列出的编号")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """撤回一次导入：它带来的都去掉，被它盖住的恢复原样。"""
    from analysis.compute.cache import cache_for
    from crawler.store import StoreError
    from crawler.store.retraction import forget_source

    with store_at(store) as opened:
        sources = {row["source_id"]: row for row in opened.sources()}
        if number not in sources:
            raise StoreError(f"没有编号为 {number} 的导入：duibiao imports 列出所有编号")
        with opened.writing() as writer:
            removed = forget_source(writer, number)
        cache_for(opened).clear()
    print(
        f"已撤回 {number}（{sources[number]['label']}）：{removed.claims} 条说法，"
        f"{removed.articles} 篇文章不再有来源，删去 {removed.pages} 个原始网页"
    )
