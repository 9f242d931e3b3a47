"""The command that runs everything on the sample that comes along: demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.options import echo_err

__all__ = ["app"]

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Option("--folder", help="放示例存储和简报的文件夹，每次重做")
    ] = Path("data/demo"),
    sample: Annotated[
        Path | None, typer.Option("--sample", help="示例数据所在，默认是随程序带的")
    ] = None,
) -> None:
    """在自带的示例上走一遍全程，不联网；最后一行是简报的路径。"""
    from analysis.demo import run_demo

    path = run_demo(folder, sample=sample, on_progress=echo_err)
    print(path)
