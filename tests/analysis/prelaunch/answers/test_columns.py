"""Likeness of planned columns on the sample: columns of different brands that were planted alike
are found, and few others.
"""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest

from analysis.columns.assign import ASSIGNED
from analysis.group import AccountGroup
from analysis.prelaunch.answers.columns import answer_columns
from analysis.prelaunch.group import Group, gather_group
from analysis.prelaunch.plan import Plan, PlannedColumn
from crawler.replica.content import read_sample
from tests.support.sample_frames import SAMPLE, sample_articles
from tests.support.small_frames import accounts, profiles

# people of a street, lists of things, people at work, people in their homes
PLANTED = [
    {"街坊", "早市"},
    {"都在这十条里", "本周清单请收好"},
    {"厂里来人", "工坊里"},
    {"家的100种样子", "老房子"},
]
BRANDS = ("tangyu", "hongya", "jiashi", "sandou", "manxiang")


@pytest.fixture(scope="module")
def held() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sample's articles, and the columns they were planted in; accounts stand under their keys
    there.
    """
    plan = tomllib.loads((SAMPLE / "plan.toml").read_text(encoding="utf-8"))
    names = {
        (account["key"], column["key"]): column["name"]
        for account in plan["accounts"]
        for column in account.get("columns", ())
    }
    frame = sample_articles()
    keys = [(str(row["account"]), str(row["column"])) for row in read_sample(SAMPLE)]
    made = {name: frame[name] for name in ASSIGNED if name in frame} | {
        "strength": 1.0,
        "kind": "marker",
    }
    made["content_column"] = [names.get(key) for key in keys]
    made["column_id"] = ["/".join(key) if key in names else None for key in keys]
    assigned = pd.DataFrame(
        {
            name: pd.Series(made[name], index=frame.index, dtype=dtype)
            for name, dtype in ASSIGNED.items()
        }
    )
    return frame, assigned


def group(held: tuple[pd.DataFrame, pd.DataFrame], *, without: str) -> Group:
    frame, assigned = held
    rivals = sorted({name for name in frame["account"] if not name.startswith(without)})
    return gather_group(
        AccountGroup.from_frames(
            articles=frame,
            accounts=accounts(*({"account": name} for name in rivals)),
            coverage=pd.DataFrame([]),
            profiles=profiles(),
            column_articles=assigned,
        )
    )


def test_columns_planted_alike_are_of_the_same_kind(
    held: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    inside = held[1].dropna(subset=["content_column", "title"]).sort_values("published_at")
    found = []
    for brand in BRANDS:
        own = inside[inside["account"].str.startswith(brand)]
        planned = tuple(
            PlannedColumn(
                str(name), tuple(title.replace(str(name), " ") for title in part["title"].tail(3))
            )
            for name, part in own.groupby("content_column")
        )
        for answer in answer_columns(
            Plan("家居", columns=planned), group(held, without=brand)
        ).answers:
            found += [{answer.name, column.content_column} for column in answer.same]
    assert [found.count(pair) for pair in PLANTED] == [2] * len(PLANTED)  # from either side
    assert len([pair for pair in found if pair not in PLANTED]) <= 2  # of 34 columns
