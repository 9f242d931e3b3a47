"""Keys of content: equal rows have equal keys whatever stands beside them, and anything that
differs shows.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.compute import keys
from analysis.compute.keys import cut_rows, key_frame, key_of_code, reached_modules
from analysis.frames import TIME, fill_column


def _frame() -> pd.DataFrame:
    times = pd.to_datetime(
        pd.Series([1_700_000_000, None, 1_700_003_600, 1_700_000_000], dtype="Int64"),
        unit="s",
        utc=True,
    )
    return pd.DataFrame(
        {
            "owner": pd.Series(["乙", "甲", "乙", "丙"], dtype="str"),
            "title": pd.Series(["ab", None, "", "c"], dtype="str"),
            "position": pd.array([1, None, 2, 1], dtype="Int64"),
            "original": pd.array([True, None, False, True], dtype="boolean"),
            "kind": pd.Categorical(
                ["article", None, "images", "article"], categories=["images", "article"]
            ),
            "share": [0.5, np.nan, 0.0, 0.5],
            "at": times.dt.tz_convert("Asia/Shanghai").astype(TIME),
            "albums": fill_column([["x", "y"], [], None, ["xy"]], "object"),
            "sketch": fill_column(
                [np.array([1, 2]), np.array([], dtype=np.int64), None, np.array([3])], "object"
            ),
            "facts": fill_column([{"a": 1}, None, {}, {"b": [2]}], "object"),
            "mixed": fill_column([[1, "a"], [], ("b",), [None]], "object"),
            "odd": fill_column([["\ud800"], ["a"], [], []], "object"),
        }
    )


def test_rows_have_the_same_bytes_whatever_the_frame_holds_beside_them() -> None:
    frame = _frame().drop(columns=["facts", "mixed", "odd"])
    held = cut_rows(frame, frame["owner"])
    assert set(held) == {"甲", "乙", "丙"}
    for owner, rows in held.items():
        alone = frame[frame["owner"] == owner].reset_index(drop=True)
        assert cut_rows(alone, alone["owner"]) == {owner: rows}
    turned = frame.iloc[[3, 0, 1, 2]]
    assert cut_rows(turned, turned["owner"]) == held


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "a"),
        ("title", None),
        ("position", 2),
        ("position", None),
        ("original", False),
        ("original", None),
        ("kind", "images"),
        ("kind", None),
        ("share", 0.25),
        ("share", None),
        ("at", pd.NaT),
        ("at", pd.Timestamp("2024-01-01", tz="Asia/Shanghai")),
        ("albums", ["xy"]),
        ("albums", []),
        ("albums", ["x"]),
        ("albums", None),
        ("sketch", np.array([1])),
        ("facts", {"a": 2}),
        ("mixed", [1, "b"]),
        ("odd", ["\ud801"]),
    ],
)
def test_one_value_that_differs_shows_in_its_owner_only(column: str, value: object) -> None:
    frame = _frame()
    changed = frame.copy()
    changed[column] = (
        fill_column([value, *frame[column].iloc[1:]], "object")
        if frame[column].dtype == object
        else frame[column]
    )
    if frame[column].dtype != object:
        changed.loc[0, column] = value
    before, after = cut_rows(frame, frame["owner"]), cut_rows(changed, changed["owner"])
    assert before["乙"] != after["乙"]
    assert before["甲"] == after["甲"]
    assert before["丙"] == after["丙"]
    assert key_frame(frame) != key_frame(changed)


def test_where_one_value_ends_and_the_next_begins_counts() -> None:
    assert key_frame(pd.DataFrame({"a": ["x", "yz"]})) != key_frame(
        pd.DataFrame({"a": ["xy", "z"]})
    )
    assert key_frame(pd.DataFrame({"a": [["x"], ["y", "z"]]})) != key_frame(
        pd.DataFrame({"a": [["x", "y"], ["z"]]})
    )
    assert key_frame(pd.DataFrame({"a": [None, ""]}, dtype="str")) != key_frame(
        pd.DataFrame({"a": ["", None]}, dtype="str")
    )


def test_rows_without_an_owner_and_frames_without_rows() -> None:
    frame = pd.DataFrame({"a": pd.Series(["x", "y"], dtype="str")})
    assert cut_rows(frame, pd.Series(["o", None], dtype="str")) == cut_rows(
        frame[:1], pd.Series(["o"], dtype="str")
    )
    assert cut_rows(frame[:0], pd.Series([], dtype="str")) == {}
    assert key_frame(frame[:0]) == key_frame(frame[:0]) != key_frame(frame)


ROOT = Path(keys.__file__).resolve().parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for half in ("analysis", "crawler")
    for path in (ROOT / half).rglob("*.py")
)


def _imports_by_parsing(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = [node for node in tree.body if isinstance(node, ast.If) and _is_for_types(node)]
    skipped = {id(node) for block in for_types for child in block.body for node in ast.walk(child)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_for_types(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def test_what_only_a_type_checker_imports_is_no_part_of_the_key() -> None:
    """Every module imports its package first: the front door must not tie all to all."""
    assert set(reached_modules("analysis.text.ngrams")) < {
        "analysis",
        *(name for name in MODULES if name.startswith(("analysis.text", "crawler.errors"))),
        "analysis.text",
        "crawler",
    }


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("__init__")])
def test_the_pattern_reaches_every_module_that_parsing_reaches(module: str) -> None:
    reached = reached_modules(module)
    for name, path in reached.items():
        wanted = {
            found
            for found in _imports_by_parsing(path)
            if keys._path_of(found, ROOT) is not None and found.startswith(("analysis", "crawler"))
        }
        assert wanted <= reached.keys(), name


def test_a_changed_leaf_of_the_other_half_changes_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layout profiles rest on how deep markup is read, which the collecting half decides."""
    for half in ("analysis", "crawler"):
        shutil.copytree(ROOT / half, tmp_path / half, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keys, "_ROOT", tmp_path)
    key = key_of_code.__wrapped__
    before = {module: key(module) for module in ("analysis.layout.load", "analysis.text.ngrams")}
    leaf = tmp_path / "crawler" / "html_depth.py"
    leaf.write_text(leaf.read_text(encoding="utf-8") + "\nDEEPEST = 3\n", encoding="utf-8")
    assert key("analysis.layout.load") != before["analysis.layout.load"]
    assert key("analysis.text.ngrams") == before["analysis.text.ngrams"]
