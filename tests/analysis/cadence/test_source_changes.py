"""Changes of the data's source, told from changes of the accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.cadence.changes import CHANGES
from analysis.cadence.source_changes import SOURCE_CHANGES, find_source_changes
from analysis.frames import TIME, FrameError
from tests.support.small_frames import article, articles

FIRST = datetime(2026, 3, 2, 20)
WEEK = datetime(2026, 6, 8)
NO_REDESIGNS = pd.DataFrame({"account_id": pd.Series(dtype="str"), "at": pd.Series(dtype=TIME)})


def daily(*accounts: str, days: int = 180, apart: int = 11, source: str = "page") -> pd.DataFrame:
    """Each account every day, the first days `apart` from one another."""
    rows: list[Any] = []
    for number, account in enumerate(accounts):
        first = FIRST - timedelta(days=apart * number)
        rows += [
            article(
                f"{first + timedelta(days=day):%Y-%m-%d %H:%M}",
                f"{account}{day}",
                account=account,
                source=source,
            )
            for day in range(days + apart * number)
        ]
    return articles(rows)


def changes(*days: tuple[str, datetime], kind: str = "rate") -> pd.DataFrame:
    rows = [
        dict.fromkeys(CHANGES)
        | {"account_id": f"id-{account}", "account": account, "kind": kind, "date": day}
        | {"before": 3.0, "after": 1.0, "pushes_before": 30, "pushes_after": 10, "p": 0.01}
        for account, day in days
    ]
    frame = pd.DataFrame(rows, columns=list(CHANGES))
    return frame.astype({name: dtype for name, dtype in CHANGES.items() if name != "kind"}).astype(
        {"kind": "str"}
    )


def weeks_of(frame: pd.DataFrame, moved: pd.DataFrame) -> list[dict[str, Any]]:
    return find_source_changes(moved, frame, NO_REDESIGNS).to_dict("records")


def test_three_accounts_in_one_week_from_one_source_are_the_source() -> None:
    moved = changes(*((name, WEEK + timedelta(days=n)) for n, name in enumerate("甲乙丙")))
    (week,) = weeks_of(daily(*"甲乙丙丁戊己庚"), moved)
    assert (week["n_accounts"], week["of"], week["because"]) == (3, 7, "来源")
    assert week["account_ids"] == ["id-丙", "id-乙", "id-甲"]
    assert week["kinds"] == ["rate"]


def test_two_of_many_and_three_in_different_weeks_are_none() -> None:
    frame = daily(*"甲乙丙丁戊己庚")
    assert weeks_of(frame, changes(("甲", WEEK), ("乙", WEEK))) == []
    apart = changes(*((name, WEEK + timedelta(days=8 * n)) for n, name in enumerate("甲乙丙")))
    assert weeks_of(frame, apart) == []


def test_two_are_enough_where_they_are_half_of_those_there_are() -> None:
    (week,) = weeks_of(daily(*"甲乙丙丁"), changes(("甲", WEEK), ("乙", WEEK)))
    assert week["n_accounts"] == 2


def test_two_kinds_of_sources_that_agree_make_it_the_accounts() -> None:
    frame = daily(*"甲乙丙丁戊己庚")
    other = frame["account"].isin(["甲"])
    frame["source"] = pd.Categorical(
        frame["source"].astype("str").mask(other, "table"), categories=["page", "table"]
    )
    (week,) = weeks_of(frame, changes(*((name, WEEK) for name in "甲乙丙")))
    assert pd.isna(week["because"])
    assert week["sources"] == ["page", "table"]


def test_a_week_of_a_holiday_is_no_change_of_the_source() -> None:
    moved = changes(*((name, datetime(2026, 2, 16)) for name in "甲乙丙"))  # 春节
    frame = daily(*"甲乙丙丁戊己庚", apart=20)
    assert [week["because"] for week in weeks_of(frame, moved)] == ["假期"]


def test_histories_that_begin_in_one_week_are_the_edge_of_an_export() -> None:
    (week,) = weeks_of(daily(*"甲乙丙", apart=1), changes())
    assert week["kinds"] == ["begin"]
    assert week["because"] == "来源"
    assert weeks_of(daily(*"甲乙丙"), changes()) == []


def test_nothing_gives_an_empty_frame_and_a_wrong_frame_is_named() -> None:
    empty = find_source_changes(changes(), articles([]), NO_REDESIGNS)
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == SOURCE_CHANGES
    with pytest.raises(FrameError, match="redesigns"):
        find_source_changes(changes(), articles([]), pd.DataFrame())
