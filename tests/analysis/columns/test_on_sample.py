"""The sample's truth: every planted column is found, in its place, with its rhythm and its
life-cycle.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analysis.columns.assign import assign_columns, describe_columns
from tests.support.planted_frames import sample_frame, sample_rows, sample_truth

PLANTED = [
    (key, spec)
    for key, account in sample_truth()["accounts"].items()
    for spec in account["columns"]
]


@pytest.fixture(scope="module")
def assigned() -> pd.DataFrame:
    """Every article of the sample with the column found for it and the one it was planted in."""
    planted = {row["token"]: row["column"] for row in sample_rows()}
    found = assign_columns(sample_frame())
    return found.assign(planted=found["article_id"].map(planted))


@pytest.fixture(scope="module")
def described(assigned: pd.DataFrame) -> pd.DataFrame:
    return describe_columns(sample_frame(), assigned.drop(columns="planted"))


@pytest.mark.parametrize(
    ("account", "spec"), PLANTED, ids=[f"{account}-{spec['key']}" for account, spec in PLANTED]
)
def test_a_planted_column_is_recovered(
    assigned: pd.DataFrame, described: pd.DataFrame, account: str, spec: dict[str, Any]
) -> None:
    own = assigned[assigned["account_id"] == account]
    members = own[own["planted"] == spec["key"]]
    name = members["content_column"].mode().iat[0]
    found = described[
        (described["account_id"] == account) & (described["content_column"] == name)
    ].iloc[0]
    assert (members["content_column"] == name).sum() >= 0.85 * spec[
        "n"
    ]  # the rest had lost their mark
    assert (own.loc[own["content_column"] == name, "planted"] == spec["key"]).mean() >= 0.9
    assert _in_place(found, spec)
    assert _alive_as_planted(found, spec, members)
    if spec["evidence"] in ("marker", "series"):
        assert name == spec["name"]


def _in_place(found: pd.Series, spec: dict[str, Any]) -> bool:
    slot = spec["slot"] is None or found["slot"] == spec["slot"]
    weekday = spec["weekday"] is None or found["weekday"] + 1 == spec["weekday"]
    hour = spec["weekday"] is None or found["hour"] == spec["hour"]
    return (
        slot
        and weekday
        and hour
        and abs(found["interval_days"] - spec["interval_days"])
        <= max(2, 0.1 * spec["interval_days"])
    )


def _alive_as_planted(found: pd.Series, spec: dict[str, Any], members: pd.DataFrame) -> bool:
    """Status as planted; first and last issue right to a week, of those that bore their mark."""
    days = members.loc[~members["article_id"].isin(spec["unmarked"]), "published_at"].dt.date
    first, last = min(days), max(days)
    near = (
        abs((found["first"].date() - first).days) <= 7
        and abs((found["last"].date() - last).days) <= 7
    )
    return (
        found["status"] == spec["status"]
        and near
        and abs((date.fromisoformat(spec["last"]) - last).days) <= 31
    )


def test_kinds_are_the_planted_evidence(assigned: pd.DataFrame) -> None:
    kinds = (
        assigned[assigned["planted"].notna()]
        .groupby(["account_id", "planted"])["kind"]
        .agg(lambda kinds: kinds.mode().iat[0])
    )
    said = {
        (account, spec["key"]): "album" if spec["album"] else spec["evidence"]
        for account, spec in PLANTED
    }
    assert {key: kind for key, kind in kinds.items() if kind != said[key]} == {}


def test_articles_of_no_column_mostly_stay_in_none(assigned: pd.DataFrame) -> None:
    loose = assigned[assigned["planted"].isna()]
    assert (
        loose["content_column"].notna().mean() <= 0.06
    )  # notices, draws and sales that do come back under one mark


def test_small_and_irregular_accounts_have_no_columns(assigned: pd.DataFrame) -> None:
    assert (
        assigned.loc[assigned["account_id"].isin(["banyan", "zaobian"]), "content_column"]
        .isna()
        .all()
    )
