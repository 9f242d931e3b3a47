"""`import analysis` is the front door: light, complete, enough for questions across studies."""

from __future__ import annotations

import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.frames import FrameError
from analysis.group import AccountGroup
from crawler.store import StoreError
from tests.support.places import PAGES, SAMPLE
from tests.support.small_briefs import ROLES, competition, group_of
from tests.support.small_frames import accounts, articles


def group() -> AccountGroup:
    rows = competition()
    names = sorted({row["account"] for row in rows})
    owners = accounts(*({"account": name, "role": ROLES.get(name)} for name in names))
    return group_of(articles(rows), owners)


def test_importing_the_front_door_loads_nothing_heavy() -> None:
    code = "import sys, analysis; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert {"pandas", "numpy", "sqlalchemy", "altair"} & set(loaded.stdout.split()) == set()


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_name_of_the_front_door_is_there(name: str) -> None:
    assert callable(getattr(analysis, name))
    assert name in dir(analysis)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="open_groups"):
        _ = analysis.open_groups


def test_a_group_of_files_is_imported_and_questioned_at_once() -> None:
    opened = analysis.open_group(PAGES, since="2015-01-01")
    assert len(opened.articles) > 0
    assert set(opened.articles["account_id"]) <= set(opened.accounts["account_id"])
    assert (opened.articles["published_at"] >= "2015-01-01").all()


def test_a_source_that_is_not_there_or_holds_no_articles_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="没有"):
        analysis.open_group(tmp_path / "nothing.xlsx")
    (tmp_path / "letter.txt").write_text("你好", encoding="utf-8")
    with pytest.raises(StoreError, match="没有读到文章"):
        analysis.open_group(tmp_path / "letter.txt")


def test_the_window_is_in_beijing_days_and_open_at_its_end(tmp_path: Path) -> None:
    table = tmp_path / "甲.csv"
    rows = ["2025-01-31 23:59:59,夜", "2025-02-01 00:30:00,晨", "2025-02-02 00:00:00,后"]
    lines = [f"甲号,{title},{time}" for time, title in (row.split(",") for row in rows)]
    table.write_text("\n".join(["公众号,标题,发布时间", *lines]), encoding="utf-8")
    opened = analysis.open_group(table, since="2025-02-01", until="2025-02-02")
    assert opened.articles["title"].tolist() == ["晨"]


def test_every_study_of_a_group_is_a_frame_or_holds_frames() -> None:
    studied = group()
    names = [name for name, study in _studies() if name not in ("all_accounts", "pointers")]
    assert len(names) > 30
    for name in names:
        assert getattr(studied, name) is getattr(studied, name), name  # computed once
    frames = {name for name in names if isinstance(getattr(studied, name), pd.DataFrame)}
    assert set(names) - frames == {
        "body_sketches",
        "charts",
        "layout",
        "leads",
        "observations",
        "reads",
    }


def _studies() -> list[tuple[str, object]]:
    public = [name for name in dir(AccountGroup) if not name.startswith("_")]
    found = [(name, getattr(AccountGroup, name)) for name in public]
    return [(name, study) for name, study in found if isinstance(study, cached_property)]


def test_labelled_articles_are_the_articles_with_every_label() -> None:
    studied = group()
    labelled = studied.labelled_articles
    assert labelled["article_id"].tolist() == studied.articles["article_id"].tolist()
    assert {"role", "brand", "content_column", "purpose", "template"} <= set(labelled.columns)
    assert labelled["purpose"].tolist() == studied.purposes["purpose"].tolist()


def test_the_own_account_is_nobodys_gap() -> None:
    studied = group()
    assert studied.own_ids
    assert len(studied.gaps)
    for account_ids in studied.gaps.loc[studied.gaps["side"] == "missing", "account_ids"]:
        assert studied.own_ids.isdisjoint(account_ids)


def test_frames_that_break_their_contract_are_refused() -> None:
    with pytest.raises(FrameError, match="articles"):
        group_of(pd.DataFrame({"title": []}), accounts())
    with pytest.raises(TypeError, match="weather"):
        group_of(articles([]), accounts(), weather=pd.DataFrame())


def test_charts_of_one_account_know_the_others_scale() -> None:
    studied = group()
    one, two = studied.accounts["account"].head(2)
    domains = {
        str(studied.charts.weeks(name).to_dict(validate=False)).count("domain")
        for name in (one, two)
    }
    assert len(domains) == 1
    with pytest.raises(KeyError, match=one):
        studied.charts.weeks("没有这个号")


def test_a_brief_is_made_of_a_group(tmp_path: Path) -> None:
    (written,) = analysis.make_brief(group(), tmp_path / "brief.html")
    assert written.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_samples_plan_goes_with_the_sample() -> None:
    assert analysis.sample_plan().parent == SAMPLE.parent
