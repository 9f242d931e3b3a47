"""The `duibiao` command: joins its commands in the order of the help, and turns every expected
failure into one line and an exit code.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer
import typer.main

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
from analysis.commands.chinese_frame import UsageError, explain_usage_error, speak_chinese
from analysis.commands.options import echo_err
from crawler.errors import DuibiaoError

__all__ = ["app", "main", "run_command"]

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

_ERROR, _USAGE = 1, 2


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


def run_command() -> object:
    """Run what the command line says; gives the exit code of a command that ended by itself."""
    command = typer.main.get_command(app)
    speak_chinese(command)
    return command(prog_name="duibiao", standalone_mode=False)


def main() -> None:
    """The entry point: every expected failure is one line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a console that can't show an emoji shows its number
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run_command()
    except UsageError as error:
        echo_err(explain_usage_error(error))
        raise SystemExit(_USAGE) from None
    except DuibiaoError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(_ERROR) from None
    except KeyboardInterrupt:
        echo_err("已中断；已存的都在，再运行一次会接着做")
        raise SystemExit(130) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _fail(line: str, code: int = _ERROR) -> None:
    echo_err(f"错误：{line}")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
