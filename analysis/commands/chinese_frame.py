"""The frame that Typer puts around the commands' own words (usage, options, what is missing or
misspelt), in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer
import typer.core

__all__ = ["UsageError", "explain_usage_error", "speak_chinese"]

# The base of what Typer raises for a wrong command line; it has no public name of its own.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_HELP = "看这份说明"
_WORDS = {  # as typer.core looks them up
    "Options": "选项",
    "Commands": "命令",
    "Arguments": "参数",
    "required": "必填",
    "default: {default}": "默认：{default}",
    "env var: {var}": "环境变量：{var}",
    "(dynamic)": "（按情况）",
    "Aborted!": "已中断",
}
_EXPLANATIONS = tuple(
    (re.compile(pattern, re.S), text)
    for pattern, text in (
        (r"No such command '(.+?)'\.?.*", r"没有 \1 这条命令"),
        (r"No such option:? '?(\S+?)'?\.?(?: .+)?", r"没有 \1 这个选项"),
        (r"Option '(.+?)' requires an argument\.?", r"选项 \1 后面要写值"),
        (r"Option '(.+?)' requires (\d+) arguments\.?", r"选项 \1 后面要写 \2 个值"),
        (r"Option '(.+?)' does not take a value\.?", r"选项 \1 后面不写值"),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", r"多出了 \1"),
        (r"Missing (?:argument|parameter:?|option) '?([^'.]+)'?\.?.*", r"缺 \1"),
        (r"Missing command\.?", "没写命令"),
        (r"Invalid value for '?(.+?)'?: (.+)", r"\1 写得不对：\2"),
        (r"Invalid value: (.+)", r"写得不对：\1"),
    )
)
_REASONS = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"(?:Input should be a valid integer|.* is not a valid int(?:eger)?)\b.*", "要写整数"),
        (r"(?:Input should be a valid number|.* is not a valid float)\b.*", "要写数"),
        (r"Input should be greater than or equal to (\S+)", r"不能小于 \1"),
        (r"Input should be less than or equal to (\S+)", r"不能大于 \1"),
        (r"(?:Path|File|Directory) '(.+)' does not exist\.?", r"没有 \1"),
        (r"(?:Path|File|Directory) '(.+)' is a directory\.?", r"\1 是文件夹"),
        (r"(?:Path|File|Directory) '(.+)' is a file\.?", r"\1 是文件"),
        (r"(?:Path|File|Directory) '(.+)' is not readable\.?", r"\1 读不了，没有权限"),
        (r"'(.+)' is not one of (.+?)\.?", r"“\1”不行；可以用 \2"),
    )
)


def explain_usage_error(error: Any) -> str:
    """What is wrong with a command line and where its use is explained, in one line."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error.format_message())
    text = " ".join(str(error.format_message()).split())
    for pattern, explanation in _EXPLANATIONS:
        if match := pattern.fullmatch(text):
            text = match.expand(explanation)
            break
    head, mark, reason = text.partition("：")
    for pattern, explanation in _REASONS:
        if mark and (match := pattern.fullmatch(reason)):
            text = f"{head}：{match.expand(explanation)}"
    context = getattr(error, "ctx", None)
    return f"错误：{text}；用法见 {context.command_path if context else 'duibiao'} --help"


def speak_chinese(command: Any) -> None:
    """Let the help of a command and of all below it be Chinese."""
    vars(typer.core)["_"] = lambda message: _WORDS.get(message, message)
    context_class = type(command).context_class
    context_class.formatter_class = _chinese(context_class.formatter_class)
    for each in _all_commands(command):
        each.options_metavar = "[选项]"
        if hasattr(each, "subcommand_metavar"):
            each.subcommand_metavar = "命令 [参数]…"
        option = each.get_help_option(context_class(each))
        if option is not None:
            option.help = _HELP


def _chinese(formatter: Any) -> Any:
    """A formatter of help whose own words are Chinese."""

    class ChineseFormatter(formatter):  # type: ignore[misc]  # Typer's own, which has no public name
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, "用法：")

        def write_heading(self, heading: str) -> None:
            super().write_heading(_WORDS.get(heading, heading))

    return ChineseFormatter


def _all_commands(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _all_commands(below)
