"""Signs of bought reads: each when its pattern is there, none in an honest account, and never a
verdict.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.engagement.bought_reads import SIGN_NAMES, find_signs
from analysis.engagement.counts import classify_observations, pick_counts
from tests.support.counts import WEEK, observation, observations, picked
from tests.support.small_frames import article, articles

HONEST = [int(reads) for reads in np.random.default_rng(3).lognormal(8, 0.6, 40)]
LIKES = [int(reads * 0.01) + n % 5 for n, reads in enumerate(HONEST)]


def signs(reads: list[int], likes: list[int]) -> list[str]:
    _, judged, counts = picked({"甲": reads}, like={"甲": likes})
    return find_signs(counts, judged)["sign"].tolist()


def test_an_honest_account_shows_none() -> None:
    assert signs(HONEST, LIKES) == []


def test_a_spike_without_likes_is_told_with_its_figures_and_article() -> None:
    _, judged, counts = picked({"甲": [*HONEST, 60_000]}, like={"甲": [*LIKES, 30]})
    found = find_signs(counts, judged).iloc[0]
    assert (found["sign"], found["n"], found["of"], found["titles"]) == (
        "lonely spike",
        1,
        41,
        ["甲第40篇"],
    )
    assert found["told"].startswith("阅读 60,000，是本号中位数 ")
    assert signs([*HONEST, 60_000], [*LIKES, 500]) == []


def test_likes_that_do_not_move_with_reads() -> None:
    spread = [500 * 2 ** (n % 5) for n in range(40)]
    assert signs(spread, [30 + n // 5 for n in range(40)]) == ["likes unmoved"]
    assert signs(spread, [reads // 50 for reads in spread]) == []
    assert signs(spread[:19], [30 + n // 5 for n in range(19)]) == []


def test_reads_that_are_all_alike() -> None:
    assert signs([5000 + n for n in range(30)], [20 + n % 7 for n in range(30)]) == ["even reads"]
    assert signs([50 + n % 2 for n in range(30)], [n % 3 for n in range(30)]) == []


GROWTHS: dict[str, list[tuple[float, int]]] = {  # hours after 20:00, reads
    "first minutes": [(0.5, 8000), (168, 9000)],
    "night growth": [(1, 500), (4.5, 1200), (9.5, 3200), (168, 4000)],
    "straight line": [(hours, hours * 50) for hours in range(24, 169, 24)],
    "reads fell": [(24, 9000), (168, 5000)],
}


def grown(growth: list[tuple[float, int]]) -> list[str]:
    frame = articles([article("2026-03-02 20:00", article_id="a")])
    at = pd.Timestamp("2026-03-02 20:00", tz="Asia/Shanghai")
    judged = classify_observations(
        observations(
            [
                observation("a", "read", reads, at=at + pd.Timedelta(hours=hours))
                for hours, reads in growth
            ]
        ),
        frame,
    )
    return find_signs(pick_counts(judged, frame, age=WEEK), judged)["sign"].tolist()


@pytest.mark.parametrize("sign", GROWTHS)
def test_growth_of_a_shape_no_readers_make(sign: str) -> None:
    assert grown(GROWTHS[sign]) == [sign]


def test_growth_that_decays_and_sleeps_at_night_is_no_sign() -> None:
    assert (
        grown([(0.5, 800), (4, 3000), (9, 3300), (24, 5000), (48, 5600), (96, 5900), (168, 6000)])
        == []
    )
    assert grown([(hours, hours) for hours in range(24, 169, 24)]) == []


def test_no_sign_is_worded_as_a_verdict() -> None:
    assert not [
        told for told in SIGN_NAMES.values() if "刷" in told or "造假" in told or "买" in told
    ]


def test_nothing_gives_an_empty_frame() -> None:
    _, judged, counts = picked({"甲": [None]})
    assert find_signs(counts, judged).empty
