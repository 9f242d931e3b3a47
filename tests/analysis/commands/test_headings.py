"""The data of the commands' tables: complete, and nothing in it that no table shows."""

from __future__ import annotations

import tomllib

import pytest

from analysis.commands.cadence import VIEWS
from analysis.commands.headings import load_view, load_words
from tests.support.places import ROOT

HEADINGS = tomllib.loads(
    (ROOT / "analysis" / "commands" / "headings.toml").read_text(encoding="utf-8")
)
TABLES = [
    (command, view)
    for command, views in HEADINGS.items()
    for view in views
    if view not in ("headings", "words")
]


@pytest.mark.parametrize(("command", "name"), TABLES)
def test_every_column_of_a_table_has_a_heading(command: str, name: str) -> None:
    view = load_view(command, name)
    assert view.table
    assert all(view.table.values())
    assert all(view.columns.values())
    assert set(HEADINGS[command][name].get("table_only", {})) <= view.table.keys()


def test_views_keep_the_order_they_are_written_in() -> None:
    view = load_view("cadence", "crowding")
    assert view.columns == {}
    assert list(view.table.items()) == [
        ("weekday", "星期"),
        ("hour", "点"),
        ("pushes", "推送"),
        ("share", "占比"),
        ("accounts", "账号数"),
        ("pushes_per_week", "每周推送"),
    ]


def test_every_view_of_cadence_has_its_table() -> None:
    assert VIEWS.keys() <= HEADINGS["cadence"].keys()


def test_what_is_read_once_is_not_shared() -> None:
    load_words("rivals").clear()
    load_view("gaps", "gaps").columns.clear()
    assert load_words("rivals")["column"] == "栏目"
    assert load_view("gaps", "gaps").columns["level"] == "类别"
