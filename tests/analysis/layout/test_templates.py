"""Template families, redesigns and consistency: on small invented accounts, and on what the sample
planted.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.frames import ARTICLES, FrameError, empty_frame
from analysis.layout.css.colors import Color, distance, parse_color
from analysis.layout.load import PROFILES
from analysis.layout.redesigns import CONSISTENCIES, REDESIGNS, find_redesigns, measure_consistency
from analysis.layout.templates import ASSIGNED, TEMPLATES, assign_templates, describe_templates
from tests.support.sample_layouts import read_sample_layouts, read_sample_truth
from tests.support.small_frames import article, articles, profiles

OLD: dict[str, Any] = {
    "font_size_px": 14.0,
    "line_height": 1.5,
    "text_align": "center",
    "text_color": "#595959",
    "editors": ["yiban"],
    "accents": ["#3d748f:0.1"],
}
NEW: dict[str, Any] = {
    "font_size_px": 16.0,
    "line_height": 2.0,
    "text_align": "justify",
    "text_color": "#333333",
    "editors": ["xiumi"],
    "accents": ["#c00000:0.1"],
}
START = datetime(2026, 1, 1, 20)


def account(looks: list[dict[str, Any]], name: str = "甲") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One article a day in each of the looks."""
    rows = [
        article(
            f"{START + timedelta(days=day):%Y-%m-%d %H:%M}",
            account=name,
            article_id=f"{name}{day:03d}",
        )
        for day in range(len(looks))
    ]
    return articles(rows), profiles(
        *({"article_id": f"{name}{day:03d}"} | look for day, look in enumerate(looks))
    )


def redesigns_of(looks: list[dict[str, Any]]) -> pd.DataFrame:
    frame, held = account(looks)
    assigned = assign_templates(frame, held)
    return find_redesigns(assigned, describe_templates(assigned, held))


def test_articles_set_alike_are_one_family_and_the_largest_is_the_first() -> None:
    frame, held = account([OLD] * 3 + [NEW] * 5)
    assigned = assign_templates(frame, held)
    assert assigned["template"].tolist() == [2] * 3 + [1] * 5
    described = describe_templates(assigned, held)
    assert described[
        ["template", "n", "font_size_px", "text_color", "editor", "now"]
    ].values.tolist() == [
        [1, 5, 16.0, "#333333", "xiumi", True],
        [2, 3, 14.0, "#595959", "yiban", False],
    ]
    assert described["examples"].tolist() == [
        ["甲007", "甲006", "甲005"],
        ["甲002", "甲001", "甲000"],
    ]


def test_a_hair_of_difference_or_an_article_without_headings_is_no_other_family() -> None:
    near = NEW | {
        "line_height": 2.05,
        "text_color": "#353535",
        "heading_style": None,
        "accents": [],
    }
    frame, held = account([NEW | {"heading_style": "bar"}] * 6 + [near] * 6)
    assert set(assign_templates(frame, held)["template"]) == {1}


def test_one_odd_article_joins_the_nearest_family_but_a_wholly_different_one_does_not() -> None:
    odd = NEW | {"font_size_px": 12.0, "text_align": "center"}
    frame, held = account([NEW] * 12 + [odd, OLD])
    assert assign_templates(frame, held)["template"].tolist() == [1] * 13 + [2]


def test_a_redesign_is_found_to_the_article_with_what_changed() -> None:
    found = redesigns_of([OLD] * 20 + [NEW] * 15)
    assert found[
        ["article_id", "before", "after", "n_before", "n_after", "share_before", "share_after"]
    ].values.tolist() == [["甲020", 1, 2, 20, 15, 1.0, 1.0]]
    assert found["changed"].iat[0] == [
        "font_size_px: 14→16",
        "line_height: 1.5→2",
        "text_align: center→justify",
        "text_color: #595959→#333333",
        "editor: yiban→xiumi",
    ]


def test_strays_do_not_hide_a_redesign_and_a_second_one_is_found_too() -> None:
    plain = OLD | {
        "font_size_px": 17.0,
        "line_height": 1.6,
        "text_align": "left",
        "editors": [],
        "accents": [],
    }
    found = redesigns_of(
        [*[OLD] * 7, plain, *[OLD] * 12, *[NEW] * 9, OLD, *[NEW] * 12, *[OLD] * 20]
    )
    assert found["article_id"].tolist() == ["甲020", "甲042"]


@pytest.mark.parametrize(
    "looks",
    [[OLD, NEW] * 20, [OLD] * 40, [OLD] * 7 + [NEW] * 5, [OLD] * 20 + [NEW] * 4 + [OLD] * 20, []],
)
def test_where_nothing_changed_for_good_there_is_no_redesign(looks: list[dict[str, Any]]) -> None:
    assert redesigns_of(looks).empty


def consistency_of(looks: list[dict[str, Any]]) -> Any:
    frame, held = account(looks)
    assigned = assign_templates(frame, held)
    return measure_consistency(
        assigned, find_redesigns(assigned, describe_templates(assigned, held))
    )["consistency"].iat[0]


def test_consistency_is_the_chance_that_two_articles_share_a_family_since_the_last_redesign() -> (
    None
):
    assert consistency_of([OLD] * 12) == 1
    assert consistency_of([OLD, NEW] * 10) == pytest.approx(2 * 10 * 9 / (20 * 19))
    assert consistency_of([OLD] * 20 + [NEW] * 15) == 1
    assert pd.isna(consistency_of([OLD] * 9))


def test_short_articles_and_posts_of_pictures_have_no_template() -> None:
    frame = articles([article(), article(kind="image"), article()])
    held = profiles(
        {"article_id": "a0000000", "chars": 99},
        {"article_id": "a0000001"},
        {"article_id": "a0000002"},
    )
    assert assign_templates(frame, held)["article_id"].tolist() == ["a0000002"]


def test_the_order_of_rows_does_not_matter() -> None:
    frame, held = account([OLD] * 10 + [NEW] * 12)
    shuffled = assign_templates(
        frame.sample(frac=1, random_state=3), held.sample(frac=1, random_state=4)
    )
    pd.testing.assert_frame_equal(shuffled, assign_templates(frame, held))


def test_empty_frames_keep_their_columns_and_a_wrong_one_is_refused() -> None:
    assigned = assign_templates(empty_frame(ARTICLES), profiles())
    described = describe_templates(assigned, profiles())
    redesigns = find_redesigns(assigned, described)
    for found, columns in (
        (assigned, ASSIGNED),
        (described, TEMPLATES),
        (redesigns, REDESIGNS),
        (measure_consistency(assigned, redesigns), CONSISTENCIES),
    ):
        assert {column: str(dtype) for column, dtype in found.dtypes.items()} == dict(columns)
    with pytest.raises(FrameError, match="chars"):
        assign_templates(empty_frame(ARTICLES), empty_frame({"article_id": "str"}))


# the sample


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    frame, held, planted = read_sample_layouts()
    assigned = assign_templates(frame, held)
    templates = describe_templates(assigned, held)
    redesigns = find_redesigns(assigned, templates)
    return {
        "assigned": assigned,
        "templates": templates,
        "redesigns": redesigns,
        "planted": planted,
        "consistency": measure_consistency(assigned, redesigns),
    }


def test_every_planted_template_of_the_sample_is_one_family(sample: dict[str, Any]) -> None:
    pairs = Counter(
        zip(
            sample["assigned"]["account"],
            sample["assigned"]["article_id"].map(sample["planted"]),
            sample["assigned"]["template"],
            strict=True,
        )
    )
    for account_key, truth in read_sample_truth().items():
        found = {(planted, family) for (owner, planted, family) in pairs if owner == account_key}
        assert {planted for planted, _ in found} == {one["key"] for one in truth["templates"]}
        assert len(found) == len(truth["templates"]), f"{account_key}: {found}"


def test_the_samples_families_have_the_planted_figures(sample: dict[str, Any]) -> None:
    names = dict(
        zip(
            zip(sample["assigned"]["account"], sample["assigned"]["template"], strict=True),
            sample["assigned"]["article_id"].map(sample["planted"]),
            strict=True,
        )
    )
    for row in sample["templates"].to_dict("records"):
        planted = next(
            one
            for one in read_sample_truth()[row["account"]]["templates"]
            if one["key"] == names[row["account"], row["template"]]
        )
        figures = (
            "font_size_px",
            "line_height",
            "letter_spacing_px",
            "text_align",
            "paragraph_gap",
        )
        assert [row[name] for name in figures] == [
            planted["gap" if name == "paragraph_gap" else name] for name in figures
        ]
        assert row["side_px"] == planted["side_px"]
        assert row["indent"] == {"none": None, "2em": "em", "fullwidth": "space"}[
            planted["indent"]
        ] or (pd.isna(row["indent"]) and planted["indent"] == "none")
        assert (None if pd.isna(row["editor"]) else row["editor"]) == (
            None if planted["editor"] == "none" else planted["editor"]
        )
        if planted["accents"]:
            assert _apart(row["accents"][0], planted["accents"][0]) < 5


def _apart(one: str, other: str) -> float:
    first, second = parse_color(one), parse_color(other)
    assert isinstance(first, Color)
    assert isinstance(second, Color)
    return distance(first, second)


def test_the_samples_redesigns_are_found_to_the_article_and_no_other(
    sample: dict[str, Any],
) -> None:
    planted = {
        (key, one["first_token"])
        for key, truth in read_sample_truth().items()
        for one in truth["redesigns"]
    }
    assert (
        set(zip(sample["redesigns"]["account"], sample["redesigns"]["article_id"], strict=True))
        == planted
    )


def test_the_samples_consistency_is_ordered_as_planted(sample: dict[str, Any]) -> None:
    found = sample["consistency"].set_index("account")["consistency"]
    assert found["jiashi"] == 1
    assert (
        found["jiashi"]
        > found[["tangyu", "tangyu_design", "sandou"]].min()
        > found["tangyu_shop"]
        > found["hongya"]
        > found["manxiang"]
    )
    assert found[["banyan", "zaobian"]].isna().all()


def test_the_samples_profiles_are_complete(sample: dict[str, Any]) -> None:
    held = read_sample_layouts()[1]
    assert {column: str(dtype) for column, dtype in held.dtypes.items()} == dict(PROFILES)
    assert held["cover_in_text"].notna().mean() > 0.9
