"""The columns and Chinese headings of the commands' tables, read from headings.toml when a command
first needs them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

__all__ = ["View", "load_view", "load_words"]


class View(NamedTuple):
    """What one table shows, headings by key in the order they are shown."""

    columns: dict[str, str]  # of CSV, JSON and files
    table: dict[str, str]  # on a terminal


def load_view(command: str, name: str) -> View:
    """One view of a command."""
    view = _load_headings()[command][name]
    columns: dict[str, str] = view.get("columns", {})
    headings = _load_headings()[command].get("headings", {}) | columns | view.get("table_only", {})
    return View(dict(columns), {key: headings[key] for key in view.get("table", headings)})


def load_words(command: str, name: str = "words") -> dict[str, str]:
    """What the views of a command share: Chinese words by code, or headings by key."""
    return dict(_load_headings()[command][name])


@cache
def _load_headings() -> dict[str, Any]:
    text = files("analysis.commands").joinpath("headings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
