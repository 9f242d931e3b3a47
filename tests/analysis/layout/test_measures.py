"""An account's usual layout from its articles' profiles."""

from __future__ import annotations

import pytest

from analysis.frames import ARTICLES, FrameError, empty_frame
from analysis.layout.measures import LAYOUTS, PROFILES, measure_layouts, profile_bodies
from tests.support.small_frames import article, articles, profiles


def test_bodies_become_profiles_sorted_by_article() -> None:
    found = profile_bodies([("a2", "<p>二</p><img>"), ("a1", '<p style="font-size:15px">一</p>')])
    assert found[["article_id", "chars", "font_size_px", "images"]].values.tolist() == [
        ["a1", 1, 15.0, 0],
        ["a2", 1, 17.0, 1],
    ]
    assert {c: str(t) for c, t in profile_bodies([]).dtypes.items()} == PROFILES


def test_medians_are_taken_per_account_and_unknown_articles_left_out() -> None:
    frame = articles(
        [article(account="甲"), article(account="甲"), article(account="甲"), article(account="乙")]
    )
    rows = [
        {"article_id": f"a000000{n}", "font_size_px": size, "images": n}
        for n, size in enumerate([15.0, 15.0, 18.0, 14.0])
    ]
    found = measure_layouts(frame, profiles(*rows, {"article_id": "stranger"}))
    assert found[["account", "n", "font_size_px", "images"]].values.tolist() == [
        ["乙", 1, 14.0, 3.0],
        ["甲", 3, 15.0, 1.0],
    ]
    assert found["same_size_share"].tolist() == [1.0, pytest.approx(2 / 3)]


def test_the_type_size_is_always_one_in_use() -> None:
    frame = articles([article(), article()])
    found = measure_layouts(
        frame,
        profiles(
            {"article_id": "a0000000", "font_size_px": 15.0},
            {"article_id": "a0000001", "font_size_px": 18.0},
        ),
    )
    assert found["font_size_px"].tolist() == [15.0]


def test_articles_of_hardly_any_text_say_nothing_about_type() -> None:
    two = profiles(
        {"article_id": "a0000000", "chars": 20, "font_size_px": 30.0}, {"article_id": "a0000001"}
    )
    found = measure_layouts(articles([article(), article()]), two)
    assert found[["n", "n_text", "font_size_px"]].values.tolist() == [[2, 1, 16.0]]
    assert (
        measure_layouts(articles([article()]), profiles({"article_id": "a0000000", "chars": 20}))[
            "font_size_px"
        ]
        .isna()
        .all()
    )


def test_posts_of_pictures_have_no_layout() -> None:
    assert measure_layouts(
        articles([article(kind="image")]), profiles({"article_id": "a0000000"})
    ).empty


def test_empty_frames_keep_their_columns_and_a_wrong_one_is_refused() -> None:
    found = measure_layouts(empty_frame(ARTICLES), profiles())
    assert {c: str(t) for c, t in found.dtypes.items()} == LAYOUTS
    with pytest.raises(FrameError, match="chars"):
        measure_layouts(empty_frame(ARTICLES), empty_frame({"article_id": "str"}))
