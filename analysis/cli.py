"""The `duibiao` command: joins its commands in the order of the help, and turns every expected
failure into one line and an exit code.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from analysis.commands import (
    accounts,
    articles,
    beginnings,
    brief,
    cadence,
    collect,
    columns,
    compare,
    demo,
    engagement,
    forget,
    gaps,
    import_files,
    imports,
    layout,
    leads,
    prelaunch,
    purpose,
    reparse,
    similar,
    status,
    titles,
    watch,
)
from analysis.commands.options import echo_err
from crawler.errors import DuibiaoError

__all__ = ["app", "main"]

app = typer.Typer(
    help="对标：看懂竞品公众号的栏目、发文节奏和排版。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    import_files,
    collect,
    imports,
    forget,
    reparse,
    status,
    accounts,
    articles,
    columns,
    cadence,
    layout,
    purpose,
    titles,
    engagement,
    leads,
    compare,
    similar,
    gaps,
    beginnings,
    prelaunch,
    brief,
    demo,
    watch,
):
    app.add_typer(command.app)

_ERROR = 1


def _print_version(version_asked: bool) -> None:
    if version_asked:
        from importlib.metadata import version

        print(f"duibiao {version('duibiao')}")
        raise typer.Exit


@app.callback()
def duibiao(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="写出版本，不做别的"
        ),
    ] = False,
) -> None:
    """Options of `duibiao` itself, before any command."""


def main() -> None:
    """The entry point: every expected failure is one line on stderr and an exit code."""
    try:
        app()
    except DuibiaoError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(_ERROR) from None
    except KeyboardInterrupt:
        echo_err("已中断；已存的都在，再运行一次会接着做")
        raise SystemExit(130) from None


def _fail(line: str, code: int = _ERROR) -> None:
    echo_err(f"错误：{line}")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
