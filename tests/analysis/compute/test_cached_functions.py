"""What may be kept is the same from disk, is made again only for accounts of which something is
new, and rests on no column that its key leaves out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.cadence.changes import find_changes, measure_history
from analysis.cadence.pushes import build_pushes
from analysis.cadence.summary import describe_cadence
from analysis.columns.across.matching import match_columns, read_columns
from analysis.columns.across.tree import build_content_tree
from analysis.columns.assign import assign_columns, describe_columns
from analysis.columns.load import add_attributes
from analysis.columns.load import assign as assign_kept
from analysis.columns.runs import list_runs
from analysis.compute import cache as kept
from analysis.compute.cache import FrameCache, cached_by_account, cached_by_article, using_cache
from analysis.compute.parallel import Executor, using_executor
from analysis.content.distinctive_words import count_words
from analysis.content.purpose import assign_purposes, read_purposes
from analysis.content.text_sketches import sketch_bodies
from analysis.content.titles import describe_titles, read_titles
from analysis.layout.measures import count_parts, measure_features, measure_layouts
from analysis.layout.redesigns import find_redesigns
from analysis.layout.templates import assign_templates, describe_templates
from analysis.peers.gaps import find_gaps
from analysis.peers.history.beginnings import classify_beginnings
from analysis.peers.history.phases import cut_phases
from analysis.peers.overlap import find_overlaps
from tests.support.sample_frames import sample_articles
from tests.support.sample_layouts import read_sample_layouts

Called = tuple[Callable[..., pd.DataFrame], dict[str, Any]]


@cache
def calls() -> Mapping[str, Called]:
    """Every function that may be kept, with what it is called with: three accounts
    of the sample.
    """
    articles, profiles, _ = read_sample_layouts()
    some = sorted(articles["account"].unique())[:3]
    articles = articles[articles["account"].isin(some)].reset_index(drop=True)
    profiles = profiles[profiles["article_id"].isin(articles["article_id"])].reset_index(drop=True)
    assigned, pushes = assign_columns(articles, themes=True), build_pushes(articles)
    templates = assign_templates(articles, profiles)
    by_account = {
        "columns": (assign_kept, {"articles": add_attributes(articles, profiles), "themes": True}),
        "described": (
            describe_columns,
            {"articles": articles, "assigned": assigned, "profiles": profiles},
        ),
        "read": (read_columns, {"assigned": assigned}),
        "runs": (list_runs, {"assigned": assigned}),
        "purposes": (assign_purposes, {"articles": articles}),
        "titles": (
            describe_titles,
            {"articles": articles.assign(title=articles["title"].where(articles.index % 7 != 0))},
        ),
        "words": (count_words, {"articles": articles}),
        "templates": (assign_templates, {"articles": articles, "profiles": profiles}),
        "looks": (describe_templates, {"assigned": templates, "profiles": profiles}),
        "layouts": (measure_layouts, {"articles": articles, "profiles": profiles}),
        "features": (measure_features, {"articles": articles, "profiles": profiles}),
        "parts": (count_parts, {"articles": articles, "profiles": profiles}),
        "changes": (find_changes, {"pushes": pushes}),
        "history": (measure_history, {"pushes": pushes}),
        "cadence": (describe_cadence, {"pushes": pushes}),
    }
    began = classify_beginnings(articles, pushes)
    looks = describe_templates(templates, profiles)
    by_account["phases"] = (
        cut_phases,
        {
            "articles": articles,
            "pushes": pushes,
            "assigned": assigned,
            "began": began,
            "changes": find_changes(pushes),
            "runs": list_runs(assigned),
            "layouts": templates[["article_id", "template"]].merge(
                profiles[["article_id", "font_size_px", "images"]], on="article_id"
            ),
            "redesigns": find_redesigns(templates, looks),
        },
    )
    own, *rivals = articles["account_id"].unique()
    whole = {
        "overlaps": (find_overlaps, {"articles": articles, "sketches": sketch_bodies([])}),
        "tree": (
            build_content_tree,
            {
                "assigned": assigned,
                "accounts": articles[["account_id"]].drop_duplicates().assign(brand="一家"),
                "articles": False,
            },
        ),
        "types": (match_columns, {"assigned": assigned}),
        "gaps": (
            find_gaps,
            {
                "assigned": assigned,
                "runs": list_runs(assigned),
                "matched": match_columns(assigned),
                "own": [own],
                "rivals": rivals,
            },
        ),
    }
    return by_account | whole


NAMES = (
    "columns",
    "described",
    "read",
    "runs",
    "purposes",
    "titles",
    "words",
    "templates",
    "looks",
    "layouts",
    "features",
    "parts",
    "changes",
    "history",
    "cadence",
    "phases",
    "overlaps",
    "tree",
    "types",
    "gaps",
)


READINGS: Mapping[str, Called] = {
    "purposes": (read_purposes, {"rules": ()}),
    "titles": (read_titles, {"rules": (), "user_words": ("半间厨房",)}),
}  # a row an article


def test_every_function_that_may_be_kept_is_looked_at() -> None:
    marked = [
        path
        for path in Path(kept.__file__).parents[1].rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("@cached")
    ]
    assert len(marked) == len(NAMES) + len(READINGS)
    assert len(NAMES) == len(calls())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_is_what_would_be_made(name: str, tmp_path: Path) -> None:
    function, given = calls()[name]
    plain = function(**given)
    with using_cache(FrameCache(tmp_path)):
        pd.testing.assert_frame_equal(function(**given), plain)
        pd.testing.assert_frame_equal(function(**given), plain)


@pytest.mark.parametrize("name", NAMES[:-4])
def test_only_the_account_of_which_something_is_new_is_made_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function, given = calls()[name]
    made: list[set[str]] = []
    really = FrameCache.parts

    def watched(
        self: FrameCache, file: str, code: str, keys: Any, make: Callable[[set[str]], pd.DataFrame]
    ) -> pd.DataFrame:
        return really(self, file, code, keys, lambda wanted: (made.append(wanted), make(wanted))[1])

    monkeypatch.setattr(FrameCache, "parts", watched)
    first, *_ = (value for value in given.values() if isinstance(value, pd.DataFrame))
    last = str(first["account_id"].iloc[-1])
    fewer = {
        key: value.drop(first[first["account_id"] == last].index[-1:]).reset_index(drop=True)
        if value is first
        else value
        for key, value in given.items()
    }
    with using_cache(FrameCache(tmp_path)):
        for some in (given, fewer, given, fewer):
            pd.testing.assert_frame_equal(function(**some), inspect.unwrap(function)(**some))
    assert [sorted(some) for some in made] == [sorted(first["account_id"].unique()), [last]]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_the_key_leaves_out_matters(name: str) -> None:
    function, given = calls()[name]
    held = inspect.getclosurevars(function).nonlocals
    as_given = held.get("given") or []
    blank = dict(given)
    for key, frame in (
        (key, value) for key, value in given.items() if isinstance(value, pd.DataFrame)
    ):
        counted = {"account", "account_id", "article_id", *held["reads"][key]}
        blank[key] = frame.assign(
            **{column: blanked(frame[column]) for column in frame if column not in counted}
        )
    made, plain = (
        inspect.unwrap(function)(**some).drop(columns=as_given, errors="ignore")
        for some in (blank, given)
    )
    pd.testing.assert_frame_equal(made, plain)


@pytest.mark.parametrize("name", READINGS)
def test_only_what_is_new_of_an_article_is_read_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function, plain = READINGS[name]
    articles = calls()["purposes"][1]["articles"].head(40)
    changed = articles.assign(
        title=articles["title"].where(articles.index != 7, "换了一个题目，怎么办？")
    )
    asked: list[list[str]] = []
    really = FrameCache.articles

    def watched(
        self: FrameCache, file: str, code: str, keys: Any, make: Callable[[list[str]], pd.DataFrame]
    ) -> pd.DataFrame:
        return really(
            self, file, code, keys, lambda wanted: (asked.append(wanted), make(wanted))[1]
        )

    monkeypatch.setattr(FrameCache, "articles", watched)
    with using_cache(FrameCache(tmp_path)):
        for some in (articles.head(30), articles, changed, changed.head(20).iloc[::-1], changed):
            pd.testing.assert_frame_equal(
                function(some, **plain),
                inspect.unwrap(function)(some.reset_index(drop=True), **plain),
                check_exact=True,
            )
    ids = articles["article_id"].tolist()
    assert asked == [ids[:30], ids[30:], [ids[7]]]


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("name", READINGS)
def test_articles_read_in_parts_are_read_alike(
    name: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function, plain = READINGS[name]
    articles = calls()["purposes"][1]["articles"]
    whole = function(articles, **plain)
    monkeypatch.setattr(kept, "worth_parallel", lambda size, least: True)
    monkeypatch.setattr(kept, "_PART", 50)
    with (
        using_cache(FrameCache(tmp_path)),
        using_executor(Executor(cores, lambda task, parts: [task(part) for part in parts])),
    ):
        pd.testing.assert_frame_equal(function(articles, **plain), whole, check_exact=True)


@pytest.mark.parametrize("name", READINGS)
def test_no_articles_at_all_are_read_wherever_the_work_would_go(name: str, tmp_path: Path) -> None:
    function, plain = READINGS[name]
    with (
        using_cache(FrameCache(tmp_path)),
        using_executor(Executor(2, lambda task, parts: [task(part) for part in parts], far=True)),
    ):
        assert function(sample_articles().head(0), **plain).empty


def test_an_article_that_was_not_read_is_no_other_one(tmp_path: Path) -> None:
    lazy = cached_by_article({"article_id": "str"}, ("title",), parallel_from=10)(
        lambda articles: articles[["article_id"]].head(1)
    )
    with using_cache(FrameCache(tmp_path)), pytest.raises(ValueError, match="no row for 2 of 3"):
        lazy(sample_articles().head(3))


def blanked(column: pd.Series) -> pd.Series:
    """The column with nothing in it, of the same dtype."""
    if column.dtype == object:
        return pd.Series([[] for _ in column], dtype="object", index=column.index)
    if column.dtype.kind in "iub" and not isinstance(
        column.dtype, pd.api.extensions.ExtensionDtype
    ):
        return column * 0 if column.dtype.kind != "b" else column & False
    return column.where(pd.Series(False, index=column.index))


def test_plain_values_count_and_those_cut_short_are_refused(tmp_path: Path) -> None:
    _, given = calls()["words"]
    with using_cache(FrameCache(tmp_path)):
        some, other = count_words(**given), count_words(**given, tokenizer="jieba")
        pd.testing.assert_frame_equal(count_words(**given), some)
        pd.testing.assert_frame_equal(count_words(**given, tokenizer="jieba"), other)
        with pytest.raises(TypeError, match="user_words"):
            count_words(**given, user_words=pd.Series(["甲"]))


def test_the_last_windows_asked_for_stay_and_nothing_piles_up(tmp_path: Path) -> None:
    function, given = calls()["history"]
    pushes = given["pushes"]
    with using_cache(FrameCache(tmp_path)):
        sizes = []
        for cut in range(1, 12):
            function(pushes.iloc[cut:])
            sizes.append(len(pd.read_parquet(tmp_path / "cadence.changes.measure_history.parquet")))
    assert max(sizes) == sizes[-1] <= 3 * 4


@cached_by_account(
    {"account": "str", "account_id": "str", "n": "int64"},
    {"articles": ("article_id",)},
    parallel_from=2,
)
def count_articles(articles: pd.DataFrame) -> pd.DataFrame:
    counted = articles.groupby(["account", "account_id"]).size()
    return counted.rename("n").reset_index()


@pytest.mark.parametrize("cores", [1, 2])
def test_work_that_would_be_spread_is_done_here_where_it_can_not_be(
    cores: int, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"account": "甲", "account_id": "1", "article_id": ["a", "b", "c"]})
    with (
        using_cache(FrameCache(tmp_path)),
        using_executor(Executor(cores, lambda task, parts: [task(part) for part in parts])),
    ):
        assert count_articles(frame)["n"].tolist() == [3]
        two = pd.concat([frame, frame.assign(account="乙", account_id="2")], ignore_index=True)
        assert count_articles(two)["n"].tolist() == [3, 3]


def test_no_rows_at_all_are_no_rows(tmp_path: Path) -> None:
    none = sample_articles().head(0)
    with using_cache(FrameCache(tmp_path)):
        for _ in range(2):
            assert assign_purposes(none).empty
            assert describe_titles(none).empty
