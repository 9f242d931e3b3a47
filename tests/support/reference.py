"""The reference of commands and studies in analysis/README.md, written from the code.

python -m tests.support.reference          writes it anew; `make docs` does
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

import typer.core
import typer.main

from analysis.group import AccountGroup
from tests.support.places import ROOT

__all__ = ["README", "render_reference"]

README = ROOT / "analysis" / "README.md"
COMMANDS, STUDIES = "commands", "studies"
# Command: an example, and the frames its rows are of, by option, as module.NAME of their contracts.
EXAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "import": ("duibiao import saved-pages/ album.har 历史.xlsx", {}),
    "collect": ("duibiao collect accounts.toml", {}),
    "reparse": ("duibiao reparse", {}),
    "status": ("duibiao status --format json", {}),
    "accounts": ("duibiao accounts set 青石灶间 --role own --fact followers=12000", {}),
    "articles": ("duibiao articles -o articles.xlsx", {"": "frames.ARTICLES"}),
    "imports": ("duibiao imports", {}),
    "forget": ("duibiao forget 2", {}),
    "columns": (
        "duibiao columns --account 棠屿家居",
        {"": "columns.assign.COLUMNS", "--articles": "columns.assign.ASSIGNED"},
    ),
    "cadence": (
        "duibiao cadence --show crowding --near 周三20",
        {
            "": "cadence.summary.OVERVIEW",
            "--show weeks": "cadence.pushes.WEEKS",
            "--show changes": "cadence.changes.CHANGES",
            "--show crowding": "cadence.crowding.CROWDING",
            "--show pairs": "cadence.intervals.PAIRS",
        },
    ),
    "purpose": (
        "duibiao purpose --articles --format csv",
        {"": "content.purpose.MIX", "--articles": "content.purpose.ASSIGNED"},
    ),
    "titles": (
        "duibiao titles --words",
        {
            "": "content.titles.HABITS",
            "--articles": "content.titles.TITLES",
            "--words": "content.distinctive_words.DISTINCTIVE",
        },
    ),
    "layout": (
        "duibiao layout 草稿.html",
        {
            "--articles": "layout.load.PROFILES",
            "--show templates": "layout.templates.TEMPLATES",
            "--show redesigns": "layout.redesigns.REDESIGNS",
            "--show distance": "layout.distance.DISTANCES",
        },
    ),
    "leads": ("duibiao leads", {"": "content.leads.COUNTED"}),
    "engagement": (
        "duibiao engagement --by column",
        {"": "engagement.reads.READS", "--show wci": "engagement.wci.WCI"},
    ),
    "compare": (
        "duibiao compare --own 棠屿家居 --show matrix",
        {"": "peers.matrix.MATRIX", "--show matrix": "peers.matrix.CELLS"},
    ),
    "similar": ("duibiao similar 收纳 小户型", {"": "peers.similar.RANKED"}),
    "gaps": (
        "duibiao gaps --show overlap",
        {"": "peers.gaps.GAPS", "--show overlap": "peers.overlap.OVERLAPS"},
    ),
    "beginnings": (
        "duibiao beginnings --show accounts",
        {
            "": "peers.history.phases.PHASES",
            "--show accounts": "peers.history.beginnings.BEGINNINGS",
        },
    ),
    "brief": ("duibiao brief -o brief.html -o brief.pdf --own 棠屿家居", {}),
    "prelaunch": ("duibiao prelaunch plan.toml --calendar 头四周.ics", {}),
    "watch": ("duibiao watch accounts.toml --rss news.xml", {}),
    "demo": ("duibiao demo", {}),
}
SHARED = ("help", "cluster", "partitions", "store", "format", "output", "force")


def render_reference() -> dict[str, str]:
    """The two generated parts of the README, by the name in their markers."""
    return {
        COMMANDS: "\n".join(_render_commands()).strip(),
        STUDIES: "\n".join(_render_studies()).strip(),
    }


def _render_commands() -> Iterator[str]:
    from analysis.cli import app

    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    if group.commands.keys() != EXAMPLES.keys():
        raise ValueError(f"no example for {sorted(group.commands.keys() ^ EXAMPLES.keys())}")
    for name, (example, frames) in EXAMPLES.items():
        command = group.commands[name]
        yield from ("", f"### {name}", "", " ".join(str(command.help).split()), "")
        yield from ("```sh", example, "```", "")
        options = [parameter for parameter in command.params if parameter.name not in SHARED]
        for parameter in options:
            yield f"* {_name(parameter)}: {getattr(parameter, 'help', None) or '见例子'}"
        for option, contract in frames.items():
            module, _, constant = contract.rpartition(".")
            columns = getattr(import_module(f"analysis.{module}"), constant)
            listed = ", ".join(f"`{column}`" for column in columns)
            said = f"with `{option}`: " if option else ""
            yield f"* rows {said}[{contract}]({module.replace('.', '/')}.py): {listed}"


def _name(parameter: Any) -> str:
    option = isinstance(parameter, typer.core.TyperOption)
    return f"`{parameter.opts[-1] if option else parameter.metavar or parameter.name.upper()}`"


def _render_studies() -> Iterator[str]:
    yield from ("| `group.` | gives |", "| --- | --- |")
    for name, member in _members():
        doc = " ".join((inspect.getdoc(member) or "").split("\n\n")[0].split())
        yield f"| `{name}` | {doc} |"


def _members() -> Iterator[tuple[str, object]]:
    for cls in reversed(AccountGroup.__mro__[:-1]):
        for name, member in vars(cls).items():
            if name.startswith("_"):
                continue
            if isinstance(member, cached_property):
                yield name, member.func
            elif inspect.isfunction(member):
                yield f"{name}{_signature(member)}", member


def _signature(function: object) -> str:
    assert callable(function)
    parameters = [name for name in inspect.signature(function).parameters if name != "self"]
    return f"({', '.join(parameters)})"


def write_reference() -> None:
    """Replace what stands between each pair of markers in the README."""
    text = README.read_text(encoding="utf-8")
    for name, part in render_reference().items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{part}\n\n{end}{after}"
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_reference()
